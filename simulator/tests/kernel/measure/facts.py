#!/usr/bin/env python3
"""Lists of calls for `measure.py given`, each for one statement of a man page: prints them as JSON."""
import json

OUT = "outside"
ALL = []


def fact(name, man, *steps):
    ALL.append({"fact": name, "man": man, "steps": [list(s) for s in steps]})


F0, F1, F2, F3 = ([n, "fork"] for n in range(4))

# Signals to PID 1 and in its namespace: pid_namespaces(7).
for sig in ("TERM", "INT", "QUIT", "ABRT", "SEGV", "ALRM", "PIPE", "TSTP", "TTIN", "34"):
    fact(f"{sig} to PID 1: nothing, then a handler, then ignored, then default again", "pid_namespaces(7)",
         (OUT, "kill", 0, sig), (0, "action", sig, "catch"), (OUT, "kill", 0, sig), F0, (1, "kill", 1, sig),
         (0, "action", sig, "ignore"), (1, "kill", 1, sig), (0, "action", sig, "default"), (1, "kill", 1, sig),
         (0, "kill", 1, sig))
fact("KILL and STOP from inside do nothing to PID 1, from outside they act", "pid_namespaces(7)",
     F0, (1, "kill", 1, "KILL"), (1, "kill", 1, "STOP"), (0, "kill", 1, "KILL"), (OUT, "kill", 0, "STOP"),
     (1, "kill", 1, "CONT"), (OUT, "kill", 0, "KILL"))
fact("a blocked signal stays pending at PID 1 and goes when it is unblocked with the default disposition",
     "pid_namespaces(7)", (0, "mask", ["TERM", "34"]), (OUT, "kill", 0, "TERM"), (OUT, "kill", 0, "34"), (0, "mask", []))
fact("PID 1 takes a blocked signal without a handler", "sigwaitinfo(2)", (0, "mask", ["TERM", "CHLD"]),
     (0, "sigwait", ["TERM", "CHLD"]), (OUT, "kill", 0, "TERM"), F0, (0, "sigwait", ["TERM", "CHLD"]), (1, "exit", 3),
     (0, "wait", -1, True))
fact("exit of PID 1 ends its namespace", "pid_namespaces(7)", F0, F1, (OUT, "enter"), (2, "action", "TERM", "catch"),
     (0, "exit", 7))
fact("a process that entered has no parent inside, its children go to PID 1", "pid_namespaces(7)", (OUT, "enter"), F1,
     (1, "exit", 0), (0, "wait", -1, True), (2, "exit", 5), (0, "wait", -1, False))
fact("a process of its own session that entered is not in the group of PID 1", "setsid(2)", (OUT, "enter"), F0,
     (0, "kill", 0, "URG"), (0, "action", "USR1", "catch"), (1, "action", "USR1", "catch"), (0, "kill", 0, "USR1"))

# Dispositions and masks over fork and exec: signal(7), fork(2), execve(2).
fact("fork keeps dispositions and the mask and not what is pending", "fork(2)", (0, "action", "USR1", "ignore"),
     (0, "action", "HUP", "catch"), (0, "mask", ["INT"]), (OUT, "kill", 0, "INT"), F0, (1, "mask", []))
fact("exec keeps what is ignored, blocked and pending, and resets handlers", "execve(2)", F0,
     (1, "action", "USR1", "ignore"), (1, "action", "HUP", "catch"), (1, "mask", ["INT"]), (OUT, "kill", 1, "INT"),
     (1, "exec"), (OUT, "kill", 1, "USR1"), (OUT, "kill", 1, "HUP"), (0, "wait", -1, False))
fact("exec of a program without handlers: a signal that was caught before ends it", "execve(2)", F0,
     (1, "action", "TERM", "catch"), (OUT, "kill", 1, "TERM"), (1, "exec"), (OUT, "kill", 1, "TERM"), (0, "wait", -1, True))
fact("nohup: HUP that is ignored before exec is ignored after it", "execve(2)", F0, (1, "action", "HUP", "ignore"),
     (1, "exec"), (OUT, "kill", 1, "HUP"), (OUT, "kill", 1, "TERM"))
fact("KILL and STOP can be neither caught nor ignored nor blocked", "sigaction(2)", F0, (1, "action", "KILL", "ignore"),
     (1, "action", "STOP", "catch"), (1, "mask", ["KILL", "STOP"]), (OUT, "kill", 1, "STOP"), (OUT, "kill", 1, "CONT"),
     (OUT, "kill", 1, "KILL"), (0, "wait", -1, False))
