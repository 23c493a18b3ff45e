"""Tells the relay of this process what was committed, so that it need neither wait nor look everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Listener = Callable[[set[type[Any]]], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    _listeners.append(listener)


def forget(listener: Listener) -> None:
    _listeners.remove(listener)


def committed(kinds: set[type[Any]]) -> None:
    """Aggregates of these kinds have events in their outboxes now."""
    for listener in _listeners:
        listener(kinds)
