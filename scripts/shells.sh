# Sourced by check: real shells and init programs for the conformance tests, on Debian as root. Without them, or without
# a network, those tests say what they skip.

shell_packages="dash bash busybox mksh zsh yash ksh93u+m posh tini dumb-init catatonit"

setup_shells() {
    local package missing="" skipped=""
    debian_root || return 0
    for package in $shell_packages; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "shells for the conformance tests:$missing"
    apt-get -o DPkg::Lock::Timeout=300 update || true
    for package in $missing; do
        # one by one: a release that lacks one still has the others
        DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$package" ||
            skipped="$skipped $package"
    done
    [ -z "$skipped" ] || note "not installed, so not tested:$skipped"
}
