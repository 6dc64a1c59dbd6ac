#!/usr/bin/env bash
# One screenshot of the page in dist/, written to target/screenshots/; options as in tests/browser/shot.mjs.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/scripts/browser.sh"
setup_browser
exec node tests/browser/shot.mjs "$@"
