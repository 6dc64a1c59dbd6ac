#!/usr/bin/env bash
# Builds the page into dist/: small and optimised, or quickly with --dev. Other arguments go to `trunk build`.
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

mode=--release
if [ "${1:-}" = --dev ]; then
    mode=
    shift
fi
# trunk takes NO_COLOR as a flag of its own and refuses the usual value 1
# shellcheck disable=SC2086
exec env -u NO_COLOR trunk build $mode "$@"
