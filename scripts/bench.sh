#!/usr/bin/env bash
# make bench: speed, as ratios to the limit measured in the same run. make bench ARGS="tile --json" passes arguments on.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/pwa.sh
source "$ROOT/scripts/pwa.sh"

cd "$ROOT"
"$ROOT/scripts/setup.sh"
hash -r
build_pwa
say "Building the server and the bench: the first time takes about ten minutes on two cores"
cargo build --quiet --locked --release -p terrein -p terrein-bench
exec "$CARGO_TARGET_DIR/release/terrein-bench" "$@"
