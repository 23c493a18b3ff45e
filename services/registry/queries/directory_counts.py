"""Counts of the directory 名录: facets, growth, density. Without words they come from counts that are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from services.registry.documents.directory import DirectoryCount
from services.registry.domain import directory as rules
from services.registry.queries.directory import Walk, Wanted, driver
from shared import areas
from shared.arearules.settings import AreaRuleSetting
from shared.call import Call

Query = Mapping[str, Any]
Alike = Iterable[tuple[Mapping[str, Any], int]]  # what is alike, with how many there are


def facets(call: Call, query: Query) -> dict[str, Any]:
    """How many organisations there are of each kind. Raises Invalid for words that are too short."""
    wanted = Wanted.of(call, query)
    if not wanted.parts:
        alike = list(_kept(wanted))
        return _told(wanted, alike, _areas_kept(wanted, sum(_meant(wanted, alike))), capped=False)
    found = list(islice(_read(wanted), rules.MOST_COUNTED + 1))
    counted = [(entry, 1) for entry in found[: rules.MOST_COUNTED]]
    below = Counter(
        _area_below(wanted.area, entry["area"]) for entry, _ in counted if not wanted.misses(entry)
    )
    return _told(wanted, counted, below, capped=len(found) > rules.MOST_COUNTED)


def _told(wanted: Wanted, alike: Alike, below: Mapping[str, int], *, capped: bool) -> dict[str, Any]:
    counts: dict[str, Counter[str | None]] = {name: Counter() for name in rules.FACETS}
    total = 0
    for one, n in alike:
        misses = wanted.misses(one)
        total += 0 if misses else n
        for name in rules.FACETS:
            if not set(misses) - {name}:
                counts[name][one.get(name)] += n
    told = {name: _values(counter) for name, counter in counts.items()}
    return told | {"total": total, "capped": capped, "area": _values(Counter(below))}


def _values(counter: Counter[str | None]) -> list[dict[str, Any]]:
    ranked = sorted(counter.items(), key=lambda each: (-each[1], each[0] or ""))
    return [{"value": value, "count": n} for value, n in ranked if n]


def _read(wanted: Wanted) -> Iterator[Mapping[str, Any]]:
    """What the words find, whatever its facets: what a facet hides is counted by the others."""
    words = Wanted(wanted.area, wanted.everything, wanted.parts)
    return Walk(words.fits, *driver(words)).entries("", rules.MOST_COUNTED)


def _kept(wanted: Wanted) -> Iterator[tuple[Mapping[str, Any], int]]:
    for one in DirectoryCount._get_collection().find({"_id": wanted.area}):
        yield from _kinds(wanted, one)


def _kinds(wanted: Wanted, counts: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], int]]:
    for key, n in counts.get("kinds", {}).items():
        kind = dict(zip(rules.FACETS, rules.alike(key), strict=True))
        if wanted.everything or rules.is_public(kind["status"]):
            yield kind, n


def _meant(wanted: Wanted, alike: Alike) -> Iterator[int]:
    return (n for one, n in alike if not wanted.misses(one))


def _areas_kept(wanted: Wanted, total: int) -> dict[str, int]:
    """By area directly below; what lies in the area itself stands under its own code."""
    below: Counter[str] = Counter()
    for counts in DirectoryCount._get_collection().find({"parent": wanted.area}):
        below[counts["_id"]] = sum(_meant(wanted, _kinds(wanted, counts)))
    return {wanted.area: total - sum(below.values()), **below}


def _area_below(area: str, inner: str) -> str:
    path = areas.path(inner)
    return path[min(path.index(area) + 1, len(path) - 1)]


def growth(call: Call, query: Query) -> dict[str, Any]:
    """Public organisations by year and track."""
    area = query["area"] or areas.path(call.node.area)[0]
    counts: dict[str, dict[str, dict[int | None, int]]] = {}
    for stored in DirectoryCount._get_collection().find({"_id": area}):
        for family in ("founded", "ended"):
            for key, n in stored.get(family, {}).items():
                track, year = rules.alike(key)
                counts.setdefault(track, {"founded": {}, "ended": {}})[family][year] = n
    tracks = [track for track in sorted(counts) if query["track"] in (None, track)]
    return {"area": area, "tracks": [_of_track(track, **counts[track]) for track in tracks]}


def _of_track(track: str, founded: dict[int | None, int], ended: dict[int | None, int]) -> dict[str, Any]:
    undated = founded.get(None, 0) - ended.get(None, 0)
    return {"track": track, "undated": undated, "years": rules.growth(founded, ended)}


def density(call: Call, query: Query) -> dict[str, Any]:
    """Active organisations per 10,000 residents, of an area and those directly below it by the code list."""
    area = query["area"] or areas.path(call.node.area)[0]
    listed = [one.code for one in areas.divisions(area[:6]).values() if one.parent == area]
    active: Counter[str] = Counter()
    public = Wanted(area, everything=False, facets={"status": "active"})
    for where in ({"_id": area}, {"parent": area}):
        for counts in DirectoryCount._get_collection().find(where):
            active[counts["_id"]] = sum(_meant(public, _kinds(public, counts)))
    chosen = [area, *sorted({*listed, *active} - {area})]
    residents = _residents(call, chosen)
    return {"areas": [_density(each, active[each], residents.get(each)) for each in chosen]}


def _density(area: str, organisations: int, residents: Mapping[str, Any] | None) -> dict[str, Any]:
    known = residents or {"residents": None, "year": None, "source": None}
    people = known["residents"]
    return {
        "area": area,
        "name": areas.name(area),
        "organisations": organisations,
        "per_10000": None if people is None else rules.per_ten_thousand(organisations, people),
        **known,
    }


def _residents(call: Call, chosen: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The newest numbers that the areas themselves have set by now."""
    day = rules.day_of(call.now)
    found = {}
    for setting in AreaRuleSetting.objects(rule=rules.RESIDENTS.name, area__in=list(chosen)):
        begun = [each for each in setting.settings() if each.since <= day and each.raw is not None]
        if begun:
            last = max(begun, key=lambda each: each.since)
            found[setting.area] = {"residents": last.raw, "year": last.since.year, "source": last.source}
    return found
