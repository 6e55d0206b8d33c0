# Sourced after env.sh: steps that are timed, with a table of the times at the end, also when one fails.
# shellcheck shell=bash

STEP_NAMES=() STEP_SECONDS=() STEP_BEGAN='' STEP_NOW=''

# step NAME COMMAND..: stops everything when the command fails.
step() {
    STEP_NOW=$1 STEP_BEGAN=$SECONDS
    shift
    say "$STEP_NOW"
    "$@"
    STEP_NAMES+=("$STEP_NOW") STEP_SECONDS+=($((SECONDS - STEP_BEGAN)))
    STEP_NOW=''
}

# shellcheck disable=SC2329 # called by the trap
print_times() {
    local code=$? i
    printf '\n' >&2
    for i in "${!STEP_NAMES[@]}"; do
        printf '%6d s  %s\n' "${STEP_SECONDS[$i]}" "${STEP_NAMES[$i]}" >&2
    done
    [ -z "$STEP_NOW" ] || printf '%6d s  %s: FAILED\n' $((SECONDS - STEP_BEGAN)) "$STEP_NOW" >&2
    printf '%6d s  in all\n' "$SECONDS" >&2
    exit "$code"
}
trap print_times EXIT
