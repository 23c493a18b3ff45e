"""What can be asked of appraisal panels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from services.needs.documents import Panel, PanelVote
from services.needs.domain.panels import Ballot
from shared.call import Call
from shared.http import Page
from shared.store.queries import get, page

panel = get(Panel)


def panels(query: dict[str, Any]) -> Any:
    return page(Panel, query, "status")


def file(call: Call, identifier: str) -> Panel:
    found = panel(identifier)
    call.authorise(found.area)
    return found


def votes(call: Call, identifier: str) -> Page[PanelVote]:
    """Every vote of a panel, by item."""
    found = file(call, identifier)
    return Page(list(PanelVote.objects(panel=found.id).order_by("item", "member")))


def voted(panel_id: str, member: str, items: Sequence[str]) -> list[str]:
    """Those of the items that the member has a vote on."""
    return list(PanelVote.objects(panel=panel_id, member=member, item__in=items).scalar("item"))


def ballots(panel_id: str) -> dict[str, list[Ballot]]:
    """The votes of a panel by item."""
    found: dict[str, list[Ballot]] = defaultdict(list)
    for vote in PanelVote.objects(panel=panel_id):
        found[vote.item].append(Ballot(vote.member, vote.part, vote.vote))
    return found
