"""Another system subscribes with the example, copied out of the tree, and can do nothing but read its queue."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pika
import pytest
import requests
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker
from pymongo import MongoClient

from shared.events import topology
from shared.node import load
from shared.store.lease import LASTS
from tests.deploy.support import channel
from tests.harness import ROOT, RunningNode, eventually
from tests.system.conftest import SMALL_DISTRICT, Pair

pytestmark = pytest.mark.system

LENGTH = 20  # messages that wait for the subscriber at most
COMMANDS = 150  # fewer than one window of the relay


@pytest.fixture(scope="module")
def uri(pair: Pair) -> Iterator[str]:
    given = ("--binding", "registry.organisation.#", "--max-length", str(LENGTH))
    told = pair.tiers.hatchery("subscriber", "add", SMALL_DISTRICT, "finance", *given)
    yield told.stdout.splitlines()[-1]
    pair.tiers.hatchery("subscriber", "remove", SMALL_DISTRICT, "finance", check=False)


def file_teams(node: RunningNode, count: int, name: str) -> list[str]:
    """Straight at the service: the gateway's work is not what is measured."""
    headers = {"Authorization": f"Bearer {node.token('district_staff')}"}
    made = []
    for number in range(count):
        body = {
            "area": node.area,
            "name": f"{name}{number}",
            "track": "filed",
            "established_on": "2018-05-04",
        }
        url = f"{node.service_url('registry')}/api/registry/organisations"
        answer = node.session.post(url, json=body, headers=headers, timeout=30)
        assert answer.status_code == 201, answer.text
        made.append(answer.json()["id"])
    return made


def _complete(printed: Path) -> bool:
    return printed.read_bytes().count(b"\n") >= 3


@contextmanager
def held(node: RunningNode) -> Iterator[None]:
    """Keep the registry's relay from sending within the block: another holder has its lease."""
    described = load(node.folder / "node.yaml")
    client: MongoClient[dict[str, Any]] = MongoClient(described.store)
    leases = client[described.database("registry")]["leases"]
    done = threading.Event()

    def hold() -> None:
        """A lease for longer than one lasts would be taken for one of a clock that was wrong."""
        while not done.is_set():
            ours = {"holder": "test", "expires": datetime.now(UTC) + LASTS}
            leases.update_one({"_id": "relay"}, {"$set": ours})
            done.wait(LASTS.total_seconds() / 10)

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        eventually(lambda: node.metric("registry", "hatchery_relay_leader") == 0)
        yield
    finally:
        done.set()
        holding.join()
        leases.delete_one({"_id": "relay", "holder": "test"})
        client.close()


def unconfirmed(node: RunningNode) -> float:
    """Publishing that the broker refused, returned, or did not confirm in time. The figure's other reasons are errors
    of the store, which holds the lease that `held` takes away, and of lost connections."""
    name = "hatchery_publish_failures_total"
    reasons = ("nacked", "returned", "Unconfirmed")
    return sum(node.metric("registry", f'{name}{{reason="{reason}"}}') for reason in reasons)


def test_the_example_outside_the_tree_receives_valid_cloudevents(
    pair: Pair, uri: str, tmp_path: Path
) -> None:
    script = tmp_path / "subscribe.py"
    shutil.copy(ROOT / "examples" / "subscribe.py", script)
    printed = tmp_path / "events.jsonl"
    with (
        printed.open("wb") as out,
        subprocess.Popen(
            [sys.executable, "-P", str(script), "sub.finance"],
            cwd=tmp_path,
            stdout=out,
            env=os.environ | {"EVENTS_URI": uri},
        ) as it,
    ):
        try:
            made = file_teams(pair.district, 3, "订阅队")
            lines = eventually(
                lambda: [*printed.read_bytes().splitlines()][2:] and printed.read_bytes().splitlines()
            )
        finally:
            it.send_signal(signal.SIGINT)
    assert it.returncode == 0
    events = [JSONFormat().read(CloudEvent, line) for line in lines]
    assert [event.get_subject() for event in events] == made
    for event in events:
        assert event.get_source() == f"/{SMALL_DISTRICT}/registry"
        assert event.get_type() == "registry.organisation.applied"
        assert event.get_attributes()["dataschema"] == "urn:hatchery:registry.organisation:1"
    assert pair.district.depth("sub.finance") == 0, "all are acknowledged"


