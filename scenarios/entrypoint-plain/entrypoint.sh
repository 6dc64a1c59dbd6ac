#!/bin/sh
set -e
echo preparing
python3 -u app.py
