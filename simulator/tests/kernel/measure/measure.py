#!/usr/bin/env python3
"""Measures what a real kernel does: runs lists of steps with agents (agent.c) in a new PID namespace, as root.

  measure.py AGENT given FILE          runs the lists of FILE (JSON: [{"fact", "man", "steps"}]), prints them as records
  measure.py AGENT made SEED COUNT     makes lists by chance
A step is [who, call, ...]: who is the number of an agent in order of birth (0 is PID 1) or "outside".
Each list runs twice; one that does not come out the same twice is left out. A record has one line of text a process after
each step: its number, parent, group, session, state, signal sets, handler calls, result of its last call.
"""
import errno, json, mmap, os, random, signal, struct, subprocess, sys, time

AGENT = sys.argv[1]
for ignored in (1, 2, 3):
    # Those of a background job.
    signal.signal(ignored, signal.SIG_DFL)
SLOT = struct.calcsize("4i4q65i7i")
OPS = ["", "fork", "exit", "kill", "action", "mask", "wait", "sigwait", "pause", "sleep", "setsid", "setpgid", "subreaper",
       "pdeathsig", "exec"]
HOW = ["default", "ignore", "catch", "nocldwait"]
NAMES = {s.value: s.name[3:] for s in signal.Signals if s.value < 32}
NAMES[29], NAMES[6], NAMES[17] = "IO", "ABRT", "CHLD"


def name(sig):
    return NAMES.get(sig, str(sig))


def number(sig):
    for n, known in NAMES.items():
        if known == sig:
            return n
    return int(sig)


def bits(names):
    return sum(1 << (number(n) - 1) for n in names)


def sets(text):
    value = int(text, 16)
    return ",".join(name(n) for n in range(1, 65) if value >> (n - 1) & 1)


