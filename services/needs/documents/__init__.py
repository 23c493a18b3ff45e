"""What the service of needs stores: one module a subject."""

from services.needs.documents.clients import Client
from services.needs.documents.collection import Need
from services.needs.documents.deliveries import Delivery
from services.needs.documents.known import KnownOrganisation, KnownSummary
from services.needs.documents.library import LibraryItem, SourceClaim
from services.needs.documents.menu import ServiceItem
from services.needs.documents.notices import TopicObjection
from services.needs.documents.orders import Order
from services.needs.documents.panels import Panel, PanelVote
from services.needs.documents.surveys import Survey, SurveyAnswer
from services.needs.documents.vouchers import Voucher, VoucherRun
from shared.arearules.settings import AreaRuleSetting
from shared.clocks.days import KnownCalendarDay

ALL = (
    Need, Survey, SurveyAnswer, LibraryItem, SourceClaim, Panel, PanelVote, TopicObjection, Delivery,
    ServiceItem, Client, Order, Voucher, VoucherRun,
    AreaRuleSetting, KnownCalendarDay, KnownOrganisation, KnownSummary,
)  # fmt: skip

__all__ = [
    "ALL",
    "AreaRuleSetting",
    "Client",
    "Delivery",
    "KnownCalendarDay",
    "KnownOrganisation",
    "KnownSummary",
    "LibraryItem",
    "Need",
    "Order",
    "Panel",
    "PanelVote",
    "ServiceItem",
    "SourceClaim",
    "Survey",
    "SurveyAnswer",
    "TopicObjection",
    "Voucher",
    "VoucherRun",
]
