from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

from deploy.embedded import Embedded
from services.registry import documents
from services.registry.commands import directory as commands
from services.registry.documents.directory import DirectoryCount, DirectoryEntry
from services.registry.documents.inspection import KnownGrade
from shared import clock
from shared.ids import new_id
from shared.node import load
from shared.store import connection
from tests.harness import RunningNode, eventually
from tests.services import organisations
from tests.services.registry.credit_codes import credit_code
from tests.services.told import tell

pytestmark = pytest.mark.service

DIRECTORY = "/api/registry/directory"


@pytest.fixture
def here(node: Callable[..., RunningNode]) -> RunningNode:
    return node(["registry"])


def names(here: RunningNode, role: str | None = None, **query: Any) -> list[str]:
    answer = here.get(DIRECTORY, role, params=query)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["items"]]


def register(here: RunningNode, name: str, area: str, **changed: Any) -> dict[str, Any]:
    body = {
        "area": area, "name": name, "track": "registered", "type": "association", "category": "扶老",
        "credit_code": credit_code("51"), "established_on": "2015-05-04",
    } | changed  # fmt: skip
    made = here.post("/api/registry/organisations", body)
    assert made.status_code == 201, made.text
    organisations.approve(here, made.json()["id"])
    return dict(made.json())


def test_the_public_finds_what_is_approved_and_staff_of_the_area_find_applications_too(here: RunningNode):
    area = "230102011"
    waiting = organisations.apply(here, "经纬长者乐活队", area)
    eventually(lambda: names(here, "district_staff", area=area) == ["经纬长者乐活队"])
    assert names(here, area=area) == names(here, "resident", area=area) == []
    organisations.approve(here, waiting)
    made = register(here, "经纬扶老协会", area)
    eventually(lambda: names(here, area=area) == ["经纬扶老协会", "经纬长者乐活队"])
    for words in ("长者", "czlh", "czyh", "zhangzhe", "经纬 乐活", "changzhelehuo"):
        assert names(here, area=area, q=words) == ["经纬长者乐活队"], words
    for query in ({"q": made["credit_code"]}, {"type": "association"}, {"category": "扶老"}):
        assert names(here, area=area, **query) == ["经纬扶老协会"], query
    assert names(here, area=area, sort="newest") == ["经纬长者乐活队", "经纬扶老协会"]
    assert names(here, area=area, status="suspended") == []
    act = here.post(f"/api/registry/organisations/{waiting}/suspension", {"reasons": "未备案变更"})
    assert act.ok, act.text
    eventually(lambda: names(here, area=area, status="suspended") == ["经纬长者乐活队"])
    facets = here.get(f"{DIRECTORY}/facets", None, params={"area": area}).json()
    assert facets["total"] == 2
    assert facets["status"] == [{"value": "active", "count": 1}, {"value": "suspended", "count": 1}]


def test_pages_follow_on_each_other(here: RunningNode):
    area = "230102012"
    for number in range(5):
        organisations.active(here, f"工程第{number}队", area)
    eventually(lambda: len(names(here, area=area)) == 5)
    seen, path = [], f"{DIRECTORY}?area={area}&q=工程&limit=2"
    while path:
        answer = here.get(path, None)
        seen += [one["name"] for one in answer.json()["items"]]
        path = answer.links.get("next", {}).get("url", "")
    assert seen == [f"工程第{number}队" for number in range(5)]


@pytest.mark.parametrize("words", ["爱", "ax", "爱心 会", "*"])
def test_too_short_a_word_is_refused_with_field_and_remedy(here: RunningNode, words: str):
    answer = here.get(DIRECTORY, None, params={"q": words})
    assert (answer.status_code, answer.json()["field"]) == (400, "q")
    assert answer.json()["errors"][0]["remedy"]