class Run:
    def __init__(self):
        self.path = f"/dev/shm/agents.{os.getpid()}"
        with open(self.path, "wb") as f:
            f.write(b"\0" * 16384)
        self.file = open(self.path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 16384)
        self.outer = subprocess.Popen([AGENT, self.path, "start"], stdin=subprocess.DEVNULL)
        self.asked = [0]
        self.entered = []
        self.wait(lambda: self.get(0, 3))

    def get(self, index, field):
        return struct.unpack_from("i", self.map, index * SLOT + 4 * field)[0]

    def wait(self, ready, most=0.5):
        end = time.time() + most
        while not ready() and time.time() < end:
            time.sleep(0.001)

    def done(self, index):
        return self.get(index, 1) == self.asked[index]

    def ask(self, index, op, a=0, b=0):
        self.asked[index] += 1
        struct.pack_into("i", self.map, index * SLOT + 8, OPS.index(op))
        struct.pack_into("2q", self.map, index * SLOT + 16, a, b)
        struct.pack_into("i", self.map, index * SLOT, self.asked[index])

    def step(self, who, call, *args):
        if call == "enter":
            self.asked.append(0)
            k = len(self.asked) - 1
            self.entered.append(subprocess.Popen([AGENT, self.path, "enter", str(self.get(0, 3)), str(k)],
                                                 stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            self.wait(lambda: self.get(k, 3) or self.entered[-1].poll() is not None)
            return
        if who == "outside":
            try:
                os.kill(self.get(args[0], 3), number(args[1]))
            except ProcessLookupError:
                pass
            time.sleep(0.004)
            return
        a = b = 0
        if call == "fork":
            a = len(self.asked)
            self.asked.append(0)
        elif call == "kill":
            a, b = args[0], 0 if args[1] is None else number(args[1])
        elif call == "action":
            a, b = number(args[0]), HOW.index(args[1])
        elif call in ("mask", "sigwait"):
            a = bits(args[0])
            a = a - (1 << 64) if a >> 63 else a
        elif call == "wait":
            a, b = args[0], 1 if args[1] else 0
        elif call == "pdeathsig":
            a = number(args[0])
        elif args:
            a, b = (list(args) + [0])[:2]
        self.ask(who, call, int(a), b)
        self.wait(lambda: self.done(who), 0.012)
        if call == "fork":
            self.wait(lambda: self.get(len(self.asked) - 1, 3) or not self.alive(0), 0.2)

    def alive(self, index):
        return self.status(index) is not None

    def status(self, index):
        pid = self.get(index, 3)
        if not pid:
            return None
        try:
            with open(f"/proc/{pid}/status") as f:
                fields = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
        except (FileNotFoundError, ProcessLookupError):
            return None
        return fields

    def inner(self, outer):
        for index in range(len(self.asked)):
            if self.get(index, 3) == outer:
                return self.inner_pid.get(index, "?")
        return 0

    def look(self):
        if self.outer.poll() is not None:
            return "ended"
        fields = [self.status(i) for i in range(len(self.asked))]
        self.inner_pid = {i: f["NSpid"].split()[-1] for i, f in enumerate(fields) if f}
        return [self.line(i, f) for i, f in enumerate(fields)]

    def line(self, index, f):
        if f is None:
            return "gone"
        pid, group, session = (f[k].split()[-1] for k in ("NSpid", "NSpgid", "NSsid"))
        state = f["State"][0]
        text = f"{pid}<{self.inner(int(f['PPid']))} {group} {session} {'S' if state in 'RD' else state}"
        if state == "Z":
            return text
        pending = f"{int(f['SigPnd'], 16) | int(f['ShdPnd'], 16):x}"
        for label, value in (("ign", f["SigIgn"]), ("cgt", f["SigCgt"]), ("blk", f["SigBlk"]), ("pnd", pending)):
            if int(value, 16):
                text += f" {label}={sets(value)}"
        if f["Name"] == "sleep":
            return text + " sleep"
        caught = struct.unpack_from("65i", self.map, index * SLOT + 16 + 32)
        got = ",".join(f"{name(n)}*{caught[n]}" for n in range(1, 65) if caught[n])
        if got:
            text += f" got={got}"
        return text + " " + self.last(index)

    def last(self, index):
        if not self.asked[index]:
            return "-"
        if not self.done(index):
            return "busy"
        op = self.get(index, 2)
        _, _, result, status = struct.unpack_from("4q", self.map, index * SLOT + 16)
        if result < -10000:
            return errno.errorcode[-result - 10000]
        if OPS[op] == "wait":
            if result == 0:
                return "none"
            how = f"signal {name(status & 127)}" if status & 127 else f"exit {status >> 8}"
            return f"{result}:{how}"
        if OPS[op] == "setsid":
            return "0"
        return name(result) if OPS[op] == "sigwait" else str(result)

    def settled(self):
        before = None
        for _ in range(40):
            now = self.look()
            if now == before:
                return now
            before = now
            time.sleep(0.005)
        return before

    def close(self):
        if self.outer.poll() is None and self.get(0, 3):
            try:
                os.kill(self.get(0, 3), 9)
            except ProcessLookupError:
                pass
        code = self.outer.wait()
        for entered in self.entered:
            entered.wait()
        os.unlink(self.path)
        return f"signal {name(-code)}" if code < 0 else f"exit {code}"


def played(steps_of):
    """The steps that `steps_of(run)` gives one after the other, and what is seen after each of them and at the end."""
    run = Run()
    steps, after, end = [], [], None
    try:
        for step in steps_of(run):
            steps.append(step)
            run.step(*step)
            after.append(run.settled())
            if after[-1] == "ended":
                break
    finally:
        end = run.close()
    return steps, {"after": after, "end": end if after and after[-1] == "ended" else None}


def run(steps):
    return played(lambda _: steps)[1]


SIGNALS = ["TERM", "INT", "HUP", "USR1", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "KILL", "URG", "WINCH", "34", "40", "SEGV"]


def made(seed):
    """A list of steps by chance, and what is seen of it."""
    return played(lambda run: chosen(random.Random(seed), run))


def chosen(chance, run):
    """Steps by chance: chosen as the run goes on, so that each can be carried out."""
    for _ in range(chance.randint(6, 18)):
        state = run.look()
        if state == "ended":
            break
        able = [i for i, t in enumerate(state) if t not in ("gone",) and not t.endswith((" busy", " sleep"))
                and t.split()[3] == "S"]
        numbers = [t.split("<")[0] for t in state if t != "gone"]
        here = [i for i, t in enumerate(state) if t != "gone"]
        if not here:
            break
        step = None
        if len(run.asked) < 3 and able and chance.random() < 0.7:
            step = [chance.choice(able), "fork"]
        elif chance.random() < 0.04:
            step = ["outside", "enter"]
        elif chance.random() < 0.2 or not able:
            step = ["outside", "kill", chance.choice(here), chance.choice([s for s in SIGNALS if s != "KILL"] + ["CONT", "KILL"])]
        else:
            who = chance.choice(able)
            call = chance.choice(["fork"] * 5 + ["exit"] + ["kill"] * 5 + ["action"] * 4 + ["mask"] * 3 + ["wait"] * 3 +
                                 ["sigwait", "pause", "sleep", "setsid", "setpgid", "setpgid", "subreaper", "pdeathsig", "exec"])
            pid = lambda: int(chance.choice(numbers))
            sig = lambda: chance.choice(SIGNALS)
            if call == "fork":
                if len(run.asked) > 8:
                    continue
                step = [who, call]
            elif call == "exit":
                if who == 0 and chance.random() < 0.8:
                    continue
                step = [who, call, chance.choice([0, 3, 143])]
            elif call == "kill":
                target = chance.choice([pid(), pid(), pid(), 0, -1, -pid() if True else 0, 77])
                if target == -1 and chance.random() < 0.5:
                    continue
                step = [who, call, target, chance.choice([sig(), sig(), sig(), sig(), None])]
            elif call == "action":
                signal_ = sig()
                step = [who, call, signal_, chance.choice(HOW if signal_ == "CHLD" else HOW[:3])]
            elif call in ("mask", "sigwait"):
                step = [who, call, sorted({sig() for _ in range(chance.randint(0 if call == "mask" else 1, 3))})]
            elif call == "wait":
                step = [who, call, chance.choice([-1, -1, 0, pid(), -pid()]), chance.random() < 0.5]
            elif call == "setpgid":
                step = [who, call, chance.choice([0, 0, pid()]), chance.choice([0, 0, pid()])]
            elif call == "subreaper":
                step = [who, call, chance.choice([1, 1, 0])]
            elif call == "pdeathsig":
                step = [who, call, chance.choice(["TERM", "USR1", "KILL", "STOP"])]
            else:
                step = [who, call]
        yield step


def main():
    if sys.argv[2] == "given":
        for record in json.load(open(sys.argv[3])):
            first, second = run(record["steps"]), run(record["steps"])
            if first != second:
                print("differs twice:", record, first, second, sep="\n", file=sys.stderr)
                continue
            print(json.dumps({**record, **first}), flush=True)
    else:
        seed, count = int(sys.argv[3]), int(sys.argv[4])
        for n in range(seed, seed + count):
            steps, first = made(n)
            if run(steps) == first and steps:
                print(json.dumps({"fact": f"made by chance {n}", "steps": steps, **first}), flush=True)


main()
