"""Rules of runs 批量办理: work over all organisations of an area that goes on in the background, in small steps."""

from __future__ import annotations

from statemachine import State, StateMachine

from shared.errors import Refused, Text

YEARLY = ("open_year", "close_window")  # 启动年检、年检截止
DAILY = ("review_rectifications", "review_listings", "review_credit")  # 整改到期、名录到期、信用到期
KINDS = (*YEARLY, "notify_proposed", *DAILY)  # 批量告知


class RunLife(StateMachine):
    """Life cycle of a run 批量办理."""

    running = State("running 进行中", initial=True)
    finished = State("finished 已完成", final=True)
    stopped = State("stopped 已中止", final=True)

    finish = running.to(finished)
    stop = running.to(stopped)


def check_year(kind: str, year: int | None) -> None:
    """Raise Refused unless a run has a year just where it needs one."""
    if (kind in YEARLY) != (year is not None):
        raise Refused(
            "run-year",
            Text(
                f"A run '{kind}' needs a year." if year is None else f"A run '{kind}' has no year.",
                "年度填写有误。",
            ),
            Text(
                "Give the year that is reported on for the inspection only.",
                "仅年检启动和截止须填写检查年度。",
            ),
            field="year",
        )
