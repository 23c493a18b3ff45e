"""A client that sends one request after the other, and repeats each until it is answered."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import requests

from shared.ids import new_id

PAUSE = 0.02  # seconds between two requests
ONCE_MORE = 0.2  # seconds before a request is repeated


Make = Callable[[str], dict[str, Any]]  # a request's body, with a word in it that no other has


def organisations(area: str) -> tuple[str, Make]:
    """Path and bodies: teams that apply to be filed."""

    def body(word: str) -> dict[str, Any]:
        return {"area": area, "name": word, "track": "filed", "established_on": "2016-01-01"}

    return "/api/registry/organisations", body


def needs(area: str) -> tuple[str, Make]:
    """Path and bodies: needs that are collected, by whichever tier."""

    def body(word: str) -> dict[str, Any]:
        return {
            "area": area, "title": word, "description": "行动不便", "category": "elderly_care", "group": "elderly",
            "source": "visit", "urgency": "high", "received_on": "2026-03-01",
        }  # fmt: skip

    return "/api/needs/needs", body


class Load:
    """While it is entered, requests go out; `sent` are the ids of what was answered with success.

    `token` is asked for each request, `around` is entered by the client's thread: the host that it runs on.
    """

    def __init__(
        self,
        url: str,
        what: tuple[str, Make],
        token: Callable[[], str],
        ca: str | None = None,
        around: AbstractContextManager[Any] | None = None,
    ) -> None:
        self._url, self._body = url + what[0], what[1]
        self._token, self._ca = token, ca
        self._around = around or contextlib.nullcontext()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.sent: list[str] = []
        self.repeated = 0
        self.refused: list[str] = []

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with self._around, requests.Session() as session:
            session.verify = self._ca or True
            session.trust_env = False
            while not self._stop.wait(PAUSE):
                self._send(session, f"load-{new_id()}")

    def _send(self, session: requests.Session, key: str) -> None:
        """One record. Its key stays, so that it exists once however often it is asked for."""
        while True:
            headers = {"Authorization": f"Bearer {self._token()}", "Idempotency-Key": key}
            try:
                answer = session.post(self._url, json=self._body(key), headers=headers, timeout=20)
            except requests.RequestException:
                answer = None
            if answer is not None and answer.ok:
                self.sent.append(answer.json()["id"])
                return
            if answer is not None and answer.status_code not in (502, 503, 504):
                self.refused.append(answer.text)
                return
            self.repeated += 1
            time.sleep(ONCE_MORE)
