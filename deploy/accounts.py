"""Accounts of a node's people and machines, from the node's own machine: its key signs for the operator.

Everything goes through the running node's HTTP address, by the same rules as for everybody; only the first
administrator and the first security officer can be made in no other way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from deploy.api import Api
from deploy.home import Home
from deploy.trouble import Trouble
from shared.ids import new_id

ROLES = ("administrator", "security_officer", "operator")
BASE = "/api/accounts"
PAGE = 200


@dataclass(frozen=True)
class Role:
    role: str
    area: str
    organisation: str | None = None

    @property
    def body(self) -> dict[str, Any]:
        return {"role": self.role, "area": self.area, "organisation": self.organisation}


class Accounts:
    """The accounts that one node of this home keeps. Every method raises Trouble in one line."""

    def __init__(self, home: Home, area: str) -> None:
        node = home.node(area)
        if "accounts" not in node.services:
            raise Trouble(
                f"node {area} keeps no accounts: ask the node above, or host them "
                f"(hatchery node add {area} --services {','.join((*node.services, 'accounts'))})"
            )
        self.area = area
        self._api = Api(home, area, ROLES)

    def add(self, login: str, name: str, home: str, roles: list[Role]) -> dict[str, Any]:
        """A person's account; returns its password for one use."""
        body = {"area": home, "login": login, "display_name": name}
        account = self._api.post(f"{BASE}/accounts", body, new_id())
        self._begin(login, account["id"], roles)
        return self._reset(account["id"])

    def add_client(
        self, login: str, name: str, home: str, days: int | None, roles: list[Role]
    ) -> dict[str, Any]:
        """A machine's account; returns its first secret."""
        body = {"area": home, "login": login, "display_name": name, "days": days}
        account = self._api.post(f"{BASE}/clients", body, new_id())
        self._begin(login, account["id"], roles)
        return self._secret(account["id"], 0)

    def all(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self._api.get(f"{BASE}/accounts?kind={kind}&limit={PAGE}{cursor}")
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = f"&cursor={quote(page['next'])}"

    def grant(self, login: str, role: Role) -> None:
        self._grant(self._named(login)["id"], role)

    def revoke(self, login: str, role: Role) -> None:
        self._do(login, "revocations", role.body)

    def reset(self, login: str, *, second_factor: bool) -> dict[str, Any]:
        """A new password for one use; with `second_factor` the authenticator is forgotten as well."""
        account = self._named(login)
        if second_factor:
            self._api.post(f"{BASE}/accounts/{account['id']}/second-factor-removal", {}, new_id())
        return self._reset(account["id"])

    def unlock(self, login: str) -> None:
        self._do(login, "unlocking")

    def disable(self, login: str) -> None:
        self._do(login, "disabling")

    def enable(self, login: str) -> None:
        self._do(login, "enabling")

    def rotate(self, login: str, overlap_hours: int) -> dict[str, Any]:
        """A machine's new secret; the one before it goes on for the overlap."""
        return self._secret(self._named(login)["id"], overlap_hours)

    def _do(self, login: str, what: str, body: dict[str, Any] | None = None) -> None:
        self._api.post(f"{BASE}/accounts/{self._named(login)['id']}/{what}", body or {}, new_id())

    def _begin(self, login: str, account: str, roles: list[Role]) -> None:
        for role in roles:
            try:
                self._grant(account, role)
            except Trouble as trouble:
                raise Trouble(
                    f"{login} is there, without {role.role}: {trouble} "
                    "Go on with `hatchery account grant`, and `account reset` or `client rotate`.",
                    trouble.code,
                ) from trouble

    def _grant(self, account: str, role: Role) -> None:
        self._api.post(f"{BASE}/accounts/{account}/grants", role.body, new_id())

    def _reset(self, account: str) -> dict[str, Any]:
        told: dict[str, Any] = self._api.post(f"{BASE}/accounts/{account}/password-reset", {}, new_id())
        return told

    def _secret(self, account: str, overlap_hours: int) -> dict[str, Any]:
        body = {"overlap_hours": overlap_hours}
        told: dict[str, Any] = self._api.post(f"{BASE}/clients/{account}/secrets", body, new_id())
        return told

    def _named(self, login: str) -> dict[str, Any]:
        found = self._api.get(f"{BASE}/accounts?login={quote(login)}")["items"]
        if not found:
            raise Trouble(f"node {self.area} has no account {login}: hatchery account list {self.area}")
        account: dict[str, Any] = found[0]
        return account
