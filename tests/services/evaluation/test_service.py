from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared import keys
from shared.call import Grant
from shared.ids import new_id
from tests.harness import RunningNode, eventually
from tests.services import told

pytestmark = pytest.mark.service

NOW = "2026-06-12T10:00:00+08:00"
STREET = "230102001"


@pytest.fixture
def here(node: Callable[..., RunningNode]) -> RunningNode:
    return node(["evaluation", "notifications"])


def evaluate(here: RunningNode, project: str, **changed: Any) -> Any:
    more = {
        name: changed.pop(name)
        for name in ("role", "organisation", "now", "key", "headers")
        if name in changed
    }
    body = {
        "project": project,
        "phase": "mid_term",
        "methods": ["documents", "site_visit"],
        "score": 86,
        "outcome": "pass",
        "findings": "",
    }
    return here.post(
        "/api/evaluation/phase-evaluations", body | changed, **({"role": "evaluator", "now": NOW} | more)
    )


def grade(here: RunningNode, organisation: str, **changed: Any) -> Any:
    body = {
        "organisation": organisation,
        "grade": "4A",
        "points": {"内部治理": 380},
        "announced_on": "2026-05-08",
    }
    return here.post("/api/evaluation/grades", body | changed, now=NOW)


def known(ask: Callable[[], Any]) -> Any:
    """The answer once what was told on the bus is known."""
    answers: list[Any] = []

    def look() -> bool:
        answers.append(ask())
        return answers[-1].status_code != 409 or answers[-1].json()["type"].split(":")[-1] != "not-yet-known"

    eventually(look, what="told on the bus and known")
    return answers[-1]


def running(here: RunningNode, **changed: Any) -> tuple[str, str]:
    organisation = told.organisation(here, area=STREET)
    return told.project(here, organisation, area=STREET, **changed), organisation


def code(answer: Any) -> str:
    return str(answer.json()["type"].split(":")[-1])


def figures(here: RunningNode, area: str, **more: Any) -> dict[str, Any]:
    return dict(here.get("/api/evaluation/figures", None, params={"area": area} | more).json())


def test_an_evaluator_concludes_a_phase_and_it_can_be_read(here: RunningNode):
    project, organisation = running(here)
    answer = known(lambda: evaluate(here, project))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["area"], made["owner"], made["organisation"]) == (STREET, "230102", organisation)
    assert (made["attempt"], made["concluded_at"]) == (1, "2026-06-12T02:00:00.000Z")
    assert here.get(answer.headers["Location"]).json() == made
    listed = here.get("/api/evaluation/phase-evaluations", params={"project": project}).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]


def test_a_project_that_is_not_known_yet_is_asked_for_again(here: RunningNode):
    answer = evaluate(here, new_id())
    assert (answer.status_code, code(answer)) == (409, "not-yet-known")
    assert answer.headers["Retry-After"] == "1"


def test_a_phase_is_evaluated_once_and_again_only_after_rectification(here: RunningNode):
    project, _ = running(here)
    first = known(lambda: evaluate(here, project, outcome="rectify", score=55, findings="台账不全"))
    assert first.status_code == 201
    again = evaluate(here, project)
    assert (again.status_code, again.json()["attempt"]) == (201, 2)
    assert code(evaluate(here, project)) == "phase-evaluated-already"
    assert evaluate(here, project, phase="final").status_code == 201


def test_of_two_evaluations_at_the_same_time_one_is_recorded(here: RunningNode):
    project, _ = running(here)
    known(lambda: evaluate(here, project, phase="initial"))
    with ThreadPoolExecutor(6) as several:
        answers = list(several.map(lambda _: evaluate(here, project, phase="final").status_code, range(6)))
    assert sorted(answers) == [201] + [409] * 5


