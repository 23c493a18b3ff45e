"""Nameko's web server, made fit: problem details on its own paths, spans, a stop that lets requests end."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import eventlet
from eventlet import wsgi
from greenlet import GreenletExit
from nameko import config
from nameko.constants import WEB_SERVER_CONFIG_KEY
from nameko.web.server import BindAddress, HttpOnlyProtocol, WebServer
from werkzeug.routing import Map
from werkzeug.wrappers import Request, Response

from shared import clock, runtime, tls
from shared.errors import Text
from shared.http import measure, problems
from shared.node import GATEWAY
from shared.telemetry import metrics

_log = logging.getLogger(__name__)

BACKLOG = 256  # connections that wait to be accepted
IDLE = 75  # seconds that a connection may wait for its next request
SILENCE = 30  # seconds without a byte, within a request
DRAIN = 25.0  # seconds for requests in flight at the stop

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class Protocol(HttpOnlyProtocol):
    """Answers what cannot even be read as a request with a problem detail instead of a bare line or HTML."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        accept = getattr(self, "headers", None) and self.headers.get("Accept-Language")
        problem = problems.WrongForm(
            int(code),
            "unreadable-request",
            Text("This cannot be read as an HTTP request.", "无法按 HTTP 请求读取。"),
            Text("Check the request line, headers and their size.", "请检查请求行、请求头及其长度。"),
        )
        spoken = problems.language(accept or None)
        body = problems.encoded(problems.body(problem, "/", spoken))
        headers = problems.headers(problem, spoken) | {
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        lines = [f"HTTP/1.1 {int(code)} {self.responses.get(int(code), ('Error',))[0]}"]
        lines += [f"{name}: {value}" for name, value in (headers | SAFE_HEADERS).items()]
        self.wfile.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        self.wfile.flush()
        self.close_connection = True

    def _read_request_line(self) -> Any:
        line = super()._read_request_line()
        if line and len(line) >= self.server.url_length_limit:
            self.send_error(414)
            return b""
        return line

    def parse_request(self) -> bool:
        try:
            if not super().parse_request():
                return False
        except (wsgi.HeaderLineTooLong, wsgi.HeadersTooLarge):
            self.send_error(431)
            return False
        length = self.headers.get("content-length")
        if length is not None and (
            not re.fullmatch(r"[0-9]{1,15}", length) or "transfer-encoding" in self.headers
        ):
            self.send_error(400)
            return False
        return True


class Server(WebServer):
    """The one web server of a service's process."""

    def __init__(self) -> None:
        super().__init__()
        self._starting = False
        self._drained = False
        self._shown: tls.Shown | None = None  # the certificate, where this server speaks HTTPS

    @property
    def bind_addr(self) -> Any:
        """Where the node's description puts this service, unless Nameko's configuration names an address."""
        if config.get(WEB_SERVER_CONFIG_KEY):
            return super().bind_addr
        here = runtime.node()
        return BindAddress(
            here.bind_of(self.container.service_name), here.port_of(self.container.service_name)
        )

    def start(self) -> None:
        if self._starting:
            return
        self._starting = True
        here = runtime.node()
        if self.container.service_name == GATEWAY and here.tls and here.serves_tls:
            self._shown = tls.Shown(here.tls)
            for file in (tls.CERTIFICATE, tls.CA):
                metrics.follow(metrics.CERTIFICATE_SECONDS.labels(file), partial(_left, here.tls / file))
        # Not Nameko's listen: that lets a second process share the port in silence, and an old one that was
        # left behind would go on taking every other request.
        self._sock = eventlet.listen(self.bind_addr, backlog=BACKLOG, reuse_port=False)
        self._sock.settimeout(None)
        self._serv = self.get_wsgi_server(self._sock, self.get_wsgi_app())
        self._gt = self.container.spawn_managed_thread(self.run)

    def make_url_map(self) -> Map:
        rules = Map(strict_slashes=False, merge_slashes=False)
        for provider in self._providers:
            rule = provider.get_url_rule()
            rule.endpoint = provider
            rules.add(rule)
        return rules

    def get_wsgi_app(self) -> App:
        return App(self.make_url_map())

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, protocol: Any = Protocol, debug: bool = False) -> Any:
        return wsgi.Server(
            sock,
            sock.getsockname(),
            wsgi_app,
            protocol=protocol,
            debug=debug,
            log=_log,
            log_output=False,  # its lines hold query strings; ours do not
            keepalive=IDLE,
            socket_timeout=SILENCE,
        )

    def run(self) -> None:
        while self._is_accepting:
            try:
                sock, address = self._sock.accept()
            except OSError as error:  # out of descriptors, or the caller hung up: not the service's end
                _log.warning("a connection could not be accepted", extra={"reason": str(error)})
                eventlet.sleep(0.1)
                continue
            sock.settimeout(self._serv.socket_timeout)
            self.container.spawn_managed_thread(
                lambda s=sock, a=address: self.process_request(s, a), "request"
            )

    def process_request(self, sock: Any, address: Any) -> None:
        """Serve one connection. A broken one must not end the container, as an error of its thread would."""
        try:
            super().process_request(self._encrypted(sock), address)
        except GreenletExit:
            raise
        except OSError as error:
            _log.debug("a connection broke", extra={"reason": str(error)})
        except Exception:
            _log.exception("a connection failed")

    def _encrypted(self, sock: Any) -> Any:
        """Shakes hands where HTTPS is spoken; here, in the connection's own thread, a slow caller holds up nobody."""
        if self._shown is None:
            return sock
        sock.settimeout(tls.HANDSHAKE)
        try:
            secure = self._shown.context().wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
            secure.settimeout(tls.HANDSHAKE)
            secure.do_handshake()
        except OSError:
            sock.close()
            raise
        secure.settimeout(self._serv.socket_timeout)
        return secure

    def drain(self) -> None:
        """Take no new connections and wait for the answers under way, DRAIN seconds at most."""
        if self._drained or self._serv is None:
            return
        self._drained = True
        self._is_accepting = False
        self._gt.kill()
        self._sock.close()
        self._serv.keepalive = False  # connections end with their present answer
        end = time.monotonic() + DRAIN
        while self._serv.outstanding_requests and time.monotonic() < end:
            eventlet.sleep(0.02)

    def stop(self) -> None:
        self.drain()
        self.wait_for_providers()


def _left(file: Path) -> float:
    """Seconds until the certificate expires."""
    return (tls.expires(file) - clock.wall()).total_seconds()


class App:
    """The WSGI application: finds the route, and answers whatever comes of it."""

    def __init__(self, rules: Map) -> None:
        self.rules = rules

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        with measure.measured(request) as measured:
            try:
                provider, values = self.rules.bind_to_environ(environ).match()
                measured.found(provider.template)
                response: Response = provider.answer(request, values)
            except Exception as error:
                response = problems.respond(error, request)
            for name, value in SAFE_HEADERS.items():
                response.headers.setdefault(name, value)
            measured.answered(response)
        return response(environ, start_response)
