#!/bin/bash
# Health check of a container: every port named answers /readyz with 200 within three seconds; `tcp:PORT` only has to
# take connections (a gateway that speaks HTTPS).
# Plain bash, because it runs every few seconds for ever; a Python interpreter would cost 100 times as much.
# usage: ready.sh PORT...
set -u
for port in "$@"; do
    exec 3<>"/dev/tcp/127.0.0.1/${port#tcp:}" || { echo "nothing listens on ${port#tcp:}"; exit 1; }
    if [ "$port" != "${port#tcp:}" ]; then exec 3<&- 3>&-; continue; fi
    printf 'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
    read -r -t 3 _ status _ <&3 || status=none
    exec 3<&- 3>&-
    [ "$status" = 200 ] || { echo "port $port is not ready: $status"; exit 1; }
done
