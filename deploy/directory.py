"""Looking through the directory of a node's organisations: is it as the records say, and putting right what is not.

The work is done in `services/registry/commands/directory.py`, beside the services while they run.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from pymongo.errors import PyMongoError

from deploy.home import Home
from deploy.trouble import ATTENTION, DONE, UNREACHABLE, Trouble
from services.registry.commands import directory
from shared.store import connection

Say = Callable[[str], None]

EVERY = 5.0  # seconds between two lines


def look_through(home: Home, area: str, *, dry_run: bool, say: Say) -> int:
    """Put right what is not as the records say, or only tell it. ATTENTION where something was told only."""
    node = home.node(area)
    if "registry" not in node.services:
        raise Trouble(f"node {area} hosts no registry (it hosts {', '.join(node.services) or 'nothing'})")
    connection.connect(node.store, node.database("registry"))
    try:
        found = directory.rebuild(dry_run=dry_run, watch=_now_and_then(say))
    except PyMongoError as error:
        raise Trouble(
            f"the store of node {area} failed ({type(error).__name__}); run this again, it changes nothing twice",
            UNREACHABLE,
        ) from error
    finally:
        connection.disconnect()
    if not found.entries and not found.counts:
        say(f"the directory of node {area} is as its records say")
        return DONE
    done = "differ" if dry_run else "were put right"
    say(f"{found.entries} entries and {found.counts} counts of the directory of node {area} {done}")
    return ATTENTION if dry_run else DONE


def _now_and_then(say: Say) -> Callable[[int], None]:
    told = time.monotonic()

    def watch(looked_at: int) -> None:
        nonlocal told
        if time.monotonic() - told >= EVERY:
            told = time.monotonic()
            say(f"{looked_at} records and entries looked at")

    return watch