def test_a_grade_is_shown_as_long_as_it_holds(here: RunningNode):
    area = "230102013"
    made = [register(here, name, area)["id"] for name in ("安静甲协会", "安静乙协会")]
    today = clock.wall()
    for organisation, first in ((made[0], today.year - 1), (made[1], today.year + 1)):
        data = {
            "organisation": organisation, "grade": "4A", "announced_on": f"{first - 1}-06-01",
            "valid_from": f"{first}-01-01", "valid_until": f"{first + 4}-12-31",
        }  # fmt: skip
        tell(here, "evaluation.grade.awarded", data, area=area)
    eventually(lambda: names(here, area=area, grade="4A") == ["安静甲协会"])
    facets = here.get(f"{DIRECTORY}/facets", None, params={"area": area}).json()
    assert {"value": "4A", "count": 1} in facets["grade"]


def test_density_is_told_where_the_residents_are_known(here: RunningNode):
    area = "230102014"
    organisations.active(here, "安和一队", area)

    def density() -> dict[str, Any]:
        told = here.get(f"{DIRECTORY}/density", None, params={"area": area}).json()["areas"]
        return dict(told[0])

    eventually(lambda: density()["organisations"] == 1)
    assert (density()["residents"], density()["per_10000"]) == (None, None)
    value = {"area": area, "since": "2020-11-01", "value": 40_000, "source": "第七次全国人口普查公报"}
    assert here.post("/api/registry/rules/residents/values", value).ok
    later = value | {"since": "2999-01-01", "value": 1}
    assert here.post("/api/registry/rules/residents/values", later).ok
    told = density()
    assert (told["residents"], told["year"], told["source"]) == (40_000, 2020, "第七次全国人口普查公报")
    assert told["per_10000"] == 0.25
    below = here.get(f"{DIRECTORY}/density", None, params={"area": area}).json()["areas"][1:]
    assert {one["residents"] for one in below} == {None}, "a number is of its own area alone"


def test_growth_is_told_by_year_and_track(here: RunningNode):
    area = "230102015"
    register(here, "正阳河甲协会", area, established_on="2015-05-04")
    ended = register(here, "正阳河乙协会", area, established_on="2017-01-01")["id"]
    body = {
        "reasons": "依申请",
        "liquidation": {"concluded_on": "2019-12-01", "assets_fen": 0, "debts_fen": 0, "remaining": "无"},
    }
    path = f"/api/registry/organisations/{ended}/cancellation"
    answer = here.post(path, body, now="2020-03-02T09:00:00+08:00")
    assert answer.ok, answer.text

    def years() -> Any:
        told = here.get(f"{DIRECTORY}/growth", None, params={"area": area}).json()["tracks"]
        return (
            {one["year"]: (one["founded"], one["ended"], one["at_end"]) for one in told[0]["years"]}
            if told
            else {}
        )

    eventually(lambda: years().get(2020) == (0, 1, 1))
    assert years()[2015] == (1, 0, 1)
    assert years()[2017] == (1, 0, 2)


def test_after_all_that_the_directory_is_as_the_records_say(here: RunningNode):
    """Entries and counts that events have brought about are those that a look at all records gives."""
    eventually(lambda: here.depth("svc.registry") == 0)
    described = load(here.folder / "node.yaml")
    connection.connect(described.store, described.database("registry"))
    try:
        eventually(lambda: commands.rebuild(dry_run=True)[1:] == (0, 0))
        assert DirectoryEntry.objects.count() == documents.Organisation.objects.count()
    finally:
        connection.disconnect()


# --- the commands themselves


@pytest.fixture
def store(embedded: Embedded) -> Iterator[None]:
    connection.connect(embedded.addresses.store_uri, f"test_{uuid.uuid4().hex[:12]}")
    for kind in documents.ALL:
        kind.ensure_indexes()
    yield
    connection.disconnect()


def stored(name: str, **changed: Any) -> str:
    """An organisation as another node's stands in the store."""
    identifier = new_id()
    documents.Organisation._get_collection().insert_one(
        {
            "_id": identifier, "area": "230102001", "owner": "230102001", "epoch": 1, "sequence": 1, "name": name,
            "track": "filed", "status": "active", "established_on": datetime(2020, 1, 1, tzinfo=UTC),
        } | changed
    )  # fmt: skip
    return identifier


