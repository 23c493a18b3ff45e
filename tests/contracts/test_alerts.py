"""Alert rules speak of figures that exist, with labels that these figures have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from shared.telemetry import metrics

pytestmark = pytest.mark.unit

FILE = Path(__file__).parents[2] / "deploy" / "prometheus" / "hatchery-alerts.yaml"
RULES = [
    rule for group in yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]
]
OF_THE_SCRAPER = {"node", "service"}  # labels that a scrape's configuration adds


def labels_of(family: str) -> set[str]:
    return set(vars(metrics.REGISTRY._names_to_collectors[family])["_labelnames"])


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_every_figure_in_a_rule_exists_and_has_the_labels_that_its_text_names(
    rule: dict[str, object],
) -> None:
    figures = set(re.findall(r"\bhatchery_\w+", str(rule["expr"])))
    assert figures
    assert figures <= metrics.REGISTRY._names_to_collectors.keys()
    known = OF_THE_SCRAPER.union(*map(labels_of, figures))
    annotations = rule["annotations"]
    assert isinstance(annotations, dict)
    assert set(re.findall(r"\$labels\.(\w+)", str(annotations))) <= known
    assert {"summary", "summary_zh", "remedy"} <= annotations.keys()


def test_a_duration_is_one_that_prometheus_reads() -> None:
    for rule in RULES:
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s")), rule
        assert rule["labels"]["severity"] in ("warning", "critical")
