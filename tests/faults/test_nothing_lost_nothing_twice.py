"""The delivery promise under kills: every committed command's event arrives, and its effect happens once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import requests

from shared.events.consumer import BATCH
from shared.ids import new_id
from tests.bus import declare_ingress, organisation_event, publish
from tests.harness import RunningNode, eventually

pytestmark = pytest.mark.faults
CHILD = "230102001"


@pytest.fixture
def district(node: Callable[..., RunningNode]) -> RunningNode:
    running = node(["registry", "notifications"])
    declare_ingress(running, CHILD)
    return running


def persistently(district: RunningNode, path: str, key: str, body: Any = None) -> dict[str, Any]:
    """POST like a client that repeats itself with the same key until it has an answer."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        headers = {"Authorization": f"Bearer {district.token('district_staff')}", "Idempotency-Key": key}
        try:
            answer = requests.post(
                f"{district.url}/api/registry/organisations{path}", json=body, headers=headers, timeout=20
            )
        except requests.RequestException:
            time.sleep(0.2)
            continue
        if answer.ok:
            return dict(answer.json())
        assert answer.status_code in (502, 503, 504), answer.text
        time.sleep(0.2)
    raise AssertionError("no answer within a minute")


def approved(district: RunningNode, key: str) -> str:
    """File a team, accept and approve it: three commands, each repeated until answered; its id."""
    body = {"area": CHILD, "name": key, "track": "filed", "established_on": "2016-01-01"}
    team: str = persistently(district, "", f"{key}-1", body)["id"]
    persistently(district, f"/{team}/acceptance", f"{key}-2")
    done = persistently(district, f"/{team}/decision", f"{key}-3", {"approve": True, "reasons": "符合条件"})
    assert done["status"] == "active"
    return team


def summaries(district: RunningNode) -> list[dict[str, Any]]:
    found, query = [], "?limit=200"
    while True:
        page = district.get(f"/api/registry/summaries{query}", None).json()
        found += page["items"]
        if page["next"] is None:
            return found
        query = f"?limit=200&cursor={page['next']}"


def inbox(district: RunningNode, organisation: str) -> list[dict[str, Any]]:
    """An organisation's messages, as its officer reads them."""
    path = f"/api/notifications/messages?recipient=organisation:{organisation}"
    answer = district.get(path, "organisation_officer", organisation=organisation)
    assert answer.ok, answer.text
    return list(answer.json()["items"])


def run_through(district: RunningNode, count: int, disturb: Callable[[], None]) -> None:
    """`count` teams approved by four clients while `disturb` happens; then all is told, and told once."""
    tag = new_id()[-8:]
    with ThreadPoolExecutor(5) as pool:
        trouble = pool.submit(disturb)
        teams = list(pool.map(lambda n: approved(district, f"{tag}-{n}"), range(count)))
        trouble.result()
    assert len(set(teams)) == count

    def told() -> list[str]:
        return sorted(s["organisation"] for s in summaries(district) if s["name"].startswith(tag))

    eventually(lambda: told() == sorted(teams), within=90, what="one summary of each team")

    eventually(lambda: all(inbox(district, team) for team in teams), within=60, what="a message for each")
    eventually(lambda: district.metric("registry", "hatchery_outbox_pending") == 0, what="an empty outbox")
    assert [len(inbox(district, team)) for team in teams] == [1] * count
    assert district.depth("svc.registry.dead") == district.depth("svc.notifications.dead") == 0


def test_a_service_killed_again_and_again_loses_and_doubles_nothing(district: RunningNode) -> None:
    def disturb() -> None:
        for _ in range(4):
            time.sleep(1.2)
            district.kill("registry")

    run_through(district, 60, disturb)


def test_commands_succeed_while_the_broker_is_killed_and_events_follow(district: RunningNode) -> None:
    refused: list[int] = []

    def disturb() -> None:
        time.sleep(0.5)
        district.embedded.broker.kill()
        body = {"area": CHILD, "name": "while down", "track": "filed", "established_on": "2016-01-01"}
        answer = district.post("/api/registry/organisations", body)
        refused.append(answer.status_code)

    run_through(district, 40, disturb)
    assert refused == [201]


