"""What the registry stores: one module a subject."""

from services.registry.documents.clocks import CalendarDay
from services.registry.documents.organisations import Organisation
from services.registry.documents.party import PartyBranch
from services.registry.documents.stations import Station
from services.registry.documents.summaries import Summary
from shared.arearules.settings import AreaRuleSetting

ALL = (Organisation, Station, PartyBranch, Summary, AreaRuleSetting, CalendarDay)

__all__ = ["ALL", "AreaRuleSetting", "CalendarDay", "Organisation", "PartyBranch", "Station", "Summary"]
