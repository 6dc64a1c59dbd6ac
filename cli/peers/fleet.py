"""The story `nginx-sigterm` in SimPy: what a general discrete-event library in Python needs for it.

Ten servers, 100 requests a second of 10 s each, scaled down to one while they run. A server that is told to end cuts what
it serves; the clients' endpoint list is stale for a while, so that some requests are refused. Every step is recorded, as
the simulator records its trace. It knows no processes, no shells and no kubelet, and gives no reasons: less than the
simulator does for the same events.

Prints one line: events that SimPy processed, records kept, requests by outcome, and seconds of CPU time (best of five).
"""

import random
import time
from collections import Counter

import simpy

PODS, LEFT = 10, 1
PER_S, SERVICE_S = 100, 10.0
START_S, SCALE_S, END_S = 10.0, 25.0, 50.0
# As measured on a small cluster: how long a proxy's list is stale after the scale call.
LAG_S = 0.2


class Pod:
    """One server: what it serves, and whether it still listens."""

    def __init__(self):
        self.listening = True
        self.serving = set()


def request(env, pod, trace):
    if not pod.listening:
        trace.append((env.now, "refused"))
        return
    trace.append((env.now, "accepted"))
    me = env.active_process
    pod.serving.add(me)
    try:
        yield env.timeout(SERVICE_S)
        trace.append((env.now, "ok"))
    except simpy.Interrupt:
        trace.append((env.now, "cut"))
    pod.serving.discard(me)


def client(env, listed, trace, rng):
    yield env.timeout(START_S)
    while env.now < END_S:
        pod = rng.choice(listed)
        trace.append((env.now, "sent"))
        env.process(request(env, pod, trace))
        yield env.timeout(1 / PER_S)


def stop(env, pod, trace):
    trace.append((env.now, "SIGTERM"))
    pod.listening = False
    for process in sorted(pod.serving, key=id):
        process.interrupt()
    yield env.timeout(0)
    trace.append((env.now, "exit"))


def scale(env, pods, listed, trace):
    yield env.timeout(SCALE_S)
    for pod in pods[LEFT:]:
        env.process(stop(env, pod, trace))
    yield env.timeout(LAG_S)
    del listed[LEFT:]
    trace.append((env.now, "endpoints"))


def run():
    env, trace, rng = simpy.Environment(), [], random.Random(1)
    pods = [Pod() for _ in range(PODS)]
    listed = list(pods)
    env.process(client(env, listed, trace, rng))
    env.process(scale(env, pods, listed, trace))
    steps = 0
    while env.peek() != float("inf"):
        env.step()
        steps += 1
    return steps, trace


def main():
    best, steps, trace = float("inf"), 0, []
    for _ in range(5):
        start = time.process_time()
        steps, trace = run()
        best = min(best, time.process_time() - start)
    ends = Counter(what for _, what in trace)
    print(steps, len(trace), ends["ok"], ends["cut"], ends["refused"], f"{best:.6f}")


if __name__ == "__main__":
    main()
