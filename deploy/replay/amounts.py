"""Dividing totals into single items that add up to exactly the total again."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

from shared import money

T = TypeVar("T")

# Sums of money are granted in round figures: the coarsest of these steps that suits is taken (fen).
ROUND_FEN = (100_000, 50_000, 10_000, 1_000, 100, 1)


def split(
    total: int, parts: int, rng: random.Random, *, most: int | None = None, least: int = 0
) -> list[int]:
    """`total` as so many whole parts, uneven, each between `least` and `most`.

    Raises ValueError where no such parts exist.
    """
    if parts == 0 and total == 0:
        return []
    if parts <= 0 or total < least * parts or (most is not None and total > most * parts):
        raise ValueError(f"{total} cannot be split into {parts} parts of {least} to {most or 'any'}")
    rest = total - least * parts
    found = money.shares(rest, [rng.randint(50, 150) for _ in range(parts)])
    found = [part + least for part in found]
    return found if most is None else _capped(found, most)


def _capped(parts: list[int], most: int) -> list[int]:
    """What is too much for some is given to those that have room."""
    surplus = sum(max(0, part - most) for part in parts)
    capped = [min(part, most) for part in parts]
    for index, part in enumerate(capped):
        given = min(surplus, most - part)
        capped[index] += given
        surplus -= given
    return capped


def split_fen(total: int, parts: int, rng: random.Random, *, most: int | None = None) -> list[int]:
    """`total` fen as so many positive amounts, round where possible; what is left over goes to one of them."""
    if parts == 0 and total == 0:
        return []
    if parts <= 0:
        raise ValueError(f"{total} fen cannot be split into {parts} amounts")
    for step in ROUND_FEN:
        units, odd = divmod(total, step)
        room = None if most is None else (most - odd) // step
        enough = units >= 3 * parts or step == 1
        if enough and (room is None or (room >= 1 and units <= room * parts)):
            found = [unit * step for unit in split(units, parts, rng, most=room, least=1)]
            found[-1] += odd
            return found
    raise ValueError(f"{total} fen cannot be split into {parts} amounts of at most {most}")


def dealt(weights: Mapping[T, int | float], count: int, rng: random.Random) -> list[T]:
    """`count` choices in the proportions of `weights`: exactly the numbers where these sum up to `count`."""
    names = list(weights)
    scaled = [round(float(weights[name]) * 1000) for name in names]
    parts = money.shares(count, scaled)
    found = [name for name, part in zip(names, parts, strict=True) for _ in range(part)]
    rng.shuffle(found)
    return found


def grouped(items: int, groups: int, rng: random.Random) -> list[int]:
    """The sizes of so many groups of at least one item each."""
    sizes = [1] * groups
    for _ in range(items - groups):
        sizes[rng.randrange(groups)] += 1
    return sizes


def cycle(values: Sequence[T], count: int) -> list[T]:
    """The values one after the other and again, until there are `count`."""
    return [values[index % len(values)] for index in range(count)]


def percent_of(total: int, percent: int) -> int:
    """How many of `total` make at least so many percent, rounded up."""
    return math.ceil(total * percent / 100)
