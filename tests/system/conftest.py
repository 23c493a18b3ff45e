"""Three tiers, brought up as operators do: `hatchery node add`, then the launcher of each node."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import yaml

from deploy.embedded import Embedded
from tests.cable import Cable
from tests.deploy.support import admin_url, clear
from tests.harness import RunningNode, eventually, free_base_port, start_together, stop_together
from tests.preloaded import preloaded
from tests.system.trace_tree import Collector

DISTRICT, STREET, OTHER_STREET = "110101", "110101001", "110101002"
COMMUNITY, BARE_COMMUNITY = "110101001001", "110101001005"
SMALL_DISTRICT, SMALL_STREET = "990203", "990203001"  # of no code list


@dataclass
class Tiers:
    """District, two streets, a community with services of its own and one without any."""

    home: Path
    embedded: Embedded
    cable: Cable  # the link of STREET to the district runs through it
    nodes: dict[str, RunningNode]

    def hatchery(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"HATCHERY_HOME": str(self.home), "COLUMNS": "200"}
        done = preloaded("deploy.cli").run(arguments, environment, 120)
        if check:
            assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done

    def add(self, area: str, services: str, parent: str | None = None, *more: str) -> None:
        arguments = ["node", "add", area, "--services", services, "--clock", "request"]
        arguments += ["--port", str(free_base_port())]
        if parent:
            arguments += ["--parent", parent]
        self.hatchery(*arguments, *more)
        self.nodes[area] = self.described(area)

    def described(self, area: str) -> RunningNode:
        folder = self.home / "nodes" / area
        told = yaml.safe_load((folder / "node.yaml").read_text(encoding="utf-8"))
        services = told.get("services", [])
        return RunningNode(area, told["url"], told["port"], tuple(services), area, folder, self.embedded)

    def __getitem__(self, area: str) -> RunningNode:
        return self.nodes[area]


def start_all(tiers: Tiers) -> None:
    start_together(tiers.nodes.values())
    for node in tiers.nodes.values():
        above = {area for area in tiers.nodes if node.area.startswith(area)}
        below = {area for area in tiers.nodes if area.startswith(node.area)}
        eventually(partial(_knows, node, above | below), what=f"{node.area} knows its nodes")


def _knows(node: RunningNode, areas: set[str]) -> bool:
    return areas <= {known["id"] for known in node.get("/api/nodes", None).json()["items"]}


@pytest.fixture(scope="package")
def tiers(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiers]:
    home = tmp_path_factory.mktemp("tiers")
    shutil.copy(embedded.home / "embedded.yaml", home / "embedded.yaml")
    addresses = embedded.addresses
    cable = Cable(("127.0.0.1", addresses.amqp_port))
    made = Tiers(home, embedded, cable, {})
    try:
        made.add(DISTRICT, "registry,needs,funding,evaluation,notifications")
        through = addresses.amqp_uri(DISTRICT).replace(f":{addresses.amqp_port}/", f":{cable.port}/")
        made.add(STREET, "registry,needs,notifications", DISTRICT,
                 "--parent-broker", through, "--parent-broker-admin", admin_url(addresses))  # fmt: skip
        made.add(OTHER_STREET, "registry", DISTRICT)
        made.add(COMMUNITY, "needs", STREET)
        made.add(BARE_COMMUNITY, "none", STREET)
        start_all(made)
        yield made
    finally:
        stop_together(made.nodes.values())
        cable.close()
        clear(addresses, DISTRICT)


@dataclass
class Pair:
    """A district and a street below it, with a registry and funding each, whose spans are collected. The street's
    link runs through the cable."""

    tiers: Tiers
    collector: Collector

    @property
    def district(self) -> RunningNode:
        return self.tiers[SMALL_DISTRICT]

    @property
    def street(self) -> RunningNode:
        return self.tiers[SMALL_STREET]


@pytest.fixture(scope="package")
def pair(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    home = tmp_path_factory.mktemp("pair")
    shutil.copy(embedded.home / "embedded.yaml", home / "embedded.yaml")
    cable = Cable(("127.0.0.1", embedded.addresses.amqp_port))
    made = Tiers(home, embedded, cable, {})
    with Collector() as collector:
        try:
            hosted = "registry,funding"
            made.add(SMALL_DISTRICT, hosted, None, "--otlp", collector.url)
            addresses = embedded.addresses
            through = addresses.amqp_uri(SMALL_DISTRICT).replace(
                f":{addresses.amqp_port}/", f":{cable.port}/"
            )
            made.add(SMALL_STREET, hosted, SMALL_DISTRICT, "--otlp", collector.url,
                     "--parent-broker", through, "--parent-broker-admin", admin_url(addresses))  # fmt: skip
            start_all(made)
            yield Pair(made, collector)
        finally:
            stop_together(made.nodes.values())
            cable.close()
            clear(embedded.addresses, SMALL_DISTRICT)
