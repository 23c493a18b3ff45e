"""All routes x roles x tiers, at a district and a street, against the table of rights."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import yaml

from deploy.embedded import Embedded
from shared import permissions
from tests.harness import ROOT, RunningNode, eventually, free_base_port
from tests.system.rights import running, walk
from tests.system.rights_world import RightsWorld

pytestmark = pytest.mark.system

# What is broken on purpose: a row of the table, whether anybody asks at all, and where.
BROKEN = {
    ("needs", "answer_need"): (
        "shared/permissions.csv",
        "needs,answer_need,parties,x,x,x,,,,,,,",
        "needs,answer_need,parties,x,x,x,,,,,,x,",
    ),
    ("needs", "delivery"): (
        "services/needs/queries/deliveries.py",
        "    found = _delivery(identifier)\n    call.authorise(found.area)\n",
        "    found = _delivery(identifier)\n",
    ),
    ("needs", "need"): (
        "services/needs/queries/collection.py",
        "    found = _need(identifier)\n    call.authorise(found.handled_at)\n",
        "    found = _need(identifier)\n    call.authorise([grant.area for grant in call.actor.grants])\n",
    ),
}


@pytest.fixture(scope="module")
def world(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RightsWorld]:
    with running(tmp_path_factory.mktemp("rights"), embedded) as made:
        yield made


@pytest.mark.timeout(600)
def test_every_route_answers_every_role_at_every_tier_as_the_table_says(world: RightsWorld):
    told = walk(world, permissions.load())
    print(told)  # noqa: T201, the figures
    assert not told.wrong, "\n".join([str(told), *told.wrong])
    bound = {(rule.service, rule.operation) for rule in permissions.TABLE if rule.bound}
    asked = told.routes | {(permissions.ANY_SERVICE, operation) for _, operation in told.routes}
    unasked = {one for one in bound - asked if "." not in one[1]}
    assert not unasked, "rules that the walk does not try"


def test_the_walk_finds_rules_that_are_broken(world: RightsWorld, tmp_path: Path):
    """One more process of the street's service runs code in which some rights are broken."""
    broken = beside(world.nodes[world.street], "needs", tmp_path)
    try:
        told = walk(replace(world, nodes={world.street: broken}), permissions.load(), ["needs"])
    finally:
        broken.stop()
    found_alike = {("needs", "need_way")}  # it looks the need up by the same function
    assert told.routes_wrong == BROKEN.keys() | found_alike, "\n".join(told.wrong)


def test_a_route_without_a_rule_fails_the_walk(world: RightsWorld):
    without = [rule for rule in permissions.TABLE if rule.operation != "collect_need"]
    with pytest.raises(LookupError, match="needs collect_need has no rule"):
        walk(world, permissions.Table(without), ["needs"])


def beside(node: RunningNode, service: str, folder: Path) -> RunningNode:
    """The node's service once more, on another port, from a tree in which rights are broken."""
    tree = folder / "tree"
    for part in ("deploy", "services", "shared"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file, sound, unsound in BROKEN.values():
        text = (tree / file).read_text(encoding="utf-8")
        assert sound in text, f"{file} does not say any more: {sound}"
        (tree / file).write_text(text.replace(sound, unsound), encoding="utf-8")
    shutil.copytree(node.folder, folder / "node")
    description = yaml.safe_load((folder / "node" / "node.yaml").read_text(encoding="utf-8"))
    port = free_base_port()
    (folder / "node" / "node.yaml").write_text(yaml.safe_dump(description | {"port": port}), encoding="utf-8")
    made = replace(node, port=port, services=(service,), folder=folder / "node", tree=tree, process=None)
    made.launch(service)
    address = f"{made.service_url(service)}/readyz"
    eventually(lambda: requests.get(address, timeout=2).ok, what=f"{service} of broken rights ready")
    return made
