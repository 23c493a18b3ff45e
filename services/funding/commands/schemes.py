"""Schemes: published in versions, used by rounds, retired."""

from __future__ import annotations

from typing import Any

from services.funding.documents import Scheme
from services.funding.domain import schemes as domain
from services.funding.subjects import schemes as subjects
from shared.call import Call
from shared.lifecycle import advance
from shared.store import command, load, new, save

Data = dict[str, Any]


@command
def open_scheme(call: Call, body: Data) -> Scheme:
    """Begin a scheme with its first version. Raises Refused and Invalid where its terms do not hold together."""
    scheme = new(call, Scheme, area=body["area"], name=body["name"])
    return _publish(call, scheme, body)


@command
def publish_version(call: Call, scheme_id: str, body: Data) -> Scheme:
    """Publish further terms as the next version. Rounds that were planned by an earlier one keep that."""
    scheme = load(call, Scheme, scheme_id)
    domain.check_in_use(scheme.status)
    return _publish(call, scheme, body)


def _publish(call: Call, scheme: Scheme, body: Data) -> Scheme:
    terms = body["terms"]
    domain.check_terms(terms)
    domain.check_size(terms, len(scheme.versions))
    number = len(scheme.versions) + 1
    version = {"number": number, "published_at": call.now, "note": body["note"], "terms": terms}
    scheme.versions.append(version)
    scheme.kind = terms["kind"]
    return save(call, scheme, subjects.PUBLISHED)


@command
def retire_scheme(call: Call, scheme_id: str) -> Scheme:
    """Plan no more rounds by a scheme; those that were planned by it go on."""
    scheme = load(call, Scheme, scheme_id)
    scheme.status = advance(domain.SchemeLife, scheme.status, "retire")
    return save(call, scheme, subjects.RETIRED)
