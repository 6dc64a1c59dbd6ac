import signal, sys, time

def stop(number, frame):
    print("finishing the job")
    time.sleep(10)
    print("job done")
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
while True:
    time.sleep(1)
