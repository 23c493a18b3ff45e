"""Finding the other records that a command needs."""

from __future__ import annotations

from services.funding.documents import Application, KnownOrganisation, KnownTopic, Round
from shared.call import Call
from shared.errors import Misdirected, NotFound, NotYetKnown, Text
from shared.store import Aggregate, find, nodes

ORGANISATION = Text("Organisation", "社会组织")
NOTICE = Text("The public notice", "公示期")
# An organisation on its way to being active, or a topic still under appraisal: the news may be on its way.
UNDECIDED = ("applied", "correcting", "accepted", "listed")


def organisation(identifier: str, field: str) -> KnownOrganisation:
    """Raises NotYetKnown for one that is not known here, or whose registration is not decided as far as known."""
    known: KnownOrganisation | None = KnownOrganisation.objects(id=identifier).first()
    if known is None or known.status in UNDECIDED:
        raise NotYetKnown(ORGANISATION, identifier, field)
    return known


def topic(identifier: str) -> KnownTopic:
    """Raises NotYetKnown for one that is not known here, or not appraised as far as known."""
    known: KnownTopic | None = KnownTopic.objects(id=identifier).first()
    if known is None or known.status in UNDECIDED:
        raise NotYetKnown(Text("Chosen topic", "立项选题"), identifier, "topic")
    return known


def status_of(identifier: str | None) -> str | None:
    """The newest known status of an organisation; None for none."""
    if identifier is None:
        return None
    known = KnownOrganisation.objects(id=identifier).first()
    return known.status if known else None


def round_here(call: Call, identifier: str) -> Round:
    """The round, owned by this node. Raises NotYetKnown, or Misdirected where another node owns it."""
    found = find(Round, identifier)
    if found is None:
        raise NotYetKnown(Text("Round", "轮次"), identifier, "round")
    check_owner(call, found)
    return found


def application(identifier: str) -> Application:
    found = find(Application, identifier)
    if found is None:
        raise NotFound(
            "no-such-record",
            Text(f"There is no application {identifier} here.", f"此处没有申报 {identifier}。"),
            Text("Check the identifier.", "请核对编号。"),
            field="id",
        )
    return found


def check_owner(call: Call, found: Aggregate) -> None:
    """Records beside this one are written where it is. Raises Misdirected where that is another node."""
    if found.owner != call.node.area:
        raise Misdirected(found.owner, nodes.address(call.node, found.owner))
