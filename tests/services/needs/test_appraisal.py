"""A panel appraises items of the library; topics are on notice, open to objection, and only then final."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.harness import RunningNode, eventually

pytestmark = pytest.mark.service

AREA = "230102040"
MEETING = "2026-03-02T14:00:00+08:00"  # a Monday; seven working days of notice end on the 11th
AFTER = "2026-03-12T09:00:00+08:00"
PARTS = ("residents", "experts", "cadres", "organisations")
MEMBERS = [
    {"id": f"{part}-{number}", "part": part, "name": "赵某某", "account": f"{part}-{number}"}
    for part in PARTS
    for number in (1, 2)
]


def post(
    here: RunningNode, path: str, body: Any = None, role: str | None = "district_staff", now: str = MEETING
) -> Any:
    return here.post(f"/api/needs/{path}", body, role, now=now if role else None)


def listed(here: RunningNode, number: int) -> list[str]:
    """Items of the library, each of one need."""
    items = []
    for index in range(number):
        need = {
            "area": AREA,
            "title": f"助餐{index}",
            "category": "care",
            "source": "visit",
            "received_on": "2026-02-02",
        }
        source = post(here, "needs", need).json()["id"]
        body = {"area": AREA, "title": f"为老助餐{index}", "category": "care", "sources": [source]}
        items.append(post(here, "library", body).json()["id"])
    return items


def convened(here: RunningNode, items: list[str]) -> str:
    body = {"area": AREA, "title": "论证会", "held_on": "2026-03-02", "items": items, "members": MEMBERS}
    answer = post(here, "panels", body)
    assert answer.status_code == 201, answer.text
    return f"panels/{answer.json()['id']}"


def votes(member: str, items: list[str], *words: str) -> dict[str, Any]:
    return {"member": member, "ballots": [{"item": i, "vote": w} for i, w in zip(items, words, strict=True)]}


def status(here: RunningNode, item: str) -> str:
    return str(here.get(f"/api/needs/library/{item}", None).json()["status"])


def test_a_panel_votes_by_parts_with_recusals_and_decides_by_quorum_and_majority(office: RunningNode) -> None:
    wanted, unwanted = items = listed(office, 2)
    panel = convened(office, items)
    assert office.get(f"/api/needs/{panel}", None).json()["seats"] == dict.fromkeys(PARTS, 2)
    assert "赵某某" not in office.get(f"/api/needs/{panel}", None).text
    decisions = [
        {"item": wanted, "chosen": True, "reasons": "急需"},
        {"item": unwanted, "chosen": False, "reasons": "-"},
    ]
    for member in MEMBERS[:5]:
        assert post(office, f"{panel}/votes", votes(member["id"], items, "for", "against")).ok
    early = post(office, f"{panel}/conclusion", {"decisions": decisions})
    assert (early.status_code, early.json()["type"].rpartition(":")[2]) == (422, "no-quorum")
    # A member with an account votes in person, and for nobody else.
    expert = {"Authorization": f"Bearer {office.token('expert', subject='experts-2')}"}
    other = votes("experts-1", items, "for", "for")
    assert office.post(f"/api/needs/{panel}/votes", other, None, headers=expert).status_code == 403
    for member in MEMBERS[5:7]:
        assert post(office, f"{panel}/votes", votes(member["id"], items, "against", "recused")).ok
    last = MEMBERS[7]
    mine = {"Authorization": f"Bearer {office.token('organisation_officer', subject=last['account'])}"}
    own = votes(last["id"], items, "recused", "abstain")
    assert office.post(f"/api/needs/{panel}/votes", own, None, headers=mine, now=MEETING).ok
    twice = office.post(f"/api/needs/{panel}/votes", own, None, headers=mine, now=MEETING)
    assert (twice.status_code, twice.json()["field"]) == (409, "ballots")
    concluded = post(office, f"{panel}/conclusion", {"decisions": decisions})
    assert concluded.json()["status"] == "concluded", concluded.text
    item = office.get(f"/api/needs/library/{wanted}", None).json()
    assert (item["status"], item["notice_ends_at"]) == ("noticed", "2026-03-11T15:59:59.000Z")
    assert item["votes"] == {
        "residents": {"for": 2, "against": 0}, "experts": {"for": 2, "against": 0},
        "cadres": {"for": 1, "against": 1}, "organisations": {"for": 0, "against": 1},
    }  # fmt: skip
    assert status(office, unwanted) == "set_aside"
    kept = office.get(f"/api/needs/{panel}/votes").json()["items"]
    assert sorted(one["vote"] for one in kept if one["member"] == last["id"]) == ["abstain", "recused"]
    assert len(kept) == 16
    late = post(office, f"{panel}/votes", votes("experts-1", items, "for", "for"))
    assert late.status_code == 422


def noticed(here: RunningNode, number: int) -> list[str]:
    items = listed(here, number)
    minutes = {"chosen": True, "reasons": "急需", "votes": {part: {"for": 2, "against": 0} for part in PARTS}}
    assert all(
        post(here, f"library/{item}/appraisal", minutes).json()["status"] == "noticed" for item in items
    )
    return items


def test_a_topic_on_notice_is_final_only_after_it_and_without_an_open_objection(office: RunningNode) -> None:
    topic, ended, returned = noticed(office, 3)
    early = post(office, f"library/{topic}/confirmation")
    assert (early.status_code, early.json()["field"]) == (422, "status")
    told = {"text": "与物业职责重复", "contact": {"name": "孙某某", "phone": "13900007777"}}
    receipts = {}
    for item in (topic, ended, returned):
        # On a node that dates requests, nobody's are dated by the machine: so somebody signed in objects here.
        receipt = post(office, f"library/{item}/objections", told, "resident")
        assert receipt.status_code == 201, receipt.text
        assert "孙某某" not in receipt.text
        receipts[item] = receipt.json()
    assert receipts[topic]["number"].startswith(f"{AREA}-20260302-")
    assert receipts[topic]["due_at"] == "2026-03-11T15:59:59.000Z"
    shown = office.get(f"/api/needs/objections/{receipts[topic]['id']}/file").json()
    assert (shown["text"], shown["contact"]) == (told["text"], told["contact"])
    waiting = post(office, f"library/{topic}/confirmation", now=AFTER)
    assert (waiting.status_code, waiting.json()["field"]) == (422, "status")

    def settle(item: str, **body: Any) -> Any:
        return post(office, f"objections/{receipts[item]['id']}/settlement", {"reasons": "经核实"} | body)

    assert settle(topic, upheld=True).json()["field"] == "outcome"
    assert settle(topic, upheld=False).json()["status"] == "dismissed"
    assert settle(ended, upheld=True, outcome="end").ok
    assert settle(returned, upheld=True, outcome="return").ok
    assert (status(office, ended), status(office, returned)) == ("set_aside", "listed")
    assert post(office, f"library/{topic}/confirmation", now=AFTER).json()["status"] == "chosen"
    public = office.get(f"/api/needs/objections/{receipts[ended]['id']}", None).json()
    assert (public["status"], public["outcome"], public["reasons"]) == ("upheld", "end", "经核实")
    over = post(office, f"library/{topic}/objections", told, "resident", now=AFTER)
    assert over.status_code == 422
    assert len(office.get(f"/api/needs/library/{topic}/objections", None).json()["items"]) == 1
    board = {"area": AREA, "about": topic}
    notices = "/api/notifications/notices"
    eventually(
        lambda: len(office.get(notices, None, params=board).json()["items"]) == 2, what="notice and result"
    )


def test_no_objection_is_passed_over_by_a_confirmation_at_the_same_time(office: RunningNode) -> None:
    """At the last moment of the notice somebody objects, while staff, whose clock is a moment ahead, confirm."""
    topics = noticed(office, 4)
    last, ahead = "2026-03-11T23:59:59+08:00", "2026-03-12T00:00:00+08:00"
    asked = [(f"library/{topic}/{path}", body, role, now) for topic in topics for path, body, role, now in (
        ("objections", {"text": "异议"}, "resident", last), ("confirmation", None, "district_staff", ahead),
    )]  # fmt: skip
    with ThreadPoolExecutor(8) as several:
        answers = list(several.map(lambda each: post(office, *each), asked))
    for topic, objected, confirmed in zip(topics, answers[::2], answers[1::2], strict=True):
        assert (objected.status_code, confirmed.status_code) in ((201, 422), (422, 200)), (
            objected.text,
            confirmed.text,
        )
        assert status(office, topic) == ("chosen" if confirmed.ok else "noticed")
