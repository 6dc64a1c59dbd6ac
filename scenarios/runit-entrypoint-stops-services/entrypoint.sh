#!/bin/sh
stop() {
  sv -w 20 force-stop /etc/service/*
  kill -HUP "$runit"
  wait "$runit"
  exit 0
}
trap stop TERM
runsvdir -P /etc/service &
runit=$!
wait "$runit"
