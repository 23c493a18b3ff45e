"""Prepares the store of `docker-compose.yml`: the replica set of one, and a user for each node.

    python -m deploy.compose.store replica-set
    python -m deploy.compose.store user AREA

`HATCHERY_STORE_ADMIN` is the store's URI as its root user, `HATCHERY_STORE_PASSWORD` the new user's password.
Both commands may be repeated. Exit codes are those of `hatchery`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, ConnectionFailure, OperationFailure
from pymongo.uri_parser import parse_uri

from deploy.places import node_user
from deploy.trouble import DONE, REFUSED, UNREACHABLE, Trouble
from shared import areas
from shared.node import GATEWAY, SERVICES

Client = MongoClient[dict[str, Any]]
Say = Callable[[str], None]

SET = "hatchery"  # what mongod's --replSet says
PREFIX = "hatchery_"  # of the nodes' databases, as in a node's description
PATIENCE = 60.0  # seconds that the store may take to answer, and a new set to find its primary

# MongoDB's error codes
_UNAUTHORIZED, _AUTHENTICATION_FAILED, _NO_REPLICATION, _NOT_YET_INITIALIZED = 13, 18, 76, 94


def initiate(admin: Client, member: str, say: Say) -> None:
    """Make the server the one member of its replica set, named as others reach it, and wait until it may write.

    Transactions need a replica set. Raises Trouble where it does not become primary in time.
    """
    try:
        admin.admin.command("replSetGetStatus")
        say(f"replica set {SET} is there")
    except OperationFailure as error:
        if error.code == _NO_REPLICATION:
            say("warning: the store runs without --replSet: this is no MongoDB replica set")
            return
        if error.code != _NOT_YET_INITIALIZED:
            raise
        admin.admin.command("replSetInitiate", {"_id": SET, "members": [{"_id": 0, "host": member}]})
        say(f"initiate replica set {SET} with {member}")
    _until(lambda: admin.admin.command("hello").get("isWritablePrimary"), "the replica set has no primary")


def ensure_user(admin: Client, area: str, password: str, say: Say) -> None:
    """A user that reaches the databases of one node's services and no others, with this password."""
    if not areas.is_area(area):
        raise Trouble(f"{area!r} is not a division code of 6, 9 or 12 digits")
    user = node_user(area)
    databases = [f"{PREFIX}{area}_{service}" for service in (GATEWAY, *SERVICES)]
    # dbAdmin besides: `hatchery node remove --purge` drops them.
    roles = [{"role": role, "db": db} for db in databases for role in ("readWrite", "dbAdmin")]
    there = admin.admin.command("usersInfo", user)["users"]
    admin.admin.command("updateUser" if there else "createUser", user, pwd=password, roles=roles)
    say(f"{'keep' if there else 'create'} user {user} at the store")


def opened(uri: str, say: Say) -> Client:
    """The store as its root user, as soon as it answers. Raises Trouble where it does not, or refuses."""
    client: Client = MongoClient(uri, serverSelectionTimeoutMS=2000)

    def answers() -> bool:
        try:
            client.admin.command("ping")
        except ConnectionFailure:
            return False
        return True

    try:
        _until(answers, "the store does not answer")
        return client
    except OperationFailure as error:
        if error.code != _AUTHENTICATION_FAILED:
            raise
    _make_root(uri, say)
    _until(answers, "the store does not answer")
    return client


def _make_root(uri: str, say: Say) -> None:
    """The image makes the root user when its volume is new. A server that lets strangers make users lacks that
    and asks nobody for a password; MongoDB with a key file refuses here."""
    parts = parse_uri(uri)
    host, port = parts["nodelist"][0]
    with MongoClient[dict[str, Any]](host, port, directConnection=True) as stranger:
        try:
            stranger.admin.command(
                "createUser",
                parts["username"],
                pwd=parts["password"],
                roles=[{"role": "root", "db": "admin"}],
            )
        except OperationFailure as error:
            raise Trouble(
                "the store does not accept the root password: a volume keeps the one of its first start",
                REFUSED,
            ) from error
    say("warning: the store lets anybody make users: this is no MongoDB with a key file")


def _until(look: Callable[[], object], fault: str) -> None:
    end = time.monotonic() + PATIENCE
    while not look():
        if time.monotonic() >= end:
            raise Trouble(f"{fault} within {PATIENCE:g} s", UNREACHABLE)
        time.sleep(0.5)


def main(arguments: list[str], environment: Mapping[str, str]) -> int:
    try:
        uri = environment["HATCHERY_STORE_ADMIN"]
        with opened(uri, print) as admin:
            match arguments:
                case ["replica-set"]:
                    host, port = parse_uri(uri)["nodelist"][0]
                    initiate(admin, f"{host}:{port}", print)
                case ["user", area]:
                    ensure_user(admin, area, environment["HATCHERY_STORE_PASSWORD"], print)
                case _:
                    raise Trouble("say replica-set, or user AREA")
    except KeyError as error:
        return _told(f"the environment has no {error.args[0]}", REFUSED)
    except (OperationFailure, ConfigurationError) as error:
        return _told(str(error), REFUSED)
    except ConnectionFailure as error:
        return _told(f"the store went away: {error}", UNREACHABLE)
    except Trouble as trouble:
        return _told(str(trouble), trouble.code)
    return DONE


def _told(fault: str, code: int) -> int:
    print(f"hatchery: {fault}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
