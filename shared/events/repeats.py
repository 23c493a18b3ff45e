"""Recognises messages that come again and again, as they do while one queue of this node takes nothing: whoever sends,
a link above all, is told that the whole message was refused, and sends it again without a pause, though the other
queues had it. Hundreds of copies a second came of that; each went through the store, at some milliseconds, until the
disk was full of those that waited.

The guard against doing something twice is in the store, and stays so: this only saves it from being asked once more
about what this very process has brought to its end several times.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict

import amqp

OFTEN = 3  # times that a message is brought to its end; after these it cannot have anything left to do
SIZE = 20_000  # messages that are kept in mind, some 3 MB; more than all links have under way at once


class Repeats:
    """What this process has finished, latest last."""

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._times: OrderedDict[bytes, int] = OrderedDict()

    def often(self, message: amqp.Message) -> bool:
        """Whether this message, to the byte and by the same way, was finished OFTEN times."""
        key = _key(message)
        if self._times.get(key, 0) < OFTEN:
            return False
        self._times.move_to_end(key)
        return True

    def finished(self, message: amqp.Message) -> None:
        """Its effects are in the store."""
        key = _key(message)
        self._times[key] = self._times.pop(key, 0) + 1
        if len(self._times) > self._size:
            self._times.popitem(last=False)


def _key(message: amqp.Message) -> bytes:
    """Of the whole body, not of its id: nobody can have an event passed over by sending another with its id first."""
    body, info = message.body, message.delivery_info
    told = hashlib.blake2b(digest_size=16)
    for part in (info["exchange"], info["routing_key"], body):
        told.update(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else bytes(part))
        told.update(b"\0")
    return told.digest()
