"""The subjects of needs and the events that tell of them: one module a subject."""

from services.needs.subjects import (
    adoption,
    calls,
    clients,
    collection,
    consolidation,
    crowdfunding,
    deliveries,
    library,
    menu,
    notices,
    orders,
    panels,
    rules,
    surveys,
    volunteers,
    vouchers,
)

ALL = (
    *collection.ALL,
    *surveys.ALL,
    *calls.ALL,
    *library.ALL,
    *consolidation.ALL,
    *panels.ALL,
    *notices.ALL,
    *deliveries.ALL,
    *menu.ALL,
    *clients.ALL,
    *orders.ALL,
    *vouchers.ALL,
    *volunteers.ALL,
    *adoption.ALL,
    *crowdfunding.ALL,
    *rules.ALL,
)
