#!/usr/bin/env bash
# Makes sure that PDF can be printed: Pango, and a font with Chinese characters. Debian's packages are installed
# where something is missing. Everything but printing works without them.
set -euo pipefail

libraries=$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p)
packages=()
case $libraries in *libpango-1.0.so.0*) ;; *) packages+=(libpango-1.0-0) ;; esac
case $libraries in *libpangoft2-1.0.so.0*) ;; *) packages+=(libpangoft2-1.0-0) ;; esac
if ! command -v fc-list >/dev/null; then
    packages+=(fontconfig fonts-droid-fallback)
elif [ -z "$(fc-list :lang=zh family)" ]; then
    packages+=(fonts-droid-fallback)
fi
if [ "${#packages[@]}" -eq 0 ]; then
    exit 0
fi

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

if ! command -v apt-get >/dev/null; then
    echo "error: PDF cannot be printed and this is no Debian: install Pango and a font with Chinese characters" >&2
    exit 1
fi

echo "installing ${packages[*]}"
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
