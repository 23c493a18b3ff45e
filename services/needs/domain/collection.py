"""Collecting needs. Residents raise, experts discuss, organisations deliver (Daoli); a hotline request is a
closed loop (Haishu)."""

from __future__ import annotations

from statemachine import State, StateMachine

from shared.errors import Refused, Text

SOURCES = ("survey", "visit", "hotline", "walk_in", "online", "department", "street")
URGENCIES = ("low", "normal", "high")


class NeedLife(StateMachine):
    """Life cycle of a need 需求. Whether it was answered is told apart from it: merged needs are answered too."""

    collected = State(initial=True)  # 已收集
    merged = State(final=True)  # 已归并

    merge = collected.to(merged)


def check_unanswered(answered: bool) -> None:
    """Raise Refused where the loop is closed already: an answer given to a resident is not rewritten."""
    if answered:
        raise Refused(
            "answered-already",
            Text("This need has been answered.", "该需求已答复。"),
            Text("Collect a new need where something is asked again.", "如再次提出，请登记为新的需求。"),
            field="answer",
        )
