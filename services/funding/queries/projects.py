"""Projects, as they can be asked for."""

from __future__ import annotations

from typing import Any

from services.funding.documents import Project
from services.funding.queries import parties
from shared.call import Call
from shared.store.queries import get

Data = dict[str, Any]

project = get(Project)


def projects(call: Call, query: Data) -> Any:
    return parties.listed(call, Project, query)


def project_for(call: Call, identifier: str) -> Project:
    """Raises NotFound, and Forbidden to whoever acts for another organisation or has no role there."""
    return parties.visible(call, project(identifier))
