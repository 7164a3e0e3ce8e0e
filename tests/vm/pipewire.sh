#!/usr/bin/env bash
# pipewire_producer's frames through a PipeWire of its own to pipewire_source, each with the pixels
# of its number. WirePlumber links the two, as on a desktop; without a bus, and without devices.
#   tests/vm/pipewire.sh <pipewire_producer> <pipewire_source>
set -euo pipefail
producer=$1
source=$2
frames=30
limit=200 # seconds, for each step

# Of 0.5; older ones would take the devices.
if [[ $(wireplumber --help 2>&1) != *--profile* ]]; then
    echo "SKIPPED example-pipewire: this WirePlumber is older than 0.5 and has no profiles."
    exit 77
fi

XDG_RUNTIME_DIR=$(mktemp -d)
export XDG_RUNTIME_DIR XDG_CONFIG_HOME=$XDG_RUNTIME_DIR XDG_STATE_HOME=$XDG_RUNTIME_DIR
unset DBUS_SESSION_BUS_ADDRESS PIPEWIRE_REMOTE PIPEWIRE_RUNTIME_DIR
running=()
cleanup() {
    kill "${running[@]}" 2>/dev/null || true
    wait
    rm -rf "$XDG_RUNTIME_DIR"
}
trap cleanup EXIT
fail() {
    echo "$*"
    cat "$XDG_RUNTIME_DIR"/*.log
    exit 1
}

await() { # <what to say otherwise> <command>...
    local sentence=$1 until=$((SECONDS + limit))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || fail "$sentence"
        sleep 0.2
    done
}

cd "$XDG_RUNTIME_DIR"
pipewire >daemon.log 2>&1 &
running+=($!)
await 'PipeWire has not come up.' test -S pipewire-0
wireplumber --profile=policy >manager.log 2>&1 &
running+=($!)

timeout "$limit" "$producer" >producer.log 2>&1 &
made=$!
running+=("$made")
await 'pipewire_producer has not come up.' grep -q '^node ' producer.log
# WirePlumber refuses a consumer until it has looked at the source, and tells nobody when it has.
linked() {
    ended=0
    timeout "$limit" "$source" "$frames" >source.log 2>&1 || ended=$?
    [ "$ended" -eq 0 ] || ! grep 'no target node available' source.log
}
await 'WirePlumber has not found pipewire_producer.' linked
[ "$ended" -eq 0 ] || fail "pipewire_source ended with status $ended."
wait "$made" || fail "pipewire_producer ended with status $?."

# Byte by byte in memory: the column, the row, the frame's number.
awk -v frames="$frames" '
    {
        number = $2 + 0
        last = sprintf("%02x", number % 256)
        expected = "frame " number ", 640 x 360: first 00 00 " last ", middle 40 b4 " last \
            ", last 7f 67 " last
        if ($0 != expected) { print "came:     " $0 "\nexpected: " expected; wrong = 1 }
        if (NR > 1 && number <= before) { print "frame " number " after frame " before; wrong = 1 }
        before = number
    }
    END { exit wrong || NR != frames }' source.log || fail "What came is not what was made."
echo "$frames frames taken of $(tail -n 1 producer.log), the last: $(tail -n 1 source.log)"
