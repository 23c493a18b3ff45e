"""What the storm goes over: a broker, a store, and a district, a street and a community in the test build.

All of it lies in one folder and can be stopped and started again on the same data. The links run through cables that
can be cut. Where this machine permits it (root), the broker's data lie on a small file system of their own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from deploy import nodes
from deploy.embedded import Embedded, identity
from deploy.home import Home, write_private
from deploy.wish import Wish
from shared.node import GATEWAY, SERVICES
from tests.cable import Cable
from tests.deploy.support import admin_url
from tests.faults.crashing import labels
from tests.faults.storm import CLOCKS, LAUNCHER
from tests.harness import RunningNode, free_base_port

DISTRICT, STREET, COMMUNITY = "150203", "150203001", "150203001015"
HOSTED: Mapping[str, tuple[str, ...]] = {
    DISTRICT: SERVICES,
    STREET: ("registry", "needs", "notifications", "accounts"),
    COMMUNITY: ("needs",),
}
PARENTS = {STREET: DISTRICT, COMMUNITY: STREET}
# MiB that the broker's own file system has: more than the logs of three nodes may take, and what waits beside them.
# The file that it lies in takes what is written only.
DISK = 6 * 1024


class World:
    """Everything that runs, in the folder `home`."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = Home(home.resolve())
        self.disk = Disk(self.home.path / "disk.img", self.home.path / "broker" / "data")
        self.crashes = labels.Crashes(self.home.path / "crashes")
        self.clocks = self.home.path / "clocks"
        self.clocks.mkdir(exist_ok=True)
        self.set_back: list[tuple[float, float]] = []  # when a node's clock was, and by how many seconds
        self.sent_again_at: float | None = None  # when that was done first, after the broker's disk was full
        self.nodes: dict[str, RunningNode] = {}
        self.cables: dict[str, Cable] = {}  # by the area of the lower end

    def prepare(self) -> None:
        """Broker and store run, the nodes are described and linked; they are not started yet."""
        self._end_leftovers()
        self.disk.mount()
        self.embedded = Embedded(self.home.path)
        self.embedded.start()
        self._supervision = threading.Thread(target=self.embedded.supervise)
        self._supervision.start()
        os.environ.update(self.crashes.environment | {CLOCKS: str(self.clocks)})
        for area in HOSTED:
            self._add(area)

    def start(self) -> None:
        for node in self.nodes.values():
            node.launch()
            assert node.process
            write_private(self._launched(node.area), yaml.safe_dump(identity.identify(node.process.pid)))
        for node in self.nodes.values():
            node.wait_ready()

    def stop(self) -> None:
        """Orderly; what is there can be started again."""
        for node in self.nodes.values():
            if node.process:
                node.process.terminate()
        for node in self.nodes.values():
            node.stop()
            self._launched(node.area).unlink(missing_ok=True)
        for cable in self.cables.values():
            cable.close()
        self.embedded.stop()
        self._supervision.join()
        self.disk.unmount()

    def services(self) -> list[tuple[str, str]]:
        return [(area, service) for area, hosted in HOSTED.items() for service in (GATEWAY, *hosted)]

    def pid(self, area: str, service: str) -> int | None:
        """The process of a service; None while it is being started again. Only what our launchers have forked."""
        try:
            pid = int((self.nodes[area].folder / "log" / f"{service}.pid").read_text())
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            return None
        process = self.nodes[area].process
        return pid if process and parent == process.pid else None

    def wrong_since(self) -> float:
        """What a node's clock said, in seconds since 1970, when the broker's disk was full last."""
        filled = self.disk.filled_at or time.time()
        return filled + min((by for at, by in self.set_back if abs(at - filled) < 60), default=0.0)

    def wish(self, area: str) -> Wish:
        addresses, parent = self.embedded.addresses, PARENTS.get(area)
        there = area in self.home.nodes()
        wish = Wish(area, parent, HOSTED[area], clock="request", port=None if there else free_base_port())
        if not parent:
            return wish
        through = addresses.amqp_uri(parent).replace(
            f":{addresses.amqp_port}/", f":{self.cables[area].port}/"
        )
        return replace(wish, parent_broker=through, parent_broker_admin=admin_url(addresses))

    def _add(self, area: str) -> None:
        addresses = self.embedded.addresses
        if area in PARENTS:
            self.cables[area] = Cable((addresses.host, addresses.amqp_port))
        nodes.add(self.home, self.wish(area), dry_run=False, say=lambda _: None)
        told = yaml.safe_load(self.home.description(area).read_text(encoding="utf-8"))
        self.nodes[area] = RunningNode(
            area, told["url"], told["port"], HOSTED[area], area, self.home.folder(area), self.embedded,
            launcher=LAUNCHER,
        )  # fmt: skip

    def _launched(self, area: str) -> Path:
        return self.home.folder(area) / "launcher.yaml"

    def _end_leftovers(self) -> None:
        """Launchers whose storm was killed; the embedded servers end theirs themselves."""
        for area in HOSTED:
            if self._launched(area).exists():
                identity.end(yaml.safe_load(self._launched(area).read_text(encoding="utf-8")), timeout=40)


class Disk:
    """A file system of its own for the broker's data, which can be filled to the last byte. Needs root."""

    def __init__(self, image: Path, place: Path) -> None:
        self.image, self.place = image, place
        self.ballast = place / "ballast"
        self.filled_at: float | None = None  # seconds since 1970

    @property
    def mounted(self) -> bool:
        return self.place.is_mount()

    def mount(self) -> None:
        """Nothing where the machine does not permit it: the broker's data then lie where they always do."""
        self.place.mkdir(parents=True, exist_ok=True)
        if self.mounted or os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
            return
        if not self.image.exists():
            subprocess.run(["truncate", "-s", f"{DISK}M", str(self.image)], check=True)
            subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", str(self.image)], check=True)
        mounting = ["mount", "-o", "loop", str(self.image), str(self.place)]
        if subprocess.run(mounting, capture_output=True, check=False).returncode == 0:
            shutil.rmtree(self.place / "lost+found", ignore_errors=True)
            self.empty()

    def unmount(self) -> None:
        if self.mounted:
            subprocess.run(["umount", str(self.place)], capture_output=True, check=False)

    def fill(self) -> None:
        """Leave nothing: whoever writes is told that no space is left."""
        self.filled_at = time.time()
        block = os.statvfs(self.place).f_frsize
        size = 1 << 26
        with self.ballast.open("wb") as file:
            while size >= block:  # others write meanwhile
                try:
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)
                except OSError:
                    size //= 2

    @property
    def full(self) -> bool:
        return self.ballast.exists()

    def empty(self) -> None:
        self.ballast.unlink(missing_ok=True)
