"""Applications, as they can be asked for."""

from __future__ import annotations

from typing import Any

from services.funding.documents import Application
from services.funding.queries import blind, parties
from services.funding.queries.rounds import round_
from shared.call import Call
from shared.store.queries import get

Data = dict[str, Any]

application = get(Application)


def applications(call: Call, query: Data) -> Any:
    hidden = blind.hidden(call)
    return parties.listed(call, Application, query, **({"round__nin": hidden} if hidden else {}))


def application_for(call: Call, identifier: str) -> Application:
    """Raises NotFound, and Forbidden to whoever acts for another organisation or has no role there, and to reviewers
    of a blind round."""
    found = parties.visible(call, application(identifier))
    blind.check(call, found)
    return found


def judged(call: Call, identifier: str) -> Application:
    """For those who judge: an applicant's own street does not see what is said of it. Raises NotFound, Forbidden."""
    found = application(identifier)
    call.authorise(round_(found.round).area)
    return found
