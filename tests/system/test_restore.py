"""A node is backed up while it works, loses a day, and is restored; the others follow, and what was lost is told."""

from __future__ import annotations

import json
import shutil
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from typer.testing import CliRunner

from deploy.cli import app
from deploy.embedded import Embedded
from deploy.trouble import Trouble
from shared import clock
from shared.events import topology
from shared.store import timeline
from tests.cable import Cable
from tests.deploy.support import clear
from tests.harness import RunningNode, eventually, stop_together
from tests.services.organisations import active, apply, approve
from tests.services.registry.credit_codes import credit_code
from tests.system.conftest import Tiers, start_all

pytestmark = pytest.mark.system

DISTRICT, STREET = "990204", "990204001"  # of no code list


@dataclass
class Day:
    """The day that a restore forgets, and what there was before."""

    tiers: Tiers
    file: Path
    ids: dict[str, str] = field(default_factory=dict)
    messages: int = 0  # that the district had written to organisations before it was lost
    applied: list[str] = field(default_factory=list)  # while the backup was made
    backed_up: tuple[int, str] = (-1, "")
    held: set[str] = field(default_factory=set)  # organisations in the backup's registry
    noticed: set[str] = field(default_factory=set)  # organisations in the backup's notifications

    @property
    def district(self) -> RunningNode:
        return self.tiers[DISTRICT]

    @property
    def street(self) -> RunningNode:
        return self.tiers[STREET]

    def store(self, service: str) -> Any:
        return store(self.district, service)

    def hatchery(self, *arguments: str) -> tuple[int, str]:
        """The command line in this process: its exit code, and what it said."""
        done = CliRunner().invoke(app, arguments, env={"HATCHERY_HOME": str(self.tiers.home)})
        if isinstance(done.exception, Trouble):
            return done.exception.code, str(done.exception)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout

    def lost(self) -> dict[str, Any]:
        code, told = self.hatchery("node", "lost", DISTRICT, "--json")
        return dict(json.loads(told)) if code in (0, 1) else {}


@pytest.fixture(scope="module")
def tiers(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiers]:
    """A district that writes to organisations, and a street that decides about its own."""
    home = tmp_path_factory.mktemp("restore")
    shutil.copy(embedded.home / "embedded.yaml", home / "embedded.yaml")
    cable = Cable(("127.0.0.1", embedded.addresses.amqp_port))
    made = Tiers(home, embedded, cable, {})
    try:
        made.add(DISTRICT, "registry,notifications")
        made.add(STREET, "registry", DISTRICT)
        start_all(made)
        yield made
    finally:
        stop_together(made.nodes.values())
        cable.close()
        clear(embedded.addresses, DISTRICT)


def registered(node: RunningNode, name: str, now: str | None = None) -> str:
    """An application at the district for an organisation that sits in the street."""
    body = {
        "area": STREET, "name": name, "track": "registered", "type": "non_enterprise",
        "credit_code": credit_code("52"), "established_on": "2019-01-01",
    }  # fmt: skip
    answer = node.post("/api/registry/organisations", body, now=now)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def accept(node: RunningNode, organisation: str, now: str | None = None) -> None:
    assert node.post(f"/api/registry/organisations/{organisation}/acceptance", now=now).ok


def known(node: RunningNode, organisation: str) -> dict[str, Any] | None:
    answer = node.get(f"/api/registry/organisations/{organisation}")
    return dict(answer.json()) if answer.ok else None


def summary(node: RunningNode, organisation: str) -> dict[str, Any] | None:
    found = store(node, "registry").summaries.find_one({"organisation": organisation})
    return dict(found) if found else None


def store(node: RunningNode, service: str) -> Any:
    client: MongoClient[dict[str, Any]] = MongoClient(node.embedded.addresses.store_uri)
    return client[f"hatchery_{node.area}_{service}"]