fact("ignoring a pending signal discards it", "sigaction(2)", F0, (1, "mask", ["TERM"]), (OUT, "kill", 1, "TERM"),
     (1, "action", "TERM", "ignore"), (1, "action", "TERM", "default"), (1, "mask", []))
fact("a signal whose default is to be ignored pends while it is blocked", "signal(7)", F0, (1, "mask", ["CHLD", "URG"]),
     (OUT, "kill", 1, "CHLD"), (OUT, "kill", 1, "URG"), (1, "action", "URG", "default"), (1, "action", "CHLD", "catch"),
     (1, "mask", []))
fact("a blocked signal that is ignored pends all the same", "signal(7)", F0, (1, "action", "USR1", "ignore"),
     (1, "mask", ["USR1"]), (OUT, "kill", 1, "USR1"), (1, "action", "USR1", "catch"), (1, "mask", []))

# Queueing: signal(7), "Queueing and delivery semantics for standard signals", "Real-time signals".
fact("a standard signal that is sent three times while it is blocked is delivered once", "signal(7)", F0,
     (1, "action", "USR1", "catch"), (1, "mask", ["USR1"]), *[(OUT, "kill", 1, "USR1")] * 3, (1, "mask", []))
fact("a real-time signal is delivered as often as it was sent", "signal(7)", F0, (1, "action", "34", "catch"),
     (1, "action", "40", "catch"), (1, "mask", ["34", "40"]), *[(OUT, "kill", 1, "34")] * 3, (OUT, "kill", 1, "40"),
     (1, "mask", ["40"]), (1, "mask", []))
fact("sigwaitinfo takes queued signals one by one, the lowest number first", "sigwaitinfo(2)", F0,
     (1, "mask", ["34", "40", "TERM"]), (OUT, "kill", 1, "40"), (OUT, "kill", 1, "34"), (OUT, "kill", 1, "40"),
     (OUT, "kill", 1, "TERM"), *[(1, "sigwait", ["34", "40", "TERM"])] * 5)
fact("ignoring a queued signal discards all of it", "sigaction(2)", F0, (1, "mask", ["40"]), *[(OUT, "kill", 1, "40")] * 2,
     (1, "action", "40", "ignore"), (1, "action", "40", "catch"), (1, "mask", []))
fact("a real-time signal without a handler ends the process, 128 and its number", "signal(7)", F0, (OUT, "kill", 1, "40"),
     (0, "wait", -1, False))
for sig in ("CHLD", "URG", "WINCH", "CONT"):
    fact(f"{sig} with the default disposition does nothing and interrupts nothing", "signal(7)", F0, (1, "pause"),
         (OUT, "kill", 1, sig))

# Waiting for signals.
fact("pause ends with EINTR after a handler only", "pause(2)", F0, (1, "action", "USR1", "catch"),
     (1, "action", "HUP", "ignore"), (1, "pause"), (OUT, "kill", 1, "HUP"), (OUT, "kill", 1, "USR1"))
fact("nanosleep ends with EINTR after a handler, and not after stop and continue", "nanosleep(2)", F0,
     (1, "action", "USR1", "catch"), (1, "sleep"), (OUT, "kill", 1, "STOP"), (OUT, "kill", 1, "CONT"), (OUT, "kill", 1, "USR1"))
fact("waitpid ends with EINTR after a handler", "wait(2)", F0, (0, "action", "USR1", "catch"), (0, "wait", -1, False),
     (OUT, "kill", 0, "USR1"), (0, "wait", -1, False), (1, "exit", 0))
fact("sigwaitinfo for a signal that is not blocked: a fatal one ends the process", "sigwaitinfo(2)", F0,
     (1, "sigwait", ["TERM"]), (OUT, "kill", 1, "TERM"))
fact("sigwaitinfo for a signal that is not blocked: one that is ignored is not taken", "sigwaitinfo(2)", F0,
     (1, "sigwait", ["URG", "USR1"]), (OUT, "kill", 1, "URG"), (OUT, "kill", 1, "USR1"))
fact("sigwaitinfo takes a signal that is caught and not blocked, without the handler", "sigwaitinfo(2)", F0,
     (1, "action", "USR1", "catch"), (1, "sigwait", ["USR1"]), (OUT, "kill", 1, "USR1"))
