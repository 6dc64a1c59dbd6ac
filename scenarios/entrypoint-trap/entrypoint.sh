#!/bin/sh
forward() {
  kill -TERM "$app"
  wait "$app"
  exit $?
}
trap forward TERM
python3 -u app.py &
app=$!
wait "$app"
