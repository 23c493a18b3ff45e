"""An import under kill -9: the service that works on it is killed again and again, and the file sent again each time.

    python -m tests.faults.import_under_kills --rows 5000 --faulty 200 --kills 3

Starts a broker, a store and a district of its own in a temporary folder. Ends with 0 only where each sound row came in
once, each faulty one was refused with its place, reason and remedy, and the returned workbook says so cell by cell. The
large form takes minutes, so it is run by hand; the tests do the same with 200 rows and one kill.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient

from tests.faults.alone import alone
from tests.harness import RunningNode, eventually
from tests.services.registry.results import ENDED, IMPORTS, ended, progress, send, wrongs
from tests.services.registry.stock import Stock, stock

AREA = "230102"
PLACES = ["230102001", "230102002", "230102001002", "230102019"]
LONGEST = 1800.0  # seconds


@dataclass
class Figures:
    """What came of a trial; `wrong` has a line for each cell of the result that is not right."""

    rows: int
    refused: int
    once: int
    doubled: int
    missing: int
    strangers: int
    told: int  # events of organisations that were taken over
    kills: int
    files: int  # that are kept although the import is over
    seconds: float
    wrong: list[str]

    def good(self, faulty: int) -> bool:
        sound = self.rows - faulty
        none = (self.doubled, self.missing, self.strangers, self.files, len(self.wrong))
        return (self.once, self.told, self.refused) == (sound, sound, faulty) and not any(none)


def trial(node: RunningNode, made: Stock, kills: int, chance: random.Random) -> Figures:
    """Import a workbook at a node of its own, killing the service at random shares of the rows."""
    file, started = made.workbook(), time.monotonic()
    identifier = _sent(node, file)
    shares = sorted(chance.uniform(0.1, 0.85) for _ in range(kills))
    for done, share in enumerate(shares):
        rows = int(share * len(made.rows))
        eventually(lambda least=rows: _reached(node, identifier, least), within=LONGEST, what="so many rows")  # type: ignore[misc]
        node.kill("registry")
        assert _sent(node, file) == identifier, f"after kill {done + 1} the same file was another import"
    found = ended(node, identifier, LONGEST)
    seconds = time.monotonic() - started
    assert found["status"] == "done", found
    result = node.get(f"{IMPORTS}/{identifier}/result.xlsx")
    return _figures(node, made, found, seconds, wrongs(made, result))


def _sent(node: RunningNode, file: bytes) -> str:
    def look() -> str | None:
        answer = send(node, file)
        return str(answer.json()["id"]) if answer.status_code == 202 else None

    return str(eventually(look, what="the file is taken"))


def _reached(node: RunningNode, identifier: str, rows: int) -> bool:
    found = progress(node, identifier)
    return found["handled"] >= rows or found["status"] in ENDED


def _figures(
    node: RunningNode, made: Stock, found: dict[str, Any], seconds: float, wrong: list[str]
) -> Figures:
    client: MongoClient[dict[str, Any]] = MongoClient(node.embedded.addresses.store_uri)
    database = client[f"{node.vhost}_".replace("-", "_") + f"{node.area}_registry"]
    stored = list(database["organisations"].find({}, {"name": 1, "outbox": 1}))
    names = Counter(one["name"] for one in stored)
    expected = {row["name"] for row in made.sound}
    eventually(
        lambda: not database["organisations"].count_documents({"outbox.0": {"$exists": True}}),
        within=LONGEST,
        what="all told",
    )
    told = database["sent_events"].count_documents({"envelope.type": "registry.organisation.imported"})
    kept = database["files.files"].count_documents({})
    client.close()
    return Figures(
        rows=len(made.rows),
        refused=found["refused"],
        once=sum(names[name] == 1 for name in expected),
        doubled=sum(count > 1 for count in names.values()),
        missing=sum(name not in names for name in expected),
        strangers=len(set(names) - expected),
        told=told,
        kills=int(node.log("registry").count('"serving"')) - 1,
        files=kept,
        seconds=seconds,
        wrong=wrong,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="An import under kill -9.")
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--faulty", type=int, default=200)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    made = stock(given.rows, given.faulty, PLACES, given.seed)
    with alone(["registry"], AREA) as node:
        found = trial(node, made, given.kills, random.Random(given.seed))
    say = sys.stdout.write
    say(f"{found.rows} rows, {given.faulty} faulty of {len(made.kinds)} kinds, {found.kills} kill -9\n")
    say(
        f"in once {found.once}, doubled {found.doubled}, missing {found.missing}, not sent {found.strangers}, "
    )
    say(f"events of it {found.told}\n")
    say(f"refused with the right sheet, row, columns, reason and remedy {found.refused - len(found.wrong)}, ")
    say(f"wrong {len(found.wrong)}, files left {found.files}\n")
    say(f"{found.seconds:.1f} s, {found.rows / found.seconds:.0f} rows a second\n")
    for line in found.wrong[:20]:
        say(f"wrong: {line}\n")
    return 0 if found.good(given.faulty) else 1


if __name__ == "__main__":
    sys.exit(main())
