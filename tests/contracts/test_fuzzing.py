"""The small form of `python -m tests.contracts.fuzzing`, and whether it would notice anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts.fuzzing import fuzz
from tests.harness import RunningNode
from tests.services.conftest import node

__all__ = ["node"]  # a fixture

pytestmark = pytest.mark.service

SERVICES = ["registry", "needs", "funding", "accounts"]


@pytest.mark.parametrize("service", SERVICES)
def test_whatever_is_sent_the_answer_is_a_documented_one(
    node: Callable[..., RunningNode], tmp_path: Path, service: str
):
    for told in fuzz(node(SERVICES), service, cases=150, seed=1, folder=tmp_path, phases="fuzzing"):
        assert told.ok, told.output
        assert told.cases >= told.operations


def test_a_question_mark_within_a_path_begins_no_query(node: Callable[..., RunningNode]):
    answer = node(SERVICES).post("/api/registry/organisations/a%3Fb/suspension", {"reasons": "整改"})
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:hatchery:problem:no-such-record")


def test_the_gateway_tells_what_the_service_behind_it_allows(node: Callable[..., RunningNode]):
    answer = node(SERVICES).request("OPTIONS", "/api/registry/organisations/a/suspension", None)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
