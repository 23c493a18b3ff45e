"""Needs: collected, merged into a library, appraised; hotline requests; services delivered."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from deploy.replay import names
from deploy.replay.amounts import cycle, dealt, grouped, split
from deploy.replay.build import Build, Data, Organisation, Topic, moment, spread
from deploy.replay.places import placed
from deploy.replay.plan import After, Ref, Role

_USUAL_SOURCES = {"survey": 5, "visit": 3, "walk_in": 2, "online": 2, "department": 1, "street": 1}
_USUAL_CONFIRMATIONS = {"client": 5, "community_worker": 3, "call_back": 2, "relative": 1}


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
        build.topics[entry["key"]] = []
        for item, size in enumerate(sizes):
            start = sum(sizes[:item])
            members = list(range(start, start + size))
            topic = _plan_item(
                build, entry, item, subjects[item], categories[item],
                [made[m] for m in members], [where[m] for m in members], item in chosen,
            )  # fmt: skip
            if item in chosen:
                build.topics[entry["key"]].append(topic)


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


def _plan_item(
    build: Build, entry: Data, index: int, subject: str, category: str, sources: list[str],
    where: list[str], chosen: bool,
) -> Topic:  # fmt: skip
    year, rng = entry["year"], build.rng("library", entry["key"], index)
    step = f"library/{entry['key']}/{index}"
    title = build.names.unique(subject)
    build.post(
        step, "needs/library",
        {
            "area": build.district, "title": title, "category": category,
            "group": names.group_of(category), "sources": [Ref(source) for source in sources],
            "generated": True,
        },
        area=build.district, role=build.staff(), at=moment(date(year, 3, 4), index),
    )  # fmt: skip
    appraised = build.post(
        f"{step}/appraisal", "needs/library/{id}/appraisal",
        {
            "chosen": chosen,
            "votes": {
                part: {"for": strong if chosen else weak, "against": weak if chosen else strong}
                for part in ("residents", "experts", "cadres", "organisations")
                for strong, weak in [(rng.randint(3, 6), rng.randint(0, 2))]
            },
            "reasons": "需求集中，适合由社会组织承接。" if chosen else "暂不具备实施条件，列入下一批。",
        },
        area=build.district, role=build.staff(), at=moment(date(year, 3, 18), index), of=step,
    )  # fmt: skip
    if not chosen:
        return Topic(step, appraised, title, category, where[0])
    confirmed = build.post(
        f"{step}/confirmation", "needs/library/{id}/confirmation", {},
        area=build.district, role=build.staff(), at=After(appraised, "notice_ends_at"), of=step,
    )  # fmt: skip
    return Topic(step, confirmed, title, category, where[0])


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
