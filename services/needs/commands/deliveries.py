"""What can be done with records of service."""

from __future__ import annotations

from typing import Any

from services.needs.commands.days import today
from services.needs.documents import Delivery, LibraryItem
from services.needs.domain import deliveries as rules
from services.needs.domain.days import check_not_future
from services.needs.queries import known
from services.needs.subjects.deliveries import RECORDED
from shared.acting import check_acting
from shared.call import Call
from shared.errors import NotYetKnown, Text
from shared.store import command, find, new, save

Data = dict[str, Any]

ITEM, ORGANISATION = Text("Item", "项目"), Text("Organisation", "社会组织")


@command
def record_delivery(call: Call, body: Data) -> Delivery:
    """Record what an organisation delivered. Raises NotYetKnown for an unknown organisation or topic."""
    delivery = new(call, Delivery, **body)
    delivery.organisation = body["organisation"]  # `new` takes it as the one that the actor must act for
    check_not_future(body["delivered_on"], today(call), "delivered_on")
    rules.check_delivery(body["beneficiaries"], body["person_times"])
    organisation = known.known_organisation(body["organisation"])
    if organisation is None:
        raise NotYetKnown(ORGANISATION, body["organisation"], "organisation")
    check_acting(organisation.status, organisation.name)
    if body["topic"] is not None:
        topic = find(LibraryItem, body["topic"])
        if topic is None:
            raise NotYetKnown(ITEM, body["topic"], "topic")
        rules.check_topic(topic.status, topic.id)
    return save(call, delivery, RECORDED)
