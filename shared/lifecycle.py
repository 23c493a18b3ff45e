"""Life cycles as tables: python-statemachine classes whose current state a document keeps as a plain string.

The classes are read as tables and never run: a stored state needs no engine (and its engine's queue does not
live with eventlet's), while definition checks and diagrams come with the library.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from statemachine import StateMachine

from shared.errors import Refused, Text


def initial(machine: type[StateMachine]) -> str:
    return str(next(s.id for s in machine.states if s.initial))


@cache
def table(machine: type[StateMachine]) -> Mapping[str, Mapping[str, str]]:
    """The state after each action that is possible in each state."""
    return {
        str(state.id): {
            action: str(transition.target.id)
            for transition in state.transitions
            for action in str(transition.event).split()
        }
        for state in machine.states
    }


def advance(machine: type[StateMachine], state: str, action: str) -> str:
    """The state after `action`. Raises Refused, naming what is possible, where the table does not allow it."""
    possible = table(machine)[state]
    if action not in possible:
        told = ", ".join(sorted(possible)) or "-"
        raise Refused(
            "not-in-this-state",
            Text(f"'{action}' is not possible in state '{state}'.", f"状态“{state}”下不能执行“{action}”。"),
            Text(f"Possible now: {told}.", f"当前可执行：{told}。"),
            field="status",
            state=state,
        )
    return possible[action]
