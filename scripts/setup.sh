#!/usr/bin/env bash
# Installs what building and serving the page needs: the Rust toolchain, tools in target/tools, packages in node_modules.
# What is already there is left alone. Sourced by ./serve and ./check; can also be run by itself.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/scripts/rust.sh"
. "$root/scripts/node.sh"

setup_node
setup_toolchain
setup_rust_tools
