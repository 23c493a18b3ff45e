#!/bin/bash
# Print the events of a Hatchery node as JSON lines, each once. Needs Debian's amqp-tools and jq.
#
# `hatchery subscriber add AREA NAME --binding PATTERN --log` prints the URI. It holds the password, so it is taken
# from the environment, where other users of the machine do not see it; EVENTS_CA names the authority's file for amqps.
#
#     export EVENTS_URI=amqp://sub-230102-finance:...@host:5672/230102
#     ./subscribe.sh sub.finance                                   # from now on, until ^C
#     ./subscribe.sh sub.finance --since 2026-11-20T08:00:00Z --pattern 'registry.organisation.#'
#
# With --since the events that the stream `events.log` took since then come first: a time, an offset, or `first`. The
# queue meanwhile keeps what is new. What comes twice is told by its id (--seen FILE; default: seen.txt).
# amqp-consume cannot say where in a stream it wants to begin, so subscribe.py beside this file reads the stream;
# it needs Debian's python3-pika. Without --since it is not needed.
set -euo pipefail

# Put your own work here: one event, as JSON on standard input. Only when it ends well the event is remembered and
# acknowledged.
handle() { jq -c .; }

# One event. A crash between the work and the line in $SEEN would have the event handled twice.
once() {
    local event id
    event=$(cat) && id=$(jq -er .id <<<"$event") || return 1
    grep -qxF "$id" "$SEEN" && return
    handle <<<"$event" && echo "$id" >>"$SEEN"
}

# amqp-consume starts this script again for each message. One that fails stays unacknowledged, and the next would never
# come; so end amqp-consume, and the broker takes the message back.
if [ "${1-}" = one-event ]; then
    once || { kill "$PPID"; exit 1; }
    exit
fi

SEEN=seen.txt replay=() queue=
while [ $# -gt 0 ]; do
    case $1 in
        --since | --pattern) replay+=("$1" "${2:?}"); shift ;;
        --seen) SEEN=${2:?}; shift ;;
        -*) sed -n '2,16p' "$0" >&2; exit 2 ;;
        *) queue=$1 ;;
    esac
    shift
done
export SEEN
touch "$SEEN"
private=$(mktemp -d) # readable by its owner only
trap 'rm -rf "$private"' EXIT

if [[ ${replay[*]-} == *--since* ]]; then
    # The program's own memory starts as a copy: it leaves out what was handled, `once` remembers what is handled now.
    cp "$SEEN" "$private/seen"
    "${PYTHON:-python3}" "$(dirname "$0")/subscribe.py" --seen "$private/seen" "${replay[@]}" |
        while IFS= read -r event; do once <<<"$event"; done
fi
[ -n "$queue" ] || exit 0

[[ $EVENTS_URI =~ ^amqp(s?)://([^:]+):([^@]+)@(.+):([0-9]+)/([^?]+) ]] ||
    { echo "EVENTS_URI is no URI that hatchery subscriber add printed" >&2; exit 2; }
if [ -n "${BASH_REMATCH[1]}" ]; then
    # TLS it takes with --url only, and then the password stands on its command line: let nobody else work on this
    # machine, or use subscribe.py.
    connection=(--url "$EVENTS_URI" --ssl --cacert "${EVENTS_CA:-/etc/ssl/certs/ca-certificates.crt}")
else
    printf 'username:%s\npassword:%s\n' "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}" >"$private/user"
    connection=(--server "${BASH_REMATCH[4]}" --port "${BASH_REMATCH[5]}" --vhost "${BASH_REMATCH[6]}"
        --authfile "$private/user")
fi
amqp-consume "${connection[@]}" --heartbeat 30 --queue "$queue" --prefetch-count 1 "$0" one-event &
trap 'kill $! 2>/dev/null; exit 0' INT TERM
wait $!
