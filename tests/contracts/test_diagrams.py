"""The life cycles that the documents show are those of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts import diagrams

pytestmark = pytest.mark.unit

DOCUMENTS = sorted(p for p in diagrams.DOCS.rglob("*.md") if diagrams.of(p.read_text(encoding="utf-8")))


@pytest.mark.parametrize("document", DOCUMENTS, ids=[p.name for p in DOCUMENTS])
def test_a_document_shows_its_life_cycles_as_the_code_has_them(document: Path):
    text = document.read_text(encoding="utf-8")
    assert text == diagrams.drawn(text), "write it anew: python -m tests.contracts.diagrams"


def test_a_diagram_that_is_out_of_date_is_found():
    text = (diagrams.DOCS / "services" / "registry.md").read_text(encoding="utf-8")
    assert "services.registry.domain.lives.OrganisationLife" in diagrams.of(text)
    stale = text.replace("approve", "wave through").replace("Approve", "Wave through")
    assert diagrams.drawn(stale) != stale
