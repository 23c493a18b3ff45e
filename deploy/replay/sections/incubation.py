"""Incubation parks: opened, entered, assessed, left."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from deploy.replay.amounts import dealt
from deploy.replay.build import Build, Data, Organisation, moment, spread
from deploy.replay.plan import Ref, Role
from shared import areas

STAGES = ("germination", "start_up", "growth")
_USUAL_AREAS = ["接待区", "展示区", "办公区", "会议区", "孵化区"]  # functional areas (Qingshan)


def plan_incubation(build: Build) -> None:
    taken: set[str] = set()
    for entry in build.scenario["incubation"]:
        inside = _free(build, entry, "registered", taken) + _free(build, entry, "filed", taken)
        ended = _free(build, entry, "ended", taken)
        centre = _plan_centre(build, entry, len(inside))
        rng = build.rng("incubation", entry["key"])
        stages = dealt(entry["stages"], len(inside), rng) if entry["stages"] and inside else []
        # Those that are gone again came first, so that their desks are free for the others.
        gone = [_plan_residency(build, entry, centre, i, member) for i, member in enumerate(ended)]
        for index, (entered, at) in enumerate(gone):
            graduates = index < entry["graduated"]
            build.post(
                f"{entered}/end", f"incubator/residencies/{{id}}/{'graduation' if graduates else 'exit'}",
                {"reasons": "达到出壳条件。" if graduates else "自愿退出。"},
                area=_area(build, entry), role=_keeper(build, entry), at=at + timedelta(days=30),
                of=entered.removesuffix("/entry"), after=[entered],
            )  # fmt: skip
        waited = [f"{entered}/end" for entered, _ in gone]
        for index, member in enumerate(inside):
            entered, at = _plan_residency(build, entry, centre, len(ended) + index, member, waited)
            if stages and stages[index] != STAGES[0]:
                build.post(
                    f"{entered}/stage", "incubator/residencies/{id}/stage", {"stage": stages[index]},
                    area=_area(build, entry), role=_keeper(build, entry), at=at + timedelta(days=90),
                    of=entered.removesuffix("/entry"), after=[entered],
                )  # fmt: skip


def _free(build: Build, entry: Data, what: str, taken: set[str]) -> list[Organisation]:
    """Organisations that are in no park yet; those that left again are registered ones."""
    track = "registered" if what == "ended" else what
    count = entry["graduated"] + entry["left"] if what == "ended" else entry["residents"][track]
    found = [o for o in build.of_track(track, entry["organisations"]) if o.step not in taken][:count]
    taken |= {o.step for o in found}
    return found


def _area(build: Build, entry: Data) -> str:
    return str(entry["area"] or build.district)


def _keeper(build: Build, entry: Data) -> Role:
    return Role("hub_operator", _area(build, entry))


def _plan_centre(build: Build, entry: Data, inside: int) -> str:
    area = _area(build, entry)
    name = entry["name"]["zh"] if entry["name"] else f"{areas.name(area)}社会组织孵化园"
    return build.post(
        f"incubation/{entry['key']}", "incubator/centres",
        {
            "area": area,
            "name": build.names.unique(name),
            "capacity": entry["capacity"] or max(inside, 1),
            "functional_areas": entry["functional_areas"] or _USUAL_AREAS,
            "generated": True,
        },
        area=area, role=build.staff(area), at=moment(date(entry["year"], 1, 10)),
    )  # fmt: skip


def _plan_residency(
    build: Build, entry: Data, centre: str, index: int, member: Organisation, after: list[str] | None = None
) -> tuple[str, datetime]:
    rng = build.rng("incubation", entry["key"], index)
    area, step = _area(build, entry), f"{centre}/{index}"
    applied = spread(date(entry["year"], 3, 1), date(entry["year"], 3, 20), rng, index)
    build.post(
        step, "incubator/residencies",
        {"centre": Ref(centre), "organisation": member.id, "generated": True},
        area=area, role=_keeper(build, entry), at=applied, after=[member.approved, *(after or [])],
    )  # fmt: skip
    at = applied + timedelta(days=7)
    entered = build.post(
        f"{step}/entry", "incubator/residencies/{id}/entry", {"agreement_months": 24, "desks": 1},
        area=area, role=_keeper(build, entry), at=at, of=step,
    )  # fmt: skip
    return entered, at
