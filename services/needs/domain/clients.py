"""Rules of clients 服务对象: residents who order from the menu, of a class that says what they pay."""

from __future__ import annotations

from datetime import date

from statemachine import State, StateMachine


class ClientLife(StateMachine):
    """Life cycle of a client's file 服务对象档案."""

    active = State("active 在册", initial=True)
    ended = State("ended 已注销", final=True)

    reclassify = active.to(active)
    order = active.to(active)
    end = active.to(ended)


def entitled(entitled_from: date | None, entitled_until: date | None, on: date) -> bool:
    """Whether a client has the rights of their class on a day; without days, always."""
    return (entitled_from is None or entitled_from <= on) and (entitled_until is None or on <= entitled_until)
