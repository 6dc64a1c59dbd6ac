import signal, sys, time

def stop(number, frame):
    print("web stops")
    time.sleep(4)
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
while True:
    time.sleep(1)
