"""Filings over three tiers: received at a community, filed by its street, seen at the district, and moved to another
street."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from typing import Any

import pytest

from tests.harness import ROOT, RunningNode, eventually
from tests.system.conftest import BARE_COMMUNITY, DISTRICT, OTHER_STREET, STREET, Tiers
from tests.system.test_three_tiers import seen

pytestmark = pytest.mark.system

ORGANISATIONS = "/api/registry/organisations"


def step(at: RunningNode, organisation: str, what: str, body: Any = None, role: str = "street_staff") -> Any:
    return at.post(f"{ORGANISATIONS}/{organisation}/{what}", body, role)


def active_team(at: RunningNode, area: str, name: str, role: str) -> str:
    body = {"area": area, "name": name, "track": "filed", "established_on": "2018-05-04",
            "legal_representative": "赵大爷"}  # fmt: skip
    answer = at.post(ORGANISATIONS, body, role)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def counted(at: RunningNode, area: str) -> int:
    return int(at.get("/api/registry/figures", None, params={"area": area}).json()["organisations"])


def owner(at: RunningNode, organisation: str) -> tuple[str, str] | None:
    known: Any = seen(at, organisation)
    return known and (known["owner"], known["area"])


def test_a_filing_is_received_at_a_community_decided_by_its_street_and_seen_at_the_district(
    tiers: Tiers,
) -> None:
    community, street, district = tiers[BARE_COMMUNITY], tiers[STREET], tiers[DISTRICT]
    team = active_team(community, BARE_COMMUNITY, "楼道议事队", "community_worker")
    assert step(community, team, "acceptance", role="community_worker").status_code == 403
    assert step(street, team, "acceptance").ok
    assert step(street, team, "decision", {"approve": True, "reasons": "符合条件"}).ok
    copy: Any = eventually(lambda: (known := seen(district, team)) and known["status"] == "active" and known)
    assert (copy["owner"], copy["area"]) == (STREET, BARE_COMMUNITY)
    assert seen(tiers[OTHER_STREET], team) is None


def test_a_team_moves_to_another_street_without_gap_or_double(tiers: Tiers) -> None:
    """The old street asks while its link is cut; the hand-over upwards is killed and run again; the district moves the
    team on; the new street takes it over."""
    street, district, other = tiers[STREET], tiers[DISTRICT], tiers[OTHER_STREET]
    team = active_team(street, STREET, "搬家合唱队", "street_staff")
    assert step(street, team, "acceptance").ok
    assert step(street, team, "decision", {"approve": True, "reasons": "符合条件"}).ok
    eventually(lambda: (known := seen(district, team)) and known["status"] == "active")
    paper = street.post(f"{ORGANISATIONS}/{team}/certificates", None, "street_staff").json()["number"]
    before = {area: counted(district, area) for area in (DISTRICT, STREET, OTHER_STREET)}
    move = {"to": OTHER_STREET, "reasons": "活动场所迁移"}

    tiers.cable.cut()
    asked = step(street, team, "move", move)
    assert (asked.json()["moving_to"], asked.json()["owner"]) == (OTHER_STREET, STREET), asked.text
    assert step(street, team, "suspension", {"reasons": "搬迁"}).ok, "the street goes on with it"
    assert step(street, team, "resumption", {"reasons": "搬迁完毕"}).ok
    assert step(district, team, "move", move, "district_staff").status_code == 421
    wish = {"organisation": team, "kind": "change", "grounds": "换届", "changes": {"name": "新名队"}}
    assert street.post("/api/registry/matters", wish, "street_staff").json()["type"].endswith(":moving")
    tiers.cable.mend()

    killed_handover(tiers, street, team)
    tiers.hatchery("node", "handover", STREET, "--services", "registry")
    assert owner(district, team) == (DISTRICT, STREET)
    moved = step(district, team, "move", move, "district_staff")
    assert (moved.json()["area"], moved.json()["moving_to"]) == (OTHER_STREET, None), moved.text
    eventually(lambda: owner(other, team) == (DISTRICT, OTHER_STREET))
    eventually(
        lambda: _told_to_the_district(tiers, street, team) == (DISTRICT, OTHER_STREET),
        what="the old street's copy says where it went",
    )
    assert street.get(f"{ORGANISATIONS}/{team}", "street_staff").status_code == 403, (
        "its staff see it no more"
    )

    tiers.hatchery("node", "handover", OTHER_STREET, "--services", "registry")
    for node in (other, district):
        eventually(partial(_at_home, node, team))
    papers: Any = eventually(
        lambda: (
            (known := _papers(other, team))
            and {one["status"] for one in known} == {"replaced", "valid"}
            and known
        )
    )
    assert [one["status"] for one in papers if one["number"] == paper] == ["replaced"]
    assert [(one["area"], one["owner"]) for one in papers if one["status"] == "valid"] == [
        (OTHER_STREET,) * 2
    ]
    assert step(other, team, "suspension", {"reasons": "整改"}).json()["legal_representative"] == "赵**"
    assert step(other, team, "resumption", {"reasons": "整改完毕"}).ok
    assert step(street, team, "suspension", {"reasons": "x"}).status_code in (403, 421)
    eventually(
        lambda: (
            {area: counted(district, area) for area in before}
            == before | {STREET: before[STREET] - 1, OTHER_STREET: before[OTHER_STREET] + 1}
        )
    )
    eventually(lambda: counted(street, STREET) == counted(district, STREET))
    eventually(lambda: _summary(street, team), what="what everybody may know of it says so too")


def _papers(at: RunningNode, team: str) -> list[dict[str, Any]]:
    found = at.get("/api/registry/certificates", "street_staff", params={"organisation": team})
    return list(found.json()["items"])


def _told_to_the_district(tiers: Tiers, at: RunningNode, team: str) -> tuple[str, str] | None:
    """What a street's node knows of an organisation, as the district's staff may see it there."""
    headers = {"Authorization": f"Bearer {tiers[DISTRICT].token('district_staff')}"}
    answer = at.session.get(f"{at.url}{ORGANISATIONS}/{team}", headers=headers, timeout=20)
    return (answer.json()["owner"], answer.json()["area"]) if answer.ok else None


def _at_home(node: RunningNode, team: str) -> bool:
    return owner(node, team) == (OTHER_STREET, OTHER_STREET)


def _summary(at: RunningNode, team: str) -> bool:
    found = at.get("/api/registry/summaries", None, params={"area": OTHER_STREET, "limit": "200"})
    return team in [one["organisation"] for one in found.json()["items"]]


def killed_handover(tiers: Tiers, street: RunningNode, team: str) -> None:
    """kill -9 of the command as soon as the record is on its way."""
    run = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "deploy.cli", "node", "handover", STREET, "--services", "registry"],
        cwd=ROOT, env=os.environ | {"HATCHERY_HOME": str(tiers.home)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    eventually(lambda: owner(street, team) != (STREET, STREET) or run.poll() is not None)
    run.kill()
    run.wait(20)
