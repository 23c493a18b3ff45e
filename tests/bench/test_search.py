"""The directory finds what a look at every record finds, and reads no more than a page needs."""

from __future__ import annotations

import math
import random
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import monitoring

from deploy.embedded import Embedded
from services.registry.commands import directory as commands
from services.registry.documents.inspection import KnownGrade
from services.registry.domain import directory as rules
from services.registry.domain import spelling
from services.registry.domain.lives import PUBLIC_STATES
from services.registry.queries import directory, directory_counts
from services.registry.schemas.directory import DirectoryQuery, Filters, GrowthQuery
from shared import areas
from shared.call import NOBODY, Actor, Call, Grant
from shared.store import connection
from tests.bench.search import KINDS, LIMIT, OVERHEARD, answer, fill, plans

pytestmark = pytest.mark.service

COUNT = 500
NODE: Any = SimpleNamespace(area="230102")
STAFF = Actor("staff", (Grant("street_staff", "230102001"),))
Made = Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def made(embedded: Embedded) -> Iterator[Made]:
    """Organisations as they are stored, each with the grade that it has today."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    monitoring.register(OVERHEARD)
    connection.connect(embedded.addresses.store_uri, name)
    found = fill(COUNT)
    commands.catch_up()
    graded = grades_today()
    directory.forget()
    yield [one | {"grade": graded.get(one["_id"])} for one in found]
    connection.disconnect()
    directory.forget()


def grades_today() -> dict[str, str]:
    today = rules.day_of(Call(node=NODE, service="registry").now)
    held: dict[str, tuple[Any, str]] = {}
    for one in KnownGrade.objects:
        if one.valid_from <= today <= one.valid_until:
            held[one.organisation] = max(
                held.get(one.organisation, (one.valid_from, "")), (one.valid_from, one.grade)
            )
    return {organisation: grade for organisation, (_, grade) in held.items()}


def call(actor: Actor = NOBODY) -> Call:
    return Call(node=NODE, service="registry", actor=actor)


def meant(one: Mapping[str, Any], query: Mapping[str, Any], *, everything: bool) -> bool:
    """Whether a look at the record alone says that it is meant, facets apart."""
    read = spelling.written(spelling.readings(spelling.fold(one["name"])))
    found = rules.Found(one["name"], read, one["credit_code"])
    words = rules.parts(query["q"]) if query.get("q") else []
    return (
        one["area"].startswith(query.get("area") or "")
        and (everything or one["status"] in PUBLIC_STATES)
        and all(part.meant(found) for part in words)
    )


def alike(one: Mapping[str, Any], query: Mapping[str, Any], but: str | None = None) -> bool:
    return all(one[name] == query[name] for name in rules.FACETS if query.get(name) and name != but)


def ordered(found: Made, query: Mapping[str, Any]) -> list[str]:
    def place(one: Mapping[str, Any]) -> tuple[bool, str]:
        read = spelling.readings(spelling.fold(one["name"]))
        if query["sort"] == "newest":
            return False, rules.by_newest(one["established_on"], one["_id"])
        begun = rules.beginning(rules.parts(query["q"])) if query.get("q") else None
        later = query["sort"] == "relevance" and begun is not None and not rules.begins(one["name"], begun)
        return later, rules.by_name(read, one["_id"])

    return [one["_id"] for one in sorted(found, key=place)]


def all_pages(query: dict[str, str], actor: Actor) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        asked = query | ({"cursor": cursor} if cursor else {})
        page = directory.search(call(actor), DirectoryQuery().load(asked))
        found += [entry["id"] for entry in page.items]
        cursor = page.next
        if cursor is None:
            return found


@st.composite
def queries(draw: st.DrawFn) -> dict[str, str]:
    """Searches by what some record is, or nearly."""
    one = draw(st.sampled_from(_RECORDS))
    query = {
        "sort": draw(st.sampled_from(("relevance", "name", "newest"))),
        "limit": draw(st.sampled_from(("7", "60"))),
    }
    if draw(st.booleans()):
        query["area"] = draw(st.sampled_from(areas.path(one["area"])))
    for name in rules.FACETS[:-1]:
        if one[name] and draw(st.integers(0, 3)) == 0:
            query[name] = one[name]
    if draw(st.integers(0, 3)) == 0:
        query["grade"] = draw(st.sampled_from(("3A", "5A")))
    if draw(st.booleans()):
        query["q"] = draw(_words(one))
    return query


def _words(one: Mapping[str, Any]) -> st.SearchStrategy[str]:
    folded = spelling.fold(one["name"])
    spelt = ["".join(reading) for reading in zip(*spelling.readings(folded[:4]), strict=False)]
    cuts = st.tuples(st.integers(0, len(folded) - 2), st.integers(2, 5)).map(
        lambda cut: folded[cut[0] : sum(cut)]
    )
    fixed = [one["name"], *(spelt or [folded]), "".join(r[0][0] for r in spelling.readings(folded[3:7]))]
    return cuts | st.sampled_from(fixed) | st.tuples(cuts, cuts).map(" ".join)


_RECORDS: list[Mapping[str, Any]] = []


@pytest.fixture(scope="module", autouse=True)
def records(made: Made) -> None:
    _RECORDS[:] = made


@given(st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_search_finds_what_a_look_at_every_record_finds_in_the_same_order(data: st.DataObject):
    query, staff = data.draw(queries()), data.draw(st.booleans())
    everything = staff and query.get("area", "").startswith("230102001")
    expected = [one for one in _RECORDS if meant(one, query, everything=everything) and alike(one, query)]
    assert all_pages(query, STAFF if staff else NOBODY) == ordered(expected, query)


@given(st.data())
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_facets_count_what_would_be_found(data: st.DataObject):
    query = {name: value for name, value in data.draw(queries()).items() if name not in ("sort", "limit")}
    told = directory_counts.facets(call(), Filters().load(query))
    seen = [one for one in _RECORDS if meant(one, query, everything=False)]
    assert (told["total"], told["capped"]) == (sum(alike(one, query) for one in seen), False)
    for name in rules.FACETS:
        counted = Counter(one[name] for one in seen if alike(one, query, but=name))
        assert {each["value"]: each["count"] for each in told[name]} == counted
    area = query.get("area", "230102")
    below = Counter(one["area"][: len(area) + 3] for one in seen if alike(one, query))
    assert {each["value"]: each["count"] for each in told["area"]} == below


def test_growth_counts_each_year(made: Made):
    told = directory_counts.growth(call(), GrowthQuery().load({"track": "filed"}))
    public = [one for one in made if one["track"] == "filed" and one["status"] in PUBLIC_STATES]
    founded = Counter(one["established_on"].year for one in public)
    ended = Counter(one["decided_at"].year for one in public if one["status"] == "cancelled")
    (track,) = told["tracks"]
    assert {year["year"]: year["founded"] for year in track["years"] if year["founded"]} == founded
    assert {year["year"]: year["ended"] for year in track["years"] if year["ended"]} == ended
    assert track["years"][-1]["at_end"] == len(public) - ended.total()


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_each_kind_of_search_reads_an_index_and_about_a_page_of_it(made: Made, kind: Any):
    rng = random.Random(kind.name)
    for _ in range(5):
        query = kind.query(rng.choice(made), rng)
        taken = plans(OVERHEARD.during(partial(answer, NODE, kind, query)))
        assert taken
        for plan in taken:
            assert "IXSCAN" in plan["stages"][-1], plan
            assert plan["examined"] == plan["returned"], "what the index leads to is what is asked for"


def test_a_page_of_all_reads_little_more_than_the_page(made: Made):
    """However many there are: a window ends where the sample says that a page does."""
    directory.sample()
    for query in ({}, {"sort": "newest"}, {"track": "filed"}, {"q": "服务"}):
        taken = plans(OVERHEARD.during(partial(answer, NODE, KINDS[0], query)))
        assert sum(plan["examined"] for plan in taken) <= 4 * LIMIT, query


def test_the_form_of_the_indexes_serves_a_store_that_takes_a_limit(made: Made):
    """Each question is an equality and a range on the two fields of one index, sorted by its second: MongoDB reads
    such an index in order and stops at the limit."""
    for kind in KINDS:
        if kind.path in ("", "/facets"):
            query = kind.query(made[3], random.Random(3))
            for find in OVERHEARD.during(partial(answer, NODE, kind, query)):
                if find["find"] == "directory_entries":
                    (key, value), (order, places) = find["filter"].items()
                    assert (key, order) in (("keys", "order"), ("facets", "newest"))
                    assert isinstance(value, str)
                    assert set(places) == {"$gt", "$lte"}
                    assert list(find["sort"]) == [order]


def test_how_long_reading_takes_does_not_hang_on_an_old_sample(made: Made):
    """It finds the same: what the sample says is a guess at where to look."""
    query = {"q": "服务", "limit": "9"}
    before = all_pages(query, NOBODY)
    directory.forget()
    directory.taken_as(directory.Sample(connection.database().name, math.inf, 1.0, [], {}))
    try:
        assert all_pages(query, NOBODY) == before
    finally:
        directory.forget()
