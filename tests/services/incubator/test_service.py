from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.harness import RunningNode, eventually
from tests.services import organisations

pytestmark = pytest.mark.service

NOW = "2025-06-12T10:00:00+08:00"
REASONS = {"reasons": "协议期满"}


@pytest.fixture
def here(node: Callable[..., RunningNode]) -> RunningNode:
    return node(["registry", "incubator"])


def open_centre(here: RunningNode, capacity: int = 30, area: str = "230102", **more: Any) -> str:
    body = {"area": area, "name": "孵化园", "capacity": capacity, "functional_areas": ["会议区"]}
    answer = here.post("/api/incubator/centres", body | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def apply(here: RunningNode, centre: str, organisation: str, **more: Any) -> Any:
    body = {"centre": centre, "organisation": organisation}
    return here.post("/api/incubator/residencies", body, now=NOW, **more)


def applied(here: RunningNode, centre: str, organisation: str) -> str:
    """The id of an application, made as soon as the organisation is known."""
    answers: list[Any] = []

    def accepted() -> bool:
        answers.append(apply(here, centre, organisation))
        return bool(answers[-1].status_code == 201)

    eventually(accepted, what="the organisation known here")
    return str(answers[-1].json()["id"])


def act(here: RunningNode, residency: str, what: str, body: Any = None, **more: Any) -> Any:
    return here.post(f"/api/incubator/residencies/{residency}/{what}", body or {}, now=NOW, **more)


def occupied(here: RunningNode, centre: str) -> int:
    return int(here.get(f"/api/incubator/centres/{centre}", None).json()["occupied"])


def figures(here: RunningNode, area: str) -> dict[str, Any]:
    return dict(here.get("/api/incubator/figures", None, params={"area": area}).json())


def test_an_organisation_enters_grows_and_graduates(here: RunningNode):
    centre = open_centre(here)
    residency = applied(here, centre, organisations.active(here, "成长队"))
    entered = act(here, residency, "entry", {"desks": 4}, role="hub_operator").json()
    assert (entered["status"], entered["stage"], entered["track"]) == ("resident", "germination", "filed")
    assert (entered["entered_on"], entered["term_ends_on"]) == ("2025-06-12", "2027-06-14")
    assert occupied(here, centre) == 4
    assert act(here, residency, "stage", {"stage": "growth"}).json()["stage"] == "growth"
    assert act(here, residency, "stage", {"stage": "start_up"}).status_code == 422
    graduated = act(here, residency, "graduation", REASONS).json()
    assert (graduated["status"], graduated["reasons"]) == ("graduated", "协议期满")
    assert occupied(here, centre) == 0


def test_who_left_may_come_again_but_nobody_is_in_a_centre_twice(here: RunningNode):
    centre, organisation = open_centre(here), organisations.active(here, "再来队")
    first = applied(here, centre, organisation)
    assert apply(here, centre, organisation).status_code == 409
    assert act(here, first, "entry").ok
    assert apply(here, centre, organisation).status_code == 409
    assert act(here, first, "exit", REASONS).json()["status"] == "left"
    assert apply(here, centre, organisation).status_code == 201
    assert occupied(here, centre) == 0


def test_the_same_entry_sent_twice_takes_its_desks_once(here: RunningNode):
    centre = open_centre(here)
    residency = applied(here, centre, organisations.active(here, "重复队"))
    answers = [act(here, residency, "entry", {"desks": 2}, key="entry-once") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert occupied(here, centre) == 2


def test_entries_at_once_never_take_more_desks_than_there_are(here: RunningNode):
    centre = open_centre(here, capacity=5)
    teams = [organisations.active(here, f"同时{n}队") for n in range(8)]
    residencies = [applied(here, centre, team) for team in teams]

    def enter(residency: str) -> int:
        answer = act(here, residency, "entry", {"desks": 2})
        while answer.status_code == 409:  # the centre kept being changed by the others
            answer = act(here, residency, "entry", {"desks": 2})
        return int(answer.status_code)

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(enter, residencies))
    assert sorted(codes) == [200] * 2 + [422] * 6
    assert occupied(here, centre) == 4


def test_an_officer_applies_from_a_street_to_the_districts_centre_for_the_own_team_only(here: RunningNode):
    centre, team = open_centre(here), organisations.active(here, "街道队", "230102001")
    other = organisations.active(here, "别队", "230102001")
    applied(here, centre, other)  # now both are known

    def as_officer_of(organisation: str, area: str) -> int:
        token = here.token("organisation_officer", area, organisation)
        headers = {"Authorization": f"Bearer {token}"}
        return int(apply(here, centre, team, role=None, headers=headers).status_code)

    assert as_officer_of(other, "230102001") == 403
    assert as_officer_of(team, "230102002") == 403
    assert as_officer_of(team, "230102001") == 201


def test_residents_of_a_centre_do_not_let_themselves_in(here: RunningNode):
    centre, team = open_centre(here), organisations.active(here, "自入队")
    residency = applied(here, centre, team)
    assert act(here, residency, "entry", role="organisation_officer", organisation=team).status_code == 403


def test_what_is_not_known_may_be_on_its_way(here: RunningNode):
    unknown = "019344a0-0000-7000-8000-000000000000"
    centre = open_centre(here)
    answers = [apply(here, centre, unknown), apply(here, unknown, unknown)]
    assert [(a.status_code, a.json()["field"]) for a in answers] == [(409, "organisation"), (409, "centre")]
    assert all(answer.headers["Retry-After"] for answer in answers)


def test_an_organisation_that_is_not_active_does_not_enter(here: RunningNode):
    centre, team = open_centre(here), organisations.active(here, "停活队")
    residency = applied(here, centre, team)
    assert here.post(f"/api/registry/organisations/{team}/suspension", REASONS).ok
    eventually(
        lambda: apply(here, open_centre(here, area="230102009"), team).status_code == 422,
        what="the suspension known here",
    )
    assert act(here, residency, "entry").status_code == 422
    assert occupied(here, centre) == 0


def test_an_operator_runs_a_centre_only_where_it_is_known_and_active(here: RunningNode):
    operator = organisations.active(here, "运营方")
    applied(here, open_centre(here), operator)  # now it is known
    centre = open_centre(here, operator=operator)
    assert here.get(f"/api/incubator/centres/{centre}", None).json()["operator"] == operator


def test_figures_count_centres_and_who_is_in_them(here: RunningNode):
    area = "230102007"
    centre = open_centre(here, capacity=28, area=area)
    residencies = [applied(here, centre, organisations.active(here, f"在园{n}队")) for n in range(5)]
    for residency in residencies[:4]:
        assert act(here, residency, "entry").ok
    assert act(here, residencies[0], "graduation", REASONS).ok
    assert act(here, residencies[1], "exit", REASONS).ok
    assert act(here, residencies[4], "exit", REASONS).ok  # was never in
    assert figures(here, area) == {
        "centres": 1, "capacity": 28, "residents": 2, "residents_registered": 0, "residents_filed": 2,
        "graduated": 1, "left": 1,
    }  # fmt: skip
    listed = here.get("/api/incubator/residencies", params={"centre": centre, "status": "resident"}).json()
    assert {one["id"] for one in listed["items"]} == set(residencies[2:4])


def test_nothing_became_a_dead_letter(here: RunningNode):
    assert here.depth("svc.incubator.dead") == 0
    assert here.depth("svc.incubator.parked") == 0
