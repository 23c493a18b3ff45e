"""Scenario files: their form, and what must fit together in them. `docs/scenarios.md` describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, pre_load, validate

from deploy.replay import places
from shared import areas, money
from shared.node import SERVICES

Data = dict[str, Any]

SOURCES = ("survey", "visit", "hotline", "walk_in", "online", "department", "street")
CONFIRMATIONS = ("client", "relative", "community_worker", "call_back")
GRADES = ("1A", "2A", "3A", "4A", "5A")
YEARS = validate.Range(2004, 2099)  # the first year whose working days are known


class Fault(NamedTuple):
    """One thing that is wrong in a scenario: where (`rounds[0].funded`), and why."""

    path: str
    reason: str


class BadScenario(Exception):
    """A file that cannot be replayed; every fault that was found is named."""

    def __init__(self, source: str, faults: list[Fault]) -> None:
        self.faults = faults
        lines = "".join(f"\n  {fault.path}: {fault.reason}" for fault in faults)
        super().__init__(f"{source} cannot be replayed:{lines}")


class Yuan(fields.Field[int]):
    """An amount written in yuan; loads as fen."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValidationError("must be an amount in yuan")
        try:
            amount = money.fen(Decimal(str(value).replace(",", "")))
        except (ValueError, ArithmeticError):
            raise ValidationError("must be an amount in yuan, of whole fen") from None
        if not 0 <= amount <= money.LARGEST:
            raise ValidationError("must not be negative, nor beyond all budgets")
        return amount


class Code(fields.Field[str]):
    """A division code; YAML reads an unquoted one as a number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, bool) or not areas.is_area(str(value)):
            raise ValidationError("must be a division code of 6, 9 or 12 digits")
        return str(value)


class Name(fields.Field[Data]):
    """A text in Chinese and English; a plain text stands for both."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Data:
        if isinstance(value, str) and value:
            return {"en": value, "zh": value}
        if isinstance(value, dict) and value and set(value) <= {"en", "zh"} and all(map(str, value.values())):
            either = str(next(iter(value.values())))
            return {"en": str(value.get("en", either)), "zh": str(value.get("zh", either))}
        raise ValidationError("must be a text, or {en: ..., zh: ...}")


class Shares(fields.Field[dict[str, Any]]):
    """Proportions: one word for all, or a mapping of words to weights."""

    def __init__(self, words: tuple[str, ...], **kwargs: Any) -> None:
        self.words = words
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Data:
        given = {value: 1} if isinstance(value, str) else value
        if not isinstance(given, dict) or not given:
            raise ValidationError(f"must be one of {', '.join(self.words)}, or weights of them")
        for word, weight in given.items():
            if word not in self.words:
                raise ValidationError(f"{word!r} is not one of {', '.join(self.words)}")
            if isinstance(weight, bool) or not isinstance(weight, int | float) or weight < 0:
                raise ValidationError(f"the weight of {word} must be a number of at least 0")
        if sum(given.values()) == 0:
            raise ValidationError("at least one weight must be above 0")
        return dict(given)


def number(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(0, 100_000), **kwargs)


def year() -> fields.Integer:
    return fields.Integer(load_default=None, allow_none=True, validate=YEARS)


def keys() -> fields.List[str]:
    return fields.List(fields.Str(), load_default=None, allow_none=True)


class Section(Schema):
    """What every entry may have: a key by which others name it, and a note for readers."""

    class Meta:
        unknown = RAISE

    key = fields.Str(load_default=None, validate=validate.Length(1, 60))
    note = fields.Str(load_default=None)


