"""The course of an application 申报."""

from __future__ import annotations

from statemachine import State, StateMachine


class ApplicationLife(StateMachine):
    """The course of an application 申报."""

    submitted = State(initial=True)  # 已申报
    screened = State()  # 初审通过
    rejected = State()  # 初审未通过
    awarded = State()  # 已立项资助
    contracted = State(final=True)  # 已签约
    dropped = State(final=True)  # 落选或退出

    screen = submitted.to(screened)
    reject = submitted.to(rejected)
    reverse = rejected.to(screened) | screened.to(rejected)  # 复核改判
    award = screened.to(awarded)
    drop = submitted.to(dropped) | screened.to(dropped) | awarded.to(dropped)
    sign = awarded.to(contracted)
