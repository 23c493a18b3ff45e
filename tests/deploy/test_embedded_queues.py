"""Quorum queues of the embedded broker that RabbitMQ has given up are back without anybody's doing."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pika
import pytest
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker

from deploy.broker_admin import BrokerAdmin
from deploy.embedded import Embedded, broker, queues
from tests.deploy.support import admin_url, at
from tests.harness import eventually, scratch, served

pytestmark = pytest.mark.faults
DEATHS = 20  # of the queues' log, more than RabbitMQ allows within seconds


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Embedded]:
    monkeypatch.setattr(broker, "_LOOK", 2.0)
    with scratch() as folder, served(Embedded(folder)) as embedded:
        yield embedded


def given_up(embedded: Embedded) -> bool:
    for _ in range(DEATHS):
        at(embedded.broker, "(catch exit(whereis(ra_log_wal), kill)).")
        time.sleep(0.2)
    return queues.have_ended(embedded.addresses.erlang_node, embedded.broker.environment())


def held(embedded: Embedded) -> bytes | None:
    try:
        with pika.BlockingConnection(pika.URLParameters(embedded.addresses.amqp_uri("/"))) as connection:
            body: bytes | None = connection.channel().basic_get("q", auto_ack=False)[2]
            return body
    except (AMQPConnectionError, ChannelClosedByBroker):
        return None


def test_queues_whose_processes_have_all_ended_are_back_with_what_they_held(
    alone: Embedded, caplog: pytest.LogCaptureFixture
) -> None:
    admin, pid = BrokerAdmin(admin_url(alone.addresses)), alone.broker.pid
    with pika.BlockingConnection(pika.URLParameters(alone.addresses.amqp_uri("/"))) as connection:
        channel = connection.channel()
        channel.queue_declare("q", durable=True, arguments={"x-queue-type": "quorum"})
        channel.confirm_delivery()
        channel.basic_publish("", "q", b"kept", pika.BasicProperties(delivery_mode=2), mandatory=True)
    assert not queues.have_ended(alone.addresses.erlang_node, alone.broker.environment())
    eventually(lambda: admin.queues("/")["q"].get("state") == "running", what="management knows the queue")
    assert given_up(alone) or alone.broker.pid != pid
    eventually(lambda: alone.broker.pid not in (None, pid), what="a new broker")
    assert eventually(lambda: held(alone), within=60) == b"kept"
    assert "whose processes have all ended" in caplog.text
    assert not admin.queues_down("/")


def test_what_cannot_be_learnt_is_no_reason_to_start_a_broker_again() -> None:
    assert not queues.have_ended("nobody@localhost", {})
