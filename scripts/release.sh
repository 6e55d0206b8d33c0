#!/usr/bin/env bash
# make release: one file, the server with the app in it, in the folder release/.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/pwa.sh
source "$ROOT/scripts/pwa.sh"

cd "$ROOT"
"$ROOT/scripts/setup.sh"
hash -r
build_pwa
say "Building the server: the first time takes about ten minutes on two cores"
cargo build --quiet --locked --release -p terrein
mkdir -p release
install -m 755 "$CARGO_TARGET_DIR/release/terrein" release/terrein
(cd release && sha256sum terrein >terrein.sha256)
say "release/terrein: $(du -h release/terrein | cut -f1), $(release/terrein --version)"
