"""The course of a project 项目."""

from __future__ import annotations

from statemachine import State, StateMachine


class ProjectLife(StateMachine):
    """The course of a project 项目."""

    running = State(initial=True)  # 执行中
    completed = State(final=True)  # 已结项
    stopped = State(final=True)  # 已终止

    complete = running.to(completed)
    stop = running.to(stopped)
