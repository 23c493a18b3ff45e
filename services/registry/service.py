"""The registry's service, put together from its routes."""

from __future__ import annotations

from typing import ClassVar

from services.registry import documents, events
from services.registry.routes.bodies import BodyRoutes
from services.registry.routes.certificates import CertificateRoutes
from services.registry.routes.clocks import ClockRoutes
from services.registry.routes.credit import CreditRoutes
from services.registry.routes.directory import DirectoryRoutes
from services.registry.routes.ends import EndRoutes
from services.registry.routes.exports import ExportRoutes
from services.registry.routes.figures import FigureRoutes
from services.registry.routes.imports import ImportRoutes
from services.registry.routes.inspection import InspectionRoutes
from services.registry.routes.listings import ListingRoutes
from services.registry.routes.matters import MatterRoutes
from services.registry.routes.organisations import OrganisationRoutes
from services.registry.routes.party import PartyRoutes
from services.registry.routes.rules import RegistryRuleRoutes
from services.registry.routes.runs import RunRoutes
from services.registry.routes.stations import StationRoutes
from services.registry.routes.summaries import SummaryRoutes
from shared.owning import OwningService


class RegistryService(
    OrganisationRoutes,
    EndRoutes,
    ImportRoutes,
    ExportRoutes,
    StationRoutes,
    PartyRoutes,
    SummaryRoutes,
    DirectoryRoutes,
    FigureRoutes,
    InspectionRoutes,
    ListingRoutes,
    CreditRoutes,
    RunRoutes,
    RegistryRuleRoutes,
    ClockRoutes,
    MatterRoutes,
    CertificateRoutes,
    BodyRoutes,
    OwningService,
):
    """登记备案"""

    name = "registry"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS


SERVICE = RegistryService
