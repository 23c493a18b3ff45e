"""Whatever a service stores as its own can change its owner, with all that belongs to it."""

from __future__ import annotations

import pytest

from shared.audit.anchors import AuditHead
from shared.node import SERVICES
from shared.owning import OwningService
from shared.persons.requests import Execution
from shared.store.lost import GoneRecord
from tests.contracts.published import service

pytestmark = pytest.mark.unit


def owning(name: str) -> type[OwningService]:
    found = service(name)
    assert issubclass(found, OwningService)
    return found


@pytest.mark.parametrize("name", SERVICES)
def test_every_kind_of_record_can_be_handed_over(name: str) -> None:
    found = owning(name)
    assert set(found.holdings.kinds) == set(found.aggregates) - {GoneRecord, AuditHead, Execution}


@pytest.mark.parametrize("name", SERVICES)
def test_every_plain_record_says_to_which_record_it_belongs(name: str) -> None:
    found = owning(name)
    for part in found.holdings.parts:
        assert part.part_of in found.holdings.kinds
        assert part.part_by in part._fields


@pytest.mark.parametrize("name", SERVICES)
def test_giving_and_taking_is_told_of_every_kind(name: str) -> None:
    told = {event.type for event in service(name).publishes}
    for subject in owning(name).holdings.kinds.values():
        assert {f"{name}.{subject.noun}.handed_over", f"{name}.{subject.noun}.taken_over"} <= told
