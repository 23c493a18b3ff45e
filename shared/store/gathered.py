"""Inserts that come at the same time, gathered into one write.

A store answers one write of twenty documents in a fraction of the time of twenty writes. Who comes while nothing is
being written writes at once; who comes meanwhile waits for the end of that write, and is then written together with
all who wait. So nobody is held up for company, and the more there is to do the less each costs.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, DuplicateKeyError, WriteError

from shared.store.bulk import DUPLICATE

AT_ONCE = 100  # documents in one write


class _Queue:
    """Those who wait to insert into one collection, and the thread that writes for them while there are any: what
    becomes of one who waits does not concern the others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[dict[str, Any], Future[None]]] = []
        self._writing = False

    def insert(self, collection: Collection[Any], values: dict[str, Any]) -> None:
        done = Future[None]()
        with self._lock:
            self._waiting.append((values, done))
            first, self._writing = not self._writing, True
        if first:
            threading.Thread(target=self._write, args=(collection,), name="gathered", daemon=True).start()
        done.result()

    def _write(self, collection: Collection[Any]) -> None:
        while turns := self._next():
            failures = _insert(collection, [values for values, _ in turns])
            for (_, done), failure in zip(turns, failures, strict=True):
                if failure is None:
                    done.set_result(None)
                else:
                    done.set_exception(failure)

    def _next(self) -> list[tuple[dict[str, Any], Future[None]]]:
        with self._lock:
            turns, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            self._writing = bool(turns)
        return turns


_queues: defaultdict[str, _Queue] = defaultdict(_Queue)


def insert(collection: Collection[Any], values: dict[str, Any]) -> None:
    """Insert one document. Raises what `insert_one` raises: DuplicateKeyError, or that the store is away."""
    _queues[collection.full_name].insert(collection, values)


def _insert(collection: Collection[Any], documents: list[dict[str, Any]]) -> list[BaseException | None]:
    """Insert them; for each what was wrong with it."""
    failures: list[BaseException | None] = [None] * len(documents)
    try:
        if len(documents) == 1:
            collection.insert_one(documents[0])
        else:
            collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        details = error.details or {}
        if details.get("writeConcernErrors"):
            return [error] * len(documents)
        for fault in details["writeErrors"]:
            failures[fault["index"]] = _failure(fault)
    except BaseException as error:  # whoever waits must hear of it, and then goes on or ends
        return [error] * len(documents)
    return failures


def _failure(fault: Mapping[str, Any]) -> Exception:
    kind = DuplicateKeyError if fault["code"] == DUPLICATE else WriteError
    return kind(fault["errmsg"], fault["code"], fault)
