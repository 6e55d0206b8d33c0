# Sourced by every script: where things are kept, and how a script speaks. Nothing is installed or built here.
# shellcheck shell=bash

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/terrein
TOOLS=$CACHE/tools
# Outside the clone, so that a fresh clone builds on what an earlier one built.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CACHE/target}
export npm_config_cache=$CACHE/npm
export npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
export PIP_DISABLE_PIP_VERSION_CHECK=1
# rustup puts cargo here, also for shells that have not read its profile.
export PATH=$TOOLS/node:$TOOLS/python/bin:$PATH:${HOME}/.cargo/bin

# One line about what is being done; everything else is silent unless it fails.
say() { printf '\033[1m%s\033[0m\n' "· $*" >&2; }

fail() {
    printf 'terrein: %s\n' "$*" >&2
    exit 1
}

# quietly COMMAND..: its output only when it fails, to the last 60 lines.
quietly() {
    local log
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        rm -f "$log"
    else
        local code=$?
        tail -n 60 "$log" >&2
        rm -f "$log"
        return "$code"
    fi
}

# A name for this clone, for what the cache keeps of it.
clone_key() { printf '%s' "$ROOT" | sha256sum | cut -c1-16; }

# digest PATH..: of the contents and names of files below.
digest() {
    find "$@" -name node_modules -prune -o -type f -print0 2>/dev/null | sort -z | xargs -0r sha256sum | sha256sum | cut -c1-64
}

# once NAME DIGEST: whether that was done already; remember NAME DIGEST afterwards.
once() { [ "$(cat "$CACHE/stamps/$(clone_key)-$1" 2>/dev/null)" = "$2" ]; }
remember() {
    mkdir -p "$CACHE/stamps"
    printf '%s' "$2" >"$CACHE/stamps/$(clone_key)-$1"
}
