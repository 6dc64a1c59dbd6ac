import signal
import sys
import time


def stop(signum, frame):
    print("stopping")
    time.sleep(2)
    print("stopped")
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
print("started")
while True:
    time.sleep(1)
