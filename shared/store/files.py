"""Files that a service keeps: uploads, certificates, attachments. GridFS, so they are backed up with the rest; or a
bucket of an S3-compatible store where the node's description names one (`shared.store.s3`).

A file's id derives from the cause that brings it, so a request that is repeated keeps one file. A file is there as
a whole or not at all: GridFS writes the entry that says so last, and S3 takes whole objects. What was kept in GridFS
before a node got a bucket is still found there.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from gridfs import GridFSBucket, NoFile
from gridfs.errors import FileExists

from shared import clock, runtime
from shared.errors import NotFound, Text
from shared.store.connection import database

COLLECTION = "files"  # GridFS makes files.files and files.chunks of it


class Kept(NamedTuple):
    """A stored file. `type` is its media type."""

    name: str
    type: str
    data: bytes


def s3() -> ModuleType:
    """Loaded where it is used: most nodes have no bucket, and its client takes memory."""
    return import_module("shared.store.s3")


def _bucket() -> GridFSBucket:
    return GridFSBucket(database(), bucket_name=COLLECTION)


def _in_bucket() -> bool:
    return runtime.configured() and "s3" in runtime.node().files


def keep(identifier: str, file: Kept) -> None:
    """Store a file under its id; one that is there already stays as it is. Raises Unavailable."""
    if _in_bucket():
        s3().keep(identifier, *file)
        return
    bucket = _bucket()
    if database()[f"{COLLECTION}.files"].find_one({"_id": identifier}, {"_id": 1}):
        return
    database()[f"{COLLECTION}.chunks"].delete_many({"files_id": identifier})  # of a try that was cut off
    about = {"type": file.type, "kept_at": clock.wall()}
    try:
        bucket.upload_from_stream_with_id(identifier, file.name, file.data, metadata=about)
    except FileExists:  # the same request, at the same time
        return


def fetch(identifier: str) -> Kept:
    """A stored file. Raises NotFound, Unavailable."""
    if _in_bucket() and (found := s3().fetch(identifier)):
        return Kept(*found)
    try:
        stream = _bucket().open_download_stream(identifier)
        about = stream.metadata or {}
        return Kept(stream.filename or identifier, about["type"], stream.read())
    except NoFile:
        raise NotFound(
            "no-such-file",
            Text(f"The file {identifier} is not kept here.", f"此处没有文件 {identifier}。"),
            Text("Send it again.", "请重新上传。"),
            field="file",
        ) from None


def drop(identifier: str) -> None:
    """Forget a file; nothing happens where it is gone. Raises Unavailable."""
    if _in_bucket():
        s3().drop(identifier)
    try:
        _bucket().delete(identifier)
    except NoFile:
        return
