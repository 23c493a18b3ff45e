"""Reading stored records: one by its id, and pages of those below an area."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from mongoengine import Q, QuerySet

from shared.call import Call, Reach
from shared.errors import NotFound, Text
from shared.http.pages import Page
from shared.store.aggregate import Aggregate, find, subtree

A = TypeVar("A", bound=Aggregate)


def get(kind: type[A]) -> Callable[[str], A]:
    """A query for one record of a kind by its id. It raises NotFound."""

    def one(identifier: str) -> A:
        found = find(kind, identifier)
        if found is None:
            raise unknown(kind, identifier)
        return found

    return one


def unknown(kind: type[Aggregate], identifier: str) -> NotFound:
    """What to raise of a record that there is not, or not for whoever asks."""
    return NotFound(
        "no-such-record",
        Text(f"{kind.__name__} {identifier} is not known here.", f"此处没有该记录：{identifier}。"),
        Text(
            "Check the identifier; what was written at another node arrives after a moment.",
            "请核对编号；其他节点写入的记录稍后到达。",
        ),
        field="id",
    )


def below(kind: type[A], area: str) -> QuerySet:
    """The records of an area and everything below it."""
    return kind.objects(**subtree(area))


def page(kind: type[A], query: dict[str, Any], *filters: str, **fixed: Any) -> Page[A]:
    """A page of records in the order of their ids, by `area` and the `filters` that the query gives."""
    return _page(below(kind, query["area"]) if query.get("area") else kind.objects, query, filters, fixed)


def page_for(
    call: Call, kind: type[A], query: dict[str, Any], *filters: str, own: Sequence[str] = (), **fixed: Any
) -> Page[A]:
    """As `page`, of what the caller may see: all of the area, or what belongs to the caller by one of the fields
    `own`. Raises Forbidden where that is nothing."""
    return _page(seen(call, kind, query.get("area"), own), query, filters, fixed)


def seen(call: Call, kind: type[A], area: str | None, own: Sequence[str] = ()) -> QuerySet:
    """The records of `area`, or of all areas, that the caller may see. Raises Forbidden where there is nothing."""
    reach = call.reach(area)
    return kind.objects(reduce(or_, (_within(call, part, own) for part in reach))) if reach else kind.objects


def _within(call: Call, part: Reach, own: Sequence[str]) -> Q:
    within = Q(**subtree(part.area))
    if not part.own:
        return within
    # Nobody acts for no organisation: a record that belongs to nobody is nobody's own.
    owners = [owner for owner in (call.actor.subject, call.actor.organisation) if owner is not None]
    return within & reduce(or_, (Q(**{f"{field}__in": owners}) for field in own))


def _page(found: QuerySet, query: dict[str, Any], filters: Sequence[str], fixed: dict[str, Any]) -> Page[Any]:
    given = {name: query[name] for name in filters if query.get(name) is not None}
    if query["cursor"]:
        given["id__gt"] = query["cursor"][0]
    items = list(found.filter(**given, **fixed).order_by("id").limit(query["limit"] + 1))
    return Page.of(items, query["limit"], lambda item: [item.id])
