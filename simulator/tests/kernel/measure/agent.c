// A process that makes the system calls it is told to, one at a time: what `measure.py` drives on a real kernel.
//
// All agents share one file, mapped: a slot for each. The driver fills in a call and counts `asked` up; the agent makes
// it, stores the result and counts `done` up. Not a program of the simulator: it is only for measuring.
//   cc -O1 -o agent agent.c
//   ./agent FILE SLOT             is an agent
//   ./agent FILE start            makes a PID namespace with agent 0 as its PID 1, waits for it and ends as it did
//   ./agent FILE enter PID SLOT   enters the namespace of a process with an agent, and the same
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FORK = 1, EXIT, KILL, ACTION, MASK, WAIT, SIGWAIT, PAUSE, SLEEP, SETSID, SETPGID, SUBREAPER, PDEATHSIG, EXEC };
enum { DEFAULT, IGNORE, CATCH, CATCH_NO_CHILD_WAIT };

struct slot {
    volatile int asked, done, op, node_pid;
    volatile long a, b, result, status;
    volatile int caught[65];
    int pad[7];
};

static struct slot *slots, *me;

static void handler(int sig) { me->caught[sig]++; }

// From now on this process is the agent of that slot.
static void set(int index) {
    char link[32] = "";
    me = slots + index;
    if (readlink("/proc/self", link, sizeof link - 1) > 0) me->node_pid = atoi(link);
}

static sigset_t set_of(unsigned long bits) {
    sigset_t set;
    sigemptyset(&set);
    for (int sig = 1; sig <= 64; sig++) if (bits >> (sig - 1) & 1) sigaddset(&set, sig);
    return set;
}

static long act(int sig, int how) {
    struct sigaction action = {.sa_handler = how == DEFAULT ? SIG_DFL : how == IGNORE ? SIG_IGN : handler};
    if (how == CATCH_NO_CHILD_WAIT) action.sa_flags = SA_NOCLDWAIT;
    return sigaction(sig, &action, 0);
}

static long carry_out(struct slot *s) {
    sigset_t set_;
    switch (s->op) {
    case FORK: {
        int child = s->a;
        pid_t pid = fork();
        if (!pid) {
            set(child);
            return -1000;
        }
        return pid;
    }
    case EXIT: _exit(s->a);
    case KILL: return kill(s->a, s->b);
    case ACTION: return act(s->a, s->b);
    case MASK: set_ = set_of(s->a); return sigprocmask(SIG_SETMASK, &set_, 0);
    case WAIT: {
        int status = 0;
        long pid = waitpid(s->a, &status, s->b);
        s->status = status;
        return pid;
    }
    case SIGWAIT: set_ = set_of(s->a); return sigwaitinfo(&set_, 0);
    case PAUSE: return pause();
    case SLEEP: { struct timespec t = {1000, 0}; return nanosleep(&t, 0); }
    case SETSID: return setsid();
    case SETPGID: return setpgid(s->a, s->b);
    case SUBREAPER: return prctl(PR_SET_CHILD_SUBREAPER, s->a);
    case PDEATHSIG: return prctl(PR_SET_PDEATHSIG, s->a);
    case EXEC: execl("/bin/sleep", "sleep", "1000", (char *)0); return -1;
    }
    errno = ENOSYS;
    return -1;
}

// Starts an agent in the namespace for children, in a session of its own as container runtimes do, and ends as it ends.
static int supervise(const char *slot, char **argv) {
    int status;
    pid_t pid = fork();
    if (!pid) {
        setsid();
        execl(argv[0], argv[0], argv[1], slot, (char *)0);
        _exit(2);
    }
    while (waitpid(pid, &status, 0) < 0) {}
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        kill(getpid(), WTERMSIG(status));
    }
    return WEXITSTATUS(status);
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    if (!strcmp(argv[2], "start")) return unshare(CLONE_NEWPID) ? 2 : supervise("0", argv);
    if (argc > 4 && !strcmp(argv[2], "enter")) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%s/ns/pid", argv[3]);
        return setns(open(path, O_RDONLY), CLONE_NEWPID) ? 2 : supervise(argv[4], argv);
    }
    int file = open(argv[1], O_RDWR);
    slots = mmap(0, 4096 * 4, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (slots == MAP_FAILED) return 2;
    close(file);
    set(atoi(argv[2]));
    for (;;) {
        struct timespec tick = {0, 500000};
        if (me->asked == me->done) {
            nanosleep(&tick, 0);
            continue;
        }
        errno = 0;
        struct slot *before = me;
        long result = carry_out(me);
        if (me != before) continue;
        me->result = result == -1 && errno ? -10000 - errno : result;
        me->done = me->asked;
    }
}