class Organisations(Section):
    """Social organisations of one track 社会组织."""

    track = fields.Str(required=True, validate=validate.OneOf(("registered", "filed")))
    count = number(required=True)
    type = Shares(("association", "non_enterprise", "foundation"), load_default=None, data_key="types")
    areas = fields.Raw(load_default=None)
    year = year()
    years = fields.Dict(keys=fields.Integer(validate=YEARS), values=number(), load_default=None)
    categories = fields.List(fields.Str(validate=validate.Length(1, 50)), load_default=None)
    supervising_unit = fields.Str(load_default=None)

    @pre_load
    def one_type(self, data: Any, **_: Any) -> Any:
        """`type: X` is the same as `types: X`."""
        if isinstance(data, dict) and "type" in data and "types" not in data:
            return {("types" if name == "type" else name): value for name, value in data.items()}
        return data


class Stations(Section):
    """Service stations 服务站."""

    count = number(required=True)
    complying = number(load_default=None, allow_none=True)
    areas = fields.Raw(load_default=None)
    year = year()


class Party(Section):
    """Party organisations 党组织 of registered organisations."""

    independent = number(load_default=0)
    joint = number(load_default=0)
    functional = number(load_default=0)
    coverage_percent = fields.Integer(strict=True, load_default=None, validate=validate.Range(0, 100))
    organisations = keys()
    year = year()


class Residents(Schema):
    """How many organisations of each track are in an incubator."""

    class Meta:
        unknown = RAISE

    registered = number(load_default=0)
    filed = number(load_default=0)


class Incubation(Section):
    """An incubation park 孵化园 and who is in it."""

    name = Name(load_default=None)
    area = Code(load_default=None)
    capacity = number(load_default=None, allow_none=True)
    functional_areas = fields.List(fields.Str(), load_default=None)
    residents = fields.Nested(Residents, load_default=lambda: {"registered": 0, "filed": 0})
    organisations = keys()
    stages = Shares(("germination", "start_up", "growth"), load_default=None)
    graduated = number(load_default=0)
    left = number(load_default=0)
    year = year()


class Funds(Section):
    """A fund 资金 with its yearly budget."""

    key = fields.Str(required=True, validate=validate.Length(1, 60))
    name = Name(load_default=None)
    source = fields.Str(
        load_default="budget",
        validate=validate.OneOf(("welfare_lottery", "social_work", "budget", "matching", "donation")),
    )
    purpose = fields.Str(load_default="公益服务")
    budget = Yuan(required=True, data_key="budget_yuan")
    area = Code(load_default=None)
    year = year()


class Needs(Section):
    """Needs 需求 collected, merged into a library, and appraised."""

    count = number(required=True)
    areas = fields.Raw(load_default=None)
    sources = Shares(SOURCES, load_default=None)
    categories = fields.List(fields.Str(validate=validate.Length(1, 50)), load_default=None)
    merged = number(load_default=None, allow_none=True)
    library = number(load_default=0)
    chosen = number(load_default=0)
    year = year()


class Hotline(Section):
    """Requests by the hotline 热线, each answered or still open."""

    count = number(required=True)
    answered = number(load_default=None, allow_none=True)
    areas = fields.Raw(load_default=None)
    year = year()


class Criterion(Schema):
    class Meta:
        unknown = RAISE

    name = fields.Str(required=True)
    weight = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100))


class Tranche(Schema):
    class Meta:
        unknown = RAISE

    share = fields.Integer(required=True, strict=True, validate=validate.Range(0, 100))
    condition = fields.Str(required=True, validate=validate.OneOf(("contract", "mid_term", "final")))


class Evaluations(Schema):
    """How many funded projects were evaluated in each phase; `rectified` of those at mid-term failed first."""

    class Meta:
        unknown = RAISE

    initial = number(load_default=0)
    mid_term = number(load_default=0)
    final = number(load_default=0)
    rectified = number(load_default=0)


