"""Print the events of a Hatchery node as JSON lines, each once. Needs Python and pika, and nothing of Hatchery.

`hatchery subscriber add AREA NAME --binding PATTERN --log` prints the URI. It holds the password, so it is taken from
the environment, where other users of the machine do not see it; EVENTS_CA names the authority's file for amqps.

    export EVENTS_URI=amqp://sub-230102-finance:...@host:5672/230102
    python subscribe.py sub.finance                                   # from now on, until ^C
    python subscribe.py sub.finance --since 2026-11-20T08:00:00Z --pattern 'registry.organisation.#'
    python subscribe.py --since first                                 # only what the stream still has

With --since the events that the stream `events.log` took since then come first: a time, an offset, or `first`. The
queue meanwhile keeps what is new. What comes twice is told by its id.
"""

import argparse
import json
import os
import re
import signal
import ssl
import sys
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pika

LOG = "events.log"
PREFETCH = 100  # events in hand that are not acknowledged yet; a stream insists on a bound
LOOK = 10.0  # seconds within which the stream has sent something, if it has anything
TICK = 0.5  # seconds of silence after which the newest events have arrived


def handle(event):
    """Put your own work here. Only when it returns the event is remembered and acknowledged."""
    print(json.dumps(event, ensure_ascii=False), flush=True)


class Seen:
    """The ids of the events that were handled, one a line.

    Where you keep what you handle in a database, keep the ids there too, in the same transaction: a crash between
    the work and this line would have the event handled twice.
    """

    def __init__(self, path):
        path.touch()
        self.ids = set(path.read_text(encoding="ascii").split())
        self.file = path.open("a", encoding="ascii")

    def once(self, event):
        if event["id"] not in self.ids:
            handle(event)
            self.ids.add(event["id"])
            self.file.write(event["id"] + "\n")
            self.file.flush()


def matcher(patterns):
    """Whether a routing key is one that these patterns ask for; `*` is one word, `#` any number of words."""

    def expression(pattern):
        words = [
            {"*": r"\.[^.]+", "#": r"(\.[^.]+)*"}.get(w, r"\." + re.escape(w)) for w in pattern.split(".")
        ]
        return re.compile("".join(words))

    wanted = [expression(pattern) for pattern in patterns]
    return lambda key: any(one.fullmatch("." + key) for one in wanted)


def start(since):
    """What the broker calls this place of the stream: an offset, a time, or a word."""
    if since.isdigit():
        return int(since)
    if since == "first":
        return since
    moment = datetime.fromisoformat(since.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def deliveries(connection, source, tick=None, **offset):
    """What comes from the queue or stream; each is acknowledged when the next one is asked for.

    With `tick`, None each time that nothing came for so many seconds.
    """
    channel = connection.channel()
    channel.basic_qos(prefetch_count=PREFETCH)
    arguments = {f"x-stream-{name}": value for name, value in offset.items()}
    found = channel.consume(source, arguments=arguments, inactivity_timeout=tick)
    for delivery, properties, body in found:
        if delivery is None:
            yield None
        else:
            yield delivery.routing_key, (properties.headers or {}).get("x-stream-offset"), body
            channel.basic_ack(delivery.delivery_tag)  # unacknowledged events come again


@contextmanager
def stream(since):
    """Deliveries of the stream, on a connection of its own: when pika leaves, it gives back what it has fetched
    ahead, which a stream does not take back, and the broker closes the connection."""
    connection = connect()
    yield deliveries(connection, LOG, TICK, offset=since)
    with suppress(pika.exceptions.AMQPError):
        connection.close()


def newest():
    """The offset of the stream's last event just now; None for an empty stream."""
    found, until = None, time.monotonic() + LOOK
    with stream("last") as last:
        for delivery in last:
            if delivery:
                found = delivery[1]
            if time.monotonic() > until or (found is not None and delivery is None):
                break
    return found


def replay(since, wanted, seen):
    """What the stream has from `since` to now; what comes later is in the queue."""
    end = newest()
    if end is None or (isinstance(since, int) and since > end):
        return
    with stream(since) as past:
        heard = time.monotonic()
        for delivery in past:
            if delivery:
                key, offset, body = delivery
                if wanted(key):
                    seen.once(json.loads(body))
                if offset >= end:
                    break
                heard = time.monotonic()
            elif time.monotonic() > heard + LOOK:
                break  # the time is later than all that the stream has
    print(f"replayed up to offset {end}", file=sys.stderr, flush=True)


def connect():
    parameters = pika.URLParameters(os.environ["EVENTS_URI"])
    if parameters.ssl_options:
        authority = ssl.create_default_context(cafile=os.environ.get("EVENTS_CA"))
        parameters.ssl_options = pika.SSLOptions(authority, parameters.host)
    return pika.BlockingConnection(parameters)


def main():
    parser = argparse.ArgumentParser(description="Print the events of a Hatchery node.")
    parser.add_argument("queue", nargs="?", help="sub.<name>; without it only the stream is read")
    parser.add_argument("--since", type=start, help="a time (ISO 8601), an offset, or `first`")
    parser.add_argument("--pattern", action="append", help="what of the stream you want; may be repeated")
    parser.add_argument("--seen", type=Path, default="seen.txt", help="ids of the events that were handled")
    given = parser.parse_args()
    seen, wanted = Seen(given.seen), matcher(given.pattern or ["#"])
    if given.since is not None:
        replay(given.since, wanted, seen)
    if given.queue:
        for _key, _offset, body in deliveries(connect(), given.queue):
            seen.once(json.loads(body))


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    main()
