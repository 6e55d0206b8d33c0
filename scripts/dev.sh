#!/usr/bin/env bash
# make dev: the app with hot reload on Vite's address, and the server behind it, which is rebuilt and started again when a source changes.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/pwa.sh
source "$ROOT/scripts/pwa.sh"

cd "$ROOT"
"$ROOT/scripts/setup.sh"
hash -r
build_pwa

export TERREIN_MODE=development
stamp=$(mktemp)
server='' vite=''
finish() {
    trap - EXIT INT TERM
    # Each ends what it started: the server its database.
    for process in $server $vite; do kill -TERM "$process" 2>/dev/null || true; done
    wait
    rm -f "$stamp"
}
trap finish EXIT
trap 'exit 130' INT TERM

# A look at the names and times of a few hundred files costs milliseconds, so this needs no watcher to be installed.
changed() {
    [ -n "$(find Cargo.toml server geodata migrations \( -name '*.rs' -o -name '*.sql' -o -name '*.toml' -o -name '*.ftl' -o -name '*.json' \) -newer "$stamp" -print -quit)" ]
}

say "Building the server"
while :; do
    touch "$stamp"
    if cargo build --quiet --profile ci -p terrein; then
        if [ -n "$server" ]; then
            say "Starting the server again"
            kill -TERM "$server" 2>/dev/null || true
            wait "$server" 2>/dev/null || true
        fi
        "$CARGO_TARGET_DIR/ci/terrein" serve --demo "$@" &
        server=$!
    else
        say "The server that runs is the one from before; waiting for a change"
    fi
    if [ -z "$vite" ]; then
        (cd pwa && exec node node_modules/vite/bin/vite.js) &
        vite=$!
    fi
    until changed; do
        kill -0 "$vite" 2>/dev/null || fail "Vite ended"
        sleep 1
    done
done
