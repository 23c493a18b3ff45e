"""The accounts service, put together from its routes."""

from __future__ import annotations

from typing import ClassVar

from nameko.extensions import DependencyProvider
from nameko.timer import timer

from services.accounts import (
    attempts,
    documents,
    events,
    families,
    hashing,
    journeys,
    security,
    settings,
)
from services.accounts.routes.accounts import AccountRoutes
from services.accounts.routes.machines import MachineRoutes
from services.accounts.routes.oidc import OidcRoutes
from services.accounts.routes.sessions import SessionRoutes
from shared import clock, runtime
from shared.owning import OwningService
from shared.service import HOUR


class Settled(DependencyProvider):
    """A description whose part `accounts` is faulty ends the process at its start, not at the first request."""

    def setup(self) -> None:
        hashing.prepare(settings.of(runtime.node()).policy)


class AccountsService(AccountRoutes, SessionRoutes, MachineRoutes, OidcRoutes, OwningService):
    """账号与登录"""

    name = "accounts"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS

    settled = Settled()

    @timer(interval=HOUR)
    def forget_what_is_over(self) -> None:
        """Sessions, attempts and sign-ins under way that are over, and security events older than they are kept."""
        now = clock.wall()
        families.purge(now)
        attempts.purge(now)
        journeys.purge(now)
        security.purge(now, settings.of(runtime.node()).policy.event_days)


SERVICE = AccountsService
