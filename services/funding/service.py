"""Funding's service, put together from its routes."""

from __future__ import annotations

from typing import ClassVar

from services.funding import documents, events
from services.funding.routes.applications import ApplicationRoutes
from services.funding.routes.awards import AwardRoutes
from services.funding.routes.clawback import ClawBackRoutes
from services.funding.routes.closings import ClosingRoutes
from services.funding.routes.contracts import ContractRoutes
from services.funding.routes.delegations import DelegationRoutes
from services.funding.routes.dossiers import DossierRoutes
from services.funding.routes.drafts import DraftRoutes
from services.funding.routes.draws import DrawRoutes
from services.funding.routes.experts import ExpertRoutes
from services.funding.routes.figures import FigureRoutes
from services.funding.routes.funds import FundRoutes
from services.funding.routes.monitoring import MonitoringRoutes
from services.funding.routes.notices import NoticeRoutes
from services.funding.routes.opendata import OpenDataRoutes
from services.funding.routes.optimisation import OptimisationRoutes
from services.funding.routes.payments import PaymentRoutes
from services.funding.routes.procurement import ProcurementRoutes
from services.funding.routes.projects import ProjectRoutes
from services.funding.routes.rectification import RectificationRoutes
from services.funding.routes.review import ReviewRoutes
from services.funding.routes.rounds import RoundRoutes
from services.funding.routes.rules import FundingRuleRoutes
from services.funding.routes.schemes import SchemeRoutes
from shared.owning import OwningService


class FundingService(
    FundRoutes,
    DelegationRoutes,
    ClosingRoutes,
    SchemeRoutes,
    PaymentRoutes,
    RoundRoutes,
    ExpertRoutes,
    DrawRoutes,
    ReviewRoutes,
    NoticeRoutes,
    DraftRoutes,
    ProcurementRoutes,
    ApplicationRoutes,
    AwardRoutes,
    ContractRoutes,
    ProjectRoutes,
    MonitoringRoutes,
    OptimisationRoutes,
    DossierRoutes,
    RectificationRoutes,
    ClawBackRoutes,
    FigureRoutes,
    OpenDataRoutes,
    FundingRuleRoutes,
    OwningService,
):
    """公益创投与政府购买服务"""

    name = "funding"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS


SERVICE = FundingService
