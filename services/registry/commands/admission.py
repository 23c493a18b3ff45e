"""What an application is held against when it is handed in, and the supervising unit's word on it."""

from __future__ import annotations

from typing import Any

from services.registry.commands import growth
from services.registry.documents.organisations import Organisation
from services.registry.domain import admission, lives, names
from services.registry.domain import organisations as rules
from services.registry.queries.organisations import names_near
from services.registry.queries.rules import value
from services.registry.subjects import organisations as subjects
from shared.call import Call
from shared.store import command, load, save

Data = dict[str, Any]


def check(call: Call, one: Organisation) -> None:
    """Hold an application against the rules of its area. Raises Refused for what it does not fulfil."""
    rules.check_identity(one.track, one.type, one.credit_code)
    if one.track == "registered":
        _check_registration(call, one)
    _check_name(call, one)
    if one.growing_from:
        growth.check_filing(one)


def _check_registration(call: Call, one: Organisation) -> None:
    admission.check_registry(one.type, value(admission.FOUNDATIONS_BY, one.area, call.now))
    direct = value(admission.DIRECT_CATEGORIES, one.area, call.now)
    admission.check_supervision(one.category, one.supervising_unit, direct)
    threshold = value(admission.THRESHOLDS[one.type], one.area, call.now)
    admission.check_threshold(one, threshold, value(admission.STATED, one.area, call.now))


def _check_name(call: Call, one: Organisation) -> None:
    """Keep which names are similar; where the area refuses those, only staff of its registry may override."""
    percent = value(names.SIMILAR_SCORE, one.area, call.now)
    known = names_near(one.seated_at, one.id, one.growing_from)
    found = names.similar(one.name, one.area, known, percent)
    one.similar = [each._asdict() for each in found]
    if value(names.SIMILAR_NAMES, one.area, call.now) == "refuse":
        staff = any(call.may(one.seated_at, role=role) for role in rules.DECIDERS[one.track])
        names.check_name(found, one.similar_reasons if staff else None)


def check_opinion(one: Organisation) -> None:
    """Raise Refused unless the supervising unit, where there is one, has approved."""
    if one.track == "registered":
        admission.check_first_opinion(one.supervising_unit, one.first_opinion)


@command
def give_first_opinion(call: Call, organisation_id: str, body: Data) -> Organisation:
    """Record the first opinion 初审 of the supervising unit. Raises Refused once the application is decided."""
    organisation = load(call, Organisation, organisation_id)
    lives.check_awaited(organisation.status, organisation.supervising_unit)
    organisation.first_opinion = body | {"given_at": call.now}
    return save(call, organisation, subjects.OPINION_GIVEN)
