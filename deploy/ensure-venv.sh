#!/usr/bin/env bash
# Creates the virtual environment named by the first argument with the first Python >= 3.11 that can.
#
# A Python counts when it really makes an environment with pip: Debian's /usr/bin/python3 lacks
# ensurepip until python3-venv is installed, and a version manager's shim may be on PATH without
# any version behind it. PYTHON=... chooses one.
set -euo pipefail

target=${1:?usage: ensure-venv.sh DIRECTORY}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

usable() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

create() {
    rm -rf "$target"
    "$1" -m venv "$target" >/dev/null 2>&1 && "$target/bin/python" -m pip --version >/dev/null 2>&1
}

candidates=(${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3.14 python3 /usr/bin/python3)

for python in "${candidates[@]}"; do
    if command -v "$python" >/dev/null && usable "$python" && create "$python"; then
        exit 0
    fi
done

if usable /usr/bin/python3 && command -v apt-get >/dev/null; then
    echo "installing python3-venv"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    if create /usr/bin/python3; then
        exit 0
    fi
fi

rm -rf "$target"
echo "error: no Python 3.11 or later that can create a virtual environment was found;" \
    "install one or name it with PYTHON=/path/to/python3" >&2
exit 1
