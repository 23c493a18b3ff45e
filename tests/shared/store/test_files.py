"""Files are kept, found and forgotten alike, in the store and in a bucket that really is one."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from minio import Minio

from shared import runtime
from shared.errors import NotFound, Unavailable
from shared.node import parse
from shared.store import connection, files
from tests.harness import eventually

pytestmark = pytest.mark.service
BUCKET = "hatchery"


def configure(**kept: Any) -> None:
    described = {
        "area": "230102", "url": "http://127.0.0.1:1", "port": 1, "broker": "amqp://127.0.0.1/",
        "store": "mongodb://127.0.0.1/", "keys": "keys", "files": kept,
    }  # fmt: skip
    runtime.configure(parse(json.dumps(described), Path(), {}), "funding", {})


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    endpoint = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: requests.get(f"{endpoint}/moto-api/", timeout=5).ok, what="the bucket's server")
        Minio(f"127.0.0.1:{port}", "one", "two", region="us-east-1", secure=False).make_bucket(BUCKET)
        keys = {"access_key": "one", "secret_key": "two"}
        yield {"endpoint": endpoint, "bucket": BUCKET, **keys}
    finally:
        server.terminate()
        server.wait(20)


def test_a_file_is_kept_once_found_whole_and_forgotten_in_the_store_and_in_a_bucket(bucket: dict[str, str]):
    in_store = files.Kept("早.pdf", "application/pdf", b"%PDF-1.7 before")
    configure()
    files.keep("before", in_store)
    assert files.fetch("before") == in_store
    configure(s3=bucket)
    kept = files.Kept("预算表 1.pdf", "application/pdf", b"%PDF-1.7" + bytes(2_000_000))
    for _ in range(2):
        files.keep("a", kept)
    files.keep("a", files.Kept("other.pdf", "application/pdf", b"what is there stays as it is"))
    assert files.fetch("a") == kept
    assert files.fetch("before") == in_store, "what was kept before the node had a bucket"
    assert connection.database()["files.files"].count_documents({}) == 1
    for _ in range(2):
        files.drop("a")
        files.drop("before")
    for gone in ("a", "before"):
        with pytest.raises(NotFound):
            files.fetch(gone)


def test_a_bucket_that_is_away_is_told_as_that():
    away = {"endpoint": "http://127.0.0.1:1", "bucket": BUCKET, "access_key": "one", "secret_key": "two"}
    configure(s3=away)
    with pytest.raises(Unavailable, match="files-away"):
        files.keep("a", files.Kept("a.pdf", "application/pdf", b"%PDF"))
