"""What the registry stores: one module a subject."""

from services.registry.documents.bodies import KnownBody
from services.registry.documents.certificates import Certificate
from services.registry.documents.clocks import CalendarDay
from services.registry.documents.credit import CreditEntry
from services.registry.documents.directory import DirectoryCount, DirectoryEntry, DirectoryState
from services.registry.documents.imports import Import, ImportRow
from services.registry.documents.inspection import Inspection, KnownGrade
from services.registry.documents.listings import Listing
from services.registry.documents.matters import Matter
from services.registry.documents.organisations import Organisation
from services.registry.documents.party import PartyBranch
from services.registry.documents.runs import Run
from services.registry.documents.stations import Station, StationVisit
from services.registry.documents.summaries import Summary
from shared.arearules.settings import AreaRuleSetting

ALL = (
    Organisation, Station, StationVisit, PartyBranch, Summary, AreaRuleSetting, Inspection, KnownGrade, Listing,
    CreditEntry, Run, CalendarDay, Import, ImportRow, Matter, Certificate,
    DirectoryEntry, DirectoryCount, DirectoryState,
    KnownBody,
)  # fmt: skip

__all__ = [
    "ALL",
    "AreaRuleSetting",
    "CalendarDay",
    "Certificate",
    "CreditEntry",
    "Import",
    "ImportRow",
    "Inspection",
    "KnownBody",
    "KnownGrade",
    "Listing",
    "Matter",
    "Organisation",
    "PartyBranch",
    "Run",
    "Station",
    "StationVisit",
    "Summary",
]