fact("sigwaitinfo ends with EINTR after the handler of another signal", "sigwaitinfo(2)", F0, (1, "mask", ["TERM"]),
     (1, "action", "USR1", "catch"), (1, "sigwait", ["TERM"]), (OUT, "kill", 1, "USR1"))

# Stop and continue: signal(7), kill(2).
for sig in ("STOP", "TSTP", "TTIN"):
    fact(f"{sig} stops a process of another group of the session, CONT continues it", "signal(7)", F0, (1, "setpgid", 0, 0),
         (OUT, "kill", 1, sig), (OUT, "kill", 1, "CONT"), (1, "kill", 0, None))
    fact(f"{sig} to a process of the first group of a session", "setpgid(2)", F0, (OUT, "kill", 1, sig),
         (OUT, "kill", 1, "CONT"))
fact("signals to a stopped process wait until it continues", "signal(7)", F0, (1, "action", "USR1", "catch"),
     (OUT, "kill", 1, "STOP"), (OUT, "kill", 1, "USR1"), (OUT, "kill", 1, "URG"), (OUT, "kill", 1, "CONT"))
fact("TERM to a stopped process ends it when it continues", "signal(7)", F0, (OUT, "kill", 1, "STOP"),
     (OUT, "kill", 1, "TERM"), (0, "wait", -1, True), (OUT, "kill", 1, "CONT"), (0, "wait", -1, False))
fact("CONT takes back stop signals that are pending, whatever its disposition", "signal(7)", F0,
     (1, "setpgid", 0, 0), (OUT, "kill", 1, "STOP"), (OUT, "kill", 1, "STOP"), (OUT, "kill", 1, "TSTP"),
     (OUT, "kill", 1, "CONT"), (1, "action", "CONT", "ignore"), (OUT, "kill", 1, "STOP"), (OUT, "kill", 1, "CONT"))
fact("CONT continues a process that blocks it, and pends", "signal(7)", F0, (1, "mask", ["CONT"]),
     (1, "action", "CONT", "catch"), (OUT, "kill", 1, "STOP"), (OUT, "kill", 1, "CONT"), (1, "mask", []))
fact("a stop signal takes back a CONT that is pending", "signal(7)", F0, (1, "mask", ["CONT", "TSTP"]),
     (1, "action", "CONT", "catch"), (OUT, "kill", 1, "CONT"), (OUT, "kill", 1, "TSTP"), (OUT, "kill", 1, "CONT"))
fact("a handler of CONT runs when the process continues, and only then if it was stopped", "signal(7)", F0,
     (1, "action", "CONT", "catch"), (OUT, "kill", 1, "CONT"), (OUT, "kill", 1, "STOP"), (OUT, "kill", 1, "CONT"))
fact("KILL ends a stopped process at once", "signal(7)", F0, (OUT, "kill", 1, "STOP"), (OUT, "kill", 1, "KILL"),
     (0, "wait", -1, False))
fact("a parent that catches CHLD is told when a child stops, continues and ends", "sigaction(2)", F0,
     (0, "action", "CHLD", "catch"), (OUT, "kill", 1, "STOP"), (OUT, "kill", 1, "CONT"), (OUT, "kill", 1, "KILL"),
     (0, "wait", -1, False))
fact("wait without WUNTRACED does not return for a stopped child", "wait(2)", F0, (OUT, "kill", 1, "STOP"),
     (0, "wait", -1, True), (0, "wait", -1, False), (OUT, "kill", 1, "KILL"))

# Orphaned process groups: setpgid(2), _exit(2).
fact("the death of the parent orphans a stopped group: HUP and CONT", "_exit(2)", F0, F1, F1, (2, "setpgid", 0, 0),
     (3, "setpgid", 0, 3), (2, "action", "HUP", "catch"), (2, "action", "CONT", "catch"), (OUT, "kill", 2, "STOP"),
     (1, "exit", 0))
fact("the same, and HUP has its default disposition", "_exit(2)", F0, F1, (2, "setpgid", 0, 0), (OUT, "kill", 2, "STOP"),
     (1, "exit", 0))
fact("the death of the parent with nobody stopped: no signal", "_exit(2)", F0, F1, (2, "setpgid", 0, 0),
     (2, "action", "HUP", "catch"), (2, "action", "CONT", "catch"), (1, "exit", 0))
