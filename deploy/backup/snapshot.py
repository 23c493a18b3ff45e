"""Reading a database as it stood at one moment, while its service goes on writing.

A transaction reads from one moment, in MongoDB and in the embedded store alike, and keeps no writer waiting.
MongoDB ends one after 60 seconds unless it is told otherwise. (Sessions with `snapshot=True` live longer, but
the embedded store accepts them without reading from one moment.)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymongo
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from deploy.trouble import UNREACHABLE, Trouble
from shared.node import GATEWAY, Node

SELECTION = 5.0  # seconds that the store has to answer
BATCH = 1000  # documents at once; they are of some hundred bytes
_ENDED = frozenset({239, 246, 251, 290})  # MongoDB's codes for a transaction, or a moment, that is no more
_RAW: CodecOptions[Any] = CodecOptions(document_class=RawBSONDocument)

# A lease belongs to a process that runs; the timeline to the database, and not to what is in it.
NOT_KEPT = frozenset({"leases", "timeline"})


@contextmanager
def store(node: Node) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    """The node's store. Raises Trouble where it does not answer, or refuses."""
    try:
        with pymongo.MongoClient[dict[str, Any]](
            node.store, serverSelectionTimeoutMS=int(SELECTION * 1000), tz_aware=True
        ) as client:
            client.admin.command("ping")
            yield client
    except OperationFailure as error:
        if error.code in _ENDED:
            raise Trouble(
                f"the store of node {node.area} ended the transaction before all was read: raise its "
                "transactionLifetimeLimitSeconds (60 by default), and run this again",
                UNREACHABLE,
            ) from error
        raise Trouble(
            f"the store of node {node.area} refuses: {error.details or error}", UNREACHABLE
        ) from error
    except PyMongoError as error:
        raise Trouble(
            f"the store of node {node.area} does not answer ({type(error).__name__})", UNREACHABLE
        ) from error


def services(node: Node) -> tuple[str, ...]:
    """Those with a database."""
    return (GATEWAY, *node.services)


def collections(db: pymongo.database.Database[dict[str, Any]]) -> list[str]:
    return sorted(set(db.list_collection_names()) - NOT_KEPT)


@contextmanager
def moment(client: pymongo.MongoClient[dict[str, Any]]) -> Iterator[ClientSession]:
    """All that is read with this session is of one moment: that of its first read."""
    with client.start_session() as session, session.start_transaction(read_concern=ReadConcern("snapshot")):
        yield session


def documents(
    db: pymongo.database.Database[dict[str, Any]], collection: str, session: ClientSession
) -> Iterator[bytes]:
    """The documents as BSON, fetched in batches."""
    source: Collection[Any] = db.get_collection(collection, codec_options=_RAW)
    for document in source.find({}, session=session, batch_size=BATCH):
        yield bytes(document.raw)
