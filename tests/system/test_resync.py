"""Who joins late learns what it must know, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pika
import pytest
import yaml

from deploy.embedded import Embedded
from tests.deploy.support import clear
from tests.harness import eventually
from tests.system import joining_late
from tests.system.joining_late import DISTRICT, STREET, Scene

pytestmark = pytest.mark.system

ORGANISATIONS, NEEDS = 12, 260  # more needs than one window of 200


@pytest.fixture(scope="module")
def scene(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A district that has worked for a while, and a street that has just joined; all effects counted before."""
    tiers = joining_late.district_with_everything(tmp_path_factory.mktemp("late"), embedded)
    made = Scene(tiers, ORGANISATIONS, NEEDS)
    try:
        joining_late.fill(made)
        made.before = made.effects()
        joining_late.join(made)
        yield made
    finally:
        joining_late.stop(tiers)
        clear(embedded.addresses, DISTRICT)


def test_a_street_that_joins_late_learns_the_state_and_repeats_no_effect(scene: Scene) -> None:
    scene.tiers[STREET].kill("needs")
    scene.tiers[DISTRICT].kill("needs")
    joining_late.caught_up(scene, STREET)
    assert scene.effects() == scene.before


def test_asked_by_command_it_says_who_told_how_much(scene: Scene) -> None:
    joining_late.caught_up(scene, STREET)
    dry = scene.tiers.hatchery("node", "resync", STREET, "--dry-run").stdout
    assert f"registry of {DISTRICT}" in dry
    done = scene.tiers.hatchery("node", "resync", STREET, "needs").stdout
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.splitlines() if "│" in line]
    assert ["needs", DISTRICT, "needs", str(NEEDS)] in rows
    assert ["needs", STREET, "needs", "0"] in rows
    assert scene.effects() == scene.before


def test_a_lost_read_model_is_rebuilt_while_the_service_answers(scene: Scene) -> None:
    joining_late.lose_read_models(scene)
    scene.tiers.hatchery("node", "resync", DISTRICT, "evaluation")
    assert scene.count(DISTRICT, "evaluation", "known_organisations") == ORGANISATIONS
    assert scene.tiers[DISTRICT].get("/api/evaluation/grades").ok
    assert scene.effects() == scene.before


def test_other_services_and_subscribers_to_nouns_see_nothing_of_it(scene: Scene) -> None:
    joining_late.caught_up(scene, STREET)
    uri = scene.tiers.hatchery(
        "subscriber", "add", STREET, "statistics", "--binding", "registry.#", "--binding", "needs.#"
    ).stdout.splitlines()[-1]
    handled = partial(scene.tiers[STREET].metric, "registry", "hatchery_events_handled_total")
    seen = handled()
    scene.tiers.hatchery("node", "resync", STREET, "needs")
    with pika.BlockingConnection(pika.URLParameters(uri)) as connection:
        assert connection.channel().basic_get("sub.statistics", auto_ack=True)[0] is None
    assert handled() - seen <= 1  # the request itself


def test_a_service_added_later_asks_for_what_it_must_know(scene: Scene) -> None:
    joining_late.caught_up(scene, STREET)
    node = scene.tiers[STREET]
    services = [*node.services, "incubator"]
    node.stop()
    scene.tiers.hatchery("node", "add", STREET, "--services", ",".join(services))
    node.services = services
    told = yaml.safe_load((node.folder / "node.yaml").read_text(encoding="utf-8"))
    assert "incubator" in told["services"]
    node.start()
    eventually(
        lambda: scene.count(STREET, "incubator", "known_organisations") == ORGANISATIONS,
        what="the new service knows the organisations",
    )


def test_a_service_that_is_not_hosted_cannot_ask(scene: Scene) -> None:
    refused = scene.tiers.hatchery("node", "resync", STREET, "funding", check=False)
    assert (refused.returncode, "hosts no funding" in refused.stderr) == (2, True)
