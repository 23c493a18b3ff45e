"""A client that files organisations at a node without a pause, and repeats itself until each is answered."""

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


class Load:
    """While it is entered, requests go out; `sent` are the ids of what was answered with success.

    `token` is asked for each request, `around` is entered by the client's thread: the host that it runs on.
    """

    def __init__(
        self,
        url: str,
        area: str,
        token: Callable[[], str],
        ca: str | None = None,
        around: AbstractContextManager[Any] | None = None,
    ) -> None:
        self._url = f"{url}/api/registry/organisations"
        self._area, self._token, self._ca = area, token, ca
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
                self._file(session, f"load-{new_id()}")

    def _file(self, session: requests.Session, key: str) -> None:
        """One organisation. Its key stays, so that it exists once however often it is asked for."""
        body = {"area": self._area, "name": key, "track": "filed", "established_on": "2016-01-01"}
        while True:
            headers = {"Authorization": f"Bearer {self._token()}", "Idempotency-Key": key}
            try:
                answer = session.post(self._url, json=body, headers=headers, timeout=20)
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
