"""Every error as a problem detail (RFC 9457), in the caller's language, with what to do about it."""

from __future__ import annotations

import json
import logging
from typing import Any

from marshmallow import ValidationError
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Request, Response

from shared.errors import Fault, Problem, Text, Unavailable
from shared.http import validation
from shared.store import connection
from shared.telemetry import tracing

_log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
LANGUAGES = ("zh", "en")
RETRY_STORE = 2  # seconds until a caller should try again when the store is away


class WrongForm(Problem):
    """The request cannot be read at all: its `status` says in which way."""

    title = Text("The request cannot be handled", "无法处理该请求")

    def __init__(self, status: int, code: str, detail: Text, remedy: Text, **extra: Any) -> None:
        super().__init__(code, detail, remedy, **extra)
        self.status = status


class Internal(Problem):
    """Our own fault (500). Says nothing of what happened but the trace to look it up by."""

    status = 500
    title = Text("Something went wrong here", "系统内部错误")

    def __init__(self, trace_id: str) -> None:
        super().__init__(
            "internal",
            Text("The request failed through no fault of yours.", "请求失败，原因不在您。"),
            Text(
                f"Try again; if it fails again, tell your operator the trace {trace_id or 'of this time'}.",
                f"请重试；如仍失败，请将追踪编号 {trace_id or '（当前时间）'} 告知运维人员。",
            ),
            trace=trace_id or None,
        )


NO_ROUTE = (
    "no-such-route",
    Text("There is nothing at this address.", "该地址不存在。"),
    Text("See /api/<service>/openapi.json for the routes.", "请查阅 /api/<service>/openapi.json。"),
)


def language(accept: str | None) -> str:
    """`zh` or `en`, whichever an Accept-Language header likes best; `zh` where it names neither."""
    return parse_accept_header(accept, LanguageAccept).best_match(LANGUAGES, "zh") or "zh"


def trace_id() -> str:
    """The current trace, as its 32 hex digits, or an empty text outside of any."""
    ids = tracing.ids()
    return ids[0] if ids else ""


def problem_of(error: BaseException) -> Problem:
    """What to tell the caller about any exception. Logs what is our own fault."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return validation.invalid(error, Text("request", "请求"))
    if isinstance(error, HTTPException):
        return _of_http(error)
    if connection.unavailable(error):
        _log.warning("the store is away", extra={"reason": type(error).__name__})
        return Unavailable(
            "store-unavailable",
            Text("The store cannot be reached just now.", "暂时无法访问数据库。"),
            Text(
                "Send the same request again in a moment, with the same Idempotency-Key.",
                "请稍后重发同一请求（保持相同的 Idempotency-Key）。",
            ),
            retry_after=RETRY_STORE,
        )
    _log.error("a request failed", exc_info=error)
    return Internal(trace_id())


def _of_http(error: HTTPException) -> Problem:
    status = error.code or 500
    if status == 404:
        return WrongForm(404, *NO_ROUTE)
    if status == 405:
        allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
        return WrongForm(
            405,
            "method-not-allowed",
            Text("This address does not know the method.", "该地址不支持此方法。"),
            Text(f"Use one of: {allowed}.", f"请使用：{allowed}。"),
            allow=allowed,
        )
    return WrongForm(
        status,
        error.name.lower().replace(" ", "-"),
        Text(f"The request cannot be read: {error.name}.", f"无法读取请求：{error.name}。"),
        Text("Check the request's form.", "请检查请求格式。"),
    )


def _fault(fault: Fault, spoken: str) -> dict[str, str]:
    return {
        "field": fault.field,
        "reason": fault.reason.within(spoken),
        "remedy": fault.remedy.within(spoken),
    }


def body(problem: Problem, path: str, spoken: str) -> dict[str, Any]:
    """The problem detail object, in one language."""
    members: dict[str, Any] = {
        "type": f"urn:hatchery:problem:{problem.code}",
        "title": problem.title.within(spoken),
        "status": problem.status,
        "detail": problem.detail.within(spoken),
        "instance": path,
    }
    if problem.remedy:
        members["remedy"] = problem.remedy.within(spoken)
    if problem.field:
        members["field"] = problem.field
    if problem.faults:
        members["errors"] = [_fault(fault, spoken) for fault in problem.faults]
    for name, value in problem.extra.items():
        if value is not None:
            members[name] = value.within(spoken) if isinstance(value, Text) else value
    return members


def headers(problem: Problem, spoken: str) -> dict[str, str]:
    """The headers that go with a problem."""
    found = {
        "Content-Type": CONTENT_TYPE,
        "Content-Language": spoken,
        "Vary": "Accept-Language",
        "Cache-Control": "no-store",
    }
    if problem.status == 401:
        error = "" if problem.code == "token-needed" else ', error="invalid_token"'
        found["WWW-Authenticate"] = f'Bearer realm="hatchery"{error}'
    retry = problem.extra.get("retry_after", RETRY_STORE if problem.status == 503 else None)
    if retry is not None:
        found["Retry-After"] = str(retry)
    if problem.status == 405:
        found["Allow"] = str(problem.extra.get("allow", ""))
    return found


def encoded(members: Any) -> bytes:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def respond(error: BaseException, request: Request) -> Response:
    """The answer that tells of `error`."""
    problem = problem_of(error)
    spoken = language(request.headers.get("Accept-Language"))
    return Response(
        encoded(body(problem, request.path, spoken)),
        status=problem.status,
        headers=headers(problem, spoken),
    )
