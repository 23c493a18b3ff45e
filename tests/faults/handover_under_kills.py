"""Hand-over under kill -9: the command itself and services of both nodes, at random moments, forth and back.

    python -m tests.faults.handover_under_kills --kills 10 --seed 1 --records 300

Starts a broker, a store, a district and a street of its own in a temporary folder. Records change hands again and
again while they are written, until the last kill is done. Ends with 0 only where nothing was lost, nothing had two
owners, and no write acted twice. Takes minutes, so it is run by hand; the tests do the same with one kill.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.embedded import Embedded
from tests.cable import Cable
from tests.harness import ROOT, RunningNode, eventually
from tests.services.funding.world import World, good
from tests.system.conftest import Tiers, start_all
from tests.system.estate import Estate, Watch, Writer, money, need, registered, team

DISTRICT, STREET = "990303", "990303001"
SERVICES = "registry,needs,funding,notifications"
LONGEST = 240.0  # seconds for one direction, kills included


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass
class Killer(threading.Thread):
    """Kills the running command, or a service of either node, every few seconds."""

    nodes: tuple[RunningNode, ...]
    kills: int
    every: float
    chance: random.Random
    command: subprocess.Popen[str] | None = None
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        while len(self.done) < self.kills:
            time.sleep(self.chance.uniform(0.2, self.every))
            running = self.command
            if running is not None and running.poll() is None and self.chance.random() < 0.4:
                running.kill()
                self._told("the command")
            elif running is not None:
                node = self.chance.choice(self.nodes)
                service = self.chance.choice(("gateway", *node.services))
                node.kill(service)
                self._told(f"{node.area}/{service}")

    def _told(self, what: str) -> None:
        self.done.append(what)
        say(f"kill -9 {len(self.done)} of {self.kills}: {what}")


@contextmanager
def nodes(records: int) -> Iterator[tuple[Tiers, Estate, list[str], str]]:
    """A district with a street's records, and the street's node with services of its own since a moment ago."""
    home = Path(tempfile.mkdtemp(prefix="handover-"))
    embedded = Embedded(home)
    supervision = threading.Thread(target=embedded.supervise)
    embedded.start()
    supervision.start()
    tiers = Tiers(home, embedded, Cable(("127.0.0.1", embedded.addresses.amqp_port)), {})
    try:
        tiers.add(DISTRICT, SERVICES)
        tiers.add(STREET, "none", DISTRICT)
        start_all(tiers)
        teams, fund = fill(tiers[DISTRICT], records)
        tiers[STREET].stop()
        tiers.hatchery("node", "add", STREET, "--services", SERVICES, check=False)
        tiers.nodes[STREET] = tiers.described(STREET)
        tiers[STREET].start()
        yield tiers, Estate(embedded.addresses.store_uri), teams, fund
    finally:
        for node in reversed(tiers.nodes.values()):
            node.stop()
        tiers.cable.close()
        embedded.stop()
        supervision.join()
        shutil.rmtree(home, ignore_errors=True)


def fill(district: RunningNode, records: int) -> tuple[list[str], str]:
    teams = [team(district, STREET, f"队{n}") for n in range(records // 5)]
    for number in range(records):
        good(need(district, STREET, f"需求{number}"))
    fund = money(district, STREET, registered(district, STREET)).fund
    for service in district.services:
        eventually(lambda name=service: district.metric(name, "hatchery_outbox_pending") == 0, within=120)  # type: ignore[misc]
        eventually(lambda name=service: district.depth(f"svc.{name}") == 0, within=120)  # type: ignore[misc]
    return teams, fund


@dataclass
class Trial:
    tiers: Tiers
    estate: Estate
    teams: list[str]
    fund: str
    killer: Killer
    rounds: int = 0
    lost: int = 0
    doubled: int = 0
    repeated: int = 0
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.owned = self.estate.owned(DISTRICT) | self.estate.owned(STREET)
        self.parts = self.estate.parts(DISTRICT, STREET)
        self.sequences = {one: self.sequence(one, DISTRICT) for one in self.teams}
        self.acted = dict.fromkeys(self.teams, 0)

    def sequence(self, organisation: str, area: str) -> int:
        found = self.estate.collection(area, "registry", "organisations").find_one({"_id": organisation})
        return int(found["sequence"])

    def change_hands(self, *, back: bool) -> None:
        """Run the command until it ends by itself, with others writing meanwhile; then count."""
        taker, giver = (DISTRICT, STREET) if back else (STREET, DISTRICT)
        chance = self.killer.chance
        token = self.tiers[STREET].token("street_staff")
        writers = [
            Writer(dict(self.tiers.nodes), one, token, random.Random(chance.random()))
            for one in chance.sample(self.teams, 3)
        ]
        watch = Watch(self.estate, taker, giver)
        beside: tuple[Writer | Watch, ...] = (*writers, watch)
        for each in beside:
            each.start()
        runs, seconds = self.until_done(["--back"] if back else [])
        for each in beside:
            each.stop()
        self.rounds += 1
        self.count(taker, giver, writers, watch)
        taken = len(self.estate.owned(taker))
        say(f"{giver} > {taker}: {taken} records there after {runs} runs in {seconds:.1f} s, "
            f"{sum(w.acted for w in writers)} writes meanwhile, {watch.looks} looks")  # fmt: skip

    def until_done(self, more: list[str]) -> tuple[int, float]:
        command = [sys.executable, "-W", "ignore", "-m", "deploy.cli", "node", "handover", STREET, *more]
        environment = os.environ | {"HATCHERY_HOME": str(self.tiers.home)}
        started, runs = time.monotonic(), 0
        while time.monotonic() - started < LONGEST:
            runs += 1
            run = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            self.killer.command = run
            told = run.communicate()[0]
            if run.returncode == 0:
                return runs, time.monotonic() - started
            if run.returncode > 0:
                say(f"  run {runs} ended with {run.returncode}: {told.strip().splitlines()[-1:]}")
        raise SystemExit(f"not handed over within {LONGEST:g} s")

    def count(self, taker: str, giver: str, writers: list[Writer], watch: Watch) -> None:
        at_taker, at_giver = self.estate.owned(taker), self.estate.owned(giver)
        self.lost += len(self.owned - at_taker - at_giver) + len(self.parts ^ self.estate.parts(taker, giver))
        self.doubled += len(at_taker & at_giver) + len(watch.double)
        self.faults += [fault for writer in writers for fault in writer.faults]
        if left := self.estate.underway(giver):
            self.faults.append(f"{left} records were not confirmed at {giver}")
        for writer in writers:
            self.acted[writer.organisation] += writer.acted
        for one in self.teams:  # each write once, and two events of each hand-over
            expected = self.sequences[one] + self.acted[one] + 2 * self.rounds
            difference = self.sequence(one, taker) - expected
            self.repeated += max(difference, 0)
            self.lost += max(-difference, 0)
        World(self.tiers[taker]).balance(self.fund)


def main() -> int:
    parser = argparse.ArgumentParser(description="Hand-over under kill -9.")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--every", type=float, default=4.0, help="seconds at most between kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int, default=300, help="needs; a fifth as many teams")
    given = parser.parse_args()
    with nodes(given.records) as (tiers, estate, teams, fund):
        both = (tiers[DISTRICT], tiers[STREET])
        killer = Killer(both, given.kills, given.every, random.Random(given.seed))
        trial = Trial(tiers, estate, teams, fund, killer)
        say(f"{len(trial.owned)} records and {len(trial.parts)} parts at the district")
        killer.start()
        back = False
        while killer.is_alive() or trial.rounds < 2:
            trial.change_hands(back=back)
            back = not back
        dead = sum(node.depth(f"svc.{name}.dead") for node in both for name in ("gateway", *node.services))
    for fault in trial.faults:
        say(f"fault: {fault}")
    say(f"{len(killer.done)} kills, {trial.rounds} hand-overs, {sum(trial.acted.values())} writes meanwhile")
    say(f"lost {trial.lost}, two owners {trial.doubled}, acted twice {trial.repeated}, dead letters {dead}")
    return 1 if trial.lost or trial.doubled or trial.repeated or trial.faults or dead else 0


if __name__ == "__main__":
    sys.exit(main())
