#!/bin/bash
# Writes .env beside docker-compose.yml, readable by its owner only, with random passwords.
# It never replaces one: the volumes' users keep the passwords of their first start.
# usage: make-env.sh [--replay] [--no-tracing] [FILE]
#   --replay      operators may date their requests (hatchery replay needs it; not for a node in service)
#   --no-tracing  without Jaeger
set -euo pipefail
umask 077

clock=wall profiles=tracing otlp=http://jaeger:4318
target=$(cd "$(dirname "$0")/../.." && pwd)/.env
while [ $# -gt 0 ]; do
    case $1 in
        --replay) clock=request ;;
        --no-tracing) profiles='' otlp='' ;;
        -*) sed -n '2,6p' "$0" >&2; exit 2 ;;
        *) target=$1 ;;
    esac
    shift
done

# 32 random bytes in hexadecimal: nothing in them needs escaping in a URI, a shell, YAML or a key file.
secret() { od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n'; }

set -o noclobber
if ! cat >"$target" <<END
# Made by deploy/compose/make-env.sh. Secret: keep it out of backups that others read, and out of git.
COMPOSE_PROJECT_NAME=hatchery
COMPOSE_PROFILES=$profiles

# One district, one street in it, one community in the street (shared/data/divisions).
# To be changed before the first start only.
DISTRICT=230102
STREET=230102001
COMMUNITY=230102001001

# Where the nodes' addresses are published, and on which ports. For anything but this machine put a proxy with
# TLS in front, and give the nodes the addresses that others see: DISTRICT_URL=https://...
PUBLISH=127.0.0.1
DISTRICT_PORT=8600
STREET_PORT=8610
COMMUNITY_PORT=8620
JAEGER_PORT=16686

# wall, or request: operators may date their requests (replays only).
HATCHERY_CLOCK=$clock
HATCHERY_OTLP=$otlp

RABBITMQ_PASSWORD=$(secret)
MONGO_ROOT_PASSWORD=$(secret)
MONGO_KEY=$(secret)$(secret)
DISTRICT_STORE_PASSWORD=$(secret)
STREET_STORE_PASSWORD=$(secret)
COMMUNITY_STORE_PASSWORD=$(secret)
END
then
    echo "make-env.sh: $target is there already, and stays as it is" >&2
    exit 1
fi
echo "wrote $target"
