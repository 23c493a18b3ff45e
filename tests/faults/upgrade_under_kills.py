"""An upgrade under kill -9: services of both versions, broker, store and `hatchery migrate`, at random moments.

    python -m tests.faults.upgrade_under_kills --kills 10 --seed 1

The district and the street of `tests.compat.rolling` go from the version before to this one, the street back and
forth again, while clerks work at both and something is killed every few seconds. `hatchery migrate` runs again and
again meanwhile, and is killed too. Prints what was lost and doubled; ends with 0 only where nothing was. Takes
minutes, so it is run by hand; the tests do the same without kills.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from deploy.embedded import Embedded
from deploy.migrate import kinds
from shared.store import migrations
from tests.compat import previous, rolling
from tests.compat.rolling import DISTRICT, STREET, World
from tests.harness import served

SETTLE = 300.0  # seconds for what was delayed: an event that failed during a kill comes back after a minute


@dataclass
class Killer:
    """Kills something `left` times; who it was, by kind."""

    world: World
    chance: random.Random
    left: int
    every: float
    killed: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    migrating: subprocess.Popen[str] | None = None

    def run(self) -> None:
        """Each kind at least once where there are enough kills, then whatever chance says."""
        kinds: list[tuple[str, Callable[[], bool]]] = [
            ("migrate", self._migration), ("broker", self._broker),
            ("store", self._store), ("service", self._service),
        ]  # fmt: skip
        while self.left and not self.stopping.wait(self.chance.uniform(0.3, 1.7) * self.every):
            name, kill = (
                kinds[len(self.killed)] if len(self.killed) < len(kinds) else self.chance.choice(kinds)
            )
            if kill():
                self.killed.append(name)
                self.left -= 1
                say(f"kill -9 {len(self.killed)}: {name}")

    def _broker(self) -> bool:
        self.world.embedded.broker.kill()
        return True

    def _store(self) -> bool:
        self.world.embedded.store.kill()
        return True

    def _service(self) -> bool:
        files = list(self.world.home.glob("nodes/*/**/log/*.pid"))
        return kill(int(self.chance.choice(files).read_text())) if files else False

    def _migration(self) -> bool:
        running = self.migrating
        return running is not None and running.poll() is None and kill(running.pid)

    def migrate(self) -> None:
        """`hatchery migrate` of both nodes, over and over."""
        while not self.stopping.is_set():
            for area in (DISTRICT, STREET):
                self.migrating = start_migration(self.world, area)
                self.migrating.communicate()


def kill(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def start_migration(world: World, area: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "deploy.cli", "migrate", area, "--batch", "5"],
        env=os.environ | {"HATCHERY_HOME": str(world.home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def upgrade(world: World, teams: int) -> None:
    """Street, district beside itself, street back and forth."""
    world.worked(teams)
    phase("the street", world.change, world.street, "today")
    world.worked(teams)
    with world.beside(world.district, "registry", "today"):
        say("both versions of the district's registry")
        world.worked(teams)
        phase("the district", world.change, world.district, "today")
        world.worked(teams)
    phase("the street back", world.change, world.street, previous.VERSION)
    world.worked(teams)
    phase("the street again", world.change, world.street, "today")
    world.worked(teams)


def phase(what: str, act: Callable[..., None], *arguments: Any) -> None:
    started = time.monotonic()
    act(*arguments)
    say(f"{what}: {time.monotonic() - started:.1f} s")


def outdated(world: World) -> int:
    """Records that are in an older form."""
    return sum(
        migrations.waiting(world.database(area, service), kind)
        for area, services in rolling.SERVICES.items()
        for service in ("gateway", *services)
        for kind in kinds(service)
    )


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description="An upgrade under kill -9.")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between kills, on average")
    parser.add_argument(
        "--teams", type=int, default=20, help="of each clerk in each phase, three commands each"
    )
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as scratch,
        served(Embedded(Path(scratch) / "embedded")) as embedded,
        rolling.world(embedded, Path(scratch)) as world,
    ):
        return run(world, given)


def run(world: World, given: argparse.Namespace) -> int:
    started = time.monotonic()
    killer = Killer(world, random.Random(given.seed), given.kills, given.every)
    threads = [threading.Thread(target=act, daemon=True) for act in (killer.run, killer.migrate)]
    for thread in threads:
        thread.start()
    upgrade(world, given.teams)
    while killer.left:
        world.worked(1)
    killer.stopping.set()
    for thread in threads:
        thread.join()
    world.finish()
    for area in world.nodes:
        say(f"{area}: {world.replay_parked(area)} parked messages replayed")
        done = start_migration(world, area)
        say(f"{area}: {done.communicate()[0].strip()} (exit code {done.returncode})")
    count, left = world.settle(SETTLE), outdated(world)
    for name, value in asdict(count).items():
        say(f"{name:10} {value}")
    say(f"outdated   {left}")
    say(f"{len(killer.killed)} kills ({', '.join(killer.killed)}), {time.monotonic() - started:.0f} s")
    return 0 if count.right and not left else 1


if __name__ == "__main__":
    sys.exit(main())
