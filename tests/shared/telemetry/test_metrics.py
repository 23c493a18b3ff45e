"""Figures can be scraped whatever else fails."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared.telemetry import metrics

pytestmark = pytest.mark.unit


def scraped() -> dict[str, list[tuple[dict[str, str], float]]]:
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    body, content_type = metrics.exposition()
    assert content_type.startswith("text/plain; version=0.0.4")
    for family in text_string_to_metric_families(body.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def test_what_is_counted_is_exposed_under_its_published_name():
    metrics.EVENTS_PUBLISHED.inc()
    for outcome in metrics.OUTCOMES:
        metrics.EVENTS_HANDLED.labels("known_node", outcome).inc()
    metrics.HANDLER_SECONDS.labels("known_node").observe(0.2)
    metrics.PUBLISH_FAILURES.labels("returned").inc()
    metrics.HTTP_REQUESTS.labels("GET", "/api/needs/{id}", "200").inc()
    metrics.HTTP_SECONDS.labels("GET", "/api/needs/{id}").observe(0.01)
    metrics.LINK_DEPTH.labels("link.up").set(3)
    metrics.DEAD_LETTERS.labels("needs").set(1)
    metrics.BROKER_CONNECTED.labels("relay").set(1)
    found = scraped()
    for name in (
        "hatchery_events_published_total",
        "hatchery_events_handled_total",
        "hatchery_handler_seconds_bucket",
        "hatchery_publish_failures_total",
        "hatchery_outbox_age_seconds",
        "hatchery_outbox_pending",
        "hatchery_http_requests_total",
        "hatchery_http_seconds_bucket",
        "hatchery_link_depth",
        "hatchery_dead_letters",
        "hatchery_relay_leader",
        "hatchery_broker_connected",
        "process_resident_memory_bytes",
    ):
        assert name in found
    assert ({"handler": "known_node", "outcome": "stale"}, 1.0) in found["hatchery_events_handled_total"]


def test_a_followed_gauge_is_read_at_each_scrape():
    waiting = [4, 7]
    metrics.follow(metrics.OUTBOX_PENDING, lambda: waiting.pop(0))
    assert [scraped()["hatchery_outbox_pending"][0][1] for _ in range(2)] == [4, 7]


def test_a_figure_that_cannot_be_read_is_nan_and_the_others_stay():
    def broken() -> float:
        raise ConnectionError("store is down")

    metrics.follow(metrics.OUTBOX_AGE, broken)
    found = scraped()
    age = found["hatchery_outbox_age_seconds"][0][1]
    assert age != age  # NaN
    assert "hatchery_events_published_total" in found


def test_every_help_text_says_when_to_worry():
    for family in metrics.REGISTRY.collect():
        if family.name.startswith("hatchery_"):
            assert "worry" in family.documentation.lower() or "look" in family.documentation.lower(), (
                family.name
            )
