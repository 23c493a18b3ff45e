"""What can be done with volunteers, activities and service."""

from __future__ import annotations

from typing import Any

from services.needs.commands.menu import check_acting_organisation
from services.needs.documents import Activity, Engagement, Volunteer
from services.needs.domain import volunteers as rules
from services.needs.domain.volunteers import Window
from services.needs.subjects import volunteers as subjects
from shared.arearules.settings import value
from shared.call import Call
from shared.ids import derived_id
from shared.lifecycle import advance
from shared.store import Held, command, find, load, new, save, save_all
from shared.store.aggregate import Aggregate, elsewhere
from shared.store.queries import get

Data = dict[str, Any]

_volunteer, _activity = get(Volunteer), get(Activity)


@command
def register_volunteer(call: Call, body: Data) -> Volunteer:
    """Register a volunteer 志愿者注册: by staff, or by themselves with their own account."""
    volunteer = new(call, Volunteer, organisation=body["account"], **body)
    rules.check_windows(_windows(body))
    return save(call, volunteer, subjects.REGISTERED)


@command
def change_volunteer(call: Call, volunteer_id: str, body: Data) -> Volunteer:
    """Set what a volunteer offers: skills, areas, times."""
    volunteer = load(call, Volunteer, volunteer_id, organisation_field="account")
    volunteer.status = advance(rules.VolunteerLife, volunteer.status, "change")
    rules.check_windows(_windows(body))
    volunteer.skills, volunteer.areas, volunteer.windows = body["skills"], body["areas"], body["windows"]
    return save(call, volunteer, subjects.CHANGED)


@command
def end_volunteer(call: Call, volunteer_id: str) -> Volunteer:
    """Close a volunteer's file 注销; what was served stays on record."""
    volunteer = load(call, Volunteer, volunteer_id, organisation_field="account")
    volunteer.status = advance(rules.VolunteerLife, volunteer.status, "leave")
    return save(call, volunteer, subjects.LEFT)


@command
def open_activity(call: Call, body: Data) -> Activity:
    """Look for volunteers 发布志愿服务活动. Raises NotYetKnown for an unknown organisation."""
    activity = new(call, Activity, **body)
    activity.organisation = body["organisation"]  # `new` takes it as the one that the actor must act for
    rules.check_times(body["begins_at"], body["ends_at"])
    if activity.organisation is not None:
        check_acting_organisation(activity.organisation)
    return save(call, activity, subjects.OPENED)


@command
def close_activity(call: Call, activity_id: str) -> Activity:
    """Take no more volunteers; who joined may still be recorded."""
    activity = load(call, Activity, activity_id, organisation_field="organisation")
    activity.status = advance(rules.ActivityLife, activity.status, "close")
    return save(call, activity, subjects.CLOSED)


@command
def join(call: Call, activity_id: str, volunteer_id: str) -> Engagement:
    """Have a volunteer take part in an activity 报名, or again after they withdrew.

    Raises Refused where all places are taken, Conflict where they are elsewhere at that time.
    """
    activity, volunteer = _activity(activity_id), _volunteer(volunteer_id)
    call.authorise([activity.area, volunteer.area], volunteer.account)
    _check_here(call, activity, volunteer)
    engagement = _engagement(call.cleared(), activity, volunteer)
    advance(rules.VolunteerLife, volunteer.status, "join")
    activity.status = advance(rules.ActivityLife, activity.status, "join")
    rules.check_place(activity.taken, activity.places)
    others = Engagement.objects(volunteer=volunteer.id, status__in=("joined", "recorded", "confirmed"))
    rules.check_free(activity.span, (other.span for other in others))
    activity.taken += 1
    # The volunteer is held: of two activities at one time, joined at once, only one gets them.
    save_all(call, (engagement, subjects.BEGUN), (activity, subjects.JOINED), Held(volunteer))
    return engagement


def _engagement(call: Call, activity: Activity, volunteer: Volunteer) -> Engagement:
    """The volunteer's part in the activity, of which there is one. Raises AlreadyApplied for a cause that acted."""
    identifier = derived_id(f"{activity.id}:engagement", volunteer.id)
    if find(Engagement, identifier):
        engagement = load(call, Engagement, identifier)
        engagement.status = advance(rules.EngagementLife, engagement.status, "join")
        return engagement
    engagement = new(call, Engagement, area=activity.area, beside=activity)
    engagement.id = identifier
    engagement.volunteer, engagement.account = volunteer.id, volunteer.account
    engagement.activity, engagement.title = activity.id, activity.title
    engagement.organisation = activity.organisation
    engagement.begins_at, engagement.ends_at = activity.span
    return engagement


@command
def withdraw(call: Call, engagement_id: str) -> Engagement:
    """Let a volunteer withdraw 退出 before the service is recorded."""
    engagement = load(call, Engagement, engagement_id, organisation_field="account")
    engagement.status = advance(rules.EngagementLife, engagement.status, "withdraw")
    activity = _activity(engagement.activity)
    activity.taken -= 1
    save_all(call, (engagement, subjects.WITHDRAWN), (activity, subjects.JOINED))
    return engagement


@command
def record_service(call: Call, engagement_id: str, minutes: int) -> Engagement:
    """Record how long a volunteer served: by who arranged the activity (谁组织谁记录)."""
    engagement = load(call, Engagement, engagement_id, organisation_field="organisation")
    engagement.status = advance(rules.EngagementLife, engagement.status, "record")
    rules.check_minutes(minutes, engagement.span, call.now)
    engagement.minutes = minutes
    return save(call, engagement, subjects.RECORDED)


@command
def confirm_service(call: Call, engagement_id: str) -> Engagement:
    """Confirm recorded service: it counts for the volunteer, and for the stars 星级 that the area gives."""
    engagement = load(call, Engagement, engagement_id)
    engagement.status = advance(rules.EngagementLife, engagement.status, "confirm")
    engagement.confirmed_at = call.now
    volunteer = _volunteer(engagement.volunteer)
    _check_here(call, volunteer)
    volunteer.minutes += engagement.minutes
    hours = value(rules.STARS, volunteer.area, call.now)
    volunteer.stars = rules.stars(volunteer.minutes, hours)
    save_all(call, (engagement, subjects.CONFIRMED), (volunteer, subjects.SERVED))
    return engagement


def _check_here(call: Call, *records: Aggregate) -> None:
    """Raise Misdirected where another node writes one of the records that are written together."""
    for each in records:
        if each.owner != call.node.area:
            raise elsewhere(call, each)


def _windows(body: Data) -> list[Window]:
    return [Window(each["weekday"], each["begins"], each["ends"]) for each in body["windows"]]
