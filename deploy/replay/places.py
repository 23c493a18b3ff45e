"""Where items lie: a rule of the scenario turned into one area code for each item."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from deploy.replay.amounts import cycle
from shared import areas

WORDS = ("district", "streets", "communities")


def faults(spec: Any, district: str) -> Iterator[str]:
    """What is wrong with a rule, in words; nothing where it can be followed in this district."""
    if spec is None or spec in WORDS:
        return
    if isinstance(spec, str | int):
        yield from _code_faults([str(spec)], district)
    elif isinstance(spec, list):
        if not spec:
            yield "names no area"
        yield from _code_faults([str(code) for code in spec], district)
    elif isinstance(spec, dict):
        yield from _rule_faults(spec, district)
    else:
        yield "must be an area code, a list of them, district, streets, communities, or a rule"


def _code_faults(codes: Sequence[str], district: str) -> Iterator[str]:
    listed = areas.divisions(district)
    for code in codes:
        if not areas.contains(district, code):
            yield f"{code} is not the code of an area in {district}"
        elif listed and code not in listed:
            yield f"{code} is not in the code list of {district}"


def _rule_faults(spec: dict[str, Any], district: str) -> Iterator[str]:
    if unknown := set(spec) - {"streets", "communities", "include"}:
        yield f"unknown words {', '.join(sorted(map(str, unknown)))}: a rule says streets, communities, include"
    include = spec.get("include") or []
    if not isinstance(include, list):
        yield "include must be a list of area codes"
        return
    include = [str(code) for code in include]
    yield from _code_faults(include, district)
    wanted = {}
    for word, tier in (("streets", "street"), ("communities", "community")):
        number = spec.get(word)
        if number is None:
            continue
        there = len(_listed(district, tier))
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            yield f"{word} must be a whole number of at least 1"
        elif number > there:
            yield f"{number} {word} are more than the {there} in the code list of {district}"
        else:
            wanted[word] = number
    if "streets" in wanted and "communities" in wanted:
        if wanted["communities"] < wanted["streets"]:
            yield "there must be at least as many communities as streets"
            return
        elif wanted["communities"] > _largest(district, wanted["streets"]):
            yield f"no {wanted['streets']} streets of {district} have {wanted['communities']} communities"
            return
    if "streets" in wanted and len({code[:9] for code in include if len(code) > 6}) > wanted["streets"]:
        yield "include names more streets than the rule has"
    elif wanted:
        found = _by_rule(spec, district, random.Random(0))  # noqa: S311 - only counted
        counted = {"streets": len({code[:9] for code in found}), "communities": len(found)}
        for word, number in wanted.items():
            if counted[word] != number:
                yield f"with the areas that include names, {number} {word} cannot be chosen"


def least(spec: Any, district: str) -> int:
    """How many items it takes to use every area that the rule asks for."""
    if isinstance(spec, dict):
        return int(spec.get("communities") or spec.get("streets") or 1)
    return len(spec) if isinstance(spec, list) else 1


def placed(spec: Any, count: int, district: str, rng: random.Random, default: str = "streets") -> list[str]:
    """An area for each of `count` items, every area of the rule used in turn."""
    if count == 0:
        return []
    return cycle(_chosen(default if spec is None else spec, district, rng), count)


def _chosen(spec: Any, district: str, rng: random.Random) -> list[str]:
    if isinstance(spec, list):
        return [str(code) for code in spec]
    if spec == "district":
        return [district]
    if spec in ("streets", "communities"):
        found = list(_listed(district, "street" if spec == "streets" else "community"))
        rng.shuffle(found)
        return found or [district]
    if isinstance(spec, dict):
        return _by_rule(spec, district, rng)
    return [str(spec)]


def _by_rule(spec: dict[str, Any], district: str, rng: random.Random) -> list[str]:
    include = [str(code) for code in spec.get("include") or []]
    named = list(dict.fromkeys(code[:9] for code in include if len(code) > 6))
    others = [code for code in _listed(district, "street") if code not in named]
    rng.shuffle(others)
    communities = spec.get("communities")
    streets = spec.get("streets") or min(len(named) + len(others), communities or len(named) + len(others))
    if communities is not None:
        # Streets with many communities first where only these can hold so many.
        if _held(district, (named + others)[:streets]) < communities:
            others.sort(key=lambda code: -len(_communities(district, code)))
        others = [code for code in others if _communities(district, code)]
    chosen = (named + others)[:streets]
    if communities is None:
        return list(
            dict.fromkeys([*include, *[c for c in chosen if not any(i.startswith(c) for i in include)]])
        )
    return _communities_of(district, chosen, include, communities, rng)


def _communities_of(
    district: str, streets: list[str], include: list[str], count: int, rng: random.Random
) -> list[str]:
    """So many communities: the named ones, then one of each street without, then any."""
    found = [code for code in include if len(code) == 12]
    rest = {street: [c for c in _communities(district, street) if c not in found] for street in streets}
    for left in rest.values():
        rng.shuffle(left)
    for street in streets:
        if rest[street] and not any(code.startswith(street) for code in found):
            found.append(rest[street].pop())
    others = [code for left in rest.values() for code in left]
    rng.shuffle(others)
    return (found + others)[:count]


def _listed(district: str, tier: str) -> list[str]:
    return [d.code for d in areas.divisions(district).values() if d.tier == tier]


def _communities(district: str, street: str) -> list[str]:
    return [code for code in _listed(district, "community") if code.startswith(street)]


def _held(district: str, streets: Sequence[str]) -> int:
    return sum(len(_communities(district, street)) for street in streets)


def _largest(district: str, streets: int) -> int:
    sizes = sorted((len(_communities(district, s)) for s in _listed(district, "street")), reverse=True)
    return sum(sizes[:streets])
