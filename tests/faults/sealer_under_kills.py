"""A registry is killed with -9 again and again while it is written to: each change is sealed, once.

python -m tests.faults.sealer_under_kills [--kills 10]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import requests
from pymongo import MongoClient

import tests.real_threads  # noqa: F401
from deploy.embedded import Embedded
from shared.audit import chain
from tests.harness import RunningNode, eventually, make_node, served

AREA = "230102"


def write(node: RunningNode, stop: threading.Event, made: list[str]) -> None:
    """Open stations one after the other; who gets no answer asks again with the same key."""
    while not stop.is_set():
        key, body = str(uuid.uuid4()), {"area": AREA, "name": "站", "five_haves": {}, "seven_in_common": {}}
        while True:
            try:
                answer = node.post("/api/registry/stations", body, key=key)
            except requests.RequestException:
                continue
            if answer.status_code == 201:
                made.append(answer.json()["id"])
                break
            time.sleep(0.05)


def run(embedded: Embedded, folder: Path, kills: int) -> tuple[int, int, list[Any]]:
    """Stations that were answered, entries sealed of them, and what is wrong with either."""
    vhost = f"test-{uuid.uuid4().hex[:12]}"
    api = requests.Session()
    api.auth = (embedded.addresses.user, embedded.addresses.password)
    api.put(f"{embedded.addresses.admin_url}/api/vhosts/{vhost}", timeout=30).raise_for_status()
    node = make_node(embedded, folder, vhost, ["registry"], area=AREA)
    node.start()
    made: list[str] = []
    stop = threading.Event()
    writer = threading.Thread(target=write, args=(node, stop, made))
    writer.start()
    for _ in range(kills):
        time.sleep(random.uniform(0.3, 3.0))  # a moment that nobody has chosen
        node.kill("registry")
        eventually(lambda: node._ready("registry"), what="the registry is back")
    stop.set()
    writer.join()
    with MongoClient[dict[str, Any]](embedded.addresses.store_uri, tz_aware=True) as client:
        db = client[f"{vhost.replace('-', '_')}_{AREA}_registry"]
        eventually(lambda: not db["stations"].find_one({"unsealed_since": {"$exists": True}}), within=90)
        entries = list(db["audit"].find().sort("_id", 1))
        stored = db["stations"].count_documents({})
    node.stop()
    sealed = Counter(one["record"] for one in entries)
    faults: list[Any] = list(chain.check(entries).findings)
    faults += [f"{station}: {sealed[station]} entries" for station in made if sealed[station] != 1]
    faults += [f"{stored} stations, {len(made)} answered"] if stored != len(made) else []
    return len(made), len(entries), faults


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.sealer_under_kills")
    parser.add_argument("--kills", type=int, default=10)
    kills = parser.parse_args(arguments).kills
    with tempfile.TemporaryDirectory() as folder, served(Embedded(Path(folder) / "embedded")) as embedded:
        made, sealed, faults = run(embedded, Path(folder) / "node", kills)
    sys.stdout.write(
        f"{kills} kills, {made} changes answered, {sealed} entries in the chain, faults: {faults or 'none'}\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
