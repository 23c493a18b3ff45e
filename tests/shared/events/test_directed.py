"""Directed events come to the queues of the asker's service and to no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import areas
from shared.events import directed
from shared.events.directed import Direction

pytestmark = pytest.mark.unit

LINE = ("230102", "230102001", "230102001003")
on_the_line = st.sampled_from(LINE)
services = st.sampled_from(("registry", "needs", directed.EVERY))


def matches(pattern: str, key: str) -> bool:
    """As a topic exchange would, for patterns whose only `#` is at the end."""
    words, given_words = pattern.split("."), key.split(".")
    return words[-1] == "#" and given_words[: len(words) - 1] == words[:-1]


@given(asker=on_the_line, here=on_the_line, target=services)
def test_a_direction_reads_as_it_was_written(asker: str, here: str, target: str):
    to = Direction.toward(asker, target, here)
    assert Direction.parse(to.text) == to


@given(asker=on_the_line, here=on_the_line, target=services, queue=services, at=on_the_line)
def test_only_the_askers_queues_are_bound_to_it(asker: str, here: str, target: str, queue: str, at: str):
    key = Direction.toward(asker, target, here).key("funding")
    bound = any(matches(pattern, key) for pattern in directed.patterns(at, queue))
    assert bound == (at == asker and target in (queue, directed.EVERY))


@given(asker=on_the_line, here=on_the_line, target=services)
def test_it_goes_by_a_way_that_the_links_let_through(asker: str, here: str, target: str):
    """Up, an ingress admits its child's subtree; down, a link takes what is of the child's subtree."""
    to = Direction.toward(asker, target, here)
    if asker == here:
        assert to.audience == "node"
    elif areas.contains(here, asker):
        assert (to.audience, to.way) == ("area", asker)
    else:
        assert (to.audience, to.way) == ("area", here)


@pytest.mark.parametrize(
    "text",
    [
        "", "needs", "needs@230102", "needs@230102/area", "needs@230102/public/230102",
        "needs@23010/area/230102", "needs@230102/area/x", "a.b@230102/area/230102", "@230102/area/230102",
    ],
)  # fmt: skip
def test_anything_else_is_no_direction(text: str):
    with pytest.raises(ValueError, match=r"."):
        Direction.parse(text)


def test_a_queue_keeps_the_nouns_that_it_is_bound_to_whole():
    bindings = ["gateway.node.#", "needs.topic.chosen.#", "registry.organisation.#"]
    assert directed.nouns([*bindings, *directed.patterns("230102", "needs")]) == [
        "gateway.node",
        "registry.organisation",
    ]
