"""Needs: collected, merged into a library, appraised; hotline requests; services delivered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from deploy.replay import names
from deploy.replay.amounts import cycle, dealt, grouped, split
from deploy.replay.build import Build, Data, Organisation, Topic, moment, spread
from deploy.replay.places import placed
from deploy.replay.plan import After, Ref, Role

_USUAL_SOURCES = {"survey": 5, "visit": 3, "walk_in": 2, "online": 2, "department": 1, "street": 1}
_USUAL_CONFIRMATIONS = {"client": 5, "community_worker": 3, "call_back": 2, "relative": 1}
PARTS = ("residents", "experts", "cadres", "organisations")
_REASONS = {True: "需求集中，适合由社会组织承接。", False: "暂不具备实施条件，列入下一批。"}


def plan_needs(build: Build) -> None:
    for entry in build.scenario["needs"]:
        rng = build.rng("needs", entry["key"])
        count, library = entry["count"], entry["library"]
        merged = (count if library else 0) if entry["merged"] is None else entry["merged"]
        sizes = grouped(merged, library, rng) if library else []
        categories = names.chosen_categories(entry["categories"], library, rng)
        subjects = [names.wish(category, rng) for category in categories]
        of_item = [item for item, size in enumerate(sizes) for _ in range(size)]
        rest = names.chosen_categories(entry["categories"], count - len(of_item), rng)
        about = [(subjects[item], categories[item]) for item in of_item] + [
            (names.wish(category, rng), category) for category in rest
        ]
        where = placed(entry["areas"], count, build.district, rng)
        rng.shuffle(where)
        sources = dealt(entry["sources"] or _USUAL_SOURCES, count, rng) if count else []
        made = [
            _plan_need(build, entry, index, where[index], sources[index], *about[index])
            for index in range(count)
        ]
        chosen = set(rng.sample(range(library), entry["chosen"]))
        items = []
        for item, size in enumerate(sizes):
            start = sum(sizes[:item])
            items.append(
                _plan_item(build, entry, item, subjects[item], categories[item], made[start : start + size])
            )
        concluded = _plan_panel(build, entry, [step for step, _ in items], chosen) if items else ""
        build.topics[entry["key"]] = [
            Topic(
                step,
                _plan_confirmation(build, step, concluded),
                title,
                categories[item],
                where[sum(sizes[:item])],
            )
            for item, (step, title) in enumerate(items)
            if item in chosen
        ]


def _plan_need(
    build: Build, entry: Data, index: int, area: str, source: str, subject: str, category: str
) -> str:
    rng = build.rng("needs", entry["key"], index)
    received = spread(date(entry["year"], 1, 8), date(entry["year"], 2, 25), rng, index)
    step = f"needs/{entry['key']}/{index}"
    body = {
        "area": area,
        "title": names.need_title(subject, area, rng),
        "description": None,
        "category": category,
        "group": names.group_of(category),
        "source": source,
        "urgency": rng.choice(("low", "normal", "normal", "high")),
        "contact": None,
        "received_on": received.date().isoformat(),
        "generated": True,
    }
    collector = Role("community_worker", area) if len(area) == 12 else build.staff(area)
    build.post(step, "needs/needs", body, area=area, role=collector, at=received)
    if source == "hotline":
        _plan_answer(build, step, area, received + timedelta(days=2))
    return step


def _plan_answer(build: Build, step: str, area: str, at: datetime) -> None:
    build.post(
        f"{step}/answer", "needs/needs/{id}/answer", {"answer": "已联系来电人并办结。"},
        area=area, role=build.staff(area), at=at, of=step,
    )  # fmt: skip
    build.post(
        f"{step}/call-back", "needs/needs/{id}/call-back", {"result": "satisfied"},
        area=area, role=build.staff(area), at=at + timedelta(days=1), of=step, after=[f"{step}/answer"],
    )  # fmt: skip


def _plan_item(
    build: Build, entry: Data, index: int, subject: str, category: str, sources: list[str]
) -> tuple[str, str]:
    """The step that makes an item of the library, and its title."""
    step, title = f"library/{entry['key']}/{index}", build.names.unique(subject)
    build.post(
        step, "needs/library",
        {
            "area": build.district, "title": title, "category": category,
            "group": names.group_of(category), "sources": [Ref(source) for source in sources],
            "generated": True,
        },
        area=build.district, role=build.staff(), at=moment(date(entry["year"], 3, 4), index),
    )  # fmt: skip
    return step, title


def _plan_panel(build: Build, entry: Data, items: list[str], chosen: Collection[int]) -> str:
    """The step that concludes an appraisal of all items: two members of each part, most of whom agree."""
    year, rng = entry["year"], build.rng("panel", entry["key"])
    step, day = f"panel/{entry['key']}", date(year, 3, 18)
    members = [
        {"id": f"{part}-{number}", "part": part, "name": f"{part} {number}"}
        for part in PARTS
        for number in (1, 2)
    ]
    build.post(
        step, "needs/panels",
        {
            "area": build.district, "title": "需求论证会", "held_on": day.isoformat(),
            "items": [Ref(item) for item in items], "members": members, "generated": True,
        },
        area=build.district, role=build.staff(), at=moment(day),
    )  # fmt: skip
    cast = []
    for number, member in enumerate(members):
        other = rng.randrange(len(items)) if number == 0 else None  # one vote against the majority
        ballots = [
            {"item": Ref(item), "vote": "for" if (index in chosen) != (index == other) else "against"}
            for index, item in enumerate(items)
        ]
        build.post(
            f"{step}/votes/{number}", "needs/panels/{id}/votes", {"member": member["id"], "ballots": ballots},
            area=build.district, role=build.staff(), at=moment(day, number), of=step,
        )  # fmt: skip
        cast.append(f"{step}/votes/{number}")
    decisions = [
        {"item": Ref(item), "chosen": index in chosen, "reasons": _REASONS[index in chosen]}
        for index, item in enumerate(items)
    ]
    return build.post(
        f"{step}/conclusion", "needs/panels/{id}/conclusion", {"decisions": decisions},
        area=build.district, role=build.staff(), at=moment(day, len(members)), of=step, after=cast,
    )  # fmt: skip


def _plan_confirmation(build: Build, item: str, concluded: str) -> str:
    return build.post(
        f"{item}/confirmation", "needs/library/{id}/confirmation", {},
        area=build.district, role=build.staff(), at=After(concluded, "notice_ends_at"), of=item,
    )  # fmt: skip


def plan_hotline(build: Build) -> None:
    for entry in build.scenario["hotline"]:
        rng = build.rng("hotline", entry["key"])
        answered = entry["count"] if entry["answered"] is None else entry["answered"]
        where = placed(entry["areas"], entry["count"], build.district, rng)
        about = names.chosen_categories(None, entry["count"], rng)
        for index, (area, category) in enumerate(zip(where, about, strict=True)):
            received = spread(date(entry["year"], 1, 8), date(entry["year"], 12, 15), rng, index)
            step = f"hotline/{entry['key']}/{index}"
            body = {
                "area": area,
                "title": names.need_title(names.wish(category, rng), area, rng),
                "category": category,
                "group": names.group_of(category),
                "source": "hotline",
                "received_on": received.date().isoformat(),
                "generated": True,
            }
            build.post(step, "needs/needs", body, area=area, role=build.staff(area), at=received)
            if index < answered:
                _plan_answer(build, step, area, received + timedelta(days=rng.randint(1, 3)))


def plan_deliveries(build: Build) -> None:
    """Single services whose beneficiaries and person-times sum up to the totals."""
    for entry in build.scenario["deliveries"]:
        count = entry["count"]
        if not count:
            continue
        rng = build.rng("deliveries", entry["key"])
        reached = split(entry["beneficiaries"], count, rng)
        # Everybody reached is served once at least; the other times are spread over all.
        again = split(entry["person_times"] - entry["beneficiaries"], count, rng)
        confirmed = dealt(entry["confirmed_by"] or _USUAL_CONFIRMATIONS, count, rng)
        carriers = _carriers(build, entry, count)
        where = (
            [carrier[0].area for carrier in carriers]
            if entry["areas"] is None
            else placed(entry["areas"], count, build.district, rng)
        )
        for index, (organisation, topic, title, since) in enumerate(carriers):
            first, last = date(entry["year"], 7, 1), date(entry["year"], 11, 30)
            if since and first < since[1] <= last:
                first = since[1]
            on = spread(first, last, rng, index)
            build.post(
                f"deliveries/{entry['key']}/{index}", "needs/deliveries",
                {
                    "area": where[index],
                    "organisation": organisation.id,
                    "topic": Ref(topic.step) if topic else None,
                    "service": title[:200],
                    "delivered_on": on.date().isoformat(),
                    "beneficiaries": reached[index],
                    "person_times": reached[index] + again[index],
                    "confirmed_by": confirmed[index],
                    "generated": True,
                },
                area=where[index], role=build.staff(where[index]), at=on + timedelta(hours=2),
                after=[since[0] if since else organisation.approved, *([topic.chosen] if topic else [])],
            )  # fmt: skip


def _carriers(
    build: Build, entry: Data, count: int
) -> list[tuple[Organisation, Topic | None, str, tuple[str, date] | None]]:
    """Who delivers what, and since when: the projects of a round in turn, or the organisations named."""
    if entry["round"]:
        projects = build.projects[entry["round"]]
        return [(p.organisation, p.topic, p.title, (p.step, p.signed)) for p in cycle(projects, count)]
    pool = [o for track in ("registered", "filed") for o in build.of_track(track, entry["organisations"])]
    return [(o, None, f"{o.category}服务", None) for o in cycle(pool, count)]
