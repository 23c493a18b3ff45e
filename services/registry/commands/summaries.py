"""What the district announces of organisations to everybody."""

from __future__ import annotations

from typing import Any

from services.registry.documents.organisations import Organisation
from services.registry.documents.summaries import Summary
from services.registry.domain import organisations as rules
from services.registry.domain.lives import PUBLIC_STATES
from services.registry.subjects import summaries as subjects
from shared.call import Call
from shared.errors import Misdirected, NotYetKnown, Text
from shared.ids import derived_id
from shared.store import command, find, save

Data = dict[str, Any]


@command
def announce_summary(call: Call, data: Data) -> Summary | None:
    """Tell everybody what they may know of an organisation; the root node does, for all of its area.

    An application is nobody else's business until it is approved. Raises Misdirected elsewhere. Events may
    come in any order: an older state never replaces a newer one.
    """
    if call.node.parent is not None:
        raise Misdirected(data["area"][:6], None)
    state = find(Organisation, data["subject"])
    if state is None:
        raise NotYetKnown(Text("Organisation", "社会组织"), data["subject"], "subject")
    if state.status not in PUBLIC_STATES:
        return None
    shared = {name: getattr(state, name) for name in rules.PUBLISHED}
    identifier = derived_id(data["subject"], "summary")
    seen = [state.epoch, state.sequence]
    summary = find(Summary, identifier)
    if summary is None:
        summary = Summary(
            id=identifier,
            owner=call.node.area,
            seat=call.node.area,
            organisation=data["subject"],
            created_at=call.now,
        )
    elif summary.seen_epoch >= seen:
        return summary
    for name, value in shared.items():
        setattr(summary, name, value)
    summary.seen_epoch = seen
    return save(call, summary, subjects.SUMMARY_ANNOUNCED)
