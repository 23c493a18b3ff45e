"""What the registry publishes, and what it does with events."""

from __future__ import annotations

from services.registry import documents, subjects
from services.registry.commands import certificates, clocks, directory, growth, summaries
from services.registry.domain import certificates as certificate_rules
from services.registry.schemas.clocks import CalendarDayState
from services.registry.schemas.directory import SeenOrganisation, SeenSummary
from services.registry.schemas.inspection import SeenGrade
from services.registry.schemas.organisations import OrganisationState
from services.registry.subjects.bodies import KNOWN_BODY
from services.registry.subjects.certificates import CERTIFICATE
from services.registry.subjects.clocks import CALENDAR_DAY, CALENDAR_DAY_SET
from services.registry.subjects.credit import CREDIT_ENTRY
from services.registry.subjects.inspection import INSPECTION
from services.registry.subjects.listings import LISTING
from services.registry.subjects.matters import MATTER
from services.registry.subjects.organisations import ALL as ORGANISATION_EVENTS
from services.registry.subjects.organisations import APPROVED, ORGANISATION
from services.registry.subjects.party import BRANCH
from services.registry.subjects.rules import AREA_RULE
from services.registry.subjects.runs import RUN
from services.registry.subjects.stations import STATION
from services.registry.subjects.summaries import SUMMARY
from shared.events.handlers import Handlers, derived, effect, read_model, replicas

PUBLISHES = subjects.ALL
TELLS = (
    (ORGANISATION, documents.Organisation),
    (STATION, documents.Station),
    (BRANCH, documents.PartyBranch),
    (SUMMARY, documents.Summary),
    (CALENDAR_DAY, documents.CalendarDay),
    (CERTIFICATE, documents.Certificate),
    (MATTER, documents.Matter),
    (AREA_RULE, documents.AreaRuleSetting),
    (INSPECTION, documents.Inspection),
    (LISTING, documents.Listing),
    (CREDIT_ENTRY, documents.CreditEntry),
    (RUN, documents.Run),
    (KNOWN_BODY, documents.KnownBody),
)

HANDLERS = Handlers(
    *replicas(TELLS),
    read_model("evaluation.grade", SeenGrade, documents.KnownGrade),
    derived("registry.organisation", SeenOrganisation, directory.after_organisations, "list organisations"),
    derived("registry.summary", SeenSummary, directory.after_summaries, "list summaries"),
    derived("evaluation.grade", SeenGrade, directory.after_grades, "list grades"),
    *(effect(event.type, OrganisationState, summaries.announce_summary) for event in ORGANISATION_EVENTS),
    effect(APPROVED.type, OrganisationState, growth.end_grown),
    *(
        effect(f"registry.organisation.{verb}", OrganisationState, certificates.reissue)
        for verb in ("changed", "renewed", "moved")
    ),
    *(
        effect(f"registry.organisation.{verb}", OrganisationState, certificates.annul)
        for verb in certificate_rules.ENDS
    ),
    effect(CALENDAR_DAY_SET.type, CalendarDayState, clocks.reconsider),
)