def test_its_user_can_read_nothing_else_and_write_nothing(pair: Pair, uri: str) -> None:
    sent = pika.BasicProperties()
    attempts: dict[str, Callable[[Any], Any]] = {
        "publish an event": lambda c: c.basic_publish(topology.OWN, "a.b.c", b"x", sent, mandatory=True),
        "publish as the parent": lambda c: c.basic_publish(
            topology.ABOVE, "a.b.c", b"x", sent, mandatory=True
        ),
        "publish to a queue": lambda c: c.basic_publish("", "svc.registry", b"x", sent, mandatory=True),
        "read a service's queue": lambda c: c.basic_get("svc.registry"),
        "read dead letters": lambda c: c.basic_get("svc.registry.dead"),
        "read a link": lambda c: c.basic_get(topology.link_down(pair.street.area)),
        "read the log": lambda c: c.basic_get(topology.LOG),
        "declare a queue": lambda c: c.queue_declare("mine"),
        "declare an exchange": lambda c: c.exchange_declare("mine"),
        "bind its queue to more": lambda c: c.queue_bind("sub.finance", topology.ALL, "#"),
        "purge a queue": lambda c: c.queue_purge("svc.registry"),
        "delete its queue": lambda c: c.queue_delete("sub.finance"),
    }
    outcomes: dict[str, object] = {}
    for name, attempt in attempts.items():
        with channel(uri) as opened:
            try:
                attempt(opened)
                outcomes[name] = "allowed"
            except ChannelClosedByBroker as refused:
                outcomes[name] = refused.reply_code
    assert set(outcomes.values()) == {403}, outcomes
    parts = urlsplit(uri)
    for other in ("/", pair.street.area):
        elsewhere = urlunsplit(parts._replace(path=f"/{other.replace('/', '%2F')}"))
        with pytest.raises((AMQPConnectionError, ValueError)):
            pika.BlockingConnection(pika.URLParameters(elsewhere))
    for path in ("overview", f"queues/{SMALL_DISTRICT}", "users", "definitions"):
        url = f"{pair.tiers.embedded.addresses.admin_url}/api/{path}"
        answer = requests.get(url, auth=(str(parts.username), str(parts.password)), timeout=20)
        assert answer.status_code == 401, path


def test_left_unread_until_it_is_full_it_loses_the_oldest_and_slows_nobody(pair: Pair, uri: str) -> None:
    """The times are printed and not asserted: they are this machine's. What counts: all of it was confirmed."""
    node = pair.district
    failed = unconfirmed(node)
    file_teams(node, LENGTH + 1, "填满队")
    eventually(lambda: node.depth("sub.finance") == LENGTH)
    eventually(lambda: node.metric("registry", "hatchery_outbox_pending") == 0)

    def drain(name: str) -> tuple[float, list[str]]:
        """Seconds that the relay took to send a backlog of COMMANDS events and one that woke it up."""
        published = "hatchery_events_published_total"
        with held(node):
            before = node.metric("registry", published)
            made = file_teams(node, COMMANDS, name)
            assert node.metric("registry", published) == before
        started = time.monotonic()
        made += file_teams(node, 1, f"{name}, woken")
        while node.metric("registry", published) <= before + COMMANDS:
            assert time.monotonic() < started + 60
            time.sleep(0.02)
        took = time.monotonic() - started
        print(f"{name}: an outbox of {COMMANDS} events drained in {took:.2f} s")  # noqa: T201
        return took, made

    full, made = drain("with the full queue")
    with channel(uri) as opened:
        kept = [
            json.loads(opened.basic_get("sub.finance", auto_ack=True)[2])["subject"] for _ in range(LENGTH)
        ]
    assert kept == made[-LENGTH:]
    pair.tiers.hatchery("subscriber", "remove", SMALL_DISTRICT, "finance")
    without, _ = drain("without it")
    print(f"full / without: {full / without:.2f}")  # noqa: T201
    assert unconfirmed(node) == failed, "all were confirmed at once"
