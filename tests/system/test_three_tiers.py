"""What happens below is known above, what is decided above is known below, and nobody sees a sibling's affairs."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import jwt
import pika
import pytest
import requests
from stdnum.cn import uscc

from shared import clock, keys
from shared.call import Grant
from shared.events.types import routing_key
from tests.bus import organisation_event
from tests.harness import RunningNode, eventually
from tests.system.conftest import BARE_COMMUNITY, COMMUNITY, DISTRICT, OTHER_STREET, STREET, Tiers

pytestmark = pytest.mark.system


def file_team(at: RunningNode, area: str, name: str, role: str = "street_staff") -> dict[str, str]:
    body = {"area": area, "name": name, "track": "filed", "established_on": "2018-05-04"}
    answer = at.post("/api/registry/organisations", body, role=role)
    assert answer.status_code == 201, answer.text
    return answer.json()


def seen(node: RunningNode, organisation: str) -> dict[str, str] | None:
    answer = node.get(f"/api/registry/organisations/{organisation}")
    return answer.json() if answer.ok else None


def test_a_teams_filing_at_its_street_is_known_at_the_district(tiers: Tiers) -> None:
    team = file_team(tiers[STREET], STREET, "景山晨练队")
    assert team["owner"] == STREET
    copy = eventually(lambda: seen(tiers[DISTRICT], team["id"]))
    assert (copy["name"], copy["owner"]) == ("景山晨练队", STREET)


def test_what_the_district_decides_of_a_streets_area_is_known_at_that_street_only(tiers: Tiers) -> None:
    body = {
        "area": STREET, "name": "东华门公益服务中心", "track": "registered", "type": "non_enterprise",
        "credit_code": credit_code("52110101MJ0000001"), "established_on": "2019-01-01",
    }  # fmt: skip
    answer = tiers[DISTRICT].post("/api/registry/organisations", body)
    assert answer.status_code == 201, answer.text
    organisation = answer.json()["id"]
    eventually(lambda: seen(tiers[STREET], organisation))
    marker = file_team(tiers[DISTRICT], DISTRICT, "之后的事", "district_staff")
    assert marker["owner"] == DISTRICT
    assert seen(tiers[OTHER_STREET], organisation) is None


def credit_code(first: str) -> str:
    return first + uscc.calc_check_digit(first)


def test_siblings_know_each_other_by_the_districts_public_summaries(tiers: Tiers) -> None:
    team = file_team(tiers[STREET], STREET, "互相知道队")
    for step, content in (("acceptance", None), ("decision", {"approve": True, "reasons": "符合条件"})):
        tiers[STREET].post(f"/api/registry/organisations/{team['id']}/{step}", content, role="street_staff")
    summaries = eventually(
        lambda: [
            s
            for s in tiers[OTHER_STREET].get("/api/registry/summaries?limit=200", None).json()["items"]
            if s["organisation"] == team["id"]
        ]
    )
    assert summaries[0]["name"] == "互相知道队"
    assert seen(tiers[OTHER_STREET], team["id"]) is None


def test_a_write_to_a_record_of_another_node_is_answered_421_with_its_address(tiers: Tiers) -> None:
    team = file_team(tiers[STREET], STREET, "归街道管")
    eventually(lambda: seen(tiers[DISTRICT], team["id"]))
    answer = tiers[DISTRICT].post(f"/api/registry/organisations/{team['id']}/acceptance")
    assert answer.status_code == 421
    problem = answer.json()
    assert (problem["owner"], problem["address"]) == (STREET, tiers[STREET].url)
    new = {"area": STREET, "name": "投错门", "track": "filed", "established_on": "2018-05-04"}
    answer = tiers[DISTRICT].post("/api/registry/organisations", new)
    assert (answer.status_code, answer.json()["address"]) == (421, tiers[STREET].url)


def test_a_community_without_services_is_served_by_its_street_and_district(tiers: Tiers) -> None:
    bare = tiers[BARE_COMMUNITY]
    served = {s["service"]: s for s in bare.get("/api/node", None).json()["services"]}
    assert (served["needs"]["hosted"], served["needs"]["node"]) == (False, STREET)
    assert served["funding"]["node"] == DISTRICT
    need = {
        "area": BARE_COMMUNITY, "title": "楼道照明", "description": "三号楼没有灯", "category": "environment",
        "group": "elderly", "source": "walk_in", "urgency": "normal", "received_on": "2026-03-01",
    }  # fmt: skip
    answer = bare.post("/api/needs/needs", need, role="community_worker")
    assert answer.status_code == 201, answer.text
    assert answer.json()["owner"] == STREET


def test_a_service_that_nobody_hosts_is_told_plainly(tiers: Tiers) -> None:
    answer = tiers[BARE_COMMUNITY].get("/api/incubator/centres", None)
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("service-not-hosted")


def test_a_communitys_own_need_reaches_the_district_through_two_links(tiers: Tiers) -> None:
    need = {
        "area": COMMUNITY, "title": "助浴", "description": "失能老人洗澡难", "category": "care",
        "group": "elderly", "source": "visit", "urgency": "high", "received_on": "2026-03-01",
        "contact": {"name": "王某", "phone": "13800138000"},
    }  # fmt: skip
    answer = tiers[COMMUNITY].post("/api/needs/needs", need, role="community_worker")
    assert answer.status_code == 201, answer.text
    assert answer.json()["owner"] == COMMUNITY
    copy = eventually(lambda: _ok(tiers[DISTRICT].get(f"/api/needs/needs/{answer.json()['id']}")))
    assert copy["title"] == "助浴"
    assert "13800138000" not in str(copy), "personal data stays at the node that collected it"


def _ok(answer: requests.Response) -> Any:
    return answer.json() if answer.ok else None


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        ("none", 401, "token-needed"),
        ("garbage", 401, "token-malformed"),
        ("expired", 401, "token-expired"),
        ("stranger", 401, "token-signature"),
        ("beyond", 401, "token-beyond-node"),
        ("other area", 403, "role-needed"),
        ("other role", 403, "role-needed"),
    ],
)
def test_a_wrong_token_opens_nothing(tiers: Tiers, token: str, status: int, code: str) -> None:
    street = tiers[STREET]
    private = keys.load_private(street.folder / "keys")
    other = keys.load_private(tiers[OTHER_STREET].folder / "keys")
    now = clock.wall()
    past = now - timedelta(hours=1)
    claims = {"iss": STREET, "sub": "x", "grants": [["street_staff", STREET]], "iat": past, "exp": past}
    own_kid = {"kid": keys.kid(STREET, private.public_key())}
    tokens = {
        "none": None,
        "garbage": "not.a.token",
        "expired": jwt.encode(claims, private, "EdDSA", headers=own_kid),
        "stranger": jwt.encode(claims | {"exp": now}, other, "EdDSA", headers=own_kid),
        "beyond": jwt.encode(
            claims | {"grants": [["district_staff", DISTRICT]], "iat": now, "exp": now + timedelta(minutes=5)},
            private, "EdDSA", headers=own_kid,
        ),
        "other area": keys.issue(private, STREET, "x", [Grant("street_staff", COMMUNITY)]),
        "other role": keys.issue(private, STREET, "x", [Grant("evaluator", STREET)]),
    }  # fmt: skip
    body = {"area": STREET, "name": "不该有", "track": "filed", "established_on": "2018-05-04"}
    headers = {"Authorization": f"Bearer {tokens[token]}"} if tokens[token] else {}
    answer = street.session.post(
        f"{street.url}/api/registry/organisations", json=body, headers=headers, timeout=20
    )
    assert answer.status_code == status, answer.text
    if code != "token-needed":
        assert answer.json()["type"].endswith(code)
    assert answer.json()["remedy"]


def test_a_districts_staff_acts_in_its_streets_but_not_the_other_way_round(tiers: Tiers) -> None:
    district_token = tiers[DISTRICT].token("district_staff")
    body = {"area": STREET, "name": "区里代办", "track": "filed", "established_on": "2018-05-04"}
    headers = {"Authorization": f"Bearer {district_token}"}
    street = tiers[STREET]
    answer = street.session.post(
        f"{street.url}/api/registry/organisations", json=body, headers=headers, timeout=20
    )
    assert answer.status_code == 201, answer.text
    answer = tiers[DISTRICT].session.post(
        f"{tiers[DISTRICT].url}/api/registry/organisations",
        json=body | {"area": DISTRICT},
        headers={"Authorization": f"Bearer {street.token('street_staff')}"},
        timeout=20,
    )
    assert answer.status_code == 403


def test_an_event_of_a_foreign_area_pushed_by_a_child_is_refused_and_kept(tiers: Tiers) -> None:
    """The street's own broker user is the attacker: it puts another street's event into its up-link."""
    forged = organisation_event(OTHER_STREET, name="冒名顶替")
    with tiers[STREET].amqp() as connection:
        connection.channel().basic_publish(
            "events.own", routing_key(forged), json.dumps(forged).encode(),
            pika.BasicProperties(content_type="application/cloudevents+json", delivery_mode=2),
        )  # fmt: skip
    district = tiers[DISTRICT]
    eventually(
        lambda: any(forged["id"].encode() in body for _, body in district.letters("refused")),
        what="the forged event among the refused",
    )
    assert seen(district, forged["subject"]) is None
    listed = tiers.hatchery("letters", "list", DISTRICT, "--refused")
    assert forged["id"] in listed.stdout


def test_status_of_all_nodes_is_one_table_with_running_links(tiers: Tiers) -> None:
    def running() -> bool:
        told = tiers.hatchery("node", "status", "--all", check=False)
        return "running" in told.stdout and STREET in told.stdout

    eventually(running)


def test_a_link_cut_for_a_minute_while_a_thousand_events_rise_loses_and_doubles_nothing(tiers: Tiers) -> None:
    street, district = tiers[STREET], tiers[DISTRICT]

    def figure(node: RunningNode, service: str, name: str) -> int:
        return int(node.get(f"/api/{service}/figures?area={STREET}", None).json()[name])

    teams, needs = (
        figure(district, "registry", "organisations"),
        figure(district, "needs", "collected"),
    )
    messages = figure(street, "notifications", "messages")
    tiers.cable.cut()
    cut_at = time.monotonic()
    made = [approved_team(street, f"断网{number}") for number in range(100)]  # three events each
    for number in range(700):
        collect_need(street, f"断网时的需求{number}")
    eventually(lambda: street.depth("link.up") >= 1000, what="a thousand events waiting for the link")
    assert seen(district, made[-1]) is None
    time.sleep(max(0.0, 60 - (time.monotonic() - cut_at)))
    tiers.cable.mend()

    eventually(lambda: figure(district, "needs", "collected") == needs + 700, within=90, what="the needs")
    eventually(
        lambda: figure(district, "registry", "organisations") == teams + 100, within=90, what="the teams"
    )
    assert all((seen(district, one) or {})["status"] == "active" for one in made[::11])
    eventually(lambda: street.depth("svc.notifications") == 0)
    told = figure(street, "notifications", "messages")
    assert told - messages == len(made), "one message for each approval"


def approved_team(street: RunningNode, name: str) -> str:
    """File, accept and approve at the street's own registry, without the gateway; the team's id."""
    url = f"{street.service_url('registry')}/api/registry/organisations"
    token = {"Authorization": f"Bearer {street.token('street_staff')}"}
    body = {"area": STREET, "name": name, "track": "filed", "established_on": "2018-05-04"}
    made = street.session.post(url, json=body, headers=token, timeout=20)
    assert made.status_code == 201, made.text
    team = str(made.json()["id"])
    for step, content in (("acceptance", None), ("decision", {"approve": True, "reasons": "符合条件"})):
        done = street.session.post(f"{url}/{team}/{step}", json=content, headers=token, timeout=20)
        assert done.status_code == 200, done.text
    return team


def collect_need(street: RunningNode, title: str) -> None:
    body = {
        "area": STREET, "title": title, "description": title, "category": "care", "group": "elderly",
        "source": "visit", "urgency": "normal", "received_on": "2026-03-01",
    }  # fmt: skip
    made = street.session.post(
        f"{street.service_url('needs')}/api/needs/needs",
        json=body,
        headers={"Authorization": f"Bearer {street.token('street_staff')}"},
        timeout=20,
    )
    assert made.status_code == 201, made.text


def test_a_street_killed_with_everything_in_it_goes_on_where_it_was(tiers: Tiers) -> None:
    street, district = tiers[STREET], tiers[DISTRICT]
    made = [file_team(street, STREET, f"断电{n}")["id"] for n in range(30)]
    street.kill_all()
    street.start()
    made += [file_team(street, STREET, f"来电{n}")["id"] for n in range(5)]
    eventually(lambda: all(seen(district, one) for one in made), within=60)
    eventually(lambda: street.metric("registry", "hatchery_outbox_pending") == 0)


def test_the_heads_of_a_streets_audit_are_kept_by_the_district(tiers: Tiers) -> None:
    file_team(tiers[STREET], STREET, "审计一队")
    where = ("--service", "registry")

    def anchored() -> bool:
        told = tiers.hatchery("audit", "anchor", STREET, *where).stdout
        number, hashed = told.split("entry ")[1].strip().split(", ")
        path = f"/api/node/audit-heads?node={STREET}&service=registry&limit=200"
        heads = eventually(lambda: tiers[DISTRICT].get(path, "auditor").json()["items"])
        return any((str(one["number"]), one["hash"]) == (number, hashed) for one in heads)

    eventually(anchored, what="the district knows the head")
    done = tiers.hatchery("audit", "verify", STREET, *where)
    assert f"of the gateway of {DISTRICT}" in done.stdout
    # Nobody reads of a street with a role at another one.
    other = f"/api/node/audit-heads?node={OTHER_STREET}&service=registry"
    assert tiers[STREET].get(other, "auditor").status_code == 403
