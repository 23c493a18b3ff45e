"""A small service over everything that `shared.http` does, run as a process by the tests.

python -m tests.shared.http.example <node.yaml> <database>
"""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

# ruff: noqa: E402
import signal
import sys
from types import SimpleNamespace
from typing import Any

from marshmallow import fields, validate
from nameko import config
from nameko.containers import ServiceContainer
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from werkzeug.wrappers import Request, Response

from shared import clock, keys, node, permissions, runtime
from shared.call import Call
from shared.errors import Misdirected, NotYetKnown, Refused, Text
from shared.fields import Area, Day, Fen, Id, Moment, Schema
from shared.http import (
    Cursor,
    Download,
    Page,
    PageQuery,
    Upload,
    accepts,
    auth,
    delete,
    file_of,
    get,
    page_of,
    post,
    put,
    raw,
)
from shared.http.files import CSV, MIB, PDF
from shared.store import connection, files
from shared.telemetry import metrics, tracing


class Line(Schema):
    purpose = fields.String(required=True, validate=validate.Length(1, 20))
    amount = Fen(required=True)


class NewThing(Schema):
    name = fields.String(required=True, validate=validate.Length(1, 50))
    area = Area(required=True)
    kind = fields.String(load_default="tea", validate=validate.OneOf(["tea", "rice"]))
    lines = fields.List(fields.Nested(Line), load_default=list)
    held = Moment(load_default=None, allow_none=True)
    day = Day(load_default=None, allow_none=True)


class ThingView(Schema):
    id = Id()
    name = fields.String()
    area = Area()
    cause = fields.String()
    subject = fields.String()
    runs = fields.Integer()
    now = Moment()
    correlation = fields.String()


class ThingQuery(PageQuery):
    cursor = Cursor(int, load_default=None)
    area = Area(load_default=None)
    tag = fields.List(fields.String(), load_default=list)


class Outcome(Schema):
    how = fields.String(required=True)


PERMISSIONS = permissions.parse(
    """service,operation,where,district_staff,street_staff
things,make_thing,record,x,x
things,thing,public,,
things,things,public,,
things,drop_thing,signed_in,,
things,wait,public,,
things,outcome,public,,
things,keep_paper,record,x,x
things,paper,record,x,x
things,forgetful,node,x,
""",
    ("district_staff", "street_staff"),
)


def runs(what: str) -> int:
    """How often `what` ran, counted in the store, so that restarts are survived."""
    counted = None
    while counted is None:  # of several first ones at the same time the embedded store tells one nothing
        counted = connection.database()["runs"].find_one_and_update(
            {"_id": what}, {"$inc": {"n": 1}}, upsert=True, return_document=True
        )
    return int(counted["n"])


class ThingsService:
    """Things 物品, for trying out."""

    name = "things"
    permissions = PERMISSIONS

    @post("/things", body=NewThing, answer=ThingView, status=201, summary="Make a thing 新建")
    def make_thing(self, call: Call, body: dict[str, Any]) -> Any:
        call.authorise(body["area"])
        return SimpleNamespace(
            id=call.new_id("thing"),
            cause=call.cause,
            subject=call.actor.subject,
            now=call.now,
            runs=runs(body["name"]),
            correlation=call.correlation,
            **{key: body[key] for key in ("name", "area")},
        )

    @get("/things/<id>", answer=ThingView)
    def thing(self, call: Call, id: str) -> Any:
        return {"id": id, "now": clock.now(), "subject": call.actor.subject}

    @get("/things", query=ThingQuery, answer=page_of(ThingView))
    def things(self, call: Call, query: dict[str, Any]) -> Page[dict[str, str]]:
        after = query["cursor"][0] if query["cursor"] else 0
        found = [{"id": str(n), "name": ",".join(query["tag"])} for n in range(after + 1, 8)]
        return Page.of(found[: query["limit"] + 1], query["limit"], lambda item: (int(item["id"]),))

    @delete("/things/<id>")
    def drop_thing(self, call: Call, id: str) -> None:
        return None

    @put("/things/<id>/wait", answer=ThingView)
    def wait(self, call: Call, id: str) -> Any:
        eventlet.sleep(1.5)
        return {"id": id}

    @post("/outcomes", body=Outcome, answer=ThingView)
    def outcome(self, call: Call, body: dict[str, Any]) -> Any:
        count = runs(body["how"])
        if body["how"] == "refused":
            raise Refused("too-late", Text(f"Too late, {count}.", f"已截止，{count}。"), runs=count)
        if body["how"] == "unknown":
            raise NotYetKnown(Text("Thing", "物品"), "x", "id")
        if body["how"] == "elsewhere":
            raise Misdirected("230102001", "http://elsewhere")
        if body["how"] == "broken":
            raise RuntimeError("secret of the house")
        if body["how"] == "exits" and count == 1:
            sys.stdout.flush()
            signal.raise_signal(signal.SIGKILL)
        if body["how"] == "slow":
            eventlet.sleep(0.5)
        return {"id": call.new_id("x"), "cause": call.cause, "runs": count}

    @post(
        "/papers", file=accepts(CSV, PDF, largest=2 * MIB), answer=ThingView, status=201,
        summary="Keep a paper 存放文件",
    )  # fmt: skip
    def keep_paper(self, call: Call, file: Upload) -> Any:
        call.authorise(call.node.area)
        identifier = call.new_id("paper")
        files.keep(identifier, files.Kept(file.name, file.type, file.data))
        return {"id": identifier, "name": file.name, "runs": runs(identifier)}

    @get("/papers/<id>", answer=file_of(CSV, PDF))
    def paper(self, call: Call, id: str) -> Any:
        call.authorise(call.node.area)
        found = files.fetch(id)
        return Download(found.name, found.type, found.data)

    @get("/forgetful", answer=ThingView)
    def forgetful(self, call: Call) -> Any:
        """Its rule names an area, and it never asks for one."""
        return {"name": "told to nobody"}

    @raw("/metrics")
    def metrics(self, request: Request) -> Response:
        return Response(metrics.exposition()[0], content_type="text/plain")

    @raw("/spans")
    def spans(self, request: Request) -> Response:
        return Response("\n".join(SPANS), content_type="text/plain")

    @raw("/anything/<path:rest>", "GET", "POST")
    def anything(self, request: Request, rest: str) -> Response:
        return Response(rest)

    @raw("/broken")
    def broken(self, request: Request) -> Response:
        raise ValueError("secret of the house")


SPANS: list[str] = []


class _Keep(SpanExporter):
    def export(self, spans: Any) -> SpanExportResult:
        SPANS.extend(span.to_json(indent=None) for span in spans)
        return SpanExportResult.SUCCESS


def main(description: str, database: str) -> None:
    here = node.load(description)
    runtime.set_node(here)
    connection.connect(here.store, database)
    own = keys.load_public(here.keys)
    auth.use_keys(lambda kid: (own, here.area) if kid == keys.kid(here.area, own) else None)
    tracing.configure("things", here.area, None)
    assert tracing._provider
    tracing._provider.add_span_processor(SimpleSpanProcessor(_Keep()))
    config["WEB_SERVER_ADDRESS"] = f"127.0.0.1:{here.port}"
    container = ServiceContainer(ThingsService)
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(1))
    container.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not told:
        eventlet.sleep(0.05)
    container.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
