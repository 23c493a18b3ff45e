"""A stream of the embedded broker is there again, at whatever moment the broker was killed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

from deploy.embedded import streams
from deploy.embedded.addresses import EmbeddedAddresses
from deploy.embedded.broker import Broker
from tests.deploy.support import at
from tests.harness import eventually, scratch

pytestmark = pytest.mark.service

# The epoch of each stream, and of what is written down of it.
STREAMS = """
[{Epoch, Mnesia} || {stream, _, Epoch, _, _, _, _, _, _, Mnesia, _} <-
    maps:values(element(2, rabbit_stream_coordinator:state()))].
"""
# Whatever is written down about queues waits from now on, and the stream's process is started again meanwhile.
SUSPENDED = """
sys:suspend(mnesia_sync),
[exit(Writer, kill) || {stream, _, _, _, _, _, Members, _, _, _, _} <-
    maps:values(element(2, rabbit_stream_coordinator:state())),
    {member, {running, _, Writer}, _, _, _, _, _} <- maps:values(Members)].
"""
WRITTEN = "ra_log_wal:force_roll_over(ra_coordination_log_wal)."
# One more stream, that is written down as declared and that the coordinator has never heard of.
FORGOTTEN = """
[Known] = [Queue || Queue <- ets:tab2list(rabbit_durable_queue), amqqueue:get_type(Queue) =:= rabbit_stream_queue],
Name = rabbit_misc:r(<<"/">>, queue, <<"forgotten">>),
State = maps:put(name, "__forgotten_1", amqqueue:get_type_state(Known)),
{created, _} = rabbit_amqqueue:internal_declare(
    amqqueue:set_type_state(amqqueue:set_name(Known, Name), State), false).
"""
RUNNING = """
[State || {stream, _, _, _, _, _, Members, _, _, _, _} <-
    maps:values(element(2, rabbit_stream_coordinator:state())),
    {member, State, _, _, _, _, _} <- maps:values(Members)].
"""


@pytest.fixture
def broker() -> Iterator[Broker]:
    with scratch() as folder:
        broker = Broker(folder / "broker", EmbeddedAddresses.for_home(folder))
        broker.start()
        yield broker
        broker.stop()


def declared(broker: Broker) -> BlockingChannel:
    channel = pika.BlockingConnection(pika.URLParameters(broker.addresses.amqp_uri("/"))).channel()
    channel.queue_declare("log", durable=True, arguments={"x-queue-type": "stream"})
    return channel


def takes(broker: Broker, body: bytes) -> bool:
    """Whether the stream was published to; for a moment after the broker's start it is not there yet."""
    try:
        channel = declared(broker)
    except ChannelClosedByBroker:
        return False
    channel.confirm_delivery()
    channel.basic_publish("", "log", body)
    return True


def killed_at_the_wrong_moment(broker: Broker) -> bool:
    """Whether it was the wrong one: RabbitMQ notes only now and then how far it has come, and does what came later
    once more."""
    eventually(lambda: "{updated, " in at(broker, STREAMS))
    at(broker, SUSPENDED)
    eventually(lambda: "{updating, " in at(broker, STREAMS))
    time.sleep(2)  # what it notes then is written within the second
    broker.kill()
    eventually(lambda: not broker.alive())
    broker.start()
    eventually(lambda: "{running" in at(broker, RUNNING))
    time.sleep(1)  # by when it would have noted where the stream runs now
    return "{updating, " in at(broker, STREAMS)


def test_a_stream_is_reached_again_after_a_kill_while_it_was_written_down_where_it_runs(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = declared(broker)
    channel.confirm_delivery()
    channel.basic_publish("", "log", b"told before")
    with monkeypatch.context() as patched:  # as it was without `streams.heal`
        patched.setattr(streams, "heal", lambda *_: 0)
        eventually(lambda: killed_at_the_wrong_moment(broker), within=120)
    with pytest.raises(ChannelClosedByBroker, match="down or inaccessible"):
        declared(broker)
    broker.stop()
    broker.start()
    channel = declared(broker)
    channel.basic_qos(prefetch_count=1)
    _, _, body = next(channel.consume("log", arguments={"x-stream-offset": "first"}, inactivity_timeout=20))
    assert body == b"told before"
    assert streams.heal(broker.addresses.erlang_node, broker.environment()) == 0


def written(broker: Broker) -> Iterator[Path]:
    """The log of what coordinates the streams, where it is not in a file with other logs any more."""
    return (broker.home / "data").glob("*/coordination/*/*/*.segment")


def test_streams_that_the_broker_can_start_no_more_are_given_up(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As after a full disk: what coordinates them does not get through its log."""
    declared(broker)
    eventually(lambda: "{updated, " in at(broker, STREAMS))
    at(broker, WRITTEN)
    eventually(lambda: list(written(broker)))
    with monkeypatch.context() as patched:  # as it was without `streams.heal`
        patched.setattr(streams, "heal", lambda *_: 0)
        broker.stop()
        for segment in written(broker):
            kept = segment.read_bytes()
            segment.write_bytes(kept[:-200] + bytes(200))
        broker.start()
    with pytest.raises(ChannelClosedByBroker, match="down or inaccessible"):
        declared(broker)
    monkeypatch.setattr(streams, "WITHIN", 8.0)
    broker.stop()
    broker.start()
    assert "1 streams were given up" in caplog.text
    for _ in range(2):
        eventually(lambda: takes(broker, b"told anew"))
        broker.stop()
        broker.start()
    assert caplog.text.count("given up") == 1
    [_] = (broker.home / "data").glob("*/stream/*")


def test_a_stream_that_the_coordinator_has_forgotten_is_given_up_alone(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = declared(broker)
    channel.confirm_delivery()
    channel.basic_publish("", "log", b"told before")
    eventually(lambda: "{updated, " in at(broker, STREAMS))
    at(broker, FORGOTTEN)
    monkeypatch.setattr(streams, "WITHIN", 8.0)
    assert streams.heal(broker.addresses.erlang_node, broker.environment()) == 0
    with pytest.raises(ChannelClosedByBroker, match="no queue 'forgotten'"):
        declared(broker).queue_declare("forgotten", passive=True)
    channel = declared(broker)
    channel.basic_qos(prefetch_count=1)
    _, _, body = next(channel.consume("log", arguments={"x-stream-offset": "first"}, inactivity_timeout=20))
    assert body == b"told before"


def test_a_broker_without_streams_is_left_alone(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    assert streams.heal(broker.addresses.erlang_node, broker.environment()) == 0
    assert not caplog.messages


def test_what_cannot_be_looked_at_is_told(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "WITHIN", 1.0)
    assert streams.heal("nobody@localhost", {"HOME": str(tmp_path)}) == 0
    assert "streams could not be looked at" in caplog.text
