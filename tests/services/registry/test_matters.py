"""Matters of existing organisations: applied for, corrected, decided, and carried out in one write."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from shared.ids import new_id
from tests.harness import RunningNode, eventually
from tests.services.registry.test_clocks import letters
from tests.services.registry.test_service import act, active, code, form, read, team

pytestmark = pytest.mark.service

NOW = "2026-03-02T09:00:00+08:00"
APPROVE = {"approve": True, "reasons": "材料齐全"}


@pytest.fixture
def here(office: RunningNode) -> RunningNode:
    return office


def ask(here: RunningNode, organisation: str, kind: str = "change", **more: Any) -> requests.Response:
    role = more.pop("role", "organisation_officer")
    own = more.pop("own", organisation)
    body = {"organisation": organisation, "kind": kind, "grounds": "理事会决议"} | more
    return here.post("/api/registry/matters", body, role, organisation=own, now=NOW)


def asked(here: RunningNode, organisation: str, kind: str = "change", **more: Any) -> str:
    answer = ask(here, organisation, kind, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def step(here: RunningNode, matter: str, what: str, body: Any = None, **more: Any) -> requests.Response:
    return here.post(f"/api/registry/matters/{matter}/{what}", body, **more)


def seen(here: RunningNode, matter: str) -> dict[str, Any]:
    return dict(here.get(f"/api/registry/matters/{matter}").json())


def test_an_approved_change_is_carried_out_with_the_approval_and_says_what_held_before(here: RunningNode):
    organisation = active(here, form(name="春雨中心"))
    changes = {
        "name": "春雨社工中心",
        "residence": "友谊路 8 号",
        "legal_representative": "王小雨",
        "funds_fen": 3_000_000,
    }
    matter = asked(here, organisation, changes=changes)
    told = seen(here, matter)
    assert (told["status"], told["due_step"], told["due_at"]) == (
        "applied", "acceptance", "2026-03-09T15:59:59.000Z",
    )  # fmt: skip
    assert (told["legal_representative"], told["changing"]) == ("王**", sorted(changes))
    step(here, matter, "correction", {"reasons": "缺少会议纪要"}, now=NOW)
    assert seen(here, matter)["due_stage"] == "suspended"
    again = step(here, matter, "resubmission", {"changes": changes | {"funds_fen": 5_000_000}}, now=NOW)
    assert again.json()["changes"]["funds_fen"] == 5_000_000
    assert step(here, matter, "acceptance", now=NOW).json()["due_at"] == "2026-03-30T15:59:59.000Z"
    assert read(here, organisation)["name"] == "春雨中心"
    decided = step(here, matter, "decision", APPROVE).json()
    assert (decided["status"], decided["before"]) == (
        "approved", {"name": "春雨中心"},
    )  # fmt: skip
    changed = read(here, organisation)
    assert [changed[name] for name in ("name", "residence", "funds_fen", "legal_representative")] == [
        "春雨社工中心", "友谊路 8 号", 5_000_000, "王**",
    ]  # fmt: skip
    inbox = here.get(
        "/api/notifications/messages", "organisation_officer", organisation=organisation,
        params={"recipient": f"organisation:{organisation}"},
    )  # fmt: skip
    assert inbox.ok
    eventually(lambda: "matter_approved" in _told(here, organisation))


def _told(here: RunningNode, organisation: str) -> list[str]:
    found = here.get(
        "/api/notifications/messages", "organisation_officer", organisation=organisation,
        params={"recipient": f"organisation:{organisation}"},
    )  # fmt: skip
    return [one["template"] for one in found.json()["items"]]


def test_no_event_tells_who_represents_an_organisation(here: RunningNode):
    organisation = active(here, form())
    name = "欧阳不外传"
    step_to_approval(here, asked(here, organisation, changes={"legal_representative": name}))
    with here.amqp() as connection:
        connection.channel().queue_declare("spy", exclusive=True)
        channel = connection.channel()
        channel.queue_bind("spy", "events.all", "registry.#")
        matter = asked(here, organisation, changes={"legal_representative": "司马" + name, "scope": "助老"})
        step_to_approval(here, matter)
        bodies: list[bytes] = []

        def heard() -> bool:
            body = channel.basic_get("spy", auto_ack=True)[2]
            bodies.extend([body] if body else [])
            told = [each for each in bodies if "助老".encode() in each]
            return all(
                any(kind in each for each in told) for kind in (b"organisation.changed", b"matter.approved")
            )

        eventually(heard)
    assert any(matter.encode() in each for each in bodies)
    assert not any(name.encode() in each for each in bodies)
    assert read(here, organisation)["legal_representative"] == "司" + "*" * 6


def step_to_approval(here: RunningNode, matter: str) -> None:
    assert step(here, matter, "acceptance").ok
    answer = step(here, matter, "decision", APPROVE)
    assert answer.ok, answer.text


def test_statutes_are_approved_with_the_day_and_digest_of_what_was_voted_on(here: RunningNode):
    organisation = active(here, form())
    statutes = {"adopted_on": "2026-02-27", "sha256": "ab" * 32}
    step_to_approval(here, asked(here, organisation, "statutes", statutes=statutes))
    held = read(here, organisation)["statutes"]
    assert {name: held[name] for name in statutes} == statutes
    assert held["approved_on"]
    late = ask(here, organisation, "statutes", statutes=statutes | {"adopted_on": "2026-03-03"})
    assert (code(late), late.json()["field"]) == ("not-adopted-yet", "statutes.adopted_on")


def test_a_matter_that_does_not_fit_names_the_field(here: RunningNode):
    registered, filed = active(here, form()), active(here, team())
    assert ask(here, registered).json()["field"] == "changes"
    assert ask(here, registered, "statutes").json()["field"] == "statutes"
    assert ask(here, registered, "certificate", changes={"name": "x"}).json()["field"] == "changes"
    assert ask(here, filed, changes={"funds_fen": 1}).json()["field"] == "changes.funds_fen"
    assert ask(here, registered, changes={"telephone": "1"}).status_code == 400


def test_the_state_of_the_organisation_has_to_allow_it_at_application_and_at_approval(here: RunningNode):
    organisation = active(here, form())
    matter = asked(here, organisation, changes={"scope": "助残"})
    assert step(here, matter, "acceptance").ok
    act(here, organisation, "suspension", {"reasons": "整改"})
    assert code(step(here, matter, "decision", APPROVE)) == "organisation-state"
    assert (seen(here, matter)["status"], read(here, organisation)["scope"]) == ("accepted", None)
    assert step(here, matter, "decision", {"approve": False, "reasons": "暂停活动期间"}).ok
    assert code(ask(here, organisation, changes={"scope": "助残"})) == "organisation-state"
    assert ask(here, organisation, "certificate").status_code == 201


def test_one_matter_of_a_kind_is_underway_at_a_time(here: RunningNode):
    organisation = active(here, form())
    first = asked(here, organisation, changes={"scope": "助残"})
    assert code(ask(here, organisation, changes={"scope": "助学"})) == "exists-already"
    withdrawn = step(
        here,
        first,
        "withdrawal",
        {"reasons": "另行申请"},
        role="organisation_officer",
        organisation=organisation,
    )
    assert withdrawn.json()["status"] == "withdrawn"
    assert ask(here, organisation, changes={"scope": "助学"}).status_code == 201


def test_an_officer_deals_with_the_own_matters_only_and_streets_do_not_decide_registrations(
    here: RunningNode,
):
    organisation, other = active(here, form()), active(here, form())
    assert ask(here, organisation, changes={"scope": "助残"}, own=other).status_code == 403
    matter = asked(here, organisation, changes={"scope": "助残"})
    officer = {"role": "organisation_officer"}
    assert here.get(f"/api/registry/matters/{matter}", organisation=other, **officer).status_code == 403
    mine = here.get("/api/registry/matters", organisation=organisation, **officer).json()["items"]
    assert [one["id"] for one in mine] == [matter]
    assert here.get("/api/registry/matters", organisation=other, **officer).json()["items"] == []
    assert step(here, matter, "acceptance", role="street_staff").status_code == 403
    assert step(here, matter, "acceptance", **officer).status_code == 403


def test_a_repeated_application_is_one(here: RunningNode):
    organisation, key = active(here, team()), new_id()
    body = {"organisation": organisation, "kind": "change", "grounds": "换届", "changes": {"name": "新名队"}}
    first, second = (here.post("/api/registry/matters", body, key=key) for _ in range(2))
    assert (first.status_code, first.json()) == (201, second.json())


def test_a_matter_that_nobody_looks_at_counts_as_accepted(here: RunningNode):
    area = "230102018"
    matter = asked(here, active(here, team(area=area)), changes={"scope": "助老"})
    here.post("/api/registry/clocks/run", None, "operator", now="2026-03-10T00:00:00+08:00")
    told = seen(here, matter)
    assert (told["status"], told["due_step"], told["due_at"]) == (
        "accepted", "decision", "2026-03-09T15:59:59.000Z",
    )  # fmt: skip
    eventually(lambda: letters(here, f"role:street_staff@{area}", matter) == ["deemed_accepted"])
