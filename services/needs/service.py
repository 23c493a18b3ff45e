"""The service of needs, put together from its routes."""

from __future__ import annotations

from typing import ClassVar

from services.needs import documents, events
from services.needs.routes.adoption import AdoptionRoutes
from services.needs.routes.appraisal import AppraisalRoutes
from services.needs.routes.calls import CallRoutes
from services.needs.routes.clients import ClientRoutes
from services.needs.routes.clocks import NeedsClockRoutes
from services.needs.routes.collection import CollectionRoutes
from services.needs.routes.consolidation import ConsolidationRoutes
from services.needs.routes.crowdfunding import CrowdfundingRoutes
from services.needs.routes.deliveries import DeliveryRoutes
from services.needs.routes.figures import FigureRoutes
from services.needs.routes.hotline import HotlineRoutes
from services.needs.routes.library import LibraryRoutes
from services.needs.routes.menu import MenuRoutes
from services.needs.routes.notices import TopicNoticeRoutes
from services.needs.routes.orders import OrderRoutes
from services.needs.routes.panels import PanelRoutes
from services.needs.routes.rules import NeedRuleRoutes
from services.needs.routes.surveys import SurveyRoutes
from services.needs.routes.volunteers import VolunteerRoutes
from services.needs.routes.vouchers import VoucherRoutes
from shared.owning import OwningService


class NeedsService(
    CollectionRoutes,
    HotlineRoutes,
    SurveyRoutes,
    CallRoutes,
    LibraryRoutes,
    ConsolidationRoutes,
    AppraisalRoutes,
    PanelRoutes,
    TopicNoticeRoutes,
    DeliveryRoutes,
    FigureRoutes,
    MenuRoutes,
    ClientRoutes,
    OrderRoutes,
    VoucherRoutes,
    VolunteerRoutes,
    AdoptionRoutes,
    CrowdfundingRoutes,
    NeedRuleRoutes,
    NeedsClockRoutes,
    OwningService,
):
    """需求"""

    name = "needs"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS


SERVICE = NeedsService
