"""A node's HTTP address as an operator's command uses it: signed with the node's own key, told in one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import requests

from deploy.home import Home
from deploy.trouble import REFUSED, UNREACHABLE, Trouble
from shared import keys
from shared.call import Grant

TIMEOUT = (3.0, 70.0)  # seconds to connect, and to the answer; the gateway itself waits 60


class Api:
    """The gateway of a node of this home, as its operator, or in other `roles`; `at` is the address of another node
    that the same token is for. Every method raises Trouble in one line."""

    def __init__(
        self, home: Home, area: str, roles: Sequence[str] = ("operator",), *, at: str | None = None
    ) -> None:
        self.area = area
        self._roles = roles
        node = home.node(area)
        self._url = (at or node.url).rstrip("/")
        self._at = at
        self._keys = home.keys(area)
        self._session = requests.Session()
        self._session.verify = node.verify
        self._session.trust_env = False  # nodes are not behind the proxies of web pages

    def get(self, path: str) -> Any:
        return self._send("GET", path)

    def post(self, path: str, body: dict[str, Any], cause: str) -> Any:
        """`cause` is the Idempotency-Key: the same one again changes nothing twice."""
        return self._send("POST", path, json=body, headers={"Idempotency-Key": cause})

    def _send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> Any:
        signed = {"Authorization": f"Bearer {self._token()}", "Accept-Language": "en"} | (headers or {})
        try:
            answer = self._session.request(method, self._url + path, headers=signed, timeout=TIMEOUT, **more)
        except requests.RequestException as error:
            remedy = "try again later" if self._at else f"hatchery node run {self.area}"
            raise Trouble(f"{self._name} does not answer at {self._url}: {remedy}", UNREACHABLE) from error
        if answer.ok:
            return answer.json() if answer.content else None
        try:
            problem = answer.json()
            told = f"{problem['detail']} {problem.get('remedy', '')}".strip()
        except (ValueError, KeyError, TypeError):
            told = answer.text[:200]
        unwell = answer.status_code in (502, 503, 504)
        raise Trouble(
            f"{self._name} answers {answer.status_code}: {told}", UNREACHABLE if unwell else REFUSED
        )

    @property
    def _name(self) -> str:
        return "it" if self._at else f"node {self.area}"

    def _token(self) -> str:
        try:
            private = keys.load_private(self._keys)
        except (OSError, ValueError) as error:
            raise Trouble(
                f"the key of node {self.area} cannot be read from {self._keys}", UNREACHABLE
            ) from error
        return keys.issue(private, self.area, "operator", [Grant(role, self.area) for role in self._roles])