def test_a_repeated_request_is_recorded_once(here: RunningNode):
    project, _ = running(here)
    known(lambda: evaluate(here, project, phase="initial"))
    key = new_id()
    answers = [evaluate(here, project, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


def test_nobody_evaluates_their_own_organisations_project(here: RunningNode):
    project, organisation = running(here)
    answer = known(lambda: evaluate(here, project, organisation=organisation))
    assert (answer.status_code, code(answer)) == (403, "own-project")


def test_an_officer_reads_the_evaluations_of_the_own_organisation_only(here: RunningNode):
    project, organisation = running(here)
    made = known(lambda: evaluate(here, project)).json()
    path = f"/api/evaluation/phase-evaluations/{made['id']}"
    assert here.get(path, "organisation_officer", organisation=organisation).ok
    assert here.get(path, "organisation_officer", organisation=new_id()).status_code == 403
    assert here.get(path, "organisation_officer").status_code == 403
    assert here.get(path, None).status_code == 401
    assert here.get("/api/evaluation/phase-evaluations", "organisation_officer").status_code == 403


def test_street_staff_do_not_evaluate(here: RunningNode):
    assert evaluate(here, new_id(), role="street_staff").status_code == 403


def test_a_grade_is_announced_published_and_lowered(here: RunningNode):
    organisation = told.organisation(here, area=STREET)
    answer = known(lambda: grade(here, organisation))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["valid_from"], made["valid_until"]) == ("2027-01-01", "2031-12-31")
    assert (made["area"], made["owner"], made["points"]) == (STREET, "230102", {"内部治理": 380})
    path = f"/api/evaluation/grades/{made['id']}"
    assert code(here.post(f"{path}/lowering", {"grade": "5A", "reasons": "抽查"})) == "not-lower"
    assert here.post(f"{path}/lowering", {"grade": "3A", "reasons": "抽查发现问题"}).json()["grade"] == "3A"
    shown = here.get("/api/evaluation/grades", None, params={"organisation": organisation}).json()["items"]
    assert [(one["grade"], one["reasons"]) for one in shown] == [("3A", "抽查发现问题")]


def test_an_organisation_is_graded_once_a_year(here: RunningNode):
    organisation = told.organisation(here)
    assert known(lambda: grade(here, organisation)).status_code == 201
    answer = grade(here, organisation, announced_on="2026-06-01")
    assert (answer.status_code, code(answer)) == (409, "exists-already")


def test_a_filed_team_is_not_graded(here: RunningNode):
    team = told.organisation(here, track="filed", type=None)
    assert code(known(lambda: grade(here, team))) == "not-registered"


def test_every_faulty_field_of_a_grade_is_named(here: RunningNode):
    answer = grade(here, "x", grade="6A", announced_on="2026-02-30", points={"a.b": -1})
    assert answer.status_code == 400
    assert {fault["field"].split(".")[0] for fault in answer.json()["errors"]} == {
        "organisation", "grade", "announced_on", "points",
    }  # fmt: skip


def test_figures_count_by_area_and_year_and_a_rectified_phase_by_its_last_outcome(here: RunningNode):
    area = "230102002"
    organisation = told.organisation(here, area=area)
    project = told.project(here, organisation, area=area)
    known(lambda: evaluate(here, project, outcome="rectify", findings="整改"))
    evaluate(here, project)
    evaluate(here, project, phase="final", outcome="fail", findings="未完成", now="2027-01-05T08:00:00+08:00")
    known(lambda: grade(here, organisation, grade="2A"))
    assert figures(here, area) == {
        "phase_evaluations": 3, "passed": 1, "rectifying": 0, "failed": 1, "grades": 1, "grades_3a_or_better": 0,
    }  # fmt: skip
    assert figures(here, area, year=2026)["phase_evaluations"] == 2
    assert figures(here, area, year=2027) == {
        "phase_evaluations": 1, "passed": 0, "rectifying": 0, "failed": 1, "grades": 0, "grades_3a_or_better": 0,
    }  # fmt: skip
    assert figures(here, "230102003")["phase_evaluations"] == 0
    assert figures(here, "230102")["phase_evaluations"] >= 3


def test_what_evaluation_publishes_is_handled_and_nothing_is_dead_or_parked(here: RunningNode):
    organisation = told.organisation(here)
    made = known(lambda: grade(here, organisation)).json()
    inbox = {"recipient": f"organisation:{organisation}"}

    def message() -> Any:
        answer = here.get(
            "/api/notifications/messages", "organisation_officer", organisation=organisation, params=inbox
        )
        return [one for one in answer.json()["items"] if one["about"] == made["id"]]

    assert eventually(message, what="told of the grade")[0]["body"]["en"] == (
        "The grade 4A holds from 2027-01-01 to 2031-12-31."
    )
    for service in ("evaluation", "notifications"):
        assert here.letters(f"svc.{service}.dead") == []
        assert here.letters(f"svc.{service}.parked") == []


def test_a_role_granted_for_the_organisations_street_only_does_not_act_for_the_district(here: RunningNode):
    """A street's node can vouch for any role, but only within its own area; the district pays and grades."""
    project, organisation = running(here)
    known(lambda: evaluate(here, project, phase="initial"))
    grants = [Grant("evaluator", STREET), Grant("district_staff", STREET)]
    token = keys.issue(keys.load_private(here.folder / "keys"), here.area, "li", grants)
    sent = {"Authorization": f"Bearer {token}"}
    assert evaluate(here, project, role=None, headers=sent).status_code == 403
    body = {"organisation": organisation, "grade": "5A", "announced_on": "2026-05-08"}
    assert here.post("/api/evaluation/grades", body, None, headers=sent).status_code == 403
