"""Certificates: issued, printed, verified by anybody, replaced after a change, void at an end."""

from __future__ import annotations

import hashlib
import io
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from pypdf import PdfReader

from tests.harness import RunningNode, eventually
from tests.services.registry.test_matters import asked, step_to_approval
from tests.services.registry.test_service import act, active, apply, code, form, team

pytestmark = pytest.mark.service

NOW = "2026-03-02T09:00:00+08:00"


@pytest.fixture
def here(office: RunningNode) -> RunningNode:
    return office


def issue(here: RunningNode, organisation: str, **more: Any) -> requests.Response:
    return here.post(f"/api/registry/organisations/{organisation}/certificates", None, now=NOW, **more)


def issued(here: RunningNode, organisation: str) -> dict[str, Any]:
    answer = issue(here, organisation)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def verify(here: RunningNode, number: str) -> dict[str, Any]:
    return dict(here.get(f"/api/registry/certificates/{number}", None).json())


def file(here: RunningNode, number: str, role: str = "district_staff", **more: Any) -> requests.Response:
    return here.get(f"/api/registry/certificates/{number}/certificate.pdf", role, **more)


def printing(here: RunningNode, number: str) -> requests.Response:
    return here.post(f"/api/registry/certificates/{number}/printing")


def text(pdf: bytes) -> str:
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return str(page.extract_text())


def test_a_certificate_is_issued_printed_and_verified_by_anybody(here: RunningNode):
    whole = {"residence": "友谊路 8 号", "scope": "助老、助残、助学" * 5, "funds_fen": 3_000_000}
    body = form(name="道里区春雨社会工作服务中心", legal_representative="王小雨", **whole)
    organisation = active(here, body)
    certificate = issued(here, organisation)
    number = certificate["number"]
    assert (certificate["status"], certificate["valid_until"]) == ("valid", "2030-03-02")
    assert (code(file(here, number)), file(here, number).status_code) == ("not-printed", 404)

    slowest = _slowest_answer_while(here, lambda: printing(here, number))
    printed = verify(here, number)
    got = file(here, number)
    assert got.headers["Content-Type"] == "application/pdf"
    assert hashlib.sha256(got.content).hexdigest() == printed["sha256"]
    said = text(got.content)
    for told in ("道里区春雨社会工作服务中心", "民办非企业单位登记证书", number, "王小雨", "道里区民政局"):
        assert told in said
    assert certificate["credit_code"] in said
    assert printing(here, number).json()["sha256"] == printed["sha256"], "printed once"
    assert "王小雨" not in str(printed)
    assert slowest < 5, "others are answered meanwhile"
    own = {"role": "organisation_officer", "organisation": organisation}
    assert file(here, number, **own).ok
    assert file(here, number, "resident").status_code == 403
    assert code(here.get("/api/registry/certificates/230102-2026-0", None)) == "no-such-certificate"


def _slowest_answer_while(here: RunningNode, work: Callable[[], requests.Response]) -> float:
    """Seconds that the slowest of others' requests took while `work` was done."""
    done = threading.Event()
    took = [0.0]

    def others() -> None:
        while not done.is_set():
            begun = time.monotonic()
            requests.get(f"{here.service_url('registry')}/livez", timeout=30)
            took.append(time.monotonic() - begun)

    other = threading.Thread(target=others)
    other.start()
    answer = work()
    done.set()
    other.join()
    assert answer.ok, answer.text
    return max(took)


def test_a_change_replaces_the_certificate_and_an_end_makes_it_void(here: RunningNode):
    organisation = active(here, team(name="老名队"))
    first = issued(here, organisation)["number"]
    step_to_approval(here, asked(here, organisation, changes={"name": "新名队"}))
    old = eventually(lambda: (seen := verify(here, first))["status"] == "replaced" and seen)
    new = verify(here, old["replaced_by"])
    assert (new["status"], new["name"], old["name"]) == ("valid", "新名队", "老名队")
    assert code(printing(here, first)) == "certificate-not-valid"
    assert act(here, organisation, "rescission", {"reasons": "材料虚假", "legal_basis": "行政许可法 69"}).ok
    eventually(lambda: verify(here, new["number"])["status"] == "void")
    listed = here.get("/api/registry/certificates", params={"organisation": organisation}).json()["items"]
    assert sorted(one["status"] for one in listed) == ["replaced", "void"]


def test_only_who_is_registered_or_filed_has_a_certificate_and_only_the_registrar_issues_it(
    here: RunningNode,
):
    assert code(issue(here, apply(here, team()))) == "organisation-state"
    assert code(issue(here, active(here, form()), role="street_staff")) == "not-the-registrar"
    assert issue(here, active(here, team()), role="street_staff").status_code == 201


def test_an_area_prints_from_its_own_template(here: RunningNode):
    area = "230102019"
    rule = {
        "area": area, "since": "2026-01-01", "source": "街道通知",
        "value": "<h1>群力街道备案凭证</h1>{{ name }} {{ number }}",
    }  # fmt: skip
    assert here.post("/api/registry/rules/certificate_template/values", rule).ok
    number = issued(here, active(here, team(area=area, name="群力晨练队")))["number"]
    assert printing(here, number).ok
    said = text(file(here, number).content)
    assert "群力街道备案凭证" in said
    assert "群力晨练队" in said
