"""Sign-ins that are under way at the identity provider: begun in a browser, ended by the same one, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.accounts.documents import Journey
from services.accounts.domain import sessions

LASTS = timedelta(minutes=10)


def begin(now: datetime, nonce: str, verifier: str, organisation: str | None) -> str:
    """The state to send along; only its digest is kept."""
    state = sessions.new_secret()
    Journey(
        id=sessions.digest(state),
        nonce=nonce,
        verifier=verifier,
        organisation=organisation,
        ends_at=now + LASTS,
    ).save(force_insert=True)
    return state


def finish(now: datetime, state: str) -> Journey | None:
    """The journey of a state, which is over by this; None where there is none, or it has been finished."""
    found: Journey | None = Journey.objects(id=sessions.digest(state), ends_at__gt=now).first()
    if found is None or not Journey._get_collection().delete_one({"_id": found.id}).deleted_count:
        return None
    return found


def purge(now: datetime) -> None:
    Journey._get_collection().delete_many({"ends_at": {"$lt": now}})
