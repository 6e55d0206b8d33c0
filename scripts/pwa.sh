# Sourced after env.sh: the packages of the app and of the browser tests, and the built app.
# shellcheck shell=bash

# node_modules FOLDER: as its lock file says. Skipped while the lock is the same; the stamp lies in node_modules, so it goes when that goes.
node_modules() {
    local folder=$ROOT/$1 lock
    lock=$(digest "$folder/package-lock.json")-$(node --version)
    [ "$(cat "$folder/node_modules/.terrein" 2>/dev/null)" = "$lock" ] && return
    say "Installing the packages of $1"
    (
        cd "$folder" || exit
        export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
        quietly npm ci --prefer-offline
    ) || fail "npm ci failed in $1"
    printf '%s' "$lock" >"$folder/node_modules/.terrein"
}

# The app in pwa/dist, which the server embeds. Skipped while nothing that goes into it has changed.
build_pwa() {
    node_modules pwa
    local sources
    sources=$(
        cd "$ROOT" || exit
        find pwa \( -name node_modules -o -name dist -o -path pwa/src/i18n/generated \) -prune -o -type f -print0 |
            sort -z | xargs -0 sha256sum server/schema.graphql | sha256sum | cut -c1-64
    )
    [ -e "$ROOT/pwa/dist/index.html" ] && once pwa "$sources" && return
    say "Building the app"
    (cd "$ROOT/pwa" && quietly npm run build) || fail "npm run build failed in pwa"
    remember pwa "$sources"
}
