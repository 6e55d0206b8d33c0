#!/usr/bin/env bash
# make clients: what other people's programs make of the graph, over the real server. The audits of GraphQL over HTTP (npm graphql-http), every
# MUST and SHOULD, and a few thousand questions made up from the schema (PyPI schemathesis), none of which may break the server.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/pwa.sh
source "$ROOT/scripts/pwa.sh"
# shellcheck source=scripts/steps.sh
source "$ROOT/scripts/steps.sh"

# In an environment of its own: it brings a good many packages along, at versions of its own choice.
schemathesis() {
    local list=$ROOT/tests/clients/requirements.txt home=$TOOLS/schemathesis
    cmp -s "$list" "$home/.requirements" && return
    say "Installing schemathesis"
    rm -rf "$home"
    quietly python3 -m venv "$home" || fail "python3 -m venv failed"
    quietly "$home/bin/pip" install -q -r "$list" || fail "schemathesis: pip install failed"
    cp "$list" "$home/.requirements"
}

build_server() { cargo build --quiet --locked --profile ci --workspace; }

clients() { TERREIN_BINARY=$CARGO_TARGET_DIR/ci/terrein SCHEMATHESIS=$TOOLS/schemathesis/bin/schemathesis node tests/clients/run.mjs; }

cd "$ROOT"
step "Set-up" "$ROOT/scripts/setup.sh"
hash -r
step "The app, which is in the server" build_pwa
step "Packages of the client tests" node_modules tests/clients
step "schemathesis" schemathesis
step "The server" build_server
step "Audits and made-up questions" clients
