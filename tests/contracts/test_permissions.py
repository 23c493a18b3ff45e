"""The table of rights and the services hold each other."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from nameko.timer import Timer

from shared import permissions
from shared.events.consumer import Consumer
from shared.http.routes import RouteEntrypoint, entrypoints_of, rule_of
from shared.node import GATEWAY, SERVICES
from tests.contracts import permissions_page

pytestmark = pytest.mark.unit

SERVED: list[type[Any]] = [import_module(f"services.{name}.service").SERVICE for name in (GATEWAY, *SERVICES)]


@pytest.mark.parametrize("service", SERVED, ids=lambda service: service.name)
def test_whatever_can_be_asked_of_a_service_has_a_rule(service: type[Any]) -> None:
    asked = [name for name, entrypoint in entrypoints_of(service) if isinstance(entrypoint, RouteEntrypoint)]
    assert asked
    for name in asked:
        assert rule_of(service, name).operation == name


@pytest.mark.parametrize("service", SERVED, ids=lambda service: service.name)
def test_nothing_but_routes_timers_and_events_runs_a_service(service: type[Any]) -> None:
    """Remote procedure calls would have to pass through the table too: there are none."""
    kinds = {type(entrypoint) for _, entrypoint in entrypoints_of(service)}
    assert all(issubclass(kind, (RouteEntrypoint, Timer, Consumer)) for kind in kinds), kinds


def test_no_rule_is_without_a_route() -> None:
    """A rule for a part of an answer belongs to the operation that gives the answer."""
    routes = {
        (service.name, name)
        for service in SERVED
        for name, entrypoint in entrypoints_of(service)
        if isinstance(entrypoint, RouteEntrypoint)
    }
    anywhere = {(permissions.ANY_SERVICE, name) for _, name in routes}
    ruled = {(rule.service, rule.operation.partition(".")[0]) for rule in permissions.TABLE}
    assert ruled <= routes | anywhere


def test_the_page_of_rights_is_written_from_the_table() -> None:
    """Otherwise: python -m tests.contracts.permissions_page"""
    assert permissions_page.PAGE.read_text(encoding="utf-8") == permissions_page.page()
