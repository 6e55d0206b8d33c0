# Sourced after env.sh, pwa.sh and steps.sh: the steps of lint, which are the first steps of the tests.
# shellcheck shell=bash

check_scripts() {
    local file
    for file in scripts/*.sh .ci/run; do bash -n "$file" || fail "$file is no valid shell"; done
}

check_format() { cargo fmt --all --check || fail "cargo fmt --all puts this right"; }

check_clippy() { cargo clippy --quiet --locked --profile ci --workspace --all-targets -- -D warnings; }

check_dependencies() { cargo deny --log-level error check bans licenses sources; }

check_app() {
    (
        cd pwa || exit
        npm run --silent check
        npm run --silent lint
    )
}

check_browser_tests() { (cd tests/browser && npm run --silent lint); }

check_containers() {
    hadolint --config docker/hadolint.yaml docker/*.Dockerfile
    check-jsonschema --quiet --builtin-schema vendor.compose-spec docker/compose.yml docker/compose.demo.yml
}

lint_steps() {
    step "Shell scripts" check_scripts
    step "rustfmt" check_format
    step "Packages and the built app" build_pwa
    step "svelte-check, eslint, prettier" check_app
    if [ -e tests/browser/package.json ]; then
        step "Packages of the browser tests" node_modules tests/browser
        step "eslint, prettier of the browser tests" check_browser_tests
    fi
    step "hadolint, compose schema" check_containers
    step "cargo-deny" check_dependencies
    step "clippy" check_clippy
}
