"""How far a request for state was answered, and what comes next."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mongoengine import StringField

from shared.ids import new_id
from shared.store import restatements
from shared.store.aggregate import Aggregate
from shared.store.restatements import Receipt, Restatement

pytestmark = pytest.mark.service

HERE, ELSEWHERE = "230102", "230102001"
AREAS = ("230102", "230102001", "230102001003", "230102001004", "230102002")


class Kite(Aggregate):
    meta = {"collection": "kites"}
    colour = StringField()


@pytest.fixture(autouse=True)
def indexes(store: None) -> None:
    for kind in (Kite, Restatement, Receipt):
        kind.ensure_indexes()


def all_of(within: str | None, window: int) -> list[str]:
    found: list[str] = []
    last: tuple[str, str] | None = None
    while page := restatements.following(Kite, HERE, within, last, window):
        assert len(page) <= window
        found += [kite.id for kite in page]
        last = (page[-1].area, page[-1].id)
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    areas=st.lists(st.sampled_from(AREAS), max_size=25),
    window=st.integers(1, 7),
    within=st.sampled_from((None, "230102001", "230102001003")),
)
def test_window_by_window_each_record_of_the_node_comes_once(
    areas: list[str], window: int, within: str | None
):
    Kite.drop_collection()
    for number, area in enumerate(areas):
        owner = HERE if number % 4 else ELSEWHERE
        Kite(id=new_id(), area=area, owner=owner).save()
    wanted = [k.id for k in Kite.objects(owner=HERE) if k.area.startswith(within or "")]
    assert sorted(all_of(within, window)) == sorted(wanted)


def test_a_request_is_kept_once_and_goes_on_where_it_was():
    assert restatements.note("r1", ELSEWHERE, "needs", ["registry.organisation"])
    assert not restatements.note("r1", ELSEWHERE, "needs", ["registry.organisation"])
    kite = Kite(id=new_id(), area=ELSEWHERE, owner=HERE)
    job = restatements.first_open()
    assert job
    restatements.told(job, "kite", kite, 200)
    again = restatements.first_open()
    assert again
    assert (again.noun, again.last_area, again.last_id, again.sent) == ("kite", ELSEWHERE, kite.id, 200)
    restatements.answered(again)
    assert restatements.first_open() is None
    assert not restatements.note("r1", ELSEWHERE, "needs", ["registry.organisation"])
    assert restatements.first_open() is None


def test_an_answer_that_comes_twice_counts_once():
    restatements.receive("r1", HERE, "registry", 700)
    restatements.receive("r1", HERE, "registry", 700)
    restatements.receive("r1", ELSEWHERE, "registry", 3)
    assert [(one.node, one.sent) for one in restatements.receipts("r1")] == [(HERE, 700), (ELSEWHERE, 3)]
