#!/bin/bash
# Puts the key file of the replica set down in the way mongod insists on (its own user's, mode 0400), then goes on
# as the image does. The key comes by the environment and lies on a tmpfs: no copy of it in an image or a volume.
set -euo pipefail
key=/run/mongo/key
install -m 0400 /dev/null "$key"
printf '%s\n' "${MONGO_KEY:?}" >"$key"
if id mongodb >/dev/null 2>&1; then chown mongodb "$key"; fi
unset MONGO_KEY
if command -v docker-entrypoint.sh >/dev/null; then exec docker-entrypoint.sh "$@"; fi
exec "$@"
