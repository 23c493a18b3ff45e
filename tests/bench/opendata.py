"""All open data that nodes tell of, held against its standards by their validators.

    hatchery demo
    python -m tests.bench.opendata http://127.0.0.1:8100 http://127.0.0.1:8110

Asks each node, without a token, for the packages of every round that it lists and for the grants of each year, and
prints how much there was and everything that a validator complains of. Exit code 0 where that is nothing, otherwise
1. `--giving-schemas FOLDER` holds grants against the standard's own schemas: tests/standards/giving/README.md.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.standards.validating import HERE, grant_faults, ocds_faults

Data = dict[str, Any]

SECONDS = 120  # for one package
PAGE = 200  # rounds
SHOWN = 50  # faults of a node


@dataclass
class Found:
    """What a node tells of, and what is wrong with it."""

    counts: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def check(url: str, schemas: Path = HERE / "giving") -> Found:
    """Hold all open data of the node at `url` against its standards."""
    found = Found()
    listed = list(_rounds(url))
    for each in listed:
        releases, record = _package(each["releases"]), _package(each["record"])
        found.counts += Counter(rounds=1, releases=len(releases["releases"]))
        found.tags += Counter(tag for release in releases["releases"] for tag in release["tag"])
        compiled = record["records"][0]["compiledRelease"]
        found.counts += Counter({name: len(compiled.get(name, ())) for name in ("awards", "contracts")})
        for package in (releases, record):
            found.faults += [f"{package['uri']}: {fault}" for fault in ocds_faults(package)]
    for area, year in sorted({(each["area"][:6], each["year"]) for each in listed}):
        answer = requests.get(f"{url}/api/funding/open-data/grants?area={area}&year={year}", timeout=SECONDS)
        if answer.status_code == 404:
            continue  # nothing was granted
        answer.raise_for_status()
        package = answer.json()
        found.counts["grants"] += len(package["grants"])
        found.faults += [f"{area} {year}: {fault}" for fault in grant_faults(package, schemas)]
    return found


def _rounds(url: str) -> Iterator[Data]:
    cursor = None
    while True:
        query = {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
        answer = requests.get(f"{url}/api/funding/open-data/packages", params=query, timeout=SECONDS)
        answer.raise_for_status()
        page = answer.json()
        yield from page["items"]
        cursor = page["next"]
        if cursor is None:
            return


def _package(address: str) -> Data:
    answer = requests.get(address, timeout=SECONDS)
    answer.raise_for_status()
    found: Data = answer.json()
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("nodes", nargs="+", metavar="URL", help="addresses of nodes that host funding")
    parser.add_argument("--giving-schemas", type=Path, default=HERE / "giving", metavar="FOLDER")
    given = parser.parse_args(arguments)
    faults = 0
    for url in given.nodes:
        found = check(url.rstrip("/"), given.giving_schemas)
        faults += len(found.faults)
        for line in _told(url, found):
            print(line, flush=True)  # noqa: T201
    return 1 if faults else 0


def _told(url: str, found: Found) -> Iterator[str]:
    told = ", ".join(f"{count} {name}" for name, count in found.counts.items() if count)
    yield f"{url}: {told or 'nothing'}; {len(found.faults)} faults"
    yield "  " + ", ".join(f"{tag} {count}" for tag, count in sorted(found.tags.items()))
    for fault in found.faults[:SHOWN]:
        yield f"  {fault[:500]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
