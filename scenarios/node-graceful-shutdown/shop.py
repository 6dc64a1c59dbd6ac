import signal, sys, time

def stop(number, frame):
    print("finishing orders")
    time.sleep(8)
    print("orders are safe")
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
while True:
    time.sleep(1)
