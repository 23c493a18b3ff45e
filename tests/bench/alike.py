"""What a look for similar needs and items takes where there are many.

    python -m tests.bench.alike --needs 20000

The needs are made of the labelled ones (`tests/data/needs`), dealt to other places, so that each is there some forty
times; none is in an item. Times are those of the function that the route calls, on the embedded store.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import uuid
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

from deploy.embedded import Embedded
from services.needs.commands import similarity as entries
from services.needs.documents import ALL, Need, SimilarEntry
from services.needs.queries import similarity
from shared.call import NOBODY, Call
from shared.ids import new_id
from shared.store import connection
from tests.bench.similarity import PARTS, Labelled, labelled

AT_ONCE = 500  # records in one write
NODE: Any = SimpleNamespace(area="230102")


def fill(count: int, seed: int = 1) -> list[Labelled]:
    """So many needs, and the entries by which they are found, in the store that is connected to."""
    for kind in ALL:
        kind.ensure_indexes()
    rng = random.Random(seed)
    models = [need for part in PARTS for need in labelled(part)]
    areas = sorted({need.area for need in models})
    for start in range(0, count, AT_ONCE):
        needs = [_need(rng.choice(models), rng.choice(areas)) for _ in range(min(AT_ONCE, count - start))]
        Need._get_collection().insert_many([need.to_mongo().to_dict() for need in needs])
        found = [{"_id": need.id, "of": 0} | entries.entry_of_need(need) for need in needs]
        SimilarEntry._get_collection().insert_many(found)
    return models


def _need(model: Labelled, area: str) -> Need:
    told = {"title": model.title, "description": model.description or None, "category": model.category}
    return Need(id=new_id(), area=area, owner="230102", source="survey", urgency="normal", **told)


def look(need: Labelled, area: str | None) -> float:
    """Seconds for one look by somebody who is about to submit this need."""
    call = Call(node=NODE, service="needs", actor=NOBODY)
    query = {
        "title": need.title, "description": need.description or None, "category": need.category,
        "group": need.group or None, "area": area, "limit": 10,
    }  # fmt: skip
    begun = time.perf_counter()
    similarity.alike(call, query)
    return time.perf_counter() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description="What a look for similar needs takes.")
    parser.add_argument("--needs", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        embedded = Embedded(Path(folder) / "embedded")
        embedded.start()
        try:
            connection.connect(embedded.addresses.store_uri, f"bench_{uuid.uuid4().hex[:12]}")
            models = fill(given.needs)
            rng = random.Random(2)
            similarity.sample()
            for area in (None, "230102001"):
                times = sorted(1000 * look(rng.choice(models), area) for _ in range(given.rounds))
                p95 = times[int(0.95 * len(times))]
                told = (
                    f"{given.needs} needs, {area or 'district'}: p50 {median(times):.0f} ms, p95 {p95:.0f} ms"
                )
                print(told)  # noqa: T201
        finally:
            connection.disconnect()
            embedded.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
