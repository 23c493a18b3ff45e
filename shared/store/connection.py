"""The service's one database, over MongoDB's wire protocol."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import mongoengine
from pymongo.errors import ConnectionFailure, ExecutionTimeout, OperationFailure, PyMongoError

_log = logging.getLogger(__name__)

# Seconds. Short enough that a request is answered 503 rather than left hanging, long enough for a fail-over.
SELECTION, SOCKET = 3.0, 20.0

# MongoDB's codes for "I am (shut)ting down / not primary": the same request succeeds a moment later. So does a read
# whose cursor (43) the store has forgotten by being started again between two batches.
_PASSING_CODES = frozenset({11600, 11602, 10107, 13435, 13436, 91, 189, 43})


def connect(uri: str, database: str) -> None:
    """Connect mongoengine's default alias. Nothing is sent before the first use."""
    mongoengine.connect(
        db=database,
        host=uri,
        tz_aware=True,
        serverSelectionTimeoutMS=int(SELECTION * 1000),
        connectTimeoutMS=int(SELECTION * 1000),
        socketTimeoutMS=int(SOCKET * 1000),
        uuidRepresentation="standard",
        retryWrites=False,  # our own writes are idempotent by version and cause; the embedded store has no retries
    )


def disconnect() -> None:
    """Close it. Of kinds of records that services name alike mongoengine would let go of one only, and the others
    would go on with the closed connection."""
    mongoengine.disconnect()
    for kind in _kinds(mongoengine.Document):
        kind._collection = None


def _kinds(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)


def database() -> Any:
    return mongoengine.get_db()


def unavailable(error: BaseException) -> bool:
    """Whether the store is away for the moment, as opposed to refusing what was asked."""
    if isinstance(error, ConnectionFailure | ExecutionTimeout):
        return True
    return isinstance(error, OperationFailure) and error.code in _PASSING_CODES


def wait(deadline: float, stopping: Callable[[], bool] = lambda: False) -> None:
    """Wait until the store answers. Raises TimeoutError after `deadline` seconds; returns early when stopping."""
    end, told = time.monotonic() + deadline, False
    while not stopping():
        try:
            database().client.admin.command("ping")
            return
        except PyMongoError as error:
            if time.monotonic() >= end:
                raise TimeoutError(f"the store did not answer within {deadline:g} s") from error
            if not told:
                _log.warning("waiting for the store", extra={"reason": type(error).__name__})
                told = True
            time.sleep(0.5)
