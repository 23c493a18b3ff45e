"""Life cycles as tables: python-statemachine classes whose current state a document keeps as a plain string."""

from __future__ import annotations

from statemachine import StateMachine
from statemachine.exceptions import TransitionNotAllowed

from shared.errors import Refused, Text


def initial(machine: type[StateMachine]) -> str:
    return str(next(s.id for s in machine.states if s.initial))


def actions(machine: type[StateMachine], state: str) -> list[str]:
    """What may be done in `state`, sorted."""
    current = next(s for s in machine.states if s.id == state)
    return sorted({event for t in current.transitions for event in str(t.event).split()})


def advance(machine: type[StateMachine], state: str, action: str) -> str:
    """The state after `action`. Raises Refused, naming what is possible, where the table does not allow it."""
    run = machine(start_value=state)
    try:
        run.send(action)
    except TransitionNotAllowed as error:
        possible = ", ".join(actions(machine, state)) or "-"
        raise Refused(
            "not-in-this-state",
            Text(f"'{action}' is not possible in state '{state}'.", f"状态“{state}”下不能执行“{action}”。"),
            Text(f"Possible now: {possible}.", f"当前可执行：{possible}。"),
            field="status",
            state=state,
        ) from error
    return str(run.current_state_value)
