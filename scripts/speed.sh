#!/usr/bin/env bash
# Measures the page in dist/ against the frames of a screen; what is printed is told in tests/browser/speed.mjs.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/scripts/browser.sh"
setup_browser
exec node tests/browser/speed.mjs "$@"
