"""What can be asked of volunteers, activities and service; how supply and demand match."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.needs.documents import Activity, Engagement, Volunteer
from services.needs.domain import volunteers as rules
from shared import areas, clock
from shared.arearules.settings import value
from shared.call import Call
from shared.http import Page
from shared.store.queries import below, get, page, page_for, seen

Data = dict[str, Any]
activity = get(Activity)
_volunteer, _engagement = get(Volunteer), get(Engagement)


def volunteer(call: Call, identifier: str) -> Volunteer:
    found = _volunteer(identifier)
    call.authorise(found.area, found.account)
    return found


def volunteers(call: Call, query: Data) -> Any:
    return page_for(call, Volunteer, query, "status", own=["account"])


def activities(query: Data) -> Any:
    return page(Activity, query, "organisation", "status")


def engagement(call: Call, identifier: str) -> Engagement:
    found = _engagement(identifier)
    call.authorise(found.area, found.account, found.organisation)
    return found


def engagements(call: Call, query: Data) -> Any:
    own = ["account", "organisation"]
    return page_for(call, Engagement, query, "volunteer", "activity", "status", own=own)


def volunteers_for(call: Call, activity_id: str, query: Data) -> Page[Data]:
    """The volunteers that the caller may see and who are free then, those who fit the activity best first."""
    found = activity(activity_id)
    call.authorise(found.area)
    weights = value(rules.WEIGHTS, found.area, call.now)
    scored = [
        (rules.match(one.supply, found.demand, weights), one, found)
        for one in seen(call, Volunteer, None).filter(status="registered")
    ]
    busy = _busy([one.id for _, one, _ in scored], found.span)
    return _best([each for each in scored if each[1].id not in busy], query)


def activities_for(call: Call, volunteer_id: str, query: Data) -> Page[Data]:
    """The open activities of the volunteer's district that are still to come, those that fit them best first."""
    one = volunteer(call, volunteer_id)
    open_ones = below(Activity, areas.path(one.area)[0]).filter(status="open", begins_at__gt=call.now)
    weights = value(rules.WEIGHTS, one.area, call.now)
    return _best([(rules.match(one.supply, each.demand, weights), one, each) for each in open_ones], query)


def _best(scored: Iterable[tuple[rules.Match, Volunteer, Activity]], query: Data) -> Page[Data]:
    fitting = [each for each in scored if each[0].score >= query["least"]]
    fitting.sort(key=lambda each: (-each[0].score, each[1].id, each[2].id))
    return Page([_told(*each) for each in fitting[: query["limit"]]])


def _told(found: rules.Match, one: Volunteer, demand: Activity) -> Data:
    parts = [part._asdict() | {"why": part.why._asdict()} for part in found.parts]
    about = {"volunteer": one.id, "stars": one.stars, "activity": demand.id, "title": demand.title}
    return about | {"score": found.score, "parts": parts}


def _busy(identifiers: list[str], span: rules.Span) -> set[str]:
    """Who of these is in an activity that overlaps with it, or in it already."""
    parts = Engagement.objects(volunteer__in=identifiers, status__in=("joined", "recorded"))
    overlapping = parts.filter(begins_at__lt=span.ends_at, ends_at__gt=span.begins_at)
    return {each.volunteer for each in overlapping.only("volunteer")}


def certificate(call: Call, volunteer_id: str, query: Data) -> Data:
    """What a volunteer has served 志愿服务记录证明, from confirmed records alone (志愿服务条例 19)."""
    one = volunteer(call, volunteer_id)
    since, until = query["since"], query["until"]
    served = Engagement.objects(volunteer=one.id, status="confirmed").order_by("begins_at")
    records = [
        each
        for each in served
        if (since is None or since <= _day(each)) and (until is None or _day(each) <= until)
    ]
    minutes = sum(each.minutes for each in records)
    return {
        "volunteer": one.id,
        "name": (one.contact or {}).get("name"),
        "issuer": areas.name(one.owner),
        "issued_at": call.now,
        "since": since,
        "until": until,
        "minutes": minutes,
        "hours": minutes // 6 / 10,
        "stars": one.stars,
        "records": records,
    }


def _day(each: Engagement) -> Any:
    return each.begins_at.astimezone(clock.CHINA).date()
