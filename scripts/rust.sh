# Sourced by setup.sh: the pinned Rust toolchain, and the two build tools of the page in target/tools.

toolchain_complete() {
    rustc --version >/dev/null 2>&1 || return 1
    rustup target list --installed 2>/dev/null | grep -q '^wasm32-unknown-unknown$' || return 1
    rustup component list --installed 2>/dev/null | grep -q '^clippy' || return 1
    rustup component list --installed 2>/dev/null | grep -q '^rustfmt'
}

setup_toolchain() {
    have rustup || die "rustup is missing: install it as https://rustup.rs says, then run this again."
    if ! have cc; then
        if on_macos; then die "a C compiler is missing: type  xcode-select --install"; fi
        if debian_root; then die "a C compiler is missing: type  apt-get install -y build-essential"; fi
        die "a C compiler (cc) is missing: install it, on Debian or Ubuntu with  sudo apt-get install build-essential"
    fi
    toolchain_complete && return
    say "Rust $(pin rust-toolchain.toml channel) with the wasm32 target"
    rustup toolchain install --no-self-update ||
        die "rustup could not install the toolchain named in rust-toolchain.toml: check the network; if rustup is older than 1.28, type  rustup self update"
}

# install_tool CRATE VERSION COMMAND [cargo arguments]: from the package registry, with its own lock file, only if it is not there.
install_tool() {
    local crate=$1 version=$2 command=$3
    shift 3
    case "$("$tools/bin/$command" --version 2>/dev/null || true)" in
    "$command $version" | "$command $version "*) return ;;
    esac
    say "$crate $version (compiled once, takes some minutes)"
    cargo install --locked --force --root "$tools" "$crate" --version "$version" "$@" ||
        die "$crate $version could not be installed: the reason is above; run this again when it is solved."
}

setup_rust_tools() {
    install_tool wasm-bindgen-cli "$(pin Trunk.toml wasm_bindgen)" wasm-bindgen
    # Speed of these tools does not matter: without link-time optimisation trunk compiles in a fraction of the time.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        install_tool trunk "$(pin Trunk.toml trunk-version)" trunk --no-default-features
}
