#!/usr/bin/env bash
# Debian's packages that some tests need: installed where they are missing and can be had. Where they cannot, those
# tests are skipped and say so.
set -euo pipefail

missing=()
command -v amqp-consume >/dev/null || missing+=(amqp-tools)
command -v jq >/dev/null || missing+=(jq)
[ ${#missing[@]} -gt 0 ] || exit 0

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

echo "installing ${missing[*]}"
{ as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; } ||
    echo "warning: ${missing[*]} could not be installed: the tests of examples/subscribe.sh will be skipped" >&2
