"""Sending a replay's steps: to the right node, dated, once, and again until the platform has taken them."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Any

import requests

from deploy.replay.plan import After, Plan, Step, filled
from deploy.replay.tokens import Tokens, nearest
from shared import clock

PATIENCE = 300.0  # seconds for which a step is tried again while the platform is unwell
ARRIVAL = 120.0  # seconds for which a record may be on its way between nodes
BACK_OFF = (0.1, 3.0)  # seconds after the first failure, and at most
TIMEOUT = (3.0, 70.0)  # seconds to connect, and to the answer; the gateway itself waits 60
MOST_MOVES = 5  # times that one step follows `address` in a row

Answer = dict[str, Any]


class Refusal(Exception):
    """A step that the platform refused, or that it did not take in time; told with the problem's own words."""


class Client:
    """Knows the nodes by area and their addresses. Safe to use from several threads."""

    def __init__(
        self, nodes: Mapping[str, str], tokens: Tokens, *, language: str = "en", patience: float = PATIENCE
    ) -> None:
        """`nodes`: the gateways' addresses by area; `patience` in seconds."""
        self.nodes = dict(nodes)
        self.tokens = tokens
        self.patience = patience
        self.retries = 0
        self.sent = 0
        self._headers = {"Accept-Language": language, "Content-Type": "application/json"}
        self._local = threading.local()
        self._count = threading.Lock()
        self.stopping = threading.Event()

    def send(self, plan: Plan, step: Step, answers: Mapping[str, Answer]) -> Answer:
        """The answer to a step; `_node` in it is the address of the node that gave it. Raises Refusal."""
        body = filled(step.body, answers)
        path = step.path
        base = self.nodes[nearest(self.nodes, step.area)]
        if step.of:
            path = path.replace("{id}", answers[step.of]["id"])
            base = answers[step.of]["_node"]
        for name, ref in step.parts.items():
            path = path.replace(f"{{{name}}}", filled(ref, answers))
        organisation = filled(step.role.organisation, answers)
        headers = {
            "Hatchery-Now": clock.text(_moment(step.at, answers)),
            "Idempotency-Key": plan.key(step.name),
        }
        return self._until_taken(step, base, f"/api/{step.service}{path}", body, headers, organisation)

    def _until_taken(
        self, step: Step, base: str, path: str, body: Any, headers: dict[str, str], organisation: str | None
    ) -> Answer:
        started, wait, moves = time.monotonic(), BACK_OFF[0], 0
        while True:
            token = self.tokens.of(step.role, organisation)
            response, fault = self._once(base + path, body, headers | {"Authorization": f"Bearer {token}"})
            if response is not None and response.ok:
                return {**_json(response), "_node": base}
            if response is not None and response.status_code == 421 and moves < MOST_MOVES:
                problem = _json(response)
                base = self.nodes.get(str(problem.get("owner")), problem.get("address") or base)
                moves += 1
                continue
            moves = 0
            patience = self.patience if response is None else _patience(response, self.patience)
            waited = time.monotonic() - started
            if waited >= patience or self.stopping.is_set():
                told = fault if response is None else _told(response)
                raise Refusal(
                    f"{step.name}: POST {base}{path}: {told}"
                    + (f" (after {waited:.0f} s)" if patience else "")
                )
            if response is not None and response.status_code == 401:
                self.tokens.forget()
            with self._count:
                self.retries += 1
            asked = float(response.headers.get("Retry-After", 0)) if response is not None else 0.0
            # Most waits are for an event that is under way: far shorter than the whole seconds of Retry-After.
            pause = (
                wait
                if response is not None and response.status_code in (404, 409)
                else max(wait, min(asked, 3.0))
            )
            self.stopping.wait(pause * random.uniform(0.8, 1.2))  # noqa: S311
            wait = min(wait * 1.6, BACK_OFF[1])

    def _once(self, url: str, body: Any, headers: dict[str, str]) -> tuple[requests.Response | None, str]:
        with self._count:
            self.sent += 1
        try:
            return self._session().post(url, json=body, headers=headers, timeout=TIMEOUT), ""
        except requests.RequestException as error:
            return None, f"no answer ({type(error).__name__})"

    def get(self, area: str, path: str, query: Mapping[str, Any]) -> Answer | None:
        """What a public route answers at the node nearest to `area`; None while it cannot be reached.

        Raises Refusal for a request that is wrong.
        """
        base = self.nodes[nearest(self.nodes, area)]
        try:
            response = self._session().get(base + path, params=dict(query), timeout=TIMEOUT)
        except requests.RequestException:
            return None
        if response.ok:
            return _json(response)
        if response.status_code >= 500 or response.status_code == 429:
            return None
        raise Refusal(f"GET {response.url}: {_told(response)}")

    def reaches(self, area: str, seconds: float) -> bool:
        """Whether the node nearest to the area answers within so many seconds."""
        end = time.monotonic() + seconds
        while self.get(area, "/api/node", {}) is None:
            if time.monotonic() > end:
                return False
            time.sleep(0.5)
        return True

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False  # a proxy of the machine is not for talk with its own nodes
            session.headers.update(self._headers)
        return session


def _moment(at: datetime | After, answers: Mapping[str, Answer]) -> datetime:
    if isinstance(at, datetime):
        return at
    start = clock.parse(answers[at.step][at.field]).astimezone(clock.CHINA)
    return datetime.combine(start.date() + timedelta(days=at.days), time_of_day(9), clock.CHINA)


def _patience(response: requests.Response, most: float) -> float:
    """How long such an answer is worth waiting for: 0 for a refusal that stays one."""
    if response.status_code >= 500 or response.status_code in (421, 429):
        return most
    code = str(_json(response).get("type", "")).rpartition(":")[2]
    if response.status_code == 409 and "Retry-After" in response.headers:
        return min(ARRIVAL, most)
    # A node's key, or a record written at another node, may still be on its way here.
    if (response.status_code, code) in (
        (401, "token-unknown-key"),
        (401, "token-expired"),
        (404, "no-such-record"),
    ):
        return min(ARRIVAL, most)
    return 0.0


def _json(response: requests.Response) -> Answer:
    try:
        content = response.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _told(response: requests.Response) -> str:
    """A problem detail as one line: what, why, and what to do about it."""
    problem = _json(response)
    parts = [str(problem[name]) for name in ("title", "detail", "remedy") if problem.get(name)]
    parts += [f"{e.get('field')}: {e.get('reason')} {e.get('remedy', '')}" for e in problem.get("errors", [])]
    return f"{response.status_code} " + (" ".join(parts) or response.text[:200])
