"""People with accounts at a node, and what they do over HTTP."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pyotp
import requests

from tests.harness import RunningNode

STREET, DISTRICT = "230102777", "230102"
# As cheap as argon2 can be: only a node with `clock: request` may.
CHEAP = {"argon2_time": 1, "argon2_memory": 8}


def at(moment: float) -> str:
    """A time in seconds since 1970 as requests are dated."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")


class Person:
    """An account, and what its holder and those who look after it do."""

    def __init__(self, node: RunningNode, *roles: str, name: str = "张三") -> None:
        self.node, self.area = node, node.area
        self.totp: pyotp.TOTP | None = None
        self.codes: list[str] = []
        self.login = f"人{uuid.uuid4().hex[:10]}"
        body = {"area": self.area, "login": self.login, "display_name": name}
        made = node.post("/api/accounts/accounts", body, "administrator")
        assert made.status_code == 201, made.text
        self.id = str(made.json()["id"])
        for role in roles:
            granted = self.grant(role)
            assert granted.ok, granted.text
        reset = self.does("password-reset", role="operator")
        assert reset.ok, reset.text
        self.password = str(reset.json()["password"])

    @classmethod
    def of(cls, node: RunningNode, login: str, password: str) -> Person:
        """Somebody whose account is there."""
        found = cls.__new__(cls)
        found.node, found.area, found.login, found.password = node, node.area, login, password
        found.totp, found.codes = None, []
        listed = node.get(f"/api/accounts/accounts?login={login}", "auditor").json()["items"]
        found.id = str(listed[0]["id"])
        return found

    # What others do to it.

    def does(self, what: str, body: Any = None, role: str = "security_officer") -> requests.Response:
        return self.node.post(f"/api/accounts/accounts/{self.id}/{what}", body, role)

    def grant(self, role: str, area: str | None = None, **more: Any) -> requests.Response:
        return self.does("grants", {"role": role, "area": area or self.area} | more)

    # What its holder does.

    def posts(self, path: str, now: str | None = None, **body: Any) -> requests.Response:
        """With name and password; dating a request takes a token of somebody."""
        proof = {"login": self.login, "password": self.password} | body
        return self.node.post(f"/api/accounts/{path}", proof, "resident" if now else None, now=now)

    def signs_in(self, now: str | None = None, **more: Any) -> requests.Response:
        if self.codes and "code" not in more:
            more["code"] = self.codes.pop()
        return self.posts("sign-in", now, **more)

    def changes_password(self, new: str) -> requests.Response:
        answer = self.posts("password", new_password=new)
        if answer.ok:
            self.password = new
        return answer

    def at_home(self) -> Person:
        """With a password of their own."""
        answer = self.changes_password(f"春眠不觉晓-Spring-{uuid.uuid4().hex[:6]}")
        assert answer.ok, answer.text
        return self

    def enrols(self) -> list[str]:
        """With an authenticator; returns the recovery codes."""
        proposed = self.posts("second-factor")
        assert proposed.ok, proposed.text
        self.totp = pyotp.TOTP(proposed.json()["secret"])
        confirmed = self.posts("second-factor/confirmation", new_code=self.totp.now())
        assert confirmed.ok, confirmed.text
        return list(confirmed.json()["recovery_codes"])

    def enrolled(self) -> Person:
        """The same, and from now on they sign in by their recovery codes: those of the authenticator change only
        every half a minute."""
        self.codes = self.enrols()
        return self

    def refreshes(self, token: str, now: str | None = None) -> requests.Response:
        role = "resident" if now else None
        return self.node.post("/api/accounts/refresh", {"refresh_token": token}, role, now=now)

    def asks(self, method: str, path: str, token: str, body: Any = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.node.request(method, f"/api/accounts{path}", None, json=body, headers=headers)