fact("the death of the only member with a parent outside the group orphans it", "_exit(2)", F0, F1, (1, "setpgid", 0, 0),
     (2, "setpgid", 0, 2), (2, "action", "HUP", "catch"), (2, "action", "CONT", "catch"), (OUT, "kill", 2, "STOP"),
     (1, "exit", 0))
fact("TSTP does nothing in a group that is orphaned, STOP does", "setpgid(2)", F0, F1, (2, "setpgid", 0, 0),
     (OUT, "kill", 2, "TSTP"), (OUT, "kill", 2, "CONT"), (2, "setsid"), F1, (3, "setsid"), (OUT, "kill", 3, "TSTP"),
     (OUT, "kill", 3, "STOP"))
fact("a session of its own is not told when its parent dies", "_exit(2)", F0, F1, (2, "setsid"), (OUT, "kill", 2, "STOP"),
     (1, "exit", 0))

# Groups and sessions: setpgid(2), setsid(2), kill(2).
fact("setsid is refused to the leader of a group", "setsid(2)", F0, (1, "setpgid", 0, 0), (1, "setsid"), (0, "setsid"), F1,
     (2, "setsid"), (2, "setsid"))
fact("setsid is refused while a group of the process's number exists", "setsid(2)", F0, F1, (1, "setpgid", 0, 0),
     (2, "setpgid", 0, 2), (1, "setpgid", 0, 1), (1, "setsid"))
fact("setpgid is refused to the leader of a session", "setpgid(2)", (0, "setpgid", 0, 0), F0, (1, "setsid"),
     (1, "setpgid", 0, 0))
fact("setpgid of a child that has executed a program: EACCES", "setpgid(2)", F0, F0, (0, "setpgid", 2, 0), (1, "exec"),
     (0, "setpgid", 2, 3), (0, "setpgid", 3, 0))
fact("setpgid of a stranger or a grandchild: ESRCH", "setpgid(2)", F0, F1, (0, "setpgid", 3, 0), (2, "setpgid", 2, 0),
     (0, "setpgid", 77, 0))
fact("setpgid into a group that does not exist or of another session: EPERM", "setpgid(2)", F0, F0, (1, "setsid"),
     (0, "setpgid", 3, 2), (0, "setpgid", 3, 77), (0, "setpgid", 2, 0))
fact("setpgid of a zombie that is a child works", "setpgid(2)", F0, (1, "exit", 0), (0, "setpgid", 2, 0),
     (0, "wait", -2, True))
fact("a forked child is in the group and session of its parent", "fork(2)", F0, (1, "setsid"), F1, F2, (3, "setpgid", 0, 0))
fact("kill(0) reaches the group, the caller included", "kill(2)", F0, F0, (1, "setpgid", 0, 0), F1,
     *[(n, "action", "USR1", "catch") for n in range(4)], (3, "kill", 0, "USR1"), (2, "kill", 0, "USR1"))
fact("kill of a group reaches its zombies too, and succeeds", "kill(2)", F0, F1, (1, "setpgid", 0, 0), (2, "setpgid", 0, 2),
     (1, "exit", 0), (0, "kill", -2, "TERM"), (0, "kill", -2, None), (0, "wait", -1, True), (0, "wait", -1, True),
     (0, "kill", -2, None))
fact("kill(-1) by an ordinary process spares PID 1 and itself", "kill(2)", F0, F0, (OUT, "enter"),
     *[(n, "action", "USR1", "catch") for n in range(4)], (1, "kill", -1, "USR1"), (0, "kill", -1, "USR1"),
     (1, "kill", -1, "KILL"), (1, "kill", -1, None))
fact("kill with signal 0 tests for existence, zombies included", "kill(2)", F0, (0, "kill", 2, None), (1, "exit", 0),
     (0, "kill", 2, None), (0, "kill", 3, None), (0, "wait", 2, False), (0, "kill", 2, None))

# Children: wait(2), sigaction(2), prctl(2).
fact("waitpid returns the child that was born first, not the one that died first", "wait(2)", F0, F0, F0, (3, "exit", 3),
     (2, "exit", 2), (1, "exit", 1), *[(0, "wait", -1, True)] * 4)
fact("waitpid for one child leaves the others zombies", "wait(2)", F0, F0, (1, "exit", 1), (2, "exit", 2), (0, "wait", 3, False),
     (0, "wait", 3, True), (0, "wait", 2, True))
