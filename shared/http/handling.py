"""One request of a route: who asks, what they sent, the work once per key, the answer."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from marshmallow import ValidationError
from marshmallow.fields import List
from werkzeug.wrappers import Request, Response

from shared import clock, runtime
from shared.call import NOBODY, Actor, Call
from shared.errors import Fault, Invalid, Text
from shared.fields import NO_MOMENT, Schema
from shared.http import auth, files, idempotency, origin, problems, validation
from shared.http.pages import Page, PageOf
from shared.http.problems import WrongForm
from shared.ids import new_id

if TYPE_CHECKING:
    from shared.http.routes import RouteEntrypoint

LARGEST_BODY = 1024 * 1024  # bytes
_INT64 = 2**63

BODY = Text("request body", "请求体")
QUERY = Text("query", "查询参数")


def respond(entrypoint: RouteEntrypoint, request: Request, values: dict[str, Any]) -> Response:
    """The answer to a request, whatever happens."""
    try:
        return _admitted(entrypoint, request, values)
    except Exception as error:
        return problems.respond(error, request)


def _admitted(entrypoint: RouteEntrypoint, request: Request, values: dict[str, Any]) -> Response:
    route = entrypoint.route
    actor = auth.actor(request)
    auth.admit(actor, entrypoint.rule)
    moment = _dated(request, actor)
    raw = read_body(request, route.file.largest if route.file else LARGEST_BODY)
    arguments = dict(values)
    if route.file is not None:
        arguments["file"] = files.upload(request, raw, route.file)
    if route.body_schema is not None:
        arguments["body"] = _load(route.body_schema, parse(request, raw), BODY)
    if route.query_schema is not None:
        arguments["query"] = _load(route.query_schema, _parameters(request, route.query_schema), QUERY)

    def run(cause: str, fresh: bool) -> Response:
        call = Call(
            node=runtime.node(),
            service=entrypoint.service,
            cause=cause,
            actor=actor,
            rule=entrypoint.rule,
            correlation=problems.trace_id() or cause,
            origin=origin.of(runtime.node(), request) if request.method not in origin.READS else "",
            operation=f"{route.method} {entrypoint.template}",
            fresh=fresh,
        )
        try:
            result = entrypoint.work(call, **arguments)
            _check_applied(call)
            return _answer(entrypoint, request, result)
        except Exception as error:
            return problems.respond(error, request)

    with clock.at(moment):
        key = _key(request)
        if key and not route.secret:
            return idempotency.once(actor, key, request, raw, run)
        return run(new_id(), True)


def _check_applied(call: Call) -> None:
    """What would be answered without anybody having asked at which area the role holds, is not."""
    if call.rule is not None and call.rule.bound and call.rule.operation not in call.checked:
        raise RuntimeError(f"{call.service} {call.rule.operation} never asked where the role holds")


def _dated(request: Request, actor: Actor) -> datetime | None:
    """The moment that the request is dated to by `Hatchery-Now`.

    Replays and tests date their requests, on nodes whose description says `clock: request` and which are for
    nothing else; there anybody with a token may. Elsewhere the header is refused rather than ignored, since
    whoever sends it relies on it.
    """
    text = request.headers.get("Hatchery-Now")
    if text is None:
        return None
    if runtime.node().clock != "request" or actor is NOBODY:
        raise Invalid(
            "clock-not-yours",
            Text("Requests to this node cannot be dated.", "不能为发往本节点的请求指定时间。"),
            Text(
                "Leave Hatchery-Now out; only nodes with `clock: request` honour it, with a token.",
                "请去除 Hatchery-Now 头；仅 clock: request 的节点在有令牌时接受。",
            ),
            field="Hatchery-Now",
        )
    try:
        return clock.parse(text)
    except (ValueError, OverflowError):
        raise _header_fault("Hatchery-Now", *NO_MOMENT.messages[0]) from None


def _header_fault(name: str, reason: Text, remedy: Text) -> Invalid:
    return Invalid("invalid-header", reason, remedy, field=name, faults=(Fault(name, reason, remedy),))


def _key(request: Request) -> str | None:
    """The Idempotency-Key of a POST. The draft's quoted form is the same key as the bare one."""
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return None
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not 1 <= len(key) <= 255 or not all("!" <= character <= "~" for character in key):
        raise _header_fault(
            "Idempotency-Key",
            Text("This is not a usable key.", "此幂等键不可用。"),
            Text(
                "Send 1 to 255 visible ASCII characters; a fresh UUID is best.",
                "请使用 1 至 255 个可见 ASCII 字符，建议使用新的 UUID。",
            ),
        )
    return key