def as_recorded() -> bool:
    return commands.rebuild(dry_run=True)[1:] == (0, 0)


def test_what_drifted_is_found_and_put_right(store: None):
    several = [stored(f"第{number}队") for number in range(4)]
    assert commands.catch_up() == 4
    assert commands.catch_up() == 0
    entries, counts = DirectoryEntry._get_collection(), DirectoryCount._get_collection()
    entries.delete_one({"_id": several[0]})
    entries.update_one({"_id": several[1]}, {"$set": {"status": "suspended"}})
    documents.Organisation._get_collection().delete_one({"_id": several[2]})
    counts.update_one({"_id": "230102001"}, {"$inc": {'founded.["filed",2020]': 3}})
    found = commands.rebuild(dry_run=True)
    assert (found.entries, found.counts > 0, as_recorded()) == (3, True, False)
    assert commands.rebuild().entries == 3
    assert as_recorded()
    assert entries.count_documents({}) == 3


def test_many_at_once_leave_what_the_records_say(store: None):
    """Several processes work the same entries out while the records change."""
    several = [stored(f"第{number}队") for number in range(6)]

    def change(status: str) -> None:
        for _ in range(4):
            documents.Organisation._get_collection().update_many({}, {"$set": {"status": status}})
            commands.refresh(several)

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(change, status) for status in ("active", "suspended", "lapsed")]:
            done.result()
    assert as_recorded()


def test_who_is_overtaken_by_a_state_that_was_there_before_does_not_leave_its_own(
    store: None, monkeypatch: pytest.MonkeyPatch
):
    """Suspended, and reinstated before the suspension is written: the reinstatement finds nothing to be changed."""
    identifier = stored("正阳队")
    commands.refresh([identifier])
    records, write = documents.Organisation._get_collection(), commands._write

    def overtaken(changes: Sequence[commands.Change]) -> bool:
        monkeypatch.setattr(commands, "_write", write)
        records.update_one({"_id": identifier}, {"$set": {"status": "active"}})
        assert commands.refresh([identifier]) == 0
        return write(changes)

    records.update_one({"_id": identifier}, {"$set": {"status": "suspended"}})
    monkeypatch.setattr(commands, "_write", overtaken)
    assert commands.refresh([identifier]) == 1
    assert DirectoryEntry.objects(id=identifier).first().status == "active"
    assert as_recorded()


def test_a_sibling_is_listed_by_its_public_summary(store: None):
    identifier = new_id()
    documents.Summary._get_collection().insert_one(
        {
            "_id": new_id(), "organisation": identifier, "area": "230102002", "owner": "230102", "name": "新阳社",
            "track": "filed", "status": "active", "epoch": 1, "sequence": 1,
        }
    )  # fmt: skip
    commands.refresh([identifier])
    entry = DirectoryEntry.objects(id=identifier).first()
    assert (entry.name, entry.established_on) == ("新阳社", None)
    assert as_recorded()


def test_grades_turn_with_the_day(store: None):
    organisation = stored("安心协会", track="registered", type="association")
    KnownGrade(
        id=new_id(), area="230102", organisation=organisation, grade="3A",
        valid_from=date(2031, 1, 1), valid_until=date(2031, 12, 31),
    ).save()  # fmt: skip

    def grade() -> str | None:
        found = DirectoryEntry.objects(id=organisation).first().grade
        return None if found is None else str(found)

    commands.refresh([organisation], date(2030, 12, 31))
    assert grade() is None
    assert commands.turn_grades(date(2031, 1, 1)) == 1
    assert grade() == "3A"
    assert commands.turn_grades(date(2031, 12, 31)) == 0
    assert commands.turn_grades(date(2032, 1, 1)) == 1
    assert grade() is None
