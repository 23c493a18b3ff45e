"""Suppliers' queries, as the parties to them can ask for them."""

from __future__ import annotations

from typing import Any

from services.funding.commands import known
from services.funding.commands.procurement import authorise
from services.funding.documents import SupplierQuery
from shared.call import Call
from shared.store.queries import get, page, page_for

Data = dict[str, Any]
_query = get(SupplierQuery)


def supplier_queries(call: Call, query: Data) -> Any:
    """Officers see those of the organisation that they act for, others those of the areas where they have a role."""
    own = call.actor.organisation
    if known.officer_of(call, own):
        return page(SupplierQuery, query | {"organisation": own}, "round", "organisation", "status")
    return page_for(call, SupplierQuery, query, "round", "organisation", "status", own=["organisation"])


def supplier_query(call: Call, identifier: str) -> SupplierQuery:
    found = _query(identifier)
    authorise(call, found.area, found.organisation)
    return found
