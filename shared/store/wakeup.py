"""Tells the relay of this process that something was committed, so that it need not wait."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[], None]] = []


def listen(listener: Callable[[], None]) -> None:
    _listeners.append(listener)


def forget(listener: Callable[[], None]) -> None:
    _listeners.remove(listener)


def committed() -> None:
    for listener in _listeners:
        listener()
