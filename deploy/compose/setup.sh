#!/bin/bash
# Runs once before the nodes: prepares the store, adds the three nodes, and hands each node what is its own.
#
# The operators' home, with the broker's administrator in it, is a volume that no node sees. A node gets its
# description and its keys only. Everything can be repeated: what is as it should be stays as it is.
set -euo pipefail
umask 077

python -m deploy.compose.store replica-set

# add ROLE AREA URL STORE_PASSWORD SERVICES [OPTION...]
add() {
    local role=$1 area=$2 url=$3 password=$4 services=$5
    shift 5
    HATCHERY_STORE_PASSWORD=$password python -m deploy.compose.store user "$area"
    # directConnection: the set has one member, whose name the client need not look up.
    HATCHERY_STORE="mongodb://node-$area:$password@mongo:27017/?authSource=admin&directConnection=true" \
        hatchery node add "$area" --services "$services" --port 8000 --bind 0.0.0.0 --url "$url" \
        --clock "$HATCHERY_CLOCK" --otlp "$HATCHERY_OTLP" --allow-plain "$@"
    hand_over "$role" "$area"
}

hand_over() {
    local from=$HATCHERY_HOME/nodes/$2 to=/nodes/$1
    mkdir -p "$to/keys"
    for file in keys/private.pem keys/public.pem node.yaml; do
        cp "$from/$file" "$to/$file.new"
        mv "$to/$file.new" "$to/$file"
    done
    echo "handed description and keys of $2 to the container $1"
}

# service_urls HOST NAME:PORT...: the services by their container's name, so that operators' commands, which run
# in a container of their own, reach them too. Those that run in a container of their own are named by
# DISTRICT_SERVICE_URLS and the like: NAME=URL ..., which count more.
service_urls() {
    local host=$1 elsewhere=${1^^}_SERVICE_URLS each
    shift
    for each in "$@"; do
        printf -- '--service-url\n%s=http://%s:%s\n' "${each%:*}" "$host" "${each#*:}"
    done
    for each in ${!elsewhere-}; do printf -- '--service-url\n%s\n' "$each"; done
}

mapfile -t district < <(service_urls district gateway:8000 \
    registry:8001 needs:8002 incubator:8003 funding:8004 evaluation:8005 notifications:8006 accounts:8007)
mapfile -t street < <(service_urls street gateway:8000 registry:8001 needs:8002 incubator:8003 notifications:8006)
mapfile -t community < <(service_urls community gateway:8000 needs:8002)

add district "$DISTRICT" "$DISTRICT_URL" "$DISTRICT_STORE_PASSWORD" all "${district[@]}"
# --allow-plain: the links run from the one broker to itself over the closed network of this file, which is a
# bridge within one machine without a way out. Between sites a link must be amqps.
add street "$STREET" "$STREET_URL" "$STREET_STORE_PASSWORD" registry,needs,incubator,notifications \
    --parent "$DISTRICT" "${street[@]}"
add community "$COMMUNITY" "$COMMUNITY_URL" "$COMMUNITY_STORE_PASSWORD" needs \
    --parent "$STREET" "${community[@]}"
