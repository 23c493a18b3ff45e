"""A small scenario on a district and one of its streets, with a service killed on the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from deploy import background, nodes, status
from deploy.embedded import Embedded
from deploy.home import Home
from deploy.replay import command, scenario, session
from deploy.replay.session import Session
from deploy.trouble import Trouble
from deploy.wish import Wish
from shared.node import SERVICES
from tests.bench import opendata
from tests.deploy.support import clear
from tests.harness import free_base_port

pytestmark = pytest.mark.system

DISTRICT, STREET = "150203", "150203001"
SMALL = """
scenario: small
district: "150203"
year: 2024
organisations:
  - {track: registered, count: 4}
  - {track: filed, count: 5, areas: {communities: 5, streets: 2, include: ["150203001"]}}
stations: {count: 6, areas: {communities: 6, streets: 2, include: ["150203001"]}}
party: {independent: 1, joint: 1, coverage_percent: 75}
incubation: {residents: {registered: 1, filed: 2}}
needs: {key: n, count: 12, library: 5, chosen: 3, areas: {streets: 2, communities: 6, include: ["150203001"]}}
funds: {key: f, budget_yuan: 50000}
rounds:
  {key: r, funds: [f], needs: n, applications: 5, funded: 3, amount_yuan: "40000.01", objections: 1,
   beneficiaries_direct: 77, by: {registered: 3, filed: 2}, evaluations: {mid_term: 3, final: 2, rectified: 1}}
deliveries: {round: r, count: 6, beneficiaries: 70, person_times: 700}
figures:
  - {figure: stations, service: registry, counts: stations, published: 6}
  - {figure: coverage, service: registry, counts: party_coverage_percent, published: 75, unit: percent}
  - {figure: residents, service: incubator, counts: residents, published: 3}
  - {figure: merged, service: needs, counts: merged, query: {year: 2024}, published: 12}
  - {figure: topics, service: needs, counts: topics, published: 3}
  - {figure: communities, service: needs, counts: communities, published: 6}
  - {figure: person-times, service: needs, counts: person_times, published: 700}
  - {figure: granted, service: funding, counts: awarded_fen, query: {round: r}, published: "40,000.01", unit: yuan}
  - {figure: direct, service: funding, counts: beneficiaries_direct, query: {round: r}, published: 77}
  - {figure: passed, service: evaluation, counts: passed, published: 5}
"""


@pytest.fixture(scope="module")
def home(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A district with all services, and a street below it with three."""
    folder = tmp_path_factory.mktemp("replay")
    shutil.copy(embedded.home / "embedded.yaml", folder / "embedded.yaml")
    home = Home(folder)
    wishes = (
        Wish(DISTRICT, services=SERVICES, clock="request", port=free_base_port()),
        Wish(
            STREET, DISTRICT, ("registry", "needs", "notifications"), clock="request", port=free_base_port()
        ),
    )
    try:
        for wish in wishes:
            assert nodes.add(home, wish, dry_run=False, say=lambda _: None) == 0
            background.start_node(home, wish.area)
            background.wait_listening(home, wish.area)
        background.wait_ready([home.node(wish.area) for wish in wishes])
        yield home
    finally:
        background.stop_nodes(home)
        clear(embedded.addresses, DISTRICT)


@pytest.fixture(scope="module")
def file(home: Home) -> Path:
    file = home.path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


def kill(home: Home, area: str, service: str) -> None:
    os.kill(int((home.logs(area) / f"{service}.pid").read_text()), signal.SIGKILL)


def replayed(home: Home, file: Path) -> Session:
    found = session.prepare(home, scenario.load(file))
    found.replay()
    return found


def test_a_replay_counts_what_was_published_though_services_are_killed_on_the_way(
    home: Home, file: Path
) -> None:
    deaths = [(20, STREET, "needs"), (45, DISTRICT, "registry"), (80, DISTRICT, "funding")]
    done, lock = [0], threading.Lock()

    def advance(more: int) -> None:
        with lock:
            done[0] += more
            if deaths and done[0] >= deaths[0][0]:
                kill(home, *deaths.pop(0)[1:])

    found = session.prepare(home, scenario.load(file))
    found.replay(advance)
    assert not deaths
    assert found.settle(quiet=20), [(f.figure, f.published, f.counted) for f in found.compared]


def test_the_same_replay_again_changes_nothing(
    home: Home, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = home.path / "out.json"
    assert command.main([str(file), "--home", str(home.path), "--json", str(out), "--quiet", "10"]) == 0
    rows = json.loads(out.read_text(encoding="utf-8"))
    assert len(rows) == 10
    assert all(row["published"] == row["counted"] for row in rows)
    assert rows[0].keys() == {"district", "figure", "published", "counted"}
    assert "NO" not in capsys.readouterr().out


def test_a_figure_that_differs_is_told_by_the_exit_code(home: Home, file: Path) -> None:
    wrong = home.path / "wrong.yaml"
    wrong.write_text(
        SMALL.replace("counts: stations, published: 6", "counts: stations, published: 7"), encoding="utf-8"
    )
    assert command.main([str(wrong), "--home", str(home.path), "--quiet", "2"]) == 1


def test_its_open_data_holds_to_the_standards(home: Home) -> None:
    found = opendata.check(home.node(DISTRICT).url)
    assert found.faults == []
    assert found.counts == {
        "rounds": 1,
        "releases": found.counts["releases"],
        "awards": 3,
        "contracts": 3,
        "grants": 3,
    }
    assert found.tags["contract"] == 3
    assert found.tags["implementation"] == 3


def test_every_message_was_understood(home: Home) -> None:
    for area in (DISTRICT, STREET):
        given_up = {one.name: (one.dead, one.parked) for one in status.inspect(home, area).services}
        assert set(given_up.values()) == {(0, 0)}, given_up


def test_items_of_the_streets_area_are_owned_by_its_node(home: Home) -> None:
    url = home.node(DISTRICT).url
    answer = requests.get(f"{url}/api/registry/stations", params={"area": STREET}, timeout=10).json()
    assert answer["items"]
    assert {station["owner"] for station in answer["items"]} == {STREET}
    assert all(station["generated"] for station in answer["items"])


def test_a_refused_step_is_told_with_the_problems_words(home: Home, file: Path) -> None:
    data = scenario.load(file)
    data["scenario"], data["organisations"][0]["supervising_unit"] = "refused", "长" * 101
    with pytest.raises(Trouble, match="supervising_unit"):
        session.prepare(home, data).replay()