class Rounds(Section):
    """A round 公益创投 of applications, and what came of it."""

    key = fields.Str(required=True, validate=validate.Length(1, 60))
    name = Name(load_default=None)
    kind = fields.Str(load_default="venture", validate=validate.OneOf(("venture", "purchase", "micro")))
    area = Code(load_default=None)
    year = year()
    funds = fields.List(fields.Str(), required=True, validate=validate.Length(1))
    opens = fields.Date(load_default=None)
    closes = fields.Date(load_default=None)
    notice_working_days = fields.Integer(load_default=7, strict=True, validate=validate.Range(1, 60))
    threshold = fields.Integer(load_default=60, strict=True, validate=validate.Range(1, 95))
    criteria = fields.List(fields.Nested(Criterion), load_default=None, validate=validate.Length(1))
    cap = Yuan(load_default=None, data_key="cap_yuan")
    tranches = fields.List(fields.Nested(Tranche), load_default=None, validate=validate.Length(1))
    experts = fields.Integer(load_default=3, strict=True, validate=validate.Range(1, 20))
    applications = number(required=True)
    funded = number(required=True)
    rejected = number(load_default=0)
    amount = Yuan(required=True, data_key="amount_yuan")
    by = fields.Nested(Residents, load_default=None)
    organisations = keys()
    needs = fields.Str(load_default=None)
    beneficiaries_direct = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 10**9))
    beneficiaries_indirect = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 10**9))
    objections = number(load_default=0)
    evaluations = fields.Nested(Evaluations, load_default=None)


class Deliveries(Section):
    """Services delivered 服务记录 and whom they reached."""

    count = number(load_default=None, allow_none=True)
    beneficiaries = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 10**9))
    person_times = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 10**9))
    round = fields.Str(load_default=None)
    organisations = keys()
    areas = fields.Raw(load_default=None)
    confirmed_by = Shares(CONFIRMATIONS, load_default=None)
    year = year()


class Grading(Section):
    """Grades 等级 awarded to registered organisations in one year."""

    grades = fields.Dict(keys=fields.Str(validate=validate.OneOf(GRADES)), values=number(), required=True)
    organisations = keys()
    year = year()


class Figure(Section):
    """A published figure, and where the platform counts it."""

    figure = Name(required=True)
    service = fields.Str(required=True, validate=validate.OneOf(SERVICES))
    counts = fields.Str(required=True)
    query = fields.Dict(keys=fields.Str(), load_default=dict)
    published = fields.Raw(required=True)
    unit = fields.Str(load_default=None, validate=validate.OneOf(("yuan", "fen", "percent", "count")))

    @post_load
    def as_number(self, data: Data, **_: Any) -> Data:
        value = data["published"]
        if isinstance(value, str):
            value = value.replace(",", "").replace("%", "").strip()
        try:
            amount = Decimal(str(value))
        except ArithmeticError:
            raise ValidationError("must be a number", "published") from None
        if isinstance(value, bool) or not amount.is_finite():
            raise ValidationError("must be a number", "published")
        data["published"] = int(amount) if amount == amount.to_integral_value() else float(amount)
        return data


class ScenarioForm(Schema):
    """A whole file. Every section but `district` may be left out."""

    class Meta:
        unknown = RAISE

    scenario = fields.Str(load_default=None, validate=validate.Length(1, 100))
    title = Name(load_default=None)
    note = fields.Str(load_default=None)
    source = fields.Str(load_default=None)
    district = Code(required=True)
    seed = fields.Integer(load_default=1, strict=True)
    year = fields.Integer(load_default=2025, strict=True, validate=YEARS)
    organisations = fields.List(fields.Nested(Organisations), load_default=list)
    stations = fields.List(fields.Nested(Stations), load_default=list)
    party = fields.List(fields.Nested(Party), load_default=list)
    incubation = fields.List(fields.Nested(Incubation), load_default=list)
    funds = fields.List(fields.Nested(Funds), load_default=list)
    needs = fields.List(fields.Nested(Needs), load_default=list)
    hotline = fields.List(fields.Nested(Hotline), load_default=list)
    rounds = fields.List(fields.Nested(Rounds), load_default=list)
    deliveries = fields.List(fields.Nested(Deliveries), load_default=list)
    grades = fields.List(fields.Nested(Grading), load_default=list)
    figures = fields.List(fields.Nested(Figure), load_default=list)

    @pre_load
    def single_entries(self, data: Any, **_: Any) -> Any:
        """A section of one entry may be written without the list; an empty one is left out."""
        if not isinstance(data, dict):
            return data
        lists = {name for name, field in self.fields.items() if isinstance(field, fields.List)}
        return {
            name: [value] if name in lists and isinstance(value, dict) else value
            for name, value in data.items()
            if not (name in lists and value is None)
        }


