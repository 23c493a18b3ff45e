"""Passing a request on, body and answer unchanged, to the service here or to the node that serves it."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

import urllib3
from werkzeug.wrappers import Request, Response

from shared import runtime
from shared.call import NOBODY
from shared.errors import NotFound, Text, Unavailable
from shared.http import auth, origin
from shared.http.files import LARGEST_FILE
from shared.http.handling import LARGEST_BODY, read_body
from shared.node import SERVICES
from shared.store import nodes
from shared.telemetry import tracing

TIMEOUT = urllib3.Timeout(connect=2.0, read=60.0)  # seconds
MOST_HOPS = 4  # tiers above a community, and one to spare: a ring of nodes must not pass a request for ever
HOPS = "Hatchery-Hops"

# RFC 9110, 7.6.1: these speak of one connection only.
_OWN = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
    "transfer-encoding", "upgrade", "host", "content-length", "content-encoding",
}  # fmt: skip


@cache
def _pool(trusted: str | None) -> urllib3.PoolManager:
    """Connections that are kept. Not those of `requests`: it took longer to prepare a request than to send it. The
    machine's proxy is not asked: this is talk between the node's own processes, or with the node above."""
    return urllib3.PoolManager(num_pools=32, maxsize=64, retries=False, timeout=TIMEOUT, ca_certs=trusted)


def pass_on(request: Request, service: str) -> Response:
    """The answer of whoever serves `service` here. Raises NotFound, or Unavailable naming who is away."""
    here = runtime.node()
    if service not in SERVICES:
        raise NotFound(
            "no-such-service",
            Text(f"There is no service '{service}'.", f"没有服务“{service}”。"),
            Text(f"Services are: {', '.join(SERVICES)}.", f"可用服务：{'、'.join(SERVICES)}。"),
        )
    hops = _hops(request)
    if service in here.services:
        return _send(request, here.url_of(service), here.area, service, hops)
    node, url = nodes.serving(here, service, here.area)
    if url is None and here.parent is None:
        raise _hosted_nowhere(service, here.area)
    if url is None or hops >= MOST_HOPS:
        raise _away(node, service)
    return _send(request, url, node, service, hops + 1)


def _hops(request: Request) -> int:
    text = request.headers.get(HOPS, "0")
    return int(text) if text.isdecimal() and len(text) < 3 else MOST_HOPS


def _send(request: Request, base: str, node: str, service: str, hops: int) -> Response:
    headers = {k: v for k, v in request.headers.items() if k.lower() not in _OWN}
    headers[HOPS] = str(hops)
    headers["Accept-Encoding"] = "identity"
    headers.pop(origin.HEADER, None)
    if request.method not in origin.READS:
        headers[origin.HEADER] = origin.signed(runtime.node(), request)
    headers["X-Forwarded-Host"] = request.headers.get("X-Forwarded-Host", request.host)
    if parent := tracing.traceparent():
        headers["Traceparent"] = parent  # spelled as the client's is here, in place of which it goes
    query = request.query_string.decode("latin-1")
    url = base.rstrip("/") + _path(request) + (f"?{query}" if query else "")
    trusted = runtime.node().verify
    pool = _pool(trusted if isinstance(trusted, str) else None)
    try:
        answer = pool.request(request.method, url, body=_body(request), headers=headers, redirect=False)
    except urllib3.exceptions.HTTPError as error:
        raise _away(node, service) from error
    kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in _OWN]
    return Response(answer.data, status=answer.status, headers=kept)


def _body(request: Request) -> bytes:
    """The body, to be passed on. Files are taken from those only who show a good token: they stand in memory here."""
    large = (request.content_length or 0) > LARGEST_BODY or "Transfer-Encoding" in request.headers
    known = large and auth.actor(request) is not NOBODY
    return read_body(request, LARGEST_FILE if known else LARGEST_BODY)


def _path(request: Request) -> str:
    """The path as it was sent: decoded, a question mark within it would begin a query."""
    raw = str(request.environ.get("RAW_PATH_INFO") or "").partition("?")[0]
    return raw if raw.startswith("/") else quote(request.path)


def _hosted_nowhere(service: str, area: str) -> NotFound:
    return NotFound(
        "service-not-hosted",
        Text(f"No node serves {service} for {area}.", f"没有节点为 {area} 提供服务 {service}。"),
        Text("Ask the district's operator to host it.", "请联系区级运维人员部署该服务。"),
        service=service,
    )


def _away(node: str, service: str) -> Unavailable:
    return Unavailable(
        "service-away",
        Text(f"{service} of node {node} cannot be reached.", f"节点 {node} 的服务 {service} 暂时无法连接。"),
        Text("Try again in a moment; nothing was changed unless an answer says so.", "请稍后重试。"),
        service=service,
        node=node,
        retry_after=2,
    )
