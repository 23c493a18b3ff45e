"""Areas 区划: official division codes, whose digits are the tree of the three tiers.

6 digits name a district 区 (GB/T 2260), 9 a street or town 街道/镇 (GB/T 10114), 12 a community 社区
(the statistics bureau's code 统计用区划代码): `150204` > `150204001` > `150204001021`.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

Tier = Literal["district", "street", "community"]
TIERS: dict[int, Tier] = {6: "district", 9: "street", 12: "community"}


class Division(NamedTuple):
    """One row of the official code lists that come with the product."""

    code: str
    name: str
    tier: Tier
    parent: str | None


def is_area(code: str) -> bool:
    return len(code) in TIERS and code.isascii() and code.isdigit()


def tier(code: str) -> Tier:
    """The tier of an area. Raises ValueError for anything that is not a division code."""
    if not is_area(code):
        raise ValueError(f"{code!r} is not a division code of 6, 9 or 12 digits")
    return TIERS[len(code)]


def parent(code: str) -> str | None:
    """The next area above, or None for a district."""
    return None if tier(code) == "district" else code[:-3]


def path(code: str) -> tuple[str, ...]:
    """The area and what is above it, from the district down: ('150204', '150204001')."""
    tier(code)
    return tuple(code[:length] for length in TIERS if length <= len(code))


def contains(outer: str, inner: str) -> bool:
    """Whether `inner` is `outer` or lies below it. A code's prefix is its ancestor, by construction."""
    return is_area(outer) and is_area(inner) and inner.startswith(outer)


@cache
def divisions(district: str) -> dict[str, Division]:
    """All divisions of a district by code, in the list's order; empty where no list of it is known."""
    source = resources.files("shared") / "data" / "divisions" / f"{district}.csv"
    if not source.is_file():
        return {}
    with source.open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        return {r["code"]: Division(r["code"], r["name"], tier(r["code"]), r["parent"] or None) for r in rows}


def name(code: str) -> str:
    """The official name, or the code itself where no list has it."""
    known = divisions(code[:6]).get(code)
    return known.name if known else code
