"""Backup and restore under kill -9, at random points, while the node works.

    python -m tests.faults.backup_under_kills --kills 10 --seed 1 --records 3000

A district with a street below it is backed up while requests come in; half of the kills hit `hatchery backup`. Then
it works on, is stopped, and restored; the other half hit `hatchery restore`. After each kill it is looked at what is
there: no file that looks like a backup, no node that starts half restored. In the end both run through, and it is
counted what was lost, repeated and told. Ends with 0 only when every figure is right. Takes minutes, so it is run by
hand.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from deploy.embedded import Embedded
from shared.ids import new_id
from tests.cable import Cable
from tests.harness import ROOT, RunningNode, eventually, served
from tests.services.organisations import active, apply
from tests.system.conftest import Tiers, start_all

DISTRICT, STREET = "990205", "990205001"
PATIENCE = 300.0  # seconds until thousands of records are told anew

Check = tuple[str, object, object]  # what, as it should be, as it is


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextmanager
def world(folder: Path) -> Iterator[Tiers]:
    with served(Embedded(folder / "embedded")) as embedded:
        home = folder / "home"
        home.mkdir()
        shutil.copy(embedded.home / "embedded.yaml", home / "embedded.yaml")
        cable = Cable(("127.0.0.1", embedded.addresses.amqp_port))
        tiers = Tiers(home, embedded, cable, {})
        try:
            tiers.add(DISTRICT, "registry,notifications")
            tiers.add(STREET, "registry", DISTRICT)
            start_all(tiers)
            yield tiers
        finally:
            for node in reversed(tiers.nodes.values()):
                node.stop()
            cable.close()


def database(tiers: Tiers, service: str) -> Any:
    client: MongoClient[dict[str, Any]] = MongoClient(tiers.embedded.addresses.store_uri)
    return client[f"hatchery_{DISTRICT}_{service}"]


def fill(tiers: Tiers, count: int) -> None:
    """Many records of the district, as if they had been there for years: copies of one."""
    organisations = database(tiers, "registry").organisations
    first = organisations.find_one({"_id": apply(tiers[DISTRICT], "样本队"), "outbox": {"$size": 0}})
    while first is None:
        first = organisations.find_one({"owner": DISTRICT, "outbox": {"$size": 0}})
    copies = [copy.deepcopy(first) | {"_id": new_id(), "name": f"旧队{n}"} for n in range(count)]
    organisations.insert_many(copies)


def command(tiers: Tiers, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "deploy.cli", *arguments],
        cwd=ROOT,
        env=os.environ | {"HATCHERY_HOME": str(tiers.home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(tiers: Tiers, *arguments: str) -> float:
    """Run to the end; how many seconds it took."""
    began = time.monotonic()
    process = command(tiers, *arguments)
    out, err = process.communicate(timeout=600)
    if process.returncode != 0:
        raise SystemExit(f"{arguments} ended with {process.returncode}: {out}{err}")
    return time.monotonic() - began


def killed(tiers: Tiers, after: float, *arguments: str) -> bool:
    """Whether the command still ran when it was killed."""
    process = command(tiers, *arguments)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        return True
    return False


@contextmanager
def load(node: RunningNode) -> Iterator[list[str]]:
    made: list[str] = []
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            made.append(apply(node, f"备份时{len(made)}"))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield made
    finally:
        stop.set()
        worker.join()


def back_up(tiers: Tiers, file: Path, kills: int, chance: random.Random, checks: list[Check]) -> None:
    with load(tiers[DISTRICT]):
        whole = finished(tiers, "backup", DISTRICT, "--to", str(file.with_name("first.tar")))
        say(f"backup of a working node: {whole:.1f} s")
        for number, after in hits(tiers, kills, whole, chance, "backup", DISTRICT, "--to", str(file)):
            there = "a file" if file.exists() else "no file"
            say(f"kill -9 {number}: backup after {after:.1f} s, {there}")
            # Killed between its last step and its end, it has left a whole one.
            checks.append(
                (f"backup, kill {number}: half a file", False, file.exists() and not sound(tiers, file))
            )
            file.unlink(missing_ok=True)
        finished(tiers, "backup", DISTRICT, "--to", str(file))
    left = sorted(path.name for path in file.parent.iterdir())
    checks.append(("what lies in the folder afterwards", sorted(["first.tar", file.name]), left))


def sound(tiers: Tiers, file: Path) -> bool:
    return command(tiers, "restore", str(file), "--dry-run").wait(120) == 0


def hits(
    tiers: Tiers, kills: int, whole: float, chance: random.Random, *arguments: str
) -> Iterator[tuple[int, float]]:
    """Kill the command `kills` times while it runs; yields after each, with the seconds that it had."""
    number = 0
    while number < kills:
        after = chance.uniform(0.3, 1.0) * whole
        if killed(tiers, after, *arguments):
            number += 1
            yield number, after
        else:  # it was faster than the first time
            whole = after
            if arguments[0] == "backup":
                Path(arguments[-1]).unlink()


def restore(tiers: Tiers, file: Path, kills: int, chance: random.Random, checks: list[Check]) -> None:
    whole = finished(tiers, "restore", str(file), "--yes")
    say(f"restore: {whole:.1f} s")
    for number, after in hits(tiers, kills, whole, chance, "restore", str(file), "--yes"):
        half = [
            name
            for name in ("gateway", "registry", "notifications")
            if database(tiers, name).timeline.find_one({"loading": True})
        ]
        say(f"kill -9 {number}: restore after {after:.1f} s, half restored: {', '.join(half) or 'none'}")
        if half:
            checks.append((f"restore, kill {number}: exit code of a start", 2, start_alone(tiers)))
    finished(tiers, "restore", str(file), "--yes")


def start_alone(tiers: Tiers) -> int:
    """The exit code of the launcher on a half restored node."""
    process = command(tiers, "node", "run", DISTRICT)
    try:
        return process.wait(60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return -9


def within(look: Callable[[], Any], what: str) -> Any:
    return eventually(look, within=PATIENCE, what=what)


def run(tiers: Tiers, kills: int, records: int, chance: random.Random) -> list[Check]:
    checks: list[Check] = []
    file = tiers.home.parent / "backups" / "district.tar"
    file.parent.mkdir()
    registry, notifications = (database(tiers, name) for name in ("registry", "notifications"))
    teams = [active(tiers[STREET], f"街道队{n}") for n in range(5)]
    within(lambda: notifications.messages.count_documents({}) == len(teams), "messages")
    fill(tiers, records)
    back_up(tiers, file, kills // 2, chance, checks)
    late = [active(tiers[STREET], f"迟到队{n}") for n in range(5)]
    within(
        lambda: notifications.messages.count_documents({}) == len(teams + late), "messages of the lost day"
    )
    within(lambda: registry.summaries.count_documents({"status": "active"}) == len(teams + late), "summaries")
    street: MongoClient[dict[str, Any]] = MongoClient(tiers.embedded.addresses.store_uri)
    copies = street[f"hatchery_{STREET}_registry"].summaries
    forgotten = [active(tiers[DISTRICT], f"被遗忘队{n}") for n in range(3)]
    within(
        lambda: copies.count_documents({"organisation": {"$in": forgotten}}) == 3, "what the street has seen"
    )
    tiers[DISTRICT].stop()
    restore(tiers, file, kills - kills // 2, chance, checks)
    own = registry.organisations.count_documents({"owner": DISTRICT})
    waiting = registry.organisations.count_documents({"owner": DISTRICT, "epoch": {"$gt": 1}})
    checks.append(("own records in the new epoch", own, waiting))
    began = time.monotonic()
    tiers[DISTRICT].start()
    within(
        lambda: copies.count_documents({"organisation": {"$in": forgotten}}) == 0, "the lost ones are dropped"
    )
    within(lambda: notifications.messages.count_documents({}) == len(teams + late), "messages are done again")
    known = notifications.known_organisations
    within(lambda: known.count_documents({"owner": DISTRICT, "epoch": {"$lte": 1}}) == 0, "all is told anew")
    say(f"converged {time.monotonic() - began:.0f} s after the start, {own} own records")
    checks.append(
        ("messages to organisations", len(teams + late), notifications.messages.count_documents({}))
    )
    about = [one["about"] for one in notifications.messages.find({}, {"about": 1})]
    checks.append(("messages written twice", 0, len(about) - len(set(about))))
    told = json.loads(tiers.hatchery("node", "lost", DISTRICT, "--json", check=False).stdout)
    lost = {one["id"] for one in told["changes"] if one["of"] == "registry.summary"}
    gone = {one["id"] for one in told["changes"] if one["of"] == "registry.organisation"}
    checks.append(("summaries that are listed as lost", len(forgotten), len(lost)))
    say(f"organisations that are listed as lost, as a service of the node itself had seen them: {len(gone)}")
    checks.append(("organisations that are listed as lost and are there", 0, _there(registry, gone)))
    checks.append(("dead letters", 0, sum(_dead(tiers))))
    return checks


def _there(registry: Any, identifiers: set[str]) -> int:
    return int(registry.organisations.count_documents({"_id": {"$in": sorted(identifiers)}}))


def _dead(tiers: Tiers) -> Iterator[int]:
    for node in tiers.nodes.values():
        for service in ("gateway", *node.services):
            yield node.depth(f"svc.{service}.dead")
            yield node.depth(f"svc.{service}.parked")


def main() -> int:
    parser = argparse.ArgumentParser(description="Backup and restore under kill -9.")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int, default=3000, help="records of the district's own")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as tiers:
        checks = run(tiers, given.kills, given.records, random.Random(given.seed))
    wrong = [check for check in checks if check[1] != check[2]]
    for what, expected, found in checks:
        say(
            f"{'ok   ' if expected == found else 'WRONG'} {what}: {found}"
            + ("" if expected == found else f", not {expected}")
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
