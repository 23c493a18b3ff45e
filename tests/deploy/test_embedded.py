"""The embedded broker and store come back with their data when killed, and leave nothing when stopped."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pika
import psutil
import pytest
from pymongo import MongoClient

from deploy.embedded import Embedded
from deploy.embedded.child import Child
from deploy.embedded.supervisor import processes, wait_started

pytestmark = pytest.mark.faults

QUEUE = "survivor"
# RabbitMQ writes down which quorum queues it has only some 0.7 to 1.2 s after they are declared
# (measured with 3.10.8): one that is younger when the broker is killed stays without a leader, and
# has to be deleted and declared anew.
SETTLED = 3.0  # seconds


def eventually(holds: Callable[[], bool], timeout: float = 60) -> None:
    deadline = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.1)


def kill_and_wait_until_healed(child: Child) -> None:
    before = child.pid
    child.kill()
    eventually(lambda: child.pid not in (None, before))
    child.wait_ready()


def test_a_killed_broker_comes_back_with_its_messages(embedded: Embedded, vhost: Callable[[], str]) -> None:
    uri = pika.URLParameters(embedded.addresses.amqp_uri(vhost()))
    with pika.BlockingConnection(uri) as connection:
        channel = connection.channel()
        channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        channel.confirm_delivery()
        channel.basic_publish("", QUEUE, b"kept", pika.BasicProperties(delivery_mode=2), mandatory=True)
    time.sleep(SETTLED)

    kill_and_wait_until_healed(embedded.broker)

    with pika.BlockingConnection(uri) as connection:
        method, _, body = connection.channel().basic_get(QUEUE)
    assert method is not None
    assert body == b"kept"


def test_a_killed_store_comes_back_with_its_documents(
    embedded: Embedded, database: Callable[[], str]
) -> None:
    client: MongoClient[dict[str, object]] = MongoClient(embedded.addresses.store_uri)
    things = client[database()]["things"]
    things.insert_one({"_id": "kept"})

    kill_and_wait_until_healed(embedded.store)

    assert things.find_one({}) == {"_id": "kept"}
    client.close()


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[psutil.Popen]:
    """`python -m deploy.embedded run` in tmp_path, and nothing of it afterwards."""
    process = psutil.Popen([*command(tmp_path), "run"], stdin=subprocess.DEVNULL)
    yield process
    subprocess.run([*command(tmp_path), "stop"], check=True, timeout=120)
    process.wait(60)


def command(home: Path) -> list[str]:
    return [sys.executable, "-m", "deploy.embedded", "--home", str(home)]


def status(home: Path) -> int:
    return subprocess.run([*command(home), "status"], check=False, timeout=60).returncode


def test_stop_leaves_no_process_even_of_a_killed_supervisor(tmp_path: Path, runner: psutil.Popen) -> None:
    wait_started(tmp_path)
    assert status(tmp_path) == 0
    servers = runner.children(recursive=True)
    runner.kill()
    runner.wait(10)
    assert status(tmp_path) == 3
    assert {"broker", "epmd", "store"} <= processes(tmp_path).keys()

    subprocess.run([*command(tmp_path), "stop"], check=True, timeout=120)

    _, alive = psutil.wait_procs(servers, timeout=10)
    assert alive == []
    assert processes(tmp_path) == {}


def test_a_stop_in_the_middle_of_a_start_leaves_no_process(tmp_path: Path, runner: psutil.Popen) -> None:
    eventually(lambda: "broker" in processes(tmp_path))
    servers = runner.children(recursive=True)

    runner.terminate()

    assert runner.wait(60) == 0
    _, alive = psutil.wait_procs(servers, timeout=10)
    assert alive == []


def test_a_home_in_use_is_refused(embedded: Embedded) -> None:
    second = subprocess.run(
        [*command(embedded.home), "run"], check=False, timeout=60, capture_output=True, text=True
    )

    assert second.returncode == 1
    assert "in use" in second.stderr
    assert embedded.broker.alive()
