#!/bin/sh
set -e
echo preparing
exec python3 -u app.py