def load(path: Path) -> Data:
    """The scenario in a file. Raises BadScenario naming every fault by its path, OSError for no such file."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = " ".join(str(error).split())
        raise BadScenario(str(path), [Fault("-", f"is not YAML in UTF-8: {where}")]) from error
    if isinstance(raw, dict) and not raw.get("scenario"):
        raw = raw | {"scenario": path.stem}
    return read(raw, str(path))


def read(raw: Any, source: str = "the scenario") -> Data:
    """A scenario from what YAML made of it. Raises BadScenario."""
    if not isinstance(raw, dict):
        raise BadScenario(source, [Fault("-", "must be a mapping with at least `district`")])
    try:
        scenario: Data = ScenarioForm().load(raw)
    except ValidationError as error:
        raise BadScenario(source, list(_told(error.messages))) from error
    _complete(scenario)
    if found := list(_faults(scenario)):
        raise BadScenario(source, found)
    return scenario


def _told(messages: Any, path: str = "") -> Iterator[Fault]:
    """marshmallow's nested messages as paths: {'rounds': {0: {'funded': [...]}}} is rounds[0].funded."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            step = f"[{name}]" if isinstance(name, int) else f".{name}" if path else str(name)
            yield from _told(inner, path if name == "_schema" else path + step)
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield Fault(path or "-", str(message))


def _complete(scenario: Data) -> None:
    """Defaults that depend on other entries."""
    scenario["scenario"] = scenario["scenario"] or f"district-{scenario['district']}"
    for name in ("organisations", "stations", "party", "incubation", "funds", "needs", "hotline", "rounds",
                 "deliveries", "grades"):  # fmt: skip
        for index, entry in enumerate(scenario[name]):
            entry["year"] = entry.get("year") or scenario["year"]
            entry["key"] = entry["key"] or f"{name}-{index + 1}"
    for entry in scenario["rounds"]:
        opens = entry["opens"] or date(entry["year"], 4, 1)
        entry["opens"], entry["closes"] = opens, entry["closes"] or _month_after(opens)
    for entry in scenario["deliveries"]:
        if entry["count"] is None:
            reached = entry["beneficiaries"] + entry["person_times"]
            entry["count"] = min(60, max(entry["beneficiaries"], 1)) if reached else 0
    _imply_organisations(scenario)


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, min(day.day, 28))


def _imply_organisations(scenario: Data) -> None:
    """A scenario that lists no organisations of a track still needs some for its other sections."""
    tracks = {entry["track"] for entry in scenario["organisations"]}
    applying = [_by_track(entry) for entry in scenario["rounds"] if entry["organisations"] is None]
    residents = [entry["residents"] for entry in scenario["incubation"]]
    leaving = sum(entry["graduated"] + entry["left"] for entry in scenario["incubation"])
    needed = {
        "registered": max(
            [0]
            + [
                p["independent"] + 2 * p["joint"] + (0 if p["joint"] else p["functional"])
                for p in scenario["party"]
            ]
            + [sum(r["registered"] for r in residents) + (leaving if residents else 0)]
            + [by["registered"] for by in applying]
            + [1 for by in applying if by["filed"]]
            + [1 for entry in scenario["deliveries"] if entry["organisations"] is None]
            + [sum(entry["grades"].values()) for entry in scenario["grades"]]
        ),
        "filed": max([0, sum(r["filed"] for r in residents)] + [by["filed"] for by in applying]),
    }
    for track, number in needed.items():
        if track not in tracks and number:
            implied = {"key": f"implied_{track}", "track": track, "count": number, "year": scenario["year"]}
            empty = ("type", "areas", "years", "categories", "supervising_unit", "note")
            scenario["organisations"].append(implied | dict.fromkeys(empty))


