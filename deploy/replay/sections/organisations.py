"""Organisations: applied for, accepted and approved; then the stations and party organisations."""

from __future__ import annotations

from datetime import date, timedelta

from deploy.replay import names
from deploy.replay.amounts import cycle, dealt, grouped
from deploy.replay.build import Build, Data, Organisation, spread
from deploy.replay.places import placed
from deploy.replay.plan import Role
from deploy.replay.scenario import covered_by
from shared import areas

FIVE_HAVES = ("window", "desk_sign", "computer", "filing_cabinet", "records")
SEVEN_IN_COMMON = ("sign", "plate", "panels", "content", "functions", "duties", "procedure")
_USUAL_TYPES = {"non_enterprise": 3, "association": 2}


def plan_organisations(build: Build) -> None:
    for entry in build.scenario["organisations"]:
        rng = build.rng("organisations", entry["key"])
        count = entry["count"]
        registered = entry["track"] == "registered"
        where = placed(entry["areas"], count, build.district, rng)
        kinds: list[str | None] = [None] * count
        if registered and count:
            kinds = [*dealt(entry["type"] or _USUAL_TYPES, count, rng)]
        categories = names.chosen_categories(entry["categories"], count, rng)
        years = [year for year, n in (entry["years"] or {entry["year"]: count}).items() for _ in range(n)]
        for index in range(count):
            identity = (where[index], kinds[index], categories[index], years[index])
            build.organisations.append(_plan_organisation(build, entry, index, *identity))


def _plan_organisation(
    build: Build, entry: Data, index: int, area: str, kind: str | None, category: str, year: int
) -> Organisation:
    rng = build.rng("organisations", entry["key"], index)
    step = f"organisations/{entry['key']}/{index}"
    registered = entry["track"] == "registered"
    applied = spread(date(year, 1, 4), date(year, 1, 31), rng, index)
    name = build.names.organisation(area, kind, category, rng)
    body = {
        "area": area,
        "name": name,
        "track": entry["track"],
        "type": kind,
        "credit_code": build.names.credit_code(area, kind, rng) if kind else None,
        "category": category,
        "supervising_unit": entry["supervising_unit"],
        "established_on": (applied.date() - timedelta(days=rng.randint(10, 120))).isoformat(),
        "generated": True,
    }
    # A community only receives filings; whoever founds a legal person applies in person.
    applicant = Role("organisation_officer" if registered else "community_worker", area)
    build.post(step, "registry/organisations", body, area=area, role=applicant, at=applied)
    decider = build.staff(None if registered else area)
    handed_in = []
    if registered and entry["supervising_unit"]:
        opinion = build.post(
            f"{step}/first-opinion", "registry/organisations/{id}/first-opinion",
            {"approve": True, "opinion": "同意。"},
            area=area, role=Role("supervising_unit", area), at=applied + timedelta(days=1), of=step,
        )  # fmt: skip
        handed_in = [opinion]
    accepted = build.post(
        f"{step}/acceptance", "registry/organisations/{id}/acceptance", {},
        area=area, role=decider, at=applied + timedelta(days=3), of=step, after=handed_in,
    )  # fmt: skip
    approved = build.post(
        f"{step}/decision", "registry/organisations/{id}/decision",
        {"approve": True, "reasons": "材料齐全，符合法定条件。"},
        area=area, role=decider, at=applied + timedelta(days=18), of=step, after=[accepted],
    )  # fmt: skip
    return Organisation(step, approved, entry["key"], entry["track"], area, name, category)


def plan_stations(build: Build) -> None:
    for entry in build.scenario["stations"]:
        rng = build.rng("stations", entry["key"])
        complying = entry["count"] if entry["complying"] is None else entry["complying"]
        for index, area in enumerate(
            placed(entry["areas"], entry["count"], build.district, rng, "communities")
        ):
            body = {
                "area": area,
                "name": build.names.unique(f"{areas.name(area)}社会组织服务站"),
                "five_haves": dict.fromkeys(FIVE_HAVES, True),
                "seven_in_common": dict.fromkeys(SEVEN_IN_COMMON, True),
                "generated": True,
            }
            if index >= complying:
                missing = rng.choice(FIVE_HAVES)
                body["five_haves"] = {have: have != missing for have in FIVE_HAVES}
            worker = Role("community_worker" if len(area) == 12 else build.staff(area).name, area)
            at = spread(date(entry["year"], 2, 1), date(entry["year"], 3, 31), rng, index)
            name = f"stations/{entry['key']}/{index}"
            build.post(name, "registry/stations", body, area=area, role=worker, at=at)


def plan_party(build: Build) -> None:
    """So many branches that exactly the covered organisations are in one."""
    for entry in build.scenario["party"]:
        rng = build.rng("party", entry["key"])
        covered = build.of_track("registered", entry["organisations"])[: covered_by(build.scenario, entry)]
        alone, together = covered[: entry["independent"]], covered[entry["independent"] :]
        for member in alone:
            _plan_branch(build, entry, "independent", [member])
        if entry["joint"]:
            # Two for each, and those that are left somewhere.
            sizes = [1 + size for size in grouped(len(together) - entry["joint"], entry["joint"], rng)]
            for size in sizes:
                _plan_branch(build, entry, "joint", [together.pop() for _ in range(size)])
        for members in _functional(together or covered, entry["functional"]):
            _plan_branch(build, entry, "functional", members)


def _functional(pool: list[Organisation], count: int) -> list[list[Organisation]]:
    """Every organisation of the pool in one of the branches, none of them empty."""
    if not count:
        return []
    if len(pool) < count:
        return [[member] for member in cycle(pool, count)]
    return [pool[index::count] for index in range(count)]


def _plan_branch(build: Build, entry: Data, kind: str, members: list[Organisation]) -> None:
    number = sum(name.startswith(f"party/{entry['key']}/") for name in build.plan.steps)
    area = members[0].area if len(members) == 1 else build.district
    terms = {"independent": "党支部", "joint": "联合党支部", "functional": "功能型党支部"}
    owner = members[0].name if len(members) == 1 else f"{areas.name(area)}社会组织"
    build.post(
        f"party/{entry['key']}/{number}", "registry/party-branches",
        {
            "area": area,
            "name": build.names.unique(f"{owner}{terms[kind]}")[:100],
            "kind": kind,
            "organisations": [member.id for member in members],
            "generated": True,
        },
        area=area, role=build.staff(area),
        at=spread(date(entry["year"], 3, 1), date(entry["year"], 3, 31), build.rng("party", number), number),
        after=[member.approved for member in members],
    )  # fmt: skip
