#!/usr/bin/env bash
# make flood: half a minute of a crowd with the worst questions it may ask, and half a minute of rubbish at every door, over the program itself.
# The tests have some seconds of both. make flood ARGS=120 takes two minutes of each.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/pwa.sh
source "$ROOT/scripts/pwa.sh"
# shellcheck source=scripts/steps.sh
source "$ROOT/scripts/steps.sh"

# One build serves both: the program and the tests that start it.
build_server() {
    cargo build --quiet --locked --profile ci --workspace
    cargo nextest run --no-run --locked --cargo-profile ci --workspace
}

flood() {
    TERREIN_FLOOD_SECONDS=$1 cargo nextest run --locked --cargo-profile ci --workspace --no-tests fail --retries 0 --no-capture -E 'test(flood::)'
}

cd "$ROOT"
step "Set-up" "$ROOT/scripts/setup.sh"
hash -r
step "The app, which is in the server" build_pwa
step "The server" build_server
flood "${1:-30}"
