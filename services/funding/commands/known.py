"""Finding the other records that a command needs."""

from __future__ import annotations

from datetime import date

from services.funding.documents import (
    Application,
    Attachment,
    Contract,
    Draft,
    KnownGrade,
    KnownOrganisation,
    KnownSummary,
    KnownTopic,
    Project,
    Round,
    SupplierQuery,
)
from services.funding.domain import eligibility
from shared import areas
from shared.acting import BEFORE_ACTIVE
from shared.call import Call
from shared.errors import NotFound, NotYetKnown, Text
from shared.store import Aggregate, find
from shared.store.aggregate import elsewhere

OFFICER = "organisation_officer"
ORGANISATION = Text("Organisation", "社会组织")

# States of a topic under appraisal or on public notice: an event on its way may turn each into `chosen`.
BEFORE_CHOSEN = ("listed", "noticed")


Known = KnownOrganisation | KnownSummary


def _newest(identifier: str) -> Known | None:
    """What the registry tells of the organisation, or else its public summary."""
    full: Known | None = KnownOrganisation.objects(id=identifier).first()
    return full or KnownSummary.objects(organisation=identifier).first()


def organisation(identifier: str, field: str) -> Known:
    """Raises NotYetKnown for one that is not known here, or whose registration is not decided as far as known."""
    known = _newest(identifier)
    if known is None or known.status in BEFORE_ACTIVE:
        raise NotYetKnown(ORGANISATION, identifier, field)
    return known


def topic(identifier: str) -> KnownTopic:
    """Raises NotYetKnown for one that is not known here, or whose choice may be on its way."""
    known: KnownTopic | None = KnownTopic.objects(id=identifier).first()
    if known is None or known.status in BEFORE_CHOSEN:
        raise NotYetKnown(Text("Chosen topic", "立项选题"), identifier, "topic")
    return known


def status_of(identifier: str | None) -> str | None:
    """The newest known status of an organisation; None for none."""
    if identifier is None:
        return None
    known = _newest(identifier)
    return known.status if known else None


def name_of(identifier: str) -> str:
    """The newest known name of an organisation. Raises NotYetKnown."""
    return str(organisation(identifier, "organisation").name)


def round_here(call: Call, identifier: str) -> Round:
    """The round, owned by this node. Raises NotYetKnown, or Misdirected where another node owns it."""
    found = find(Round, identifier)
    if found is None:
        raise NotYetKnown(Text("Round", "轮次"), identifier, "round")
    check_owner(call, found)
    return found


def judged_round(call: Call, identifier: str) -> Round:
    """The round that an application is judged in. Raises Forbidden unless the role holds at the round's area:
    one at the applicant's own street must not decide on the district's money."""
    found = round_here(call, identifier)
    call.authorise(found.area)
    return found


def application(identifier: str) -> Application:
    found = find(Application, identifier)
    if found is None:
        raise _unknown(Text("application", "申报"), identifier)
    return found


def draft(identifier: str) -> Draft:
    found = find(Draft, identifier)
    if found is None:
        raise _unknown(Text("draft", "申报草稿"), identifier)
    return found


def attachment(identifier: str) -> Attachment:
    found = find(Attachment, identifier)
    if found is None:
        raise _unknown(Text("attachment", "附件"), identifier)
    return found


def supplier_query(identifier: str) -> SupplierQuery:
    found = find(SupplierQuery, identifier)
    if found is None:
        raise _unknown(Text("query", "质疑"), identifier)
    return found


def _unknown(what: Text, identifier: str) -> NotFound:
    return NotFound(
        "no-such-record",
        Text(f"There is no {what.en} {identifier} here.", f"此处没有{what.zh} {identifier}。"),
        Text("Check the identifier.", "请核对编号。"),
        field="id",
    )


def standing(found: Application) -> str | None:
    """The status of whoever answers for an application; an external party's is not the registry's to tell."""
    return "active" if found.external else status_of(found.host or found.organisation)


def applicant(identifier: str, within: str, on: date) -> eligibility.Applicant:
    """What is known of an organisation for the rules of eligibility; `within` is the round's area."""
    known = _newest(identifier)
    if known is None:
        return eligibility.Applicant(*[None] * len(eligibility.Applicant._fields))
    full = isinstance(known, KnownOrganisation)
    told = known.abnormal is not None or known.serious is not None
    grades = KnownGrade.objects(organisation=identifier, valid_from__lte=on, valid_until__gte=on)
    return eligibility.Applicant(
        type=known.type,
        established_on=known.established_on,
        grade=max(
            (each.grade for each in grades), default=eligibility.UNGRADED, key=eligibility.GRADES.index
        ),
        # Without any entry the registry tells no standing: that is a normal one.
        standing=(known.credit_standing or "normal") if full and told else None,
        listed=bool(known.abnormal or known.serious) if told else None,
        charity=known.charity if full else None,
        within_area=areas.contains(within, known.area),
    )


def home(identifier: str | None) -> str | None:
    """The area of an organisation, as far as it is known here."""
    known = _newest(identifier) if identifier else None
    return known.area if known else None


def officer_of(call: Call, *parties: str | None) -> bool:
    """Whether the actor is an officer of one of these organisations, by a token of where that sits."""
    homes = [(area, party) for party in parties if (area := home(party))]
    return any(call.may(area, party, role=OFFICER) for area, party in homes)


def authorise_party(call: Call, found: Application | Contract | Project | Draft | Attachment) -> None:
    """Raise Forbidden unless the actor has a role at the record's area, or is an officer of who applied or of the
    host 承接单位 that answers for it: these may sit elsewhere."""
    if not officer_of(call, found.organisation, found.host):
        call.authorise(found.area, found.organisation, found.host)


def check_owner(call: Call, found: Aggregate) -> None:
    """Records beside this one are written where it is. Raises Misdirected where that is another node."""
    if found.owner != call.node.area:
        raise elsewhere(call, found)
