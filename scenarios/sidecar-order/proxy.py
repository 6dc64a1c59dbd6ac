import signal, sys, time

def stop(number, frame):
    print("proxy stops")
    time.sleep(1)
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
while True:
    time.sleep(1)
