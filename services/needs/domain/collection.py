"""Collecting needs. Residents raise, experts discuss, organisations deliver (Daoli); departments and streets that buy
services raise needs too (Dongcheng)."""

from __future__ import annotations

from collections.abc import Collection

from statemachine import State, StateMachine

from shared.errors import Refused, Text

SOURCES = ("survey", "visit", "hotline", "walk_in", "online", "department", "street")
URGENCIES = ("low", "normal", "high")
OFFICIAL = ("department", "street")  # raised by an authority 提出单位, not by a resident
DEPARTMENTS = frozenset({"supervising_unit", "purchaser"})  # roles that speak for a department only


class NeedLife(StateMachine):
    """Life cycle of a need 需求. Whether it was answered is told apart from it: merged needs are answered too."""

    collected = State(initial=True)  # 已收集
    merged = State()  # 已归并

    merge = collected.to(merged) | merged.to(merged)
    release = merged.to(collected)


def check_source(source: str, raised_by: str | None, roles: Collection[str]) -> None:
    """Raise Refused where a department's official records what others raised, or a resident's need is said to have
    been raised by an authority. `roles` are those that the caller holds there."""
    if roles and source != "department" and DEPARTMENTS.issuperset(roles):
        raise Refused(
            "departments-own",
            Text("You record needs of your department only.", "您只能登记本部门提出的需求。"),
            Text("Give the source 'department'.", "来源请填写 department。"),
            field="source",
        )
    if raised_by is not None and source not in OFFICIAL:
        raise Refused(
            "not-raised-by-authority",
            Text(f"A need of the source '{source}' is a resident's.", f"来源为 {source} 的需求由居民提出。"),
            Text(
                "Leave raised_by out, or give the source 'department' or 'street'.",
                "请去除 raised_by，或将来源改为 department 或 street。",
            ),
            field="raised_by",
        )


def check_unanswered(answered: bool) -> None:
    """Raise Refused where the loop is closed already: an answer given to a resident is not rewritten."""
    if answered:
        raise Refused(
            "answered-already",
            Text("This need has been answered.", "该需求已答复。"),
            Text("Collect a new need where something is asked again.", "如再次提出，请登记为新的需求。"),
            field="answer",
        )
