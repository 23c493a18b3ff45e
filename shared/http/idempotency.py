"""POSTs that may be repeated: the same Idempotency-Key has the same effect once, and the same answer.

A record of the key is written before the work begins and holds the cause that the work runs under. Commands
change nothing twice for the same cause, so a repeat of a request that broke off, or that is still running,
simply runs again: no lock is needed, and a crash leaves none behind. The answer is a record beside it, since
inserts of several requests are one write to the store, which updates are not.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError
from werkzeug.wrappers import Request, Response

from shared import clock
from shared.call import Actor
from shared.errors import Refused, Text
from shared.ids import keyed_id
from shared.store import connection, gathered

COLLECTION = "requests"
ANSWERS = "answers"  # by the same ids; up to 0.4.0 the request itself held its answer
KEPT = timedelta(days=7)


def once(
    actor: Actor, key: str, request: Request, raw: bytes, run: Callable[[str, bool], Response]
) -> Response:
    """The answer to the request, from memory where it was given before. Raises Refused for a reused key.

    `run` is called with the request's cause, and whether that is new. Keys of anonymous callers share one space,
    so these should be random; a repeat must match the first request to see its answer in any case.
    """
    database = connection.database()
    identifier = _digest(actor.subject.encode(), key.encode())
    fingerprint = _digest(request.method.encode(), request.path.encode(), request.query_string, raw)
    record: dict[str, Any] = {
        "_id": identifier,
        "fingerprint": fingerprint,
        "cause": keyed_id(identifier + fingerprint),
        "created": clock.wall(),
    }
    fresh = True
    try:
        gathered.insert(database[COLLECTION], record)
    except DuplicateKeyError:
        fresh = False
        known = database[COLLECTION].find_one({"_id": identifier}) or record  # purged between the two
        if known["fingerprint"] != fingerprint:
            raise Refused(
                "idempotency-key-reused",
                Text("This key belongs to another request.", "此幂等键已用于其他请求。"),
                Text("Send a fresh Idempotency-Key.", "请使用新的 Idempotency-Key。"),
                field="Idempotency-Key",
            ) from None
        if answer := _answer(known):
            return _replayed(answer)
        record = known
    response = run(record["cause"], fresh)
    if _final(response):
        _keep(identifier, record["created"], response)
    return response


def _answer(known: Mapping[str, Any]) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = known.get("answer")
    return kept or connection.database()[ANSWERS].find_one({"_id": known["_id"]})


def _keep(identifier: str, created: datetime, response: Response) -> None:
    """Remember an answer, for as long as its request."""
    answer = {
        "_id": identifier,
        "created": created,
        "status": response.status_code,
        "headers": [list(pair) for pair in response.headers.items()],
        "body": response.get_data(),
    }
    with contextlib.suppress(DuplicateKeyError):  # that of a repeat at the same time
        gathered.insert(connection.database()[ANSWERS], answer)


def _digest(*parts: bytes) -> str:
    """A hash in which no two lists of parts meet: each part's length stands before it."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def _final(response: Response) -> bool:
    """Whether a repeat would only hear the same: done, or refused by a rule.

    Whatever may go otherwise later (not signed in, not yet known, owned elsewhere, our own fault) runs again.
    """
    if response.status_code == 409:
        return "Retry-After" not in response.headers
    return 200 <= response.status_code < 300 or response.status_code in (410, 422)


def _replayed(answer: dict[str, Any]) -> Response:
    response = Response(bytes(answer["body"]), status=answer["status"])
    response.headers.clear()
    for name, value in answer["headers"]:
        response.headers.add(name, value)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def of_causes(causes: Iterable[str]) -> list[dict[str, Any]]:
    """The requests that ran under these causes, without their answers: for whoever takes their records over."""
    requests = connection.database()[COLLECTION]
    requests.create_index("cause")  # only the first time; nothing but hand-overs goes by it
    own = [cause for cause in causes if ":" not in cause]  # those of events have a colon
    found = requests.find({"cause": {"$in": own}}, {"fingerprint": 1, "cause": 1}) if own else ()
    return [{"id": r["_id"], "fingerprint": r["fingerprint"], "cause": r["cause"]} for r in found]


def remember(told: Iterable[Mapping[str, Any]]) -> None:
    """Take over requests of another node: when they are repeated here, they run under their old causes. A request
    that was only turned away here until now gets the cause under which it has acted there."""
    requests = connection.database()[COLLECTION]
    for one in told:
        if connection.database()[ANSWERS].find_one({"_id": one["id"]}, {"_id": 1}):
            continue
        requests.update_one(
            {"_id": one["id"], "fingerprint": one["fingerprint"], "answer": None},
            {"$set": {"cause": one["cause"]}, "$setOnInsert": {"created": clock.wall()}},
            upsert=not requests.find_one({"_id": one["id"]}, {"_id": 1}),
        )


def purge(now: datetime) -> int:
    """Forget requests older than KEPT; returns how many."""
    gone = 0
    for name in (ANSWERS, COLLECTION):
        records = connection.database()[name]
        records.create_index("created")  # only the first time; nothing but this goes by it
        gone = int(records.delete_many({"created": {"$lt": now - KEPT}}).deleted_count)
    return gone
