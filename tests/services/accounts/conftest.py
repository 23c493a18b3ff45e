"""One node that the tests of accounts share: a street whose district cannot be reached, and who looks after it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest
import requests

from deploy.embedded import Embedded
from tests.harness import RunningNode, make_node
from tests.services.accounts.provider import Provider

STREET, DISTRICT = "230102777", "230102"
# As cheap as argon2 can be: only a node with `clock: request` may.
CHEAP = {"argon2_time": 1, "argon2_memory": 8}


@pytest.fixture(scope="package")
def provider() -> Iterator[Provider]:
    """A small OpenID provider of its own, over HTTP."""
    with Provider.running() as found:
        yield found


@pytest.fixture(scope="package")
def street(
    embedded: Embedded, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningNode]:
    api = requests.Session()
    api.auth = (embedded.addresses.user, embedded.addresses.password)
    vhost = f"test-{uuid.uuid4().hex[:12]}"
    api.put(f"{embedded.addresses.admin_url}/api/vhosts/{vhost}", timeout=30).raise_for_status()
    oidc = {"issuer": provider.issuer, "client_id": provider.client_id, "client_secret": provider.secret}
    node = make_node(
        embedded, tmp_path_factory.mktemp("accounts"), vhost, ["accounts"], area=STREET, parent=DISTRICT,
        accounts=CHEAP | {"oidc": oidc},
    )  # fmt: skip
    node.start()
    yield node
    node.stop()
    api.delete(f"{embedded.addresses.admin_url}/api/vhosts/{vhost}", timeout=30)


class Person:
    """An account of the street, and what its holder does over HTTP."""

    def __init__(self, node: RunningNode, *roles: str, area: str = STREET) -> None:
        self.node = node
        self.login = f"人{uuid.uuid4().hex[:10]}"
        body = {"area": area, "login": self.login, "display_name": "张三"}
        made = node.post("/api/accounts/accounts", body, "administrator")
        assert made.status_code == 201, made.text
        self.id = str(made.json()["id"])
        for role in roles:
            assert self.grant(role, area).ok
        self.password = self.reset()
        self.totp: pyotp.TOTP | None = None

    def grant(self, role: str, area: str = STREET, **more: Any) -> requests.Response:
        body = {"role": role, "area": area} | more
        return self.node.post(f"/api/accounts/accounts/{self.id}/grants", body, "security_officer")

    def does(self, what: str, body: Any = None, role: str = "security_officer") -> requests.Response:
        return self.node.post(f"/api/accounts/accounts/{self.id}/{what}", body, role)

    def reset(self) -> str:
        answer = self.does("password-reset", role="operator")
        assert answer.ok, answer.text
        return str(answer.json()["password"])

    def posts(self, path: str, now: str | None = None, **body: Any) -> requests.Response:
        """With name and password."""
        proof = {"login": self.login, "password": self.password} | body
        # Dating a request takes a token of somebody.
        return self.node.post(f"/api/accounts/{path}", proof, "resident" if now else None, now=now)

    def signs_in(self, now: str | None = None, **more: Any) -> requests.Response:
        if self.totp and "code" not in more:
            more["code"] = self.totp.now()
        return self.posts("sign-in", now, **more)

    def changes_password(self, new: str, now: str | None = None, **more: Any) -> requests.Response:
        answer = self.posts("password", now, new_password=new, **more)
        if answer.ok:
            self.password = new
        return answer

    def at_home(self) -> Person:
        """With a password of their own."""
        answer = self.changes_password(f"春眠不觉晓-Spring-{uuid.uuid4().hex[:6]}")
        assert answer.ok, answer.text
        return self

    def refreshes(self, token: str, now: str | None = None) -> requests.Response:
        role = "resident" if now else None
        return self.node.post("/api/accounts/refresh", {"refresh_token": token}, role, now=now)

    def asks(self, method: str, path: str, token: str, body: Any = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.node.request(method, f"/api/accounts{path}", None, json=body, headers=headers)


@pytest.fixture
def person(street: RunningNode) -> Person:
    """Somebody new who works for the street."""
    return Person(street, "street_staff").at_home()


def at(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
