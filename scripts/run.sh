#!/usr/bin/env bash
# make run: all set-up, then the server with the demo terrain. Arguments go to `terrein serve`.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/pwa.sh
source "$ROOT/scripts/pwa.sh"

cd "$ROOT"
"$ROOT/scripts/setup.sh"
hash -r
build_pwa
if [ -x "$CARGO_TARGET_DIR/release/terrein" ]; then
    say "Building the server, as far as it changed"
else
    say "Building the server: the first time takes about ten minutes on two cores"
fi
# Cargo's own progress: on a terminal it is one moving line.
cargo build --quiet --locked --release -p terrein
export TERREIN_MODE=${TERREIN_MODE:-development}
# The server ends with one line: the address, and how to sign in.
exec "$CARGO_TARGET_DIR/release/terrein" serve --demo "$@"
