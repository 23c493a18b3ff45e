"""The file of a backup: an uncompressed tar of compressed members, and a manifest at its end.

    databases/<service>/<collection>.bson.gz   the collection's documents, one after the other
    files/<path>                               the node's folder without its logs
    broker.json                                the virtual host's definitions
    manifest.json                              what there is, with counts and the SHA-256 of each member

The manifest comes last, so a file that was cut off has none. It is written under another name and renamed when
it is whole and on the disk; nobody but its owner may read it.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import bson
from bson.codec_options import CodecOptions

from deploy.trouble import UNREACHABLE, Trouble

FORMAT = 1
MANIFEST = "manifest.json"
LEVEL = 3  # of gzip: three times as fast as the default, for a tenth more bytes
CHUNK = 1024 * 1024  # bytes
# Documents are kept as they are: times with their zone, 64-bit numbers as such.
CODEC: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


@dataclass
class Manifest:
    """What a backup holds. `databases` has, by service, when its reading began (`started_at`, RFC 3339), its
    `epoch`, and the number of documents of each of its `collections`."""

    area: str
    product: str
    made_at: str
    databases: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)  # SHA-256 by path within the file
    format: int = FORMAT

    @property
    def documents(self) -> int:
        return sum(sum(found["collections"].values()) for found in self.databases.values())

    @property
    def started_at(self) -> str:
        """The moment before which all databases have everything."""
        return min((found["started_at"] for found in self.databases.values()), default=self.made_at)


class Writer:
    """Adds members to a backup that is being made."""

    def __init__(self, tar: tarfile.TarFile, scratch: Path, manifest: Manifest) -> None:
        self._tar = tar
        self._scratch = scratch
        self._manifest = manifest

    def add(self, name: str, content: bytes) -> None:
        self._scratch.write_bytes(content)
        self._take(name)

    def add_documents(self, service: str, collection: str, documents: Iterable[bytes]) -> int:
        """Stream a collection's documents, each as BSON, into a member; returns how many there were."""
        count = 0
        with self._scratch.open("wb") as raw, gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as packed:
            for document in documents:
                packed.write(document)
                count += 1
        self._take(path_of(service, collection))
        self._manifest.databases[service]["collections"][collection] = count
        return count

    def _take(self, name: str) -> None:
        with self._scratch.open("rb") as content:
            self._manifest.members[name] = _digest(content)
            content.seek(0)
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = os.fstat(content.fileno()).st_size, 0o600
            self._tar.addfile(entry, content)


def path_of(service: str, collection: str) -> str:
    return f"databases/{service}/{collection}.bson.gz"


@contextmanager
def written(target: Path, manifest: Manifest) -> Iterator[Writer]:
    """A new backup at `target`, there as a whole once the block ends, or not at all.

    Killed in between, it leaves `<target>.partial` and `<target>.scratch`, which the next run overwrites.
    Raises Trouble where another run writes there, or the folder cannot be used.
    """
    partial, scratch = (target.with_name(target.name + end) for end in (".partial", ".scratch"))
    try:
        with _locked(partial) as file:
            with _private(scratch), tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield Writer(tar, scratch, manifest)
                _close_with(tar, manifest)
            file.flush()
            os.fsync(file.fileno())
            partial.replace(target)
            _sync_folder(target.parent)
    except OSError as error:
        raise Trouble(f"{target} cannot be written: {error.strerror or error}", UNREACHABLE) from error


@contextmanager
def _private(scratch: Path) -> Iterator[None]:
    """An empty file that nobody else may read, gone after the block."""
    os.close(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        yield
    finally:
        scratch.unlink(missing_ok=True)


@contextmanager
def _locked(partial: Path) -> Iterator[IO[bytes]]:
    handle = os.open(partial, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Trouble(f"another backup is being written to {partial}: wait for it") from error
        file.truncate()
        try:
            yield file
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def _close_with(tar: tarfile.TarFile, manifest: Manifest) -> None:
    told = vars(manifest)
    text = json.dumps(told | {"sha256": _seal(told)}, indent=1, ensure_ascii=False).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode = len(text), 0o600
    tar.addfile(entry, io.BytesIO(text))


def _seal(told: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Backup:
    """A backup that is read. Whatever is wrong with it is Trouble."""

    def __init__(self, path: Path, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._tar = tar

    def check(self) -> None:
        """Read all of it and compare. Raises Trouble for what is missing, changed or added."""
        try:
            there = [entry.name for entry in self._tar.getmembers() if entry.name != MANIFEST]
            if sorted(there) != sorted(self.manifest.members):
                raise _damaged(self.path, "its members are not those of its manifest")
            for name, digest in self.manifest.members.items():
                with self._open(name) as content:
                    if _digest(content) != digest:
                        raise _damaged(self.path, f"{name} is not what was written")
        except (tarfile.TarError, EOFError) as error:
            raise _damaged(self.path, str(error)) from error

    def read(self, name: str) -> bytes:
        with self._open(name) as content:
            return content.read()

    def files(self) -> dict[str, bytes]:
        """The node's own files by their paths in its folder. Raises Trouble for a path that leads out of it."""
        found = {}
        for name in self.manifest.members:
            if name.startswith("files/"):
                path = name.removeprefix("files/")
                if path.startswith("/") or ".." in path.split("/"):
                    raise _damaged(self.path, f"{name} leads out of the node's folder")
                found[path] = self.read(name)
        return found

    def documents(self, service: str, collection: str) -> Iterator[dict[str, Any]]:
        """The collection's documents, one after the other."""
        with self._open(path_of(service, collection)) as packed, gzip.GzipFile(fileobj=packed) as content:
            yield from bson.decode_file_iter(cast(IO[bytes], content), CODEC)

    def _open(self, name: str) -> IO[bytes]:
        found = self._tar.extractfile(name)
        assert found is not None  # members are plain files
        return found


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """Raises Trouble for what is no whole backup, or of a format that this version does not read."""
    with contextlib.ExitStack() as stack:
        try:
            tar = stack.enter_context(tarfile.open(path, "r:"))
            found = tar.extractfile(MANIFEST)
            told = json.loads(found.read()) if found else {}
            seal = told.pop("sha256", None)
        except (tarfile.TarError, KeyError, ValueError, AttributeError, EOFError) as error:
            raise _damaged(path, f"no whole backup ({error})") from error
        except OSError as error:
            raise Trouble(f"{path} cannot be read: {error.strerror or error}", UNREACHABLE) from error
        if told.get("format") != FORMAT:
            raise Trouble(f"{path} has format {told.get('format')}: this version reads format {FORMAT}")
        if seal != _seal(told):
            raise _damaged(path, "its manifest is not what was written")
        yield Backup(path, tar, Manifest(**told))


def _damaged(path: Path, why: str) -> Trouble:
    return Trouble(f"{path} is damaged, {why}: take another backup")
