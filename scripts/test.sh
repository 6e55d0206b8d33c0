#!/usr/bin/env bash
# make test: lint, then the tests from the smallest to the largest. Stops at the first step that fails.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/pwa.sh
source "$ROOT/scripts/pwa.sh"
# shellcheck source=scripts/steps.sh
source "$ROOT/scripts/steps.sh"
# shellcheck source=scripts/checks.sh
source "$ROOT/scripts/checks.sh"

# A developer's own database and settings are no part of a test.
unset DATABASE_URL
for name in $(compgen -e TERREIN_ || true); do
    [ "$name" = TERREIN_CHROMIUM ] || unset "$name"
done

test_app() { (cd pwa && npm run --silent test); }

# One build serves both: some integration tests and all browser tests start the program itself.
test_rust() {
    cargo build --quiet --locked --profile ci --workspace
    cargo nextest run --locked --cargo-profile ci --workspace --no-tests fail
}

test_browser() {
    (cd tests/browser && TERREIN_BINARY=$CARGO_TARGET_DIR/ci/terrein npm run --silent test)
}

cd "$ROOT"
step "Set-up" "$ROOT/scripts/setup.sh" --tests
hash -r
lint_steps
step "Tests of the app" test_app
step "Packages of the provider that people sign in at" node_modules tests/oidc
step "Tests of the server" test_rust
if [ -e tests/browser/package.json ]; then step "Tests in the browser" test_browser; fi
