"""Read models and effects: the newest state wins in any order, and each event acts once in any order."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import Schema, fields
from pymongo.errors import DuplicateKeyError

from shared import runtime
from shared.call import Call
from shared.errors import Refused, Text
from shared.events.envelope import BadEvent, Event
from shared.events.handlers import KNOWN_NODES, Handler, Handlers, effect, read_model, replica
from shared.ids import new_id
from shared.store import Aggregate, load, new, nodes, readmodel, save, setaside
from shared.store.readmodel import News, Verdict
from tests.shared.store.permits import (
    COUNTED,
    DISTRICT,
    GRANTED,
    HERE,
    PERMIT,
    STREET,
    KnownPermit,
    Permit,
    PermitState,
    call,
    count,
    grant,
    node,
    raw,
)

SIBLING = "230102002"

pytestmark = pytest.mark.service

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
any_order = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
versions = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4)), min_size=1, max_size=10)


def event(verb: str = "granted", noun: str = "permit", service: str = "registry", **changed: Any) -> Event:
    """An event of the street's node about a permit of its own."""
    values: dict[str, Any] = {
        "id": new_id(),
        "type": f"{service}.{noun}.{verb}",
        "service": service,
        "noun": noun,
        "verb": verb,
        "node": STREET,
        "subject": "p1",
        "time": MOMENT,
        "dataschema": f"urn:hatchery:{service}.{noun}:1",
        "sequence": 1,
        "epoch": 1,
        "area": STREET,
        "seat": None,
        "audience": "area",
        "causation": "c",
        "correlation": "k",
        "traceparent": None,
        "directed": None,
        "data": {"name": "Tea house", "holder": "Li"},
    }
    values |= changed
    return Event(**({"owner": values["node"]} | values))


KEEP = read_model("registry.permit", PermitState, KnownPermit)
COPY = replica(PERMIT, Permit)


def apply(handler: Any, one: Event) -> str:
    return str(handler.run(one, handler.parse(one)))


@any_order
@given(versions)
def test_whatever_the_order_of_delivery_the_newest_state_stays(delivered: list[tuple[int, int]]) -> None:
    subject = new_id()
    newest = (0, 0)
    for epoch, sequence in delivered:
        told = News(subject, epoch, sequence, {"name": f"{epoch}.{sequence}"})
        newer = (epoch, sequence) > newest
        assert readmodel.put(KnownPermit, [told]) == ["applied" if newer else "stale"]
        newest = max(newest, (epoch, sequence))
        stored = KnownPermit.objects.get(id=subject)
        assert (stored.epoch, stored.sequence) == newest
        assert stored.name == f"{newest[0]}.{newest[1]}"


@any_order
@given(versions)
def test_a_record_owned_here_is_never_overwritten_by_an_event(delivered: list[tuple[int, int]]) -> None:
    mine = grant(call(), new_id())
    before = raw(Permit, mine.id)
    for epoch, sequence in delivered:
        told = event(subject=mine.id, epoch=epoch, sequence=sequence + 100)
        with pytest.raises(BadEvent, match="forged"):
            apply(COPY, told)
    assert raw(Permit, mine.id) == before


def test_a_service_of_the_same_node_is_followed_in_every_change() -> None:
    subject = new_id()
    for sequence in (1, 2, 3):
        told = event(subject=subject, node=runtime.node().area, sequence=sequence)
        assert apply(KEEP, told) == "applied"
    assert KnownPermit.objects.get(id=subject).sequence == 3


