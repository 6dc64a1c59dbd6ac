#!/usr/bin/env bash
# Runs the browser tests against the page in dist/ (scripts/page.sh builds it). Arguments are test files; none is all of them.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/scripts/browser.sh"
setup_browser
[ -f dist/index.html ] || die "the page is not built: type  scripts/page.sh"
if [ $# = 0 ]; then set -- tests/browser/*.test.mjs; fi
exec node --test --test-reporter=spec "$@"
