#!/usr/bin/env bash
# Makes sure that RabbitMQ's server is installed; installs Debian's package where it is missing.
#
# Hatchery runs a private node of its own (own name, ports and data), so the package's system
# service is not wanted: it is kept from starting while we install, unless the machine already
# says what to do (a policy-rc.d of its own). A service that was there before is left alone.
set -euo pipefail

if command -v rabbitmq-server >/dev/null || [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] \
    || [ -x /usr/sbin/rabbitmq-server ]; then
    exit 0
fi

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

if ! command -v apt-get >/dev/null; then
    echo "error: RabbitMQ is missing and this is no Debian: install rabbitmq-server 3.10 or later," \
        "with its plugins management, shovel, stream and prometheus" >&2
    exit 1
fi

policy=/usr/sbin/policy-rc.d
made_policy=
if [ ! -e "$policy" ]; then
    # 101: "action forbidden by policy", which the package takes as a success.
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    made_policy=yes
fi
clean_up() {
    if [ -n "$made_policy" ]; then as_root rm -f "$policy"; fi
}
trap clean_up EXIT

echo "installing rabbitmq-server"
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends rabbitmq-server >/dev/null
if [ -n "$made_policy" ] && command -v systemctl >/dev/null && [ -d /run/systemd/system ]; then
    # We brought it, we don't need it: it must not come up with the next boot either.
    as_root systemctl disable --quiet rabbitmq-server || true
fi
