"""Organisations for the tests of services that deal with them."""

from __future__ import annotations

from tests.harness import RunningNode


def apply(node: RunningNode, name: str, area: str | None = None) -> str:
    """The id of a filed team that has applied."""
    body = {"area": area or node.area, "name": name, "track": "filed", "established_on": "2024-03-01"}
    answer = node.post("/api/registry/organisations", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def approve(node: RunningNode, organisation: str) -> None:
    base = f"/api/registry/organisations/{organisation}"
    assert node.post(f"{base}/acceptance").ok
    assert node.post(f"{base}/decision", {"approve": True, "reasons": "complete"}).ok


def active(node: RunningNode, name: str, area: str | None = None) -> str:
    """The id of a filed team that may act; other services learn of it a moment later."""
    organisation = apply(node, name, area)
    approve(node, organisation)
    return organisation
