"""The course of a project 项目."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from statemachine import State, StateMachine

from services.funding.domain import rectification


class ProjectLife(StateMachine):
    """The course of a project 项目."""

    running = State("running 执行中", initial=True)
    suspended = State("suspended 已暂停")
    completed = State("completed 已结项", final=True)
    stopped = State("stopped 已终止", final=True)

    complete = running.to(completed)
    suspend = running.to(suspended)
    resume = suspended.to(running)
    stop = running.to(stopped) | suspended.to(stopped)


GROUNDS = ("agreement", "breach", "force_majeure", "other")  # 协商解除、违约解除、不可抗力、其他
ALIVE = ("running", "suspended")


def held_back(status: str, rectifications: Sequence[Mapping[str, Any]]) -> bool:
    """Whether no tranche may be paid now: the project is suspended, or was ordered to put something right. What an
    evaluation asks to be put right holds the tranche of its own phase only, until that is passed."""
    return status != "running" or rectification.is_open(rectification.of_phase(rectifications, None))
