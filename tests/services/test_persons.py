"""A person asks what is known of them, has it corrected, has it erased; at a node with three services."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pymongo import MongoClient

from shared.audit import chain
from tests.harness import RunningNode, eventually

pytestmark = pytest.mark.service

SERVICES = ("registry", "needs")
OFFICER = "security_officer"
PHONE = "139-0000-1234"


@pytest.fixture
def there(node: Callable[..., RunningNode]) -> RunningNode:
    return node(SERVICES)


def need(there: RunningNode, area: str, phone: str) -> str:
    body = {
        "area": area, "title": "加装扶手", "category": "养老", "source": "visit", "received_on": "2026-03-01",
        "contact": {"name": "王二", "phone": phone},
    }  # fmt: skip
    answer = there.post("/api/needs/needs", body, now="2026-03-02T01:00:00Z")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def ask(there: RunningNode, kind: str, phone: str) -> dict[str, Any]:
    body = {
        "area": "230102", "kind": kind, "person": {"name": "王二", "phone": phone}, "identity": "本人到场，出示证件",
    }  # fmt: skip
    answer = there.post("/api/node/data-requests", body, now="2026-03-02T01:00:00Z")
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def execute(there: RunningNode, service: str, request: str, **body: Any) -> dict[str, Any]:
    path = f"/api/{service}/data-requests/{request}/execution"
    answer = eventually(
        lambda: (got := there.post(path, body, OFFICER)).status_code != 404 and got,
        what="the request is known",
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def shown(there: RunningNode, request: str) -> dict[str, Any]:
    found = there.get("/api/node/data-requests", OFFICER).json()["items"]
    return next(one for one in found if one["id"] == request)


def test_a_person_gets_a_copy_of_what_is_known_with_purpose_and_ground(there: RunningNode) -> None:
    mine, _ = need(there, "230102001", PHONE), need(there, "230102001", "13900009999")
    request = ask(there, "access", "139 0000 1234")  # as they write it
    assert request["due_at"] == "2026-03-23T15:59:59.000Z"  # 15 working days
    told = execute(there, "needs", request["id"])
    [record] = told["records"]
    assert (record["record"], record["data"]["contact"]["name"]) == (mine, "王二")
    assert "第十三条" in record["basis"]["contact"]["zh"]
    assert execute(there, "registry", request["id"])["found"] == 0
    done = eventually(
        lambda: len(shown(there, request["id"])["executions"]) == 2 and shown(there, request["id"])
    )
    assert {one["service"]: one["found"] for one in done["executions"]} == {"needs": 1, "registry": 0}


def test_what_is_wrong_is_corrected_wherever_it_stands(there: RunningNode) -> None:
    wrong = need(there, "230102002", "13900005555")
    request = ask(there, "correction", "13900005555")
    path = f"/api/needs/data-requests/{request['id']}/execution"
    eventually(lambda: there.post(path, {}, OFFICER).status_code == 422, what="corrections are missed")
    fix = [{"wrong": "13900005555", "right": "13900006666"}, {"wrong": "王二", "right": "王尔"}]
    assert execute(there, "needs", request["id"], corrections=fix)["changed"] == 1
    right = there.get(f"/api/needs/needs/{wrong}").json()
    assert right["contact"] == {"name": "王尔", "phone": "13900006666"}


def test_what_is_erased_is_gone_from_records_and_audit_and_the_chain_still_verifies(
    there: RunningNode,
) -> None:
    phone = "13900007777"
    identifier = need(there, "230102003", phone)
    there.post(f"/api/needs/needs/{identifier}/answer", {"answer": f"已致电 {phone}"}).raise_for_status()
    request = ask(there, "erasure", phone)
    staff = there.post(f"/api/needs/data-requests/{request['id']}/execution", {})
    assert staff.status_code == 403
    assert execute(there, "needs", request["id"])["changed"] == 1
    execute(there, "registry", request["id"])
    closing = f"/api/node/data-requests/{request['id']}/closure"
    closed = eventually(lambda: (got := there.post(closing, None, OFFICER)).ok and got.json())
    assert (closed["status"], closed["person"]) == ("closed", None)
    assert there.get(f"/api/needs/needs/{identifier}").json()["contact"] is None
    with MongoClient[dict[str, Any]](there.embedded.addresses.store_uri, tz_aware=True) as client:
        for service in ("gateway", "needs"):
            db = client[f"{there.vhost.replace('-', '_')}_{there.area}_{service}"]
            eventually(partial(forgotten, db, phone), what=f"{service} has forgotten the person")
            assert chain.check(db["audit"].find().sort("_id", 1)).findings == []


def forgotten(db: Any, phone: str) -> bool:
    return not any(phone in str(one) for name in db.list_collection_names() for one in db[name].find())


def test_a_request_is_not_closed_before_all_services_have_carried_it_out(there: RunningNode) -> None:
    request = ask(there, "erasure", "13900008888")
    closing = there.post(f"/api/node/data-requests/{request['id']}/closure", None, OFFICER)
    assert closing.status_code == 422
    assert "needs, registry" in closing.json()["detail"]
    refusal = f"/api/node/data-requests/{request['id']}/refusal"
    refused = there.post(refusal, {"reasons": "无法核实身份"}, OFFICER).json()
    assert (refused["status"], refused["reasons"]) == ("refused", "无法核实身份")
    assert there.post(f"/api/node/data-requests/{request['id']}/closure", None, OFFICER).ok


def test_a_name_alone_is_not_enough_to_tell_who_asks(there: RunningNode) -> None:
    body = {"area": "230102", "kind": "access", "person": {"name": "王二"}, "identity": "本人到场"}
    answer = there.post("/api/node/data-requests", body)
    assert answer.status_code == 400
    assert "phone number" in answer.text
