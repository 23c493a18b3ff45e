"""The OpenAPI document says what the routes do, and is valid."""

from __future__ import annotations

import json
from typing import Any

import pytest
from marshmallow import fields
from openapi_spec_validator import OpenAPIV31SpecValidator

from shared import permissions
from shared.fields import Area, Day, Fen, Id, Moment, Schema
from shared.http import PageQuery, accepts, file_of, get, page_of, patch, post, routes_of
from shared.http.files import CSV, PDF
from shared.http.openapi import document

pytestmark = pytest.mark.unit


class Part(Schema):
    amount = Fen(required=True)


class NewPot(Schema):
    area = Area(required=True)
    parts = fields.List(fields.Nested(Part))
    day = Day(allow_none=True)


class PotView(Schema):
    id = Id()
    parts = fields.List(fields.Nested(Part))
    made = Moment()


class PotQuery(PageQuery):
    area = Area()


class PotsService:
    """Pots 壶, for the document."""

    name = "pots"
    permissions = permissions.parse(
        """service,operation,where,b,a
pots,make_pot,record,own,x
pots,pots,public,,
pots,pot,public,,
pots,add_picture,signed_in,,
pots,picture,public,,
pots,change_part,signed_in,,
""",
        ("b", "a"),
    )

    @post("/pots", body=NewPot, answer=PotView, status=201, summary="Make a pot 做壶")
    def make_pot(self, call: Any, body: Any) -> None: ...

    @get("/pots", query=PotQuery, answer=page_of(PotView))
    def pots(self, call: Any, query: Any) -> None: ...

    @get("/pots/<id>", answer=PotView)
    def pot(self, call: Any, id: str) -> None: ...

    @post("/pots/<id>/pictures", file=accepts(PDF, CSV, largest=5), answer=PotView)
    def add_picture(self, call: Any, id: str, file: Any) -> None: ...

    @get("/pots/<id>/picture.pdf", answer=file_of(PDF))
    def picture(self, call: Any, id: str) -> None: ...

    @patch("/pots/<id>/parts/<int:number>", body=Part)
    def change_part(self, call: Any, id: str, number: int, body: Any) -> None: ...


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(PotsService, "1.2.3", "https://node.example")


def test_it_is_a_valid_openapi_31_document(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(described).validate()
    json.dumps(described)


def test_paths_carry_the_services_prefix_and_their_variables(described: dict[str, Any]) -> None:
    assert set(described["paths"]) == {
        "/api/pots/pots",
        "/api/pots/pots/{id}",
        "/api/pots/pots/{id}/parts/{number}",
        "/api/pots/pots/{id}/picture.pdf",
        "/api/pots/pots/{id}/pictures",
    }
    parameters = described["paths"]["/api/pots/pots/{id}/parts/{number}"]["patch"]["parameters"]
    assert [p["name"] for p in parameters if p.get("in") == "path"] == ["id", "number"]


def test_operations_say_who_may_and_what_is_sent_and_answered(described: dict[str, Any]) -> None:
    making = described["paths"]["/api/pots/pots"]["post"]
    assert making["operationId"] == "make_pot"
    assert making["summary"] == "Make a pot 做壶"
    assert (making["x-where"], making["x-roles"], making["x-own"]) == ("record", ["a", "b"], ["b"])
    assert making["security"] == [{"bearer": []}]
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in making["parameters"]
    body = making["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/NewPot"}
    assert making["responses"]["201"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/PotView"
    }
    for refusal in ("400", "401", "403", "404", "409", "413", "415", "421", "422", "503"):
        assert making["responses"][refusal] == {"$ref": "#/components/responses/Problem"}
    assert "default" not in making["responses"], "what is not named is not promised"
    assert {} in described["paths"]["/api/pots/pots/{id}"]["get"]["security"]
    assert "204" in described["paths"]["/api/pots/pots/{id}/parts/{number}"]["patch"]["responses"]


def test_lists_show_their_parameters_and_pages(described: dict[str, Any]) -> None:
    listing = described["paths"]["/api/pots/pots"]["get"]
    names = [p["name"] for p in listing["parameters"] if p.get("in") == "query"]
    assert sorted(names) == ["area", "cursor", "limit"]
    page = listing["responses"]["200"]["content"]["application/json"]["schema"]
    assert page["properties"]["items"]["items"] == {"$ref": "#/components/schemas/PotView"}
    assert page["properties"]["next"]["type"] == ["string", "null"]


def test_own_fields_show_their_formats(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    assert schemas["Part"]["properties"]["amount"]["type"] == "integer"
    assert schemas["Part"]["properties"]["amount"]["maximum"] == 10**15
    assert schemas["NewPot"]["properties"]["area"]["pattern"].startswith("^")
    assert schemas["NewPot"]["properties"]["day"] == {"type": ["string", "null"], "format": "date"}
    assert schemas["NewPot"]["additionalProperties"] is False
    assert schemas["PotView"]["properties"]["id"]["format"] == "uuid"
    assert schemas["PotView"]["properties"]["made"]["format"] == "date-time"


def test_routes_are_told_in_order() -> None:
    assert [(r.method, r.path) for r in routes_of(PotsService)] == [
        ("GET", "/pots"),
        ("POST", "/pots"),
        ("GET", "/pots/<id>"),
        ("PATCH", "/pots/<id>/parts/<int:number>"),
        ("GET", "/pots/<id>/picture.pdf"),
        ("POST", "/pots/<id>/pictures"),
    ]


def test_files_are_described_by_their_types(described: dict[str, Any]) -> None:
    sent = described["paths"]["/api/pots/pots/{id}/pictures"]["post"]["requestBody"]
    assert set(sent["content"]) == {PDF, CSV}
    assert "5 bytes" in sent["description"]
    answers = described["paths"]["/api/pots/pots/{id}/picture.pdf"]["get"]["responses"]
    assert {"409", "422"} <= set(answers)
    answered = answers["200"]
    assert answered["content"] == {PDF: {"schema": {"type": "string", "format": "binary"}}}