fact("waitpid for a group", "wait(2)", F0, F0, (2, "setpgid", 0, 0), (0, "wait", -3, True), (0, "wait", 0, True), (1, "exit", 1),
     (2, "exit", 2), (0, "wait", -3, False), (0, "wait", 0, False), (0, "wait", 0, True))
fact("waitpid is not woken by a child that left the group it waits for", "wait(2)", F0, (0, "wait", 0, False),
     (1, "setpgid", 0, 0), (1, "exit", 0), (OUT, "kill", 0, "USR1"))
fact("waitpid of somebody else's child or of nobody: ECHILD", "wait(2)", F0, F1, (0, "wait", 3, True), (2, "wait", -1, False),
     (0, "wait", 77, True))
for sig in ("TERM", "KILL", "HUP", "PIPE", "SEGV", "ABRT", "ALRM", "34"):
    fact(f"waitpid tells that a child died of {sig}", "wait(2)", F0, (0, "wait", -1, False), (OUT, "kill", 1, sig))
fact("a parent that ignores CHLD waits for all children and gets ECHILD", "wait(2)", (0, "action", "CHLD", "ignore"), F0, F0,
     (0, "wait", -1, False), (1, "exit", 0), (2, "exit", 0))
fact("CHLD set to be ignored leaves zombies that are there already", "wait(2)", F0, (1, "exit", 4),
     (0, "action", "CHLD", "ignore"), (0, "wait", -1, True))
fact("SA_NOCLDWAIT: no zombies, and the handler runs", "sigaction(2)", (0, "action", "CHLD", "nocldwait"), F0, (1, "exit", 0),
     (0, "wait", -1, True))
fact("an ignored CHLD is inherited: children's children leave no zombies either", "fork(2)", (0, "action", "CHLD", "ignore"),
     F0, F1, (2, "exit", 0), (1, "action", "CHLD", "default"), F1, (3, "exit", 0), (1, "exit", 0))
fact("CHLD that is blocked pends once for two deaths", "signal(7)", (0, "action", "CHLD", "catch"), (0, "mask", ["CHLD"]), F0,
     F0, (1, "exit", 0), (2, "exit", 0), (0, "mask", []))
fact("an orphan goes to the nearest subreaper", "prctl(2)", F0, (1, "subreaper", 1), F1, F2, (2, "exit", 0), (1, "wait", -1, True),
     (3, "exit", 6), (1, "wait", -1, False), (1, "subreaper", 0), F1, [4, "fork"], (4, "exit", 0))
fact("a subreaper does not make its children subreapers", "prctl(2)", F0, (1, "subreaper", 1), F1, F2, F3, (3, "exit", 0))
fact("a subreaper that executes a program stays one", "prctl(2)", F0, (1, "subreaper", 1), F1, F2, (1, "exec"), (2, "exit", 0))
fact("an orphan that is a zombie is reaped at once if PID 1 ignores CHLD", "wait(2)", (0, "action", "CHLD", "ignore"), F0,
     (1, "action", "CHLD", "default"), F1, (2, "exit", 0), (1, "exit", 0))
fact("the parent death signal comes when the parent dies", "prctl(2)", F0, F1, (2, "pdeathsig", "USR1"),
     (2, "action", "USR1", "catch"), (1, "exit", 0))
fact("the parent death signal is not inherited by a child", "prctl(2)", F0, (1, "pdeathsig", "KILL"), F1, F2, (2, "exit", 0))
fact("the parent death signal is kept over exec", "prctl(2)", F0, F1, (2, "pdeathsig", "KILL"), (2, "exec"), (1, "exit", 0),
     (0, "wait", 3, False))
fact("the parent death signal comes again when the new parent dies", "prctl(2)", F0, (1, "subreaper", 1), F1, F2,
     (3, "pdeathsig", "USR1"), (3, "action", "USR1", "catch"), (2, "exit", 0), (1, "exit", 0))
fact("numbers of processes go up, those of dead ones are not used again at once", "pid_namespaces(7)", F0, (1, "exit", 0),
     (0, "wait", -1, False), F0, F0, (OUT, "enter"), F0)
fact("signals to a zombie succeed and do nothing", "kill(2)", F0, (1, "exit", 5), (0, "kill", 2, "KILL"), (0, "kill", 2, "CONT"),
     (OUT, "kill", 1, "KILL"), (0, "wait", 2, True))
print(json.dumps(ALL))
