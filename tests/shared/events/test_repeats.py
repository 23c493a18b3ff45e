"""Which messages are passed over as copies."""

from __future__ import annotations

import amqp
import pytest

from shared.events.repeats import OFTEN, Repeats

pytestmark = pytest.mark.unit


def message(body: bytes | str = b"{}", exchange: str = "events.below", key: str = "k") -> amqp.Message:
    made = amqp.Message(body)
    made.delivery_info = {"exchange": exchange, "routing_key": key}
    return made


def finished(*messages: amqp.Message, size: int = 10) -> Repeats:
    repeats = Repeats(size)
    for one in messages:
        repeats.finished(one)
    return repeats


def test_what_was_brought_to_its_end_often_enough_is_passed_over() -> None:
    assert not finished(*[message()] * (OFTEN - 1)).often(message())
    assert finished(*[message()] * OFTEN).often(message())


@pytest.mark.parametrize(
    "other", [message(b"{ }"), message(exchange="events.own"), message(key="l"), message("é\udc80")]
)
def test_what_differs_by_a_byte_or_came_another_way_is_read(other: amqp.Message) -> None:
    assert not finished(*[message()] * OFTEN).often(other)


def test_where_one_part_ends_and_the_next_begins_counts() -> None:
    repeats = finished(*[message(exchange="a", key="bc")] * OFTEN)
    assert not repeats.often(message(exchange="ab", key="c"))


def test_what_was_not_seen_for_long_is_forgotten_first() -> None:
    kept, forgotten = message(b"kept"), message(b"forgotten")
    repeats = finished(*[kept] * OFTEN, *[forgotten] * OFTEN, size=2)
    assert repeats.often(kept)  # seen again just now
    repeats.finished(message(b"new"))
    assert repeats.often(kept)
    assert not repeats.often(forgotten)