def _by_track(entry: Data) -> Data:
    return entry["by"] or {"registered": entry["applications"], "filed": 0}


def _faults(scenario: Data) -> Iterator[Fault]:
    """What does not fit together, although each entry by itself is well formed."""
    district = scenario["district"]
    if areas.tier(district) != "district":
        yield Fault("district", "must have 6 digits")
        return
    if not areas.divisions(district):
        yield Fault("district", f"{district} has no code list here (shared/data/divisions)")
        return
    yield from _key_faults(scenario)
    yield from _area_faults(scenario)
    for index, entry in enumerate(scenario["organisations"]):
        yield from _organisation_faults(entry, f"organisations[{index}]")
    for name, checks in (
        ("stations", (("complying", "count"),)),
        ("needs", (("library", "count"), ("chosen", "library"), ("merged", "count"), ("library", "merged"))),
        ("hotline", (("answered", "count"),)),
        ("rounds", (("funded", "applications"),)),
    ):
        for index, entry in enumerate(scenario[name]):
            yield from _order_faults(entry, f"{name}[{index}]", checks)
    yield from _party_faults(scenario)
    yield from _incubation_faults(scenario)
    for index, entry in enumerate(scenario["rounds"]):
        yield from _round_faults(scenario, entry, f"rounds[{index}]")
    yield from _budget_faults(scenario)
    for index, entry in enumerate(scenario["deliveries"]):
        yield from _delivery_faults(scenario, entry, f"deliveries[{index}]")
    for index, entry in enumerate(scenario["grades"]):
        there = of_track(scenario, "registered", entry["organisations"])
        if sum(entry["grades"].values()) > there:
            yield Fault(f"grades[{index}].grades", f"more grades than the {there} registered organisations")


def of_track(scenario: Data, track: str, groups: list[str] | None) -> int:
    """How many organisations of a track the named groups have, or all groups."""
    return sum(
        entry["count"]
        for entry in scenario["organisations"]
        if entry["track"] == track and (groups is None or entry["key"] in groups)
    )


def _key_faults(scenario: Data) -> Iterator[Fault]:
    known: dict[str, set[str]] = {}
    for name in ("organisations", "funds", "needs", "rounds", "incubation"):
        found = known[name] = set()
        for index, entry in enumerate(scenario[name]):
            if entry["key"] in found:
                yield Fault(f"{name}[{index}].key", f"{entry['key']!r} is used twice")
            found.add(entry["key"])
    references = (
        ("party", "organisations", "organisations"), ("incubation", "organisations", "organisations"),
        ("rounds", "organisations", "organisations"), ("rounds", "funds", "funds"), ("rounds", "needs", "needs"),
        ("deliveries", "organisations", "organisations"), ("deliveries", "round", "rounds"),
        ("grades", "organisations", "organisations"),
    )  # fmt: skip
    for name, field, target in references:
        for index, entry in enumerate(scenario[name]):
            given = entry[field]
            for key in [given] if isinstance(given, str) else given or []:
                if key not in known[target]:
                    yield Fault(f"{name}[{index}].{field}", f"there is no {key!r} among {target}")
    for index, entry in enumerate(scenario["figures"]):
        wanted = entry["query"].get("round")
        if wanted is not None and wanted not in known["rounds"]:
            yield Fault(f"figures[{index}].query.round", f"there is no {wanted!r} among rounds")


def _area_faults(scenario: Data) -> Iterator[Fault]:
    district = scenario["district"]
    for name in ("organisations", "stations", "needs", "hotline", "deliveries"):
        for index, entry in enumerate(scenario[name]):
            reasons = list(places.faults(entry["areas"], district))
            for reason in reasons:
                yield Fault(f"{name}[{index}].areas", reason)
            least = 0 if reasons else places.least(entry["areas"], district)
            if entry["count"] and least > entry["count"]:
                yield Fault(f"{name}[{index}].count", f"too few for the {least} areas that the rule names")
    for name in ("incubation", "funds", "rounds"):
        for index, entry in enumerate(scenario[name]):
            for reason in places.faults(entry["area"], district):
                yield Fault(f"{name}[{index}].area", reason)


