"""The OpenAPI 3.1 description of a service, from what its routes say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import INCLUDE, fields

from shared.fields import Schema
from shared.http.files import JSON, FileOf
from shared.http.pages import PageOf
from shared.http.problems import CONTENT_TYPE
from shared.http.routes import Route, routes_of, rule_of
from shared.permissions import OWN, Rule

_TEXT = {"type": "string"}
_BYTES = {"type": "string", "format": "binary"}
_OBJECT = {"type": "object"}


class _Fault(Schema):
    field = fields.String(metadata={"description": "dotted path of the field"})
    reason = fields.String()
    remedy = fields.String()


class _Problem(Schema):
    """A problem detail (RFC 9457); codes of their own have members of their own."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True, metadata={"examples": ["urn:hatchery:problem:invalid-request"]})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    remedy = fields.String(metadata={"description": "what to do instead"})
    field = fields.String(metadata={"description": "the field that it is about"})
    errors = fields.List(fields.Nested(_Fault), metadata={"description": "every faulty field"})
    owner = fields.String(metadata={"description": "421: the area of the node that owns the record"})
    address = fields.String(metadata={"description": "421: where to send the request"})
    retry_after = fields.Integer(metadata={"description": "seconds; also in Retry-After"})


def document(service: type, version: str, url: str) -> dict[str, Any]:
    """The description of a service class's routes, reached at `url` (the front door, without a path)."""
    name = str(service.name)  # type: ignore[attr-defined]  # what makes a class a Nameko service
    about = (service.__doc__ or name).strip().split("\n")[0]
    spec = APISpec(
        title=f"Hatchery {name}",
        version=version,
        openapi_version="3.1.0",
        info={"description": about, "license": {"name": "See the repository"}},
        servers=[{"url": url}],
        plugins=[MarshmallowPlugin(schema_name_resolver=_schema_name)],
    )
    _components(spec)
    for route in routes_of(service):
        spec.path(
            path=route.template(name),
            operations={route.method.lower(): _operation(route, rule_of(service, route.name))},
        )
    described: dict[str, Any] = spec.to_dict()
    return described


def _schema_name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removeprefix("_").removesuffix("Schema")


def _components(spec: APISpec) -> None:
    spec.components.schema("Problem", schema=_Problem)
    spec.components.response(
        "Problem",
        {
            "description": "What is wrong, and what to do instead, in Chinese or English",
            "content": {CONTENT_TYPE: {"schema": "Problem"}},
        },
    )
    spec.components.security_scheme(
        "bearer",
        {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "EdDSA, 15 minutes"},
    )
    spec.components.parameter(
        "IdempotencyKey",
        "header",
        {
            "name": "Idempotency-Key",
            "description": "Repeats with the same key have one effect and get the first answer.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        },
    )
    spec.components.parameter(
        "AcceptLanguage",
        "header",
        {"name": "Accept-Language", "description": "zh or en, for problems", "schema": _TEXT},
    )


def _operation(route: Route, rule: Rule) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary or route.name.replace("_", " "),
        "tags": list(route.tags) or [route.path.strip("/").split("/")[0] or "root"],
        "parameters": list(_parameters(route)),
        "responses": dict(_responses(route, rule)),
        "security": [{}, {"bearer": []}] if rule.where == "public" else [{"bearer": []}],
    }
    if route.description:
        operation["description"] = route.description
    operation["x-where"] = rule.where
    if rule.bound:
        operation["x-roles"] = list(rule.roles)
        operation["x-own"] = [role for role in rule.roles if rule.holders[role] == OWN]
    if route.body:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": route.body}},
        }
    if route.file:
        operation["requestBody"] = {
            "required": True,
            "description": f"The file, at most {route.file.largest} bytes",
            "content": {kind: {"schema": _OBJECT if kind == JSON else _BYTES} for kind in route.file.types},
        }
    return operation


def _parameters(route: Route) -> Iterator[Any]:
    for name in route.variables:
        yield {"name": name, "in": "path", "required": True, "schema": _TEXT}
    if route.query:
        yield {"in": "query", "schema": route.query}
    if route.method == "POST" and not route.secret:
        yield "IdempotencyKey"
    if route.file:
        named = "attachment; filename*=UTF-8''..., the file's name"
        yield {"name": "Content-Disposition", "in": "header", "description": named, "schema": _TEXT}
    yield "AcceptLanguage"


def _responses(route: Route, rule: Rule) -> Iterator[tuple[str, Any]]:
    status = 204 if route.answer is None and route.status == 200 else route.status
    response: dict[str, Any] = {"description": route.summary or "Done"}
    if isinstance(route.answer, PageOf):
        items = {"type": "array", "items": route.answer.schema}
        response["content"] = {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["items", "next"],
                    "properties": {"items": items, "next": {"type": ["string", "null"]}},
                }
            }
        }
        response["headers"] = {"Link": {"description": 'the next page, rel="next"', "schema": _TEXT}}
    elif isinstance(route.answer, FileOf):
        response["content"] = {
            kind: {"schema": _OBJECT if kind == JSON else _BYTES} for kind in route.answer.types
        }
        response["headers"] = {"Content-Disposition": {"description": "its name", "schema": _TEXT}}
    elif route.answer:
        response["content"] = {"application/json": {"schema": route.answer}}
        if status == 201:
            response["headers"] = {"Location": {"description": "what was created", "schema": _TEXT}}
    yield str(status), response
    for refused in sorted(_refusals(route, rule)):
        yield str(refused), "Problem"


def _refusals(route: Route, rule: Rule) -> set[int]:
    """Every status that a problem of this route may have; what is not among them is a fault of ours."""
    found = {400, 401, 404, 503}  # a faulty header, a bad token, hosted nowhere, out of reach just now
    if rule.where != "public":
        found |= {403}
    if route.variables:
        found |= {405}  # a slash within a variable makes another path of it
    if route.body or route.file:
        found |= {408, 413, 415}
    if route.method != "GET":
        found |= {409, 421, 422}
    elif isinstance(route.answer, FileOf):
        found |= {409, 422}  # nothing to put into it yet, or too much
    if route.secret:
        # Who shows who they are may have something to do first, come too late, or have tried too often.
        found |= {403, 410, 429}
    return found
