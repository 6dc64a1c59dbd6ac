import signal, sys, time

def stop(number, frame):
    print("shipper stops")
    time.sleep(0)
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
while True:
    time.sleep(1)