def _order_faults(entry: Data, path: str, checks: tuple[tuple[str, str], ...]) -> Iterator[Fault]:
    for smaller, larger in checks:
        if entry[smaller] is not None and entry[larger] is not None and entry[smaller] > entry[larger]:
            yield Fault(f"{path}.{smaller}", f"{entry[smaller]} is more than {larger} ({entry[larger]})")


def _organisation_faults(entry: Data, path: str) -> Iterator[Fault]:
    if entry["track"] == "filed" and entry["type"]:
        yield Fault(f"{path}.types", "filed teams are no legal persons and have no type")
    if entry["years"] is not None and sum(entry["years"].values()) != entry["count"]:
        yield Fault(f"{path}.years", f"{sum(entry['years'].values())} in all, but count is {entry['count']}")


def _party_faults(scenario: Data) -> Iterator[Fault]:
    for index, entry in enumerate(scenario["party"]):
        there = of_track(scenario, "registered", entry["organisations"])
        covered = covered_by(scenario, entry)
        least = entry["independent"] + 2 * entry["joint"]
        path = f"party[{index}]"
        if not least <= covered <= there:
            yield Fault(
                path,
                f"{entry['independent']} independent and {entry['joint']} joint ones need {least} covered "
                f"registered organisations; of {there} listed, {covered} are to be covered",
            )
        elif covered > least and not entry["joint"] and not entry["functional"]:
            yield Fault(
                f"{path}.coverage_percent", f"{entry['independent']} independent ones cover no {covered}"
            )
        elif entry["functional"] and not covered:
            yield Fault(f"{path}.functional", "needs a registered organisation")


