"""The subjects of needs and the events that tell of them: one module a subject."""

from services.needs.subjects import (
    clients,
    collection,
    deliveries,
    library,
    menu,
    notices,
    orders,
    panels,
    rules,
    surveys,
    vouchers,
)

ALL = (
    *collection.ALL,
    *surveys.ALL,
    *library.ALL,
    *panels.ALL,
    *notices.ALL,
    *deliveries.ALL,
    *menu.ALL,
    *clients.ALL,
    *orders.ALL,
    *vouchers.ALL,
    *rules.ALL,
)
