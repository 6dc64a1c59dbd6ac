# Sourced by check: a Chrome or Chromium for the browser tests, its path in $CHROME.

find_browser() {
    local candidate
    for candidate in "${CHROME:-}" google-chrome google-chrome-stable chromium chromium-browser \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "$HOME/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        # asking for the version also finds out launchers that only tell how to install the browser
        if [ -n "$candidate" ] && "$candidate" --version >/dev/null 2>&1; then
            CHROME=$(command -v "$candidate")
            export CHROME
            return 0
        fi
    done
    return 1
}

# apt-get fails when another one runs, or when the network drops an archive: wait for the lock, try three times.
install_chromium() {
    local try
    for try in 1 2 3; do
        note "apt-get install chromium (try $try of 3)"
        apt-get -o DPkg::Lock::Timeout=300 update &&
            DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends chromium &&
            return 0
        sleep 5
    done
    return 1
}

setup_browser() {
    if [ -n "${CHROME:-}" ] && ! "$CHROME" --version >/dev/null 2>&1; then
        die "CHROME is set to $CHROME, which does not run: set it to the path of a Chrome or Chromium, or unset it."
    fi
    find_browser && return
    if debian_root; then
        say "Chromium for the browser tests"
        install_chromium && find_browser && return
    fi
    die "a browser is missing: install Google Chrome or Chromium (on Debian: sudo apt-get install chromium), or set CHROME to its path."
}
