import signal, sys, time

def stop(number, frame):
    print("last lines are shipped")
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
while True:
    time.sleep(1)
