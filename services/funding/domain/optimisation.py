"""Optimisation 优化: an awarded application is asked for changes before its contract, once or several times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from statemachine import State, StateMachine

from shared import money
from shared.errors import NotFound, Refused, Text

OPEN = ("asked", "answered")
# What a new version may change; all else was reviewed and put to notice as it is.
CHANGEABLE = ("title", "plan", "amount_fen", "beneficiaries_direct", "beneficiaries_indirect")


class OptimisationLife(StateMachine):
    """One round of optimisation 优化."""

    asked = State("asked 待修改", initial=True)
    answered = State("answered 待确认")
    accepted = State("accepted 已确认", final=True)
    returned = State("returned 再次修改", final=True)  # the next round of it asks again

    answer = asked.to(answered) | answered.to(answered)
    accept = answered.to(accepted)
    send_back = answered.to(returned)


def current(rounds: Sequence[Any]) -> Any:
    """The one that is open. Raises NotFound."""
    if rounds and rounds[-1]["status"] in OPEN:
        return rounds[-1]
    raise NotFound(
        "no-optimisation",
        Text("Nobody has asked for changes.", "当前没有待处理的优化要求。"),
        Text("Changes are asked for first.", "请先提出优化要求。"),
        field="id",
    )


def check_stage(*, in_use: bool) -> None:
    """Raise Refused for a round whose course has no optimisation."""
    if not in_use:
        raise Refused(
            "no-such-stage",
            Text("The round has no optimisation.", "本轮未设优化环节。"),
            Text("Rounds whose scheme names it ask for changes.", "仅方案设有优化环节的轮次可要求修改。"),
            field="id",
        )


def check_askable(status: str, rounds: Sequence[Mapping[str, Any]]) -> None:
    """Raise Refused unless the application is awarded and nothing else is asked of it."""
    if status != "awarded":
        raise Refused(
            "not-awarded",
            Text(f"The application is {status}.", f"该申报状态为 {status}。"),
            Text("Changes are asked for between award and contract.", "优化在立项之后、签约之前进行。"),
            field="status",
        )
    check_done(rounds)


def check_done(rounds: Sequence[Mapping[str, Any]]) -> None:
    """Raise Refused while changes are asked for: what is signed is what was agreed."""
    if rounds and rounds[-1]["status"] in OPEN:
        raise Refused(
            "optimisation-open",
            Text("Changes are asked for and not agreed yet.", "优化尚未完成。"),
            Text("Accept the new version first.", "请先确认修改稿。"),
            field="status",
        )


def changed(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a new version changes, with their new values. Raises Refused where nothing is changed, and
    for an amount above the awarded one: what was put to notice may become less, never more."""
    new = {
        name: value
        for name, value in wanted.items()
        if name in CHANGEABLE and value is not None and value != before[name]
    }
    if not new:
        raise Refused(
            "nothing-changed",
            Text("The new version is the same as the old.", "修改稿与原稿相同。"),
            Text("Change what was asked for.", "请按要求修改。"),
        )
    if new.get("amount_fen", 0) > before["amount_fen"]:
        awarded = before["amount_fen"]
        raise Refused(
            "amount-raised",
            Text(f"{money.yuan(awarded)} yuan were awarded.", f"立项金额为 {money.yuan(awarded)} 元。"),
            Text(f"Ask for at most {awarded} fen.", f"金额不得超过 {awarded} 分。"),
            field="amount_fen",
        )
    return new
