# Sourced by every script: the project's folder, its own tools first on PATH, and how to speak and to give up.
# Written for bash 3.2 and the BSD tools of macOS as well as for Linux.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
tools="$root/target/tools"
PATH="$tools/bin:$root/node_modules/.bin:$PATH:$HOME/.cargo/bin"
export PATH
# Only the pinned installation in rust.sh may add a toolchain: a plain cargo call must never start one.
export RUSTUP_AUTO_INSTALL=0

say() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
die() {
    printf '\nStopped: %s\n' "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
on_macos() { [ "$(uname -s)" = Darwin ]; }
debian_root() { [ -f /etc/debian_version ] && [ "$(id -u)" = 0 ] && have apt-get; }

# The first text between double quotes, without a leading "=", on the line of file $1 that starts with $2.
pin() { sed -n "s/^$2[^\"]*\"=*\([^\"]*\)\".*/\1/p" "$1" | head -n 1; }
