"""Counting."""

from __future__ import annotations

from collections.abc import Collection

from shared import areas


def percent(part: int, whole: int) -> int | None:
    """`part` per hundred of `whole`, rounded down so that 100 means all; None of nothing."""
    return 100 * part // whole if whole else None


def streets(raised_in: Collection[str]) -> set[str]:
    """The streets of the areas, where those are streets or lie in one."""
    return {code[:9] for code in raised_in if areas.tier(code) != "district"}


def communities(raised_in: Collection[str]) -> set[str]:
    return {code for code in raised_in if areas.tier(code) == "community"}
