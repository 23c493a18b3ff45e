"""Storage: aggregates that carry their own outbox and inbox, so that one write says all or nothing."""

from shared.store.aggregate import (
    Aggregate,
    AlreadyApplied,
    Held,
    Record,
    command,
    find,
    load,
    new,
    record,
    save,
    save_all,
)
from shared.store.readmodel import ReadModel

__all__ = [
    "Aggregate",
    "AlreadyApplied",
    "Held",
    "ReadModel",
    "Record",
    "command",
    "find",
    "load",
    "new",
    "record",
    "save",
    "save_all",
]