def covered_by(scenario: Data, entry: Data) -> int:
    """How many registered organisations have a party organisation: by the coverage, or as few as can be."""
    there = of_track(scenario, "registered", entry["organisations"])
    if entry["coverage_percent"] is None:
        least = int(entry["independent"] + 2 * entry["joint"])
        return least or min(there, int(entry["functional"]))
    # The platform rounds the percentage down: the fewest organisations that still show it.
    every = of_track(scenario, "registered", None)
    return -(-every * int(entry["coverage_percent"]) // 100)


def _incubation_faults(scenario: Data) -> Iterator[Fault]:
    taken = {"registered": 0, "filed": 0}
    for index, entry in enumerate(scenario["incubation"]):
        path = f"incubation[{index}]"
        inside = entry["residents"]["registered"] + entry["residents"]["filed"]
        if entry["capacity"] is not None and entry["capacity"] < max(inside, 1):
            yield Fault(f"{path}.capacity", f"too little for {inside} residents")
        for track in ("registered", "filed"):
            there = of_track(scenario, track, entry["organisations"])
            needed = entry["residents"][track]
            if track == "registered":
                needed += entry["graduated"] + entry["left"]
            taken[track] += needed
            if needed > there:
                yield Fault(f"{path}.residents.{track}", f"{needed} are needed, organisations list {there}")
    for track, needed in taken.items():
        there = of_track(scenario, track, None)
        if len(scenario["incubation"]) > 1 and needed > there:
            yield Fault("incubation", f"{needed} {track} organisations are needed in all, {there} are listed")


def _round_faults(scenario: Data, entry: Data, path: str) -> Iterator[Fault]:
    if entry["opens"] >= entry["closes"]:
        yield Fault(f"{path}.closes", f"must be after opens ({entry['opens']})")
    if entry["funded"] + entry["rejected"] > entry["applications"]:
        yield Fault(f"{path}.rejected", "more are funded or rejected than applied")
    if entry["amount"] < entry["funded"] or (entry["amount"] and not entry["funded"]):
        yield Fault(f"{path}.amount_yuan", f"cannot be shared by {entry['funded']} funded applications")
    if entry["cap"] is not None and entry["amount"] > entry["cap"] * entry["funded"]:
        yield Fault(f"{path}.cap_yuan", "the cap is below the average of what was granted")
    if entry["rejected"] and entry["cap"] is None:
        yield Fault(f"{path}.rejected", "needs cap_yuan: applications are rejected for asking for more")
    if entry["tranches"] and sum(tranche["share"] for tranche in entry["tranches"]) != 100:
        yield Fault(f"{path}.tranches", "the shares must sum up to 100")
    if entry["criteria"] and sum(criterion["weight"] for criterion in entry["criteria"]) != 100:
        yield Fault(f"{path}.criteria", "the weights must sum up to 100")
    if entry["by"] and sum(entry["by"].values()) != entry["applications"]:
        yield Fault(f"{path}.by", f"{sum(entry['by'].values())} in all, but {entry['applications']} applied")
    by = _by_track(entry)
    for track in ("registered", "filed"):
        if by[track] and not of_track(scenario, track, entry["organisations"]):
            yield Fault(f"{path}.by.{track}", f"no {track} organisations are listed")
    if by["filed"] and not of_track(scenario, "registered", None):
        yield Fault(f"{path}.by.filed", "a filed team applies through a registered host, and none is listed")
    if entry["needs"]:
        source = next((n for n in scenario["needs"] if n["key"] == entry["needs"]), None)
        if source and entry["applications"] and not source["chosen"]:
            yield Fault(f"{path}.needs", f"no need of {entry['needs']!r} was chosen as a topic")
    if entry["funded"] == 0 and (entry["beneficiaries_direct"] or entry["beneficiaries_indirect"]):
        yield Fault(f"{path}.beneficiaries_direct", "beneficiaries are counted of funded projects; none is")
    if entry["objections"] > entry["funded"]:
        yield Fault(f"{path}.objections", "more than proposed projects")
    checked = entry["evaluations"] or {}
    for phase in ("initial", "mid_term", "final"):
        if checked.get(phase, 0) > entry["funded"]:
            yield Fault(f"{path}.evaluations.{phase}", f"more than the {entry['funded']} funded projects")
    if checked.get("rectified", 0) > checked.get("mid_term", 0):
        yield Fault(f"{path}.evaluations.rectified", "more than evaluated at mid-term")


def _budget_faults(scenario: Data) -> Iterator[Fault]:
    """Rounds draw on their funds in order; what a fund has left is there for the next."""
    left = {fund["key"]: fund["budget"] for fund in scenario["funds"]}
    for index, entry in enumerate(scenario["rounds"]):
        wanted = entry["amount"]
        for key in entry["funds"]:
            drawn = min(wanted, left.get(key, 0))
            left[key] = left.get(key, 0) - drawn
            wanted -= drawn
        if wanted:
            yield Fault(
                f"rounds[{index}].amount_yuan", f"{money.yuan(wanted)} yuan more than its funds have left"
            )


def _delivery_faults(scenario: Data, entry: Data, path: str) -> Iterator[Fault]:
    if entry["round"]:
        source = next((r for r in scenario["rounds"] if r["key"] == entry["round"]), None)
        if source and entry["count"] and not source["funded"]:
            yield Fault(f"{path}.round", f"round {entry['round']!r} funded nobody")
    elif entry["count"] and not any(
        of_track(scenario, track, entry["organisations"]) for track in ("registered", "filed")
    ):
        yield Fault(f"{path}.organisations", "no organisations are listed that could deliver")
    if entry["count"] == 0 and (entry["beneficiaries"] or entry["person_times"]):
        yield Fault(f"{path}.count", "somebody was reached, so there was at least one delivery")
    if entry["person_times"] < entry["beneficiaries"]:
        yield Fault(f"{path}.person_times", "fewer than the beneficiaries, who each count at least once")
    if entry["count"] and entry["person_times"] < entry["count"]:
        yield Fault(f"{path}.count", "more deliveries than person-times")