def test_a_killed_store_is_waited_for_and_answered_503_meanwhile(district: RunningNode) -> None:
    def disturb() -> None:
        time.sleep(0.5)
        district.embedded.store.kill()

    run_through(district, 40, disturb)


def test_a_drained_consumer_finishes_what_it_has_and_gets_nothing_finished_again(
    district: RunningNode,
) -> None:
    events = [organisation_event(CHILD) for _ in range(300)]

    def known() -> int:
        figures = district.get(f"/api/registry/figures?area={CHILD}", None).json()
        return int(figures["organisations"])

    before = known()
    seen = 'hatchery_events_handled_total{handler="copy organisation",outcome="applied"'
    stale = 'hatchery_events_handled_total{handler="copy organisation",outcome="stale"'
    so_far = district.metric("registry", seen) + 150
    publish(district, f"ingress.{CHILD}", *events[:150])
    eventually(lambda: known() == before + 150 and district.metric("registry", seen) == so_far)
    publish(district, f"ingress.{CHILD}", *events[150:])
    eventually(lambda: district.metric("registry", seen) > so_far)
    district.stop()
    district.start()
    eventually(lambda: district.depth("svc.registry") == 0)
    eventually(lambda: known() == before + 300, what="all organisations")
    assert district.metric("registry", seen) < 150, "some were finished before the stop"
    assert district.metric("registry", stale) == 0


def test_a_message_that_comes_five_times_is_applied_once(district: RunningNode) -> None:
    event = organisation_event(CHILD, name="fivefold")
    publish(district, f"ingress.{CHILD}", *[event] * 5)
    eventually(lambda: district.get(f"/api/registry/organisations/{event['subject']}").ok)
    eventually(lambda: district.depth("svc.registry") == 0 and district.depth("svc.notifications") == 0)
    assert len(eventually(lambda: inbox(district, event["subject"]))) == 1


def _empty(district: RunningNode, queue: str) -> bool:
    return district.depth(queue) == 0


def test_copies_without_end_are_passed_over(district: RunningNode) -> None:
    """As a link sends them while one queue of this node takes nothing."""
    event, copies = organisation_event(CHILD, name="again"), 500
    passed, dead = (
        f'hatchery_events_handled_total{{handler="*",outcome="{outcome}"}}'
        for outcome in ("repeated", "dead")
    )
    before = {name: district.metric(name, passed) for name in ("registry", "notifications")}
    publish(district, f"ingress.{CHILD}", *[event] * copies)

    def told(name: str) -> bool:
        # A batch that is in hand when the first ones are finished is brought through as a whole.
        return district.metric(name, passed) - before[name] >= copies - 2 * BATCH

    for name in before:
        eventually(partial(told, name), what=name)
        eventually(partial(_empty, district, f"svc.{name}"))
        assert district.metric(name, dead) == 0
    assert len(inbox(district, event["subject"])) == 1
    other = organisation_event(CHILD, subject=event["subject"], sequence=2, name="another", id=event["id"])
    publish(district, f"ingress.{CHILD}", other)
    path = f"/api/registry/organisations/{event['subject']}"
    eventually(lambda: district.get(path).json()["name"] == "another", what="what only has the same id")


def test_an_older_state_never_replaces_a_newer_one_but_its_effect_still_happens(
    district: RunningNode,
) -> None:
    """Event n is retried after n+1: the read model keeps n+1's state, and both events' messages are sent."""
    subject = new_id()
    first = organisation_event(CHILD, "approved", subject=subject, sequence=3, status="active")
    second = organisation_event(CHILD, "suspended", subject=subject, sequence=4, status="suspended")
    publish(district, f"ingress.{CHILD}", second)
    eventually(lambda: district.get(f"/api/registry/organisations/{subject}").ok)
    publish(district, f"ingress.{CHILD}", first)
    eventually(
        lambda: len(inbox(district, subject)) == 2,
        what="a message for each of both events",
    )
    assert district.get(f"/api/registry/organisations/{subject}").json()["status"] == "suspended"
