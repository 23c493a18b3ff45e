"""Which of a message's headers the consumer believes."""

from __future__ import annotations

from typing import Any

import amqp
import pytest

from shared.events.consumer import attempts_of, handed_on

pytestmark = pytest.mark.unit


def message(exchange: str, headers: dict[str, Any] | None = None) -> amqp.Message:
    made = amqp.Message(b"{}", application_headers=headers)
    made.delivery_info = {"exchange": exchange, "routing_key": "k"}
    return made


@pytest.mark.parametrize("exchange", ["", "retry.1s"])
def test_what_the_nodes_own_processes_handed_on_counts_its_attempts(exchange: str) -> None:
    assert handed_on(message(exchange))
    assert attempts_of(message(exchange, {"x-attempts": 3})) == 3


@pytest.mark.parametrize("exchange", ["events.own", "events.above", "ingress.230102001"])
def test_a_child_cannot_spend_attempts_that_it_made_up(exchange: str) -> None:
    assert not handed_on(message(exchange))
    assert attempts_of(message(exchange, {"x-attempts": 99})) == 0


@pytest.mark.parametrize("told", ["many", None, [1], {"x": 1}, -9])
def test_a_count_that_is_no_number_of_attempts_is_none(told: object) -> None:
    assert attempts_of(message("", {"x-attempts": told})) == 0
