"""A thin client of RabbitMQ's management API: what operators' commands ask of a broker; waits are bounded."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit, urlunsplit

import requests

from deploy.trouble import REFUSED, UNREACHABLE, Trouble

CONNECT = 5.0  # seconds
ANSWER = 30.0  # seconds; importing definitions creates queues one by one


def new_password() -> str:
    """Of letters, digits, - and _ only, so that it needs no escaping in any URI."""
    return secrets.token_urlsafe(24)


class BrokerAdmin:
    """One broker's API at `http(s)://user:password@host:port`. Every method raises Trouble in one line.

    `?cacertfile=FILE` names the CA that its certificate is checked by; else the system's count.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Trouble("the management URL has no valid port") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Trouble("a management URL looks like https://user:password@host:15671")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self.label = f"{host}:{port}" if port else host
        self.user = unquote(parts.username or "")
        self.url = urlunsplit((parts.scheme, self.label, parts.path.rstrip("/"), "", ""))
        self._query = parts.query
        self._session = requests.Session()
        self._session.verify = parse_qs(parts.query).get("cacertfile", [True])[0]
        self._session.auth = (self.user, unquote(parts.password or ""))
        self._session.trust_env = False  # brokers are not behind the proxies of web pages

    def address_for(self, user: str, password: str) -> str:
        """The API's whole URL for another user."""
        own = f"{quote(user, safe='')}:{quote(password, safe='')}@"
        url = self.url.replace("://", f"://{own}", 1)
        return f"{url}?{self._query}" if self._query else url

    def overview(self) -> dict[str, Any]:
        return dict(self._get("overview"))

    def clock(self) -> datetime | None:
        """What time it is there, to the second; None where it does not say."""
        told = self._checked(self._request("GET", "overview", None), "overview").headers.get("Date")
        return parsedate_to_datetime(told) if told else None

    def vhosts(self) -> list[str]:
        return [v["name"] for v in self._get("vhosts")]

    def create_vhost(self, name: str) -> None:
        """Also gives the administrator access to it, without which it may not set up shovels there."""
        self._send("PUT", f"vhosts/{_q(name)}", {})
        self.permit(name, self.user, ".*", ".*", ".*")

    def delete_vhost(self, name: str) -> None:
        self._send("DELETE", f"vhosts/{_q(name)}")

    def user_of(self, name: str) -> dict[str, Any] | None:
        found = self._get(f"users/{_q(name)}", missing=None)
        return dict(found) if found else None

    def has_password(self, name: str, password: str) -> bool:
        """Whether the user exists with that password, told from its salted hash."""
        user = self.user_of(name)
        return user is not None and _matches(user.get("password_hash") or "", password)

    def put_user(self, name: str, password: str, tags: str = "") -> None:
        self._send("PUT", f"users/{_q(name)}", {"password": password, "tags": tags})

    def delete_user(self, name: str) -> None:
        self._send("DELETE", f"users/{_q(name)}")

    def close_connections(self, user: str) -> None:
        """All of the user's, whatever their virtual host."""
        self._send("DELETE", f"connections/username/{_q(user)}")

    def permissions(self, vhost: str, user: str) -> tuple[str, str, str] | None:
        """What the user may configure, write and read there."""
        found = self._get(f"permissions/{_q(vhost)}/{_q(user)}", missing=None)
        return (found["configure"], found["write"], found["read"]) if found else None

    def permit(self, vhost: str, user: str, configure: str, write: str, read: str) -> None:
        body = {"configure": configure, "write": write, "read": read}
        self._send("PUT", f"permissions/{_q(vhost)}/{_q(user)}", body)

    def permissions_in(self, vhost: str) -> list[dict[str, Any]]:
        """Who may do what in a virtual host."""
        return list(self._get(f"vhosts/{_q(vhost)}/permissions", missing=[]))

    def definitions(self, vhost: str) -> dict[str, Any]:
        """Exchanges, queues, bindings and parameters (shovels) of a virtual host."""
        return dict(self._get(f"definitions/{_q(vhost)}"))

    def exchanges(self, vhost: str) -> dict[str, dict[str, Any]]:
        return {e["name"]: e for e in self._get(f"exchanges/{_q(vhost)}", missing=[])}

    def queues(self, vhost: str) -> dict[str, dict[str, Any]]:
        return {q["name"]: q for q in self._get(f"queues/{_q(vhost)}", missing=[])}

    def held(self, vhost: str, queue: str) -> int:
        """Messages in the queue, those that are to leave it as dead letters among them, which AMQP does not tell;
        some seconds old."""
        return int(self.queues(vhost).get(queue, {}).get("messages") or 0)

    def queues_down(self, vhost: str) -> set[str]:
        """Quorum queues without a leader, though the brokers of all their members run: nobody can use them. A start of
        the broker brings them back, unless they are broken. For a moment they may be so while a leader is chosen."""
        running = self._running()
        return {
            name
            for name, queue in self.queues(vhost).items()
            if queue.get("type") == "quorum"
            and not queue.get("leader")
            and running.issuperset(queue.get("members", ()))
        }

    def broken_queues(self, vhost: str) -> set[str]:
        """Those of them of which no member runs. After a start of the broker that means: what it kept of them on its
        disk is damaged, and they stay away."""
        queues = self.queues(vhost)
        return {name for name in self.queues_down(vhost) if not queues.get(name, {}).get("online")}

    def _running(self) -> set[str]:
        return {node["name"] for node in self._get("nodes") if node.get("running")}

    def bindings(self, vhost: str) -> list[dict[str, Any]]:
        return list(self._get(f"bindings/{_q(vhost)}", missing=[]))

    def unbind(self, vhost: str, binding: dict[str, Any]) -> None:
        kind = "q" if binding["destination_type"] == "queue" else "e"
        path = f"{_q(binding['source'])}/{kind}/{_q(binding['destination'])}/{_q(binding['properties_key'])}"
        self._send("DELETE", f"bindings/{_q(vhost)}/e/{path}")

    def delete_exchange(self, vhost: str, name: str) -> None:
        self._send("DELETE", f"exchanges/{_q(vhost)}/{_q(name)}")

    def delete_queue(self, vhost: str, name: str) -> None:
        self._send("DELETE", f"queues/{_q(vhost)}/{_q(name)}")

    def import_definitions(self, definitions: dict[str, Any]) -> None:
        """All of it in one request; what exists stays as it is."""
        self._send("POST", "definitions", definitions)

    def shovel(self, vhost: str, name: str) -> dict[str, Any] | None:
        """A dynamic shovel's settings."""
        found = self._get(f"parameters/shovel/{_q(vhost)}/{_q(name)}", missing=None)
        return dict(found["value"]) if found else None

    def put_shovel(self, vhost: str, name: str, value: dict[str, Any]) -> None:
        self._send("PUT", f"parameters/shovel/{_q(vhost)}/{_q(name)}", {"value": value})

    def delete_shovel(self, vhost: str, name: str) -> None:
        self._send("DELETE", f"parameters/shovel/{_q(vhost)}/{_q(name)}")

    def shovel_states(self, vhost: str) -> dict[str, str]:
        """Name and state (`running`, `starting`, `terminated`) of the virtual host's shovels."""
        found = self._get(f"shovels/{_q(vhost)}", missing=[])
        return {s["name"]: s.get("state", "unknown") for s in found}

    def alarms(self) -> set[str]:
        """What the broker, or one of its cluster, is short of: `memory`, `disk`. Meanwhile it takes no events."""
        response = self._request("GET", "health/checks/alarms", None)
        if response.status_code != requests.codes.service_unavailable:
            self._checked(response, "health/checks/alarms")
            return set()
        found = response.json().get("alarms", ())
        return {alarm["resource"].split()[0] for alarm in found}  # RabbitMQ says "disk space"

    def queue_bytes(self, vhost: str) -> dict[str, int]:
        """Bytes of the bodies that each queue holds, some seconds old; without those not counted yet."""
        found = self._get(f"queues/{_q(vhost)}?columns=name,message_bytes", missing=[])
        return {q["name"]: q["message_bytes"] for q in found if "message_bytes" in q}

    def _get(self, path: str, missing: Any = ...) -> Any:
        response = self._request("GET", path, None)
        if response.status_code == requests.codes.not_found and missing is not ...:
            return missing
        return self._checked(response, path).json()

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        response = self._request(method, path, body)
        if not (method == "DELETE" and response.status_code == requests.codes.not_found):
            self._checked(response, path)

    def _request(self, method: str, path: str, body: dict[str, Any] | None) -> requests.Response:
        try:
            return self._session.request(
                method, f"{self.url}/api/{path}", json=body, timeout=(CONNECT, ANSWER)
            )
        except requests.RequestException as error:
            raise Trouble(
                f"broker management at {self.label} does not answer ({type(error).__name__})", UNREACHABLE
            ) from error
        except OSError as error:  # requests' own are none of these; it says so of a CA file that isn't there
            raise Trouble(f"broker management at {self.label}: {error}", UNREACHABLE) from error

    def _checked(self, response: requests.Response, path: str) -> requests.Response:
        if response.ok:
            return response
        if response.status_code == requests.codes.unauthorized:
            raise Trouble(f"broker management at {self.label} does not accept user {self.user!r}", REFUSED)
        try:
            reason = response.json().get("reason")
        except (ValueError, AttributeError):
            reason = response.text[:200]
        what = path.split("/", 1)[0]
        raise Trouble(f"broker management at {self.label}: {what}: {response.status_code} {reason}", REFUSED)


def _q(name: str) -> str:
    return quote(name, safe="")


def _matches(stored: str, password: str) -> bool:
    """RabbitMQ keeps base64(salt of 4 bytes + SHA-256 of salt and password)."""
    try:
        raw = base64.b64decode(stored)
    except binascii.Error:
        return False
    return secrets.compare_digest(raw[4:], hashlib.sha256(raw[:4] + password.encode()).digest())
