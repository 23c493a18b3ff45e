"""What the service of needs stores: one module a subject."""

from services.needs.documents.adoption import Wish
from services.needs.documents.calls import CallList
from services.needs.documents.clients import Client
from services.needs.documents.collection import Need
from services.needs.documents.consolidation import Distinction, SimilarEntry, SimilarState
from services.needs.documents.crowdfunding import Campaign, Pledge
from services.needs.documents.deliveries import Delivery
from services.needs.documents.known import KnownOrganisation, KnownSummary
from services.needs.documents.library import LibraryItem, SourceClaim
from services.needs.documents.menu import ServiceItem
from services.needs.documents.notices import TopicObjection
from services.needs.documents.orders import Order
from services.needs.documents.panels import Panel, PanelVote
from services.needs.documents.surveys import Survey, SurveyAnswer
from services.needs.documents.volunteers import Activity, Engagement, Volunteer
from services.needs.documents.vouchers import Voucher, VoucherRun
from shared.arearules.settings import AreaRuleSetting
from shared.clocks.days import KnownCalendarDay

ALL = (
    Need, Survey, SurveyAnswer, LibraryItem, SourceClaim, Distinction, SimilarEntry, SimilarState,
    Panel, PanelVote, TopicObjection, CallList, Delivery,
    ServiceItem, Client, Order, Voucher, VoucherRun,
    Volunteer, Activity, Engagement, Wish, Campaign, Pledge,
    AreaRuleSetting, KnownCalendarDay, KnownOrganisation, KnownSummary,
)  # fmt: skip

__all__ = [
    "ALL",
    "Activity",
    "AreaRuleSetting",
    "CallList",
    "Campaign",
    "Client",
    "Delivery",
    "Distinction",
    "Engagement",
    "KnownCalendarDay",
    "KnownOrganisation",
    "KnownSummary",
    "LibraryItem",
    "Need",
    "Order",
    "Panel",
    "PanelVote",
    "Pledge",
    "ServiceItem",
    "SimilarEntry",
    "SimilarState",
    "SourceClaim",
    "Survey",
    "SurveyAnswer",
    "TopicObjection",
    "Volunteer",
    "Voucher",
    "VoucherRun",
    "Wish",
]