@any_order
@given(versions)
def test_many_states_at_once_leave_what_they_leave_one_by_one(delivered: list[tuple[int, int]]) -> None:
    news = [News(new_id(), e, s, {"name": f"{e}.{s}"}) for e, s in delivered]
    subjects = {one.subject: new_id() for one in news[: len(news) // 2 + 1]}
    fewer = list(subjects.values())
    at_once = [replace(one, subject=fewer[n % len(fewer)]) for n, one in enumerate(news)]
    again = {subject: new_id() for subject in fewer}
    verdicts = readmodel.put(KnownPermit, at_once)
    one_by_one = [readmodel.put(KnownPermit, [replace(n, subject=again[n.subject])])[0] for n in at_once]
    assert verdicts == one_by_one
    for subject in fewer:
        left, right = raw(KnownPermit, subject), raw(KnownPermit, again[subject])
        assert left | {"_id": ""} == right | {"_id": ""}


def test_of_many_at_once_what_another_record_stands_in_the_way_of_is_told() -> None:
    def told(subject: str, name: str) -> News:
        return News(subject, 1, 1, {"owner": STREET, "area": STREET, "name": name, "office_id": subject})

    readmodel.put(Permit, [told("p1", "Inn")])
    with pytest.raises(DuplicateKeyError):
        readmodel.put(Permit, [told("p2", "Tea house"), told("p3", "Inn"), told("p4", "Mill")])
    assert Permit.objects.get(id="p2").name == "Tea house"


def held_by_the_district(handler: Handler) -> str:
    """A record of the street's area that the district owns, as far as is known here."""
    subject = new_id()
    told = event(subject=subject, node=runtime.node().area, sequence=3)
    assert apply(handler, told) == "applied"
    return subject


def test_a_new_owner_that_speaks_first_is_heard_later_not_forgotten() -> None:
    subject, district = held_by_the_district(KEEP), runtime.node().area
    taken = event("taken_over", subject=subject, sequence=5)
    with pytest.raises(BadEvent, match="forged") as caught:
        apply(KEEP, taken)
    assert caught.value.passing
    given = event("handed_over", subject=subject, node=district, owner=STREET, sequence=4)
    assert apply(KEEP, given) == "applied"
    assert apply(KEEP, taken) == "applied"
    assert KnownPermit.objects.get(id=subject).owner == STREET


def test_what_a_former_owner_said_before_it_gave_the_record_back_is_stale_and_no_forgery() -> None:
    subject, district = held_by_the_district(KEEP), runtime.node().area
    assert apply(KEEP, event("handed_over", subject=subject, sequence=2, owner=district)) == "stale"
    assert KnownPermit.objects.get(id=subject).sequence == 3
    sibling = event("counted", subject=subject, sequence=9, node=SIBLING, area=SIBLING)
    with pytest.raises(BadEvent, match="forged") as caught:
        apply(KEEP, sibling)
    assert not caught.value.passing


def test_a_record_that_is_given_to_this_node_comes_by_hand_over_and_not_by_its_event() -> None:
    subject, here = new_id(), runtime.node().area
    assert apply(COPY, event("granted", subject=subject)) == "applied"
    assert apply(COPY, event("handed_over", subject=subject, owner=here, sequence=2)) == "stale"
    assert Permit.objects.get(id=subject).owner == STREET


def test_states_that_arrive_at_the_same_time_leave_the_newest() -> None:
    for _ in range(10):
        subject, start = new_id(), threading.Barrier(4)

        def put(sequence: int, subject: str = subject, start: threading.Barrier = start) -> list[Verdict]:
            start.wait()
            return readmodel.put(KnownPermit, [News(subject, 1, sequence, {"name": str(sequence)})])

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(put, range(1, 5)))
        assert KnownPermit.objects.get(id=subject).name == "4"


def test_a_state_that_another_record_stands_in_the_way_of_is_not_taken_for_stale() -> None:
    """Between two records of another node a unique value may change hands, and events may overtake."""
    inn = {"owner": STREET, "area": STREET, "name": "Inn", "office_id": "7"}
    readmodel.put(Permit, [News("p1", 1, 1, inn)])
    with pytest.raises(DuplicateKeyError):
        apply(COPY, event(subject="p2", data={"name": "Inn"}))
    assert apply(COPY, event(subject="p1", sequence=2, data={"name": "Old inn"})) == "applied"
    assert apply(COPY, event(subject="p2", data={"name": "Inn"})) == "applied"


def test_a_read_model_keeps_what_it_has_fields_for_and_where_it_came_from() -> None:
    told = event(data={"name": "Tea house", "holder": None, "count": 3, "motto": "new"})
    assert apply(KEEP, told) == "applied"
    stored = raw(KnownPermit, "p1")
    assert (stored["name"], stored["holder"], stored["area"], stored["owner"]) == (
        "Tea house",
        None,
        STREET,
        STREET,
    )
    assert "count" not in stored
    assert "motto" not in stored
    assert KnownPermit.objects.get(id="p1").updated_at == MOMENT
    assert apply(KEEP, told) == "stale"


def test_a_value_that_was_taken_back_does_not_linger() -> None:
    apply(KEEP, event())
    apply(KEEP, event(sequence=2, data={"name": "Tea house"}))
    assert KnownPermit.objects.get(id="p1").holder is None


def test_a_copy_of_another_nodes_record_can_be_found_and_is_theirs() -> None:
    assert apply(COPY, event()) == "applied"
    copied = Permit.objects.get(id="p1")
    assert (copied.name, copied.owner, copied.area, copied.sequence) == ("Tea house", STREET, STREET, 1)
    assert copied.outbox == copied.inbox == []


def test_the_echo_of_what_was_written_here_is_stale() -> None:
    assert apply(COPY, event(node=DISTRICT, area=DISTRICT)) == "stale"
    assert Permit.objects.count() == 0


def test_data_that_breaks_the_schema_names_handler_and_field() -> None:
    with pytest.raises(BadEvent, match=r"keep KnownPermit.*name") as caught:
        KEEP.parse(event(data={"holder": "Li"}))
    assert caught.value.reason == "invalid"


class Seen(Schema):
    name = fields.Str(required=True)


def count_seen(call: Call, data: dict[str, Any]) -> Permit:
    """The effect under test: each event counts once at a permit owned here."""
    return count(call, TARGET["id"], 1)


def count_plainly(call: Call, data: dict[str, Any]) -> Permit:
    permit = load(call, Permit, TARGET["id"])
    permit.count += 1
    return save(call, permit, COUNTED)


TARGET: dict[str, str] = {}
COUNT = effect("registry.permit.granted", Seen, count_seen)


@any_order
@given(st.lists(st.integers(0, 4), min_size=1, max_size=12))
def test_every_event_acts_once_whatever_the_order_and_however_often_it_comes(delivered: list[int]) -> None:
    TARGET["id"] = grant(call(), new_id()).id
    told = [event(sequence=number + 1) for number in range(5)]
    seen: set[int] = set()
    for number in delivered:
        assert apply(COUNT, told[number]) == ("duplicate" if number in seen else "applied")
        seen.add(number)
    assert raw(Permit, TARGET["id"])["count"] == len(seen)


def test_event_n_still_acts_after_event_n_plus_1() -> None:
    TARGET["id"] = grant(call(), "Tea house").id
    first, second = event(sequence=1), event(sequence=2)
    assert [apply(KEEP, second), apply(COUNT, second)] == ["applied", "applied"]
    assert [apply(KEEP, first), apply(COUNT, first)] == ["stale", "applied"]
    assert raw(Permit, TARGET["id"])["count"] == 2


def test_a_duplicate_is_told_whether_or_not_the_effect_is_a_command() -> None:
    TARGET["id"] = grant(call(), "Tea house").id
    plain, told = effect("registry.permit.granted", Seen, count_plainly), event()
    assert [apply(plain, told), apply(plain, told)] == ["applied", "duplicate"]
    assert apply(COUNT, told) == "applied", "another effect of the same event acts on its own"
    assert raw(Permit, TARGET["id"])["count"] == 2


def test_an_effect_on_a_record_that_another_node_owns_or_that_is_not_here_is_left_to_others() -> None:
    apply(COPY, event(subject="theirs"))
    for TARGET["id"] in ("theirs", new_id()):
        assert apply(COUNT, event()) == "elsewhere"


def test_an_effect_on_a_record_that_is_still_to_come_is_set_aside() -> None:
    """The street serves its area, and the district has not handed the record over yet."""
    mine = grant(call(), "Tea house", area=STREET)
    TARGET["id"] = mine.id
    street = node(STREET, DISTRICT, "registry")
    runtime.set_node(street)
    told = event(sequence=7)
    assert [apply(COUNT, told), apply(COUNT, told)] == ["elsewhere", "elsewhere"]
    (waiting,) = setaside.waiting("", 10)
    assert (waiting.id, waiting.event["sequence"], waiting.times) == (told.id, 7, 2)
    assert Event(**waiting.event) == told
    Permit.objects(id=mine.id).update(set__owner=STREET)
    assert apply(COUNT, Event(**waiting.event)) == "applied"
    setaside.forget(waiting)
    assert setaside.waiting("", 10) == []


def test_what_is_set_aside_again_while_it_is_gone_through_stays() -> None:
    setaside.keep(told := event())
    (waiting,) = setaside.waiting("", 10)
    setaside.keep(told)
    setaside.forget(waiting)
    assert len(setaside.waiting("", 10)) == 1


def test_what_an_effect_creates_belongs_to_the_event_and_is_dated_by_it() -> None:
    seen: list[dict[str, Any]] = []

    def create(asked: Call, data: dict[str, Any]) -> Aggregate:
        seen.append(data)
        return save(asked, new(asked, Permit, area=DISTRICT, name=data["name"]), GRANTED)

    handler, told = effect("registry.permit.granted", Seen, create), event()
    assert [apply(handler, told), apply(handler, told)] == ["applied", "duplicate"]
    assert seen[0] == {"name": "Tea house", "subject": "p1", "area": STREET, "node": STREET}
    [created] = Permit.objects
    assert created.created_at == MOMENT
    [envelope] = raw(Permit, created.id)["outbox"]
    assert envelope["causationid"] == f"{told.id}:create"
    assert (envelope["correlationid"], envelope["time"]) == ("k", "2026-03-01T00:00:00.000Z")


def test_an_effect_that_a_rule_refuses_says_so_to_the_consumer() -> None:
    def refuse(asked: Call, data: dict[str, Any]) -> None:
        raise Refused("no", Text("No.", "不行。"))

    with pytest.raises(Refused):
        apply(effect("registry.permit.granted", Seen, refuse), event())


def test_read_models_run_before_effects_and_queues_are_bound_to_what_is_handled() -> None:
    other = effect("needs.need.merged", Seen, count_seen)
    table = Handlers(COUNT, other, COPY)
    assert table.of(event()) == [COPY, COUNT]
    assert table.of(event("counted")) == [COPY]
    assert table.of(event("collected", "need", "needs")) == []
    bound = [
        "gateway.data_request.#",
        "gateway.node.#",
        "gateway.restore.announced.#",
        "gateway.resync.asked.#",
        "needs.need.merged.#",
        "registry.permit.#",
    ]
    assert table.patterns() == bound


def test_a_node_announces_itself_and_nobody_else() -> None:
    data = {"id": STREET, "parent": DISTRICT, "services": ["registry"], "url": "http://street", "keys": []}
    told = event("announced", "node", "gateway", subject=STREET, data=data)
    assert nodes.serving(HERE, "registry", STREET)[0] == DISTRICT
    assert apply(KNOWN_NODES, told) == "applied"
    assert nodes.serving(HERE, "registry", STREET) == (STREET, "http://street"), "known at once"
    assert apply(KNOWN_NODES, told) == "stale"
    for forged in ({"subject": DISTRICT}, {"area": DISTRICT}, {"node": DISTRICT}):
        with pytest.raises(BadEvent, match="forged"):
            apply(
                KNOWN_NODES,
                event("announced", "node", "gateway", **({"subject": STREET, "data": data} | forged)),
            )
