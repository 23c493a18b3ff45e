"""What the service of needs publishes, and what it does with events."""

from __future__ import annotations

from services.needs import documents, subjects
from services.needs.commands import clocks, library, similarity
from services.needs.schemas.known import SeenOrganisation, SeenSummary
from services.needs.schemas.library import SeenItem
from services.needs.schemas.similarity import SeenRecord
from services.needs.subjects.adoption import WISH
from services.needs.subjects.calls import CALL_LIST
from services.needs.subjects.clients import CLIENT
from services.needs.subjects.collection import NEED
from services.needs.subjects.consolidation import DISTINCTION
from services.needs.subjects.crowdfunding import CAMPAIGN, PLEDGE
from services.needs.subjects.deliveries import DELIVERY
from services.needs.subjects.library import CONSOLIDATED, DISSOLVED, DIVIDED, ITEM
from services.needs.subjects.menu import SERVICE_ITEM
from services.needs.subjects.notices import TOPIC_OBJECTION
from services.needs.subjects.orders import ORDER
from services.needs.subjects.panels import PANEL
from services.needs.subjects.rules import AREA_RULE
from services.needs.subjects.surveys import SURVEY, SURVEY_ANSWER
from services.needs.subjects.volunteers import ACTIVITY, ENGAGEMENT, VOLUNTEER
from services.needs.subjects.vouchers import VOUCHER, VOUCHER_RUN
from shared.clocks import days
from shared.events.handlers import Handlers, derived, effect, read_model, replicas

PUBLISHES = subjects.ALL
TELLS = (
    (NEED, documents.Need),
    (SURVEY, documents.Survey),
    (SURVEY_ANSWER, documents.SurveyAnswer),
    (CALL_LIST, documents.CallList),
    (ITEM, documents.LibraryItem),
    (PANEL, documents.Panel),
    (TOPIC_OBJECTION, documents.TopicObjection),
    (DISTINCTION, documents.Distinction),
    (DELIVERY, documents.Delivery),
    (SERVICE_ITEM, documents.ServiceItem),
    (CLIENT, documents.Client),
    (ORDER, documents.Order),
    (VOUCHER, documents.Voucher),
    (VOUCHER_RUN, documents.VoucherRun),
    (VOLUNTEER, documents.Volunteer),
    (ACTIVITY, documents.Activity),
    (ENGAGEMENT, documents.Engagement),
    (WISH, documents.Wish),
    (CAMPAIGN, documents.Campaign),
    (PLEDGE, documents.Pledge),
    (AREA_RULE, documents.AreaRuleSetting),
)

HANDLERS = Handlers(
    *replicas(TELLS),
    read_model("registry.organisation", SeenOrganisation, documents.KnownOrganisation),
    read_model("registry.summary", SeenSummary, documents.KnownSummary),
    read_model("registry.calendar_day", days.SeenCalendarDay, documents.KnownCalendarDay),
    effect(days.SET, days.SeenCalendarDay, clocks.reconsider),
    derived("needs.need", SeenRecord, similarity.after_needs, "list needs"),
    derived("needs.library_item", SeenRecord, similarity.after_items, "list items"),
    *(effect(event.type, SeenItem, library.merge_sources) for event in (CONSOLIDATED, DIVIDED, DISSOLVED)),
)
