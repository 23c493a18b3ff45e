"""Records that the parties to them see, wherever these sit."""

from __future__ import annotations

from typing import Any, TypeVar

from services.funding.commands import known
from services.funding.documents import Application, Attachment, Contract, Draft, Project
from shared.call import Call
from shared.store.queries import page, page_for

Data = dict[str, Any]


def listed(
    call: Call,
    kind: type[Application] | type[Contract] | type[Project] | type[Draft],
    query: Data,
    **fixed: Any,
) -> Any:
    """Officers see the records of the organisation that they act for, its own and those that it is host of, of
    whatever area; others those of the areas where they have a role."""
    filters, own = ("round", "organisation", "status"), call.actor.organisation
    if known.officer_of(call, own):
        return page(kind, query, *filters, __raw__={"$or": [{"organisation": own}, {"host": own}]})
    return page_for(call, kind, query, *filters, own=["organisation", "host"], **fixed)


R = TypeVar("R", Application, Contract, Project, Draft, Attachment)


def visible(call: Call, found: R) -> R:
    known.authorise_party(call, found)
    return found
