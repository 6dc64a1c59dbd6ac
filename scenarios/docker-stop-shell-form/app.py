import signal, sys, time

def stop(number, frame):
    print("stopping", flush=True)
    time.sleep(3)
    print("stopped", flush=True)
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
while True:
    time.sleep(1)
