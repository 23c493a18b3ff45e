"""What only the broker's management API tells: bytes in a queue, and alarms."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import requests

TIMEOUT = (2.0, 5.0)  # seconds to connect, and to the answer
RESOURCES = ("memory", "disk")  # what a broker may be short of


class Management:
    """The API at `url`, asked with the user, password and virtual host of the AMQP address `broker`. `verify`:
    the file of the authority to trust, where the URL names none, or True for those that the machine trusts."""

    def __init__(self, url: str, broker: str, verify: str | bool) -> None:
        parts = urlsplit(broker)
        self._base = url.partition("?")[0].rstrip("/") + "/api"
        self._vhost = quote(unquote(parts.path[1:]) or "/", safe="")
        self._session = requests.Session()
        self._session.auth = (unquote(parts.username or ""), unquote(parts.password or ""))
        self._session.verify = parse_qs(urlsplit(url).query).get("cacertfile", [verify])[0]
        self._session.trust_env = False  # brokers are not behind the proxies of web pages

    def bytes_in(self, queue: str) -> float | None:
        """Bytes of the bodies that a queue holds; None while the broker has not counted yet. Raises
        requests.RequestException."""
        answer = self._get(f"queues/{self._vhost}/{quote(queue, safe='')}?disable_stats=false")
        answer.raise_for_status()
        held: Any = answer.json().get("message_bytes")
        return None if held is None else float(held)

    def alarms(self) -> set[str]:
        """Which RESOURCES the broker, or one of its cluster, is short of. Raises requests.RequestException."""
        answer = self._get("health/checks/alarms")
        if answer.status_code != requests.codes.service_unavailable:
            answer.raise_for_status()
            return set()
        found = answer.json().get("alarms", ())
        return {alarm["resource"].split()[0] for alarm in found}  # RabbitMQ says "disk space"

    def _get(self, path: str) -> requests.Response:
        return self._session.get(f"{self._base}/{path}", timeout=TIMEOUT)