def read_body(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """The request's body, chunked or not. Raises WrongForm where it has more than `largest` bytes or is cut off."""
    length = request.content_length
    if length is not None and length > largest:
        raise _too_large(largest)
    stream = request.environ["wsgi.input"]
    try:
        raw: bytes = stream.read(largest + 1)
    except TimeoutError:
        raise WrongForm(
            408,
            "body-too-slow",
            Text("The request body did not arrive in time.", "请求体未能及时送达。"),
            Text("Send it again.", "请重新发送。"),
        ) from None
    except (OSError, ValueError):  # a broken chunk, or a connection that ended within one
        raise _cut_off() from None
    if len(raw) > largest:
        raise _too_large(largest)
    if length is not None and len(raw) < length:
        raise _cut_off()
    return raw


def _too_large(largest: int) -> WrongForm:
    return WrongForm(
        413,
        "body-too-large",
        Text(f"The request body has more than {largest} bytes.", f"请求体超过 {largest} 字节。"),
        Text("Send less at once.", "请减少单次发送的内容。"),
        largest=largest,
    )


def _cut_off() -> WrongForm:
    return WrongForm(
        400,
        "body-cut-off",
        Text("The request body is shorter than announced.", "请求体不完整。"),
        Text("Send it again.", "请重新发送。"),
    )


def parse(request: Request, raw: bytes) -> Any:
    """The JSON of a body. Raises WrongForm for another type, Invalid for what is no sound JSON."""
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise WrongForm(
            415,
            "not-json",
            Text("The request body is not declared as JSON.", "请求体未声明为 JSON。"),
            Text("Send `Content-Type: application/json`.", "请发送 Content-Type: application/json。"),
        )
    try:
        data = json.loads(raw.decode("utf-8"), parse_constant=_no_number, parse_int=_int64)
        if b"\\u" in raw:
            json.dumps(data, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        where = (
            f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "-"
        )
        raise Invalid(
            "invalid-json",
            Text(f"The request body is no valid JSON ({where}).", f"请求体不是有效的 JSON（{where}）。"),
            Text("Send one JSON object in UTF-8.", "请以 UTF-8 发送一个 JSON 对象。"),
        ) from None
    return data


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")


def _int64(text: str) -> int:
    """What neither the store nor most readers of JSON can hold is no number to us."""
    if len(text) > 20 or not -_INT64 <= (value := int(text)) < _INT64:
        raise ValueError("an integer is larger than 64 bits")
    return value


def _parameters(request: Request, schema: Schema) -> dict[str, Any]:
    """The query's parameters; those that may come several times as lists."""
    return {
        name: values if isinstance(schema.fields.get(name), List) else values[-1]
        for name, values in request.args.lists()
    }


def _load(schema: Schema, data: Any, place: Text) -> Any:
    try:
        return schema.load(data)
    except ValidationError as error:
        raise validation.invalid(error, place) from None


def _answer(entrypoint: RouteEntrypoint, request: Request, result: Any) -> Response:
    """A method's result as the answer that its route describes."""
    route = entrypoint.route
    schema = route.answer_schema
    headers = {"Cache-Control": "no-cache" if entrypoint.rule.where == "public" else "no-store"}
    if isinstance(result, files.Download):
        return files.download(result, headers)
    if schema is None or result is None:
        return Response(status=204 if route.status == 200 else route.status, headers=headers)
    if isinstance(route.answer, PageOf):
        page: Page[Any] = result
        data: Any = {"items": schema.dump(page.items, many=True), "next": page.next}
        if page.next is not None:
            headers["Link"] = f'<{_following(request, page.next)}>; rel="next"'
    else:
        data = schema.dump(result)
        if route.status == 201 and entrypoint.locates and data.get("id"):
            headers["Location"] = f"{request.path.rstrip('/')}/{data['id']}"
    headers["Content-Type"] = "application/json"
    return Response(problems.encoded(data), status=route.status, headers=headers)


def _following(request: Request, cursor: str) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    return f"{request.path}?{urlencode([*kept, ('cursor', cursor)])}"
