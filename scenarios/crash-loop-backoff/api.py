import sys, time

print("DATABASE_URL is not set")
time.sleep(1)
sys.exit(1)
