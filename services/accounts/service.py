"""The accounts service, put together from its routes."""

from __future__ import annotations

from typing import ClassVar

from nameko.timer import timer

from services.accounts import attempts, documents, events, families, journeys, security, settings
from services.accounts.routes.accounts import AccountRoutes
from services.accounts.routes.machines import MachineRoutes
from services.accounts.routes.oidc import OidcRoutes
from services.accounts.routes.sessions import SessionRoutes
from shared import clock, runtime
from shared.owning import OwningService
from shared.service import HOUR


class AccountsService(AccountRoutes, SessionRoutes, MachineRoutes, OidcRoutes, OwningService):
    """账号与登录"""

    name = "accounts"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS

    @timer(interval=HOUR)
    def forget_what_is_over(self) -> None:
        """Sessions, attempts and sign-ins under way that are over, and security events older than they are kept."""
        now = clock.wall()
        families.purge(now)
        attempts.purge(now)
        journeys.purge(now)
        security.purge(now, settings.of(runtime.node()).policy.event_days)


SERVICE = AccountsService
