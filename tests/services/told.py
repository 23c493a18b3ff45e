"""What another service of the same node tells on the bus, for tests of the services that listen."""

from __future__ import annotations

from typing import Any

from shared.events import topology
from shared.ids import new_id
from tests.bus import publish
from tests.harness import RunningNode


def tell(
    node: RunningNode,
    type_: str,
    data: dict[str, Any],
    *,
    area: str | None = None,
    subject: str | None = None,
    sequence: int = 1,
    time: str = "2026-03-02T01:00:00.000Z",
    audience: str = "area",
    times: int = 1,
) -> str:
    """Publish an event as the node's own service would, `times` times; its subject."""
    service, noun, _ = type_.split(".")
    subject, area = subject or new_id(), area or node.area
    event = {
        "specversion": "1.0",
        "id": new_id(),
        "source": f"/{node.area}/{service}",
        "type": type_,
        "subject": subject,
        "time": time,
        "datacontenttype": "application/json",
        "dataschema": f"urn:hatchery:{service}.{noun}:1",
        "sequence": sequence,
        "epoch": 1,
        "area": area,
        "audience": audience,
        "causationid": new_id(),
        "correlationid": new_id(),
        "data": {"id": subject, "area": area} | data,
    }
    publish(node, topology.OWN, *[event] * times)
    return subject


def organisation(node: RunningNode, *, area: str | None = None, **changed: Any) -> str:
    """An active registered organisation, as the registry tells of it."""
    data = {
        "name": "道里区春雨社会工作服务中心",
        "track": "registered",
        "type": "non_enterprise",
        "established_on": "2015-05-04",
        "status": "active",
    }
    verb = changed.pop("verb", "approved")
    return tell(node, f"registry.organisation.{verb}", data | changed, area=area)


def project(node: RunningNode, organisation: str, *, area: str | None = None, **changed: Any) -> str:
    """A running project, as funding tells of it."""
    data = {
        "round": new_id(),
        "application": new_id(),
        "organisation": organisation,
        "host": None,
        "title": "银龄课堂",
        "amount_fen": 3_000_000,
        "status": "running",
        "tranches": [
            {"number": 1, "condition": "contract", "amount_fen": 1_500_000, "status": "paid"},
            {"number": 2, "condition": "final", "amount_fen": 1_500_000, "status": "waiting"},
        ],
    }
    verb = changed.pop("verb", "contracted")
    return tell(node, f"funding.project.{verb}", data | changed, area=area)
