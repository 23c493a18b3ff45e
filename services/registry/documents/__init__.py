"""What the registry stores: one module a subject."""

from services.registry.documents.clocks import CalendarDay
from services.registry.documents.imports import Import, ImportRow
from services.registry.documents.organisations import Organisation
from services.registry.documents.party import PartyBranch
from services.registry.documents.stations import Station
from services.registry.documents.summaries import Summary
from shared.arearules.settings import AreaRuleSetting

ALL = (Organisation, Station, PartyBranch, Summary, AreaRuleSetting, CalendarDay, Import, ImportRow)

__all__ = [
    "ALL",
    "AreaRuleSetting",
    "CalendarDay",
    "Import",
    "ImportRow",
    "Organisation",
    "PartyBranch",
    "Station",
    "Summary",
]
