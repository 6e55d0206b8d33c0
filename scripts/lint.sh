#!/usr/bin/env bash
# make lint: everything that can be said about the sources without running them.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/pwa.sh
source "$ROOT/scripts/pwa.sh"
# shellcheck source=scripts/steps.sh
source "$ROOT/scripts/steps.sh"
# shellcheck source=scripts/checks.sh
source "$ROOT/scripts/checks.sh"

cd "$ROOT"
step "Set-up" "$ROOT/scripts/setup.sh" --lint
hash -r
lint_steps
