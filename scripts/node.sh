# Sourced by setup.sh: the npm packages of package-lock.json (wasm-opt for the page, the driver of the browser tests).

setup_node() {
    { have node && have npm; } || die "Node.js is missing: install version 20 or newer from https://nodejs.org, then run this again."
    [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] ||
        die "Node.js $(node --version) is too old: install version 20 or newer from https://nodejs.org, then run this again."
    # The copy of the lock file is the mark of a complete installation.
    cmp -s package-lock.json node_modules/.installed-lock && return
    say "npm packages"
    npm ci --ignore-scripts --no-audit --no-fund ||
        die "npm could not install the packages of package-lock.json: the reason is above."
    cp package-lock.json node_modules/.installed-lock
}