@pytest.fixture(scope="module")
def day(tiers: Tiers, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Until the evening: the district is backed up under load, works on for a day, and is stopped."""
    day = Day(tiers, tmp_path_factory.mktemp("backups") / "district.tar")
    day.ids["team"] = active(day.street, "晨练队")
    day.ids["changed"] = registered(day.district, "将受理基金会")
    day.ids["untouched"] = registered(day.district, "不变基金会")
    eventually(lambda: day.store("notifications").messages.count_documents({}) == 1)
    eventually(lambda: summary(day.street, day.ids["team"]))
    for name in ("changed", "untouched"):
        eventually(lambda name=name: known(day.street, day.ids[name]))  # type: ignore[misc]
    day.hatchery("subscriber", "add", DISTRICT, "finance", "--binding", "registry.organisation.#")
    _back_up_under_load(day)
    tomorrow = clock.text(clock.wall() + timedelta(days=1))
    accept(day.district, day.ids["changed"], tomorrow)
    day.ids["gone"] = registered(day.district, "被遗忘基金会", tomorrow)
    approve(day.district, day.ids["gone"])
    day.ids["unseen"] = apply(day.district, "无人看见队")
    day.ids["late"] = active(day.street, "夜跑队")
    for name in ("gone", "late"):
        eventually(lambda name=name: summary(day.street, day.ids[name]))  # type: ignore[misc]
    eventually(lambda: (known(day.street, day.ids["changed"]) or {})["status"] == "accepted")
    day.messages = 3  # of the three that were approved
    eventually(lambda: day.store("notifications").messages.count_documents({}) == day.messages)
    return day


def _back_up_under_load(day: Day) -> None:
    stop = threading.Event()

    def load() -> None:
        while not stop.wait(0.02):
            day.applied.append(apply(day.district, f"备份时{len(day.applied)}"))

    worker = threading.Thread(target=load)
    worker.start()
    try:
        eventually(lambda: day.applied)
        day.backed_up = day.hatchery("backup", DISTRICT, "--to", str(day.file))
    finally:
        stop.set()
        worker.join()


def test_a_running_node_is_written_to_one_file_that_only_its_owner_reads(day):
    assert list(day.file.parent.iterdir()) == [day.file]
    assert stat.S_IMODE(day.file.stat().st_mode) == 0o600
    assert day.backed_up[0] == 0
    code, told = day.hatchery("restore", str(day.file), "--dry-run")
    assert (code, "sound" in told) == (0, True)


def test_a_running_node_is_not_restored(day):
    code, told = day.hatchery("restore", str(day.file), "--yes")
    assert (code, "stop the node first" in told) == (2, True)
    assert known(day.district, day.ids["gone"])


def test_a_file_that_was_changed_is_refused(day, tmp_path):
    changed = bytearray(day.file.read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "changed.tar").write_bytes(changed)
    (tmp_path / "short.tar").write_bytes(changed[: len(changed) // 2])
    for name in ("changed.tar", "short.tar"):
        code, told = day.hatchery("restore", str(tmp_path / name), "--dry-run")
        assert (code, "damaged" in told) == (2, True)


@pytest.fixture(scope="module")
def restored(day: Day) -> Day:
    """The next morning: the district stands as in the backup, and runs."""
    day.district.stop()
    assert day.hatchery("restore", str(day.file), "--yes")[0] == 0
    day.held = {one["_id"] for one in day.store("registry").organisations.find({}, {"_id": 1})}
    day.noticed = {one["_id"] for one in day.store("notifications").known_organisations.find({}, {"_id": 1})}
    day.district.start()
    return day


def test_a_backup_under_load_holds_what_was_committed_before_and_nothing_half(restored):
    missing = [number for number, one in enumerate(restored.applied) if one not in restored.held]
    assert missing == list(range(len(restored.applied)))[len(restored.applied) - len(missing) :]
    assert {restored.ids[name] for name in ("team", "changed", "untouched")} <= restored.held


def test_own_records_go_on_in_a_new_epoch_and_others_take_the_older_state(restored):
    changed = restored.ids["changed"]
    eventually(lambda: (known(restored.street, changed) or {}).get("status") == "applied")
    accept(restored.district, changed)
    eventually(lambda: (known(restored.street, changed) or {}).get("status") == "accepted")


def test_what_is_gone_is_dropped_by_those_who_had_seen_it(restored):
    gone = restored.ids["gone"]
    eventually(lambda: known(restored.street, gone) is None)
    eventually(lambda: summary(restored.street, gone) is None)
    assert known(restored.street, restored.ids["untouched"])


def test_lost_effects_are_done_again_and_none_twice(restored):
    """The street's events come again: its first team was written to before the backup, the second after it. The
    letter about the organisation that is gone is gone too."""
    messages = restored.store("notifications").messages
    eventually(lambda: messages.count_documents({}) == restored.messages - 1)
    eventually(lambda: (summary(restored.street, restored.ids["late"]) or {}).get("status") == "active")
    about = [one["about"] for one in messages.find()]
    assert sorted(about) == sorted([restored.ids["team"], restored.ids["late"]])


def test_exactly_what_others_had_seen_is_listed_as_lost(restored):
    """The changed one, the new one with its summary, and what came in between two databases' moments."""
    seen = restored.noticed & set(restored.applied) - restored.held
    expected = {restored.ids["changed"], restored.ids["gone"]} | seen

    def listed() -> dict[str, dict[str, Any]] | None:
        told = restored.lost()
        by_noun: dict[str, dict[str, Any]] = {"registry.organisation": {}, "registry.summary": {}}
        for one in told.get("changes", ()):
            by_noun[one["of"]][one["state"].get("organisation", one["id"])] = one
        whole = not told.get("missing", True) and set(by_noun["registry.organisation"]) == expected
        return by_noun if whole else None

    by_noun = eventually(listed, what=f"{expected} listed as lost")
    organisations = by_noun["registry.organisation"]
    changed, gone = (organisations[restored.ids[name]] for name in ("changed", "gone"))
    assert (changed["ours"], changed["theirs"], changed["gone"]) == ([1, 1], [1, 2], False)
    assert changed["state"]["status"] == "accepted"
    assert (gone["ours"], gone["theirs"], gone["gone"]) == ([], [1, 3], True)
    assert set(by_noun["registry.summary"]) == {restored.ids["gone"]}


def test_subscribers_hear_what_is_restored_and_what_is_lost(restored):
    def told() -> set[tuple[str, str]]:
        bodies = [json.loads(body) for _, body in restored.district.letters("sub.finance")]
        return {(one["type"].rsplit(".", 1)[1], one["subject"]) for one in bodies}

    wanted = {("restored", restored.ids["changed"]), ("lost", restored.ids["gone"])}
    eventually(lambda: wanted <= told())


def test_nothing_of_it_ends_among_the_dead_or_parked_letters(restored):
    for node in (restored.district, restored.street):
        for service in ("gateway", *node.services):
            for queue in (topology.dead_queue(service), topology.parked_queue(service)):
                assert node.letters(queue) == []


def test_after_the_loss_of_a_broker_everything_is_sent_again_and_done_once(restored):
    since = clock.text(clock.wall() - timedelta(hours=1))
    _, would = restored.hatchery("node", "republish", DISTRICT, "--since", since, "--dry-run")
    with restored.street.amqp() as connection:
        connection.channel().queue_purge(topology.service_queue("registry"))
    code, done = restored.hatchery("node", "republish", DISTRICT, "--since", since)
    assert "events of registry again" in would
    assert (code, "events were sent again" in done) == (0, True)
    assert restored.store("notifications").messages.count_documents({}) == restored.messages - 1


def test_a_half_restored_node_does_not_start_until_the_restore_is_done(restored):
    restored.district.stop()
    timeline.begin(restored.store("registry"), 7, clock.wall())
    code, told = restored.hatchery("backup", DISTRICT, "--to", f"{restored.file}.2")
    assert (code, "half restored" in told) == (2, True)
    started = restored.tiers.hatchery("node", "run", DISTRICT, check=False)
    assert (started.returncode, "run hatchery restore again" in started.stderr) == (2, True)
    assert restored.hatchery("restore", str(restored.file), "--yes")[0] == 0
    assert restored.store("registry").organisations.count_documents({}) == len(restored.held)
