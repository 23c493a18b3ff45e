"""Files in a bucket of an S3-compatible store, for nodes that keep many: the other side of `shared.store.files`.

The node's description names it:

    files: {s3: {endpoint: "https://s3.example.org", bucket: hatchery, access_key: ${S3_KEY}, secret_key: ${S3_SECRET}}}

Objects are named after the service and the file's id, so that several services share one bucket. A put is a whole
object or none, as S3 guarantees.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import urllib3
from minio import Minio
from minio.error import S3Error
from urllib3.exceptions import HTTPError

from shared import runtime
from shared.errors import Text, Unavailable

TIMEOUT = urllib3.Timeout(connect=3.0, read=20.0)  # seconds
_GONE = ("NoSuchKey", "NoSuchObject", "NotFound")


def keep(identifier: str, name: str, type_: str, data: bytes) -> None:
    """Store an object; one that is there already stays as it is. Raises Unavailable."""
    client, bucket = _here()
    with _asking():
        if _stat(client, bucket, identifier) is None:
            about: dict[str, str | list[str] | tuple[str]] = {"name": quote(name)}  # headers are ASCII
            client.put_object(
                bucket, _key(identifier), io.BytesIO(data), len(data), content_type=type_, metadata=about
            )


def fetch(identifier: str) -> tuple[str, str, bytes] | None:
    """Name, media type and bytes; None where there is no such object. Raises Unavailable."""
    client, bucket = _here()
    with _asking():
        about = _stat(client, bucket, identifier)
        if about is None:
            return None
        answer = client.get_object(bucket, _key(identifier))
        try:
            name = unquote((about.metadata or {}).get("x-amz-meta-name", identifier))
            return name, about.content_type or "application/octet-stream", answer.read()
        finally:
            answer.close()
            answer.release_conn()


def drop(identifier: str) -> None:
    """Forget an object; nothing happens where it is gone. Raises Unavailable."""
    client, bucket = _here()
    with _asking():
        client.remove_object(bucket, _key(identifier))


def _stat(client: Minio, bucket: str, identifier: str) -> Any:
    try:
        return client.stat_object(bucket, _key(identifier))
    except S3Error as error:
        if error.code in _GONE:
            return None
        raise


def _key(identifier: str) -> str:
    return f"{runtime.node().area}/{runtime.service()}/{identifier}"


def _here() -> tuple[Minio, str]:
    found: Mapping[str, str] = runtime.node().files["s3"]
    client = _client(found["endpoint"], found["access_key"], found["secret_key"], found["region"])
    return client, found["bucket"]


@cache
def _client(endpoint: str, access_key: str, secret_key: str, region: str) -> Minio:
    address = urlsplit(endpoint)
    pool = urllib3.PoolManager(timeout=TIMEOUT, retries=urllib3.Retry(total=1, backoff_factor=0.2))
    return Minio(
        address.netloc, access_key=access_key, secret_key=secret_key, region=region,
        secure=address.scheme == "https", http_client=pool,
    )  # fmt: skip


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except (S3Error, HTTPError) as error:
        raise Unavailable(
            "files-away",
            Text(
                f"The store of files does not answer: {type(error).__name__}.",
                f"文件存储不可用：{type(error).__name__}。",
            ),
            Text("Try again in a moment.", "请稍后重试。"),
            retry_after=5,
        ) from error
