"""Life cycles: tables of what is possible, and a refusal that says so."""

from __future__ import annotations

import pytest
from statemachine import State, StateMachine

from shared.errors import Refused
from shared.lifecycle import advance, initial, table

pytestmark = pytest.mark.unit


class DoorLife(StateMachine):
    closed = State(initial=True)
    open = State()
    locked = State()
    gone = State(final=True)

    open_it = closed.to(open)
    close_it = open.to(closed)
    lock = closed.to(locked)
    unlock = locked.to(closed)
    knock = closed.to.itself()
    tear_down = closed.to(gone) | open.to(gone) | locked.to(gone)


def test_the_table_says_what_each_state_allows() -> None:
    assert table(DoorLife) == {
        "closed": {"open_it": "open", "lock": "locked", "knock": "closed", "tear_down": "gone"},
        "open": {"close_it": "closed", "tear_down": "gone"},
        "locked": {"unlock": "closed", "tear_down": "gone"},
        "gone": {},
    }
    assert initial(DoorLife) == "closed"


def test_an_allowed_action_leads_to_its_state() -> None:
    assert advance(DoorLife, "closed", "open_it") == "open"
    assert advance(DoorLife, "closed", "knock") == "closed"
    assert advance(DoorLife, "locked", "tear_down") == "gone"


@pytest.mark.parametrize("state", ["closed", "open", "locked", "gone"])
@pytest.mark.parametrize("action", ["open_it", "close_it", "lock", "unlock", "tear_down", "paint"])
def test_any_other_action_is_refused_and_the_possible_ones_are_named(state: str, action: str) -> None:
    possible = table(DoorLife)[state]
    if action in possible:
        return
    with pytest.raises(Refused) as caught:
        advance(DoorLife, state, action)
    refused = caught.value
    assert (refused.code, refused.field, refused.extra) == ("not-in-this-state", "status", {"state": state})
    assert refused.remedy is not None
    for told in refused.remedy:
        assert all(name in told for name in possible)
    assert f"'{action}'" in refused.detail.en
