"""The embedded store: SecantusDB, which speaks MongoDB's wire protocol, as a process of its own.

It is GPL-2.0 and therefore only ever run, never imported.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.embedded.addresses import HOST, EmbeddedAddresses, accepts
from deploy.embedded.child import Child, StartFailed
from shared import tls

if TYPE_CHECKING:
    from pymongo import MongoClient

_TEND = 20.0  # seconds between two transactions of ours


class Store(Child):
    """Serves on loopback without a password; keeps what it acknowledged when it is killed."""

    name = "store"

    def __init__(
        self,
        home: Path,
        addresses: EmbeddedAddresses,
        stopping: threading.Event | None = None,
        spawned: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(home, stopping, spawned)
        self.addresses = addresses
        self._shown = 0
        self._tended = time.monotonic()

    def command(self) -> list[str]:
        # --standalone: as a pretended replica set it keeps an oplog that slows all writes down.
        # --sync-on-commit: without it acknowledged writes stay in the process for up to a second, and a kill -9
        # lost them in each of ten trials; with it none, at 1,150 instead of 1,350 writes a second.
        # --config: otherwise it takes up a configuration of the machine's or of the user's.
        return [
            _program(),
            "--standalone",
            "--sync-on-commit",
            *("--config", str(self.home / "secantusd.toml")),
            *("--host", HOST),
            *("--port", str(self.addresses.store_port)),
            *("--storage-path", str(self.home / "data")),
            *("--cache-size", "256M"),
            *("--log-level", "WARNING"),
            *self._encryption(),
        ]

    def _encryption(self) -> list[str]:
        if not self.addresses.tls:
            return []
        folder = Path(self.addresses.tls)
        return ["--tls-cert-file", str(folder / tls.CERTIFICATE), "--tls-key-file", str(folder / tls.KEY)]

    def ails(self) -> str:
        """It reads its certificate at its start only."""
        return "" if self._shown == self._certificate() else "its new certificate"

    def _certificate(self) -> int:
        """When the certificate was last replaced; 0 without one, and while there is none to start with."""
        file = Path(self.addresses.tls or "") / tls.CERTIFICATE
        return file.stat().st_mtime_ns if self.addresses.tls and file.exists() else 0

    def prepare(self) -> None:
        super().prepare()
        self._shown = self._certificate()
        (self.home / "secantusd.toml").write_text("# kept empty: all settings are arguments\n")

    def ready(self) -> bool:
        """It answers a ping."""
        if not accepts(self.addresses.store_port):
            return False
        from pymongo.errors import PyMongoError

        try:
            with self._client(patience=1) as client:
                client.admin.command("ping")
        except PyMongoError:
            return False
        return True

    def tend(self) -> None:
        """A transaction of ours makes the store end those that have been open for more than a minute.

        It looks for them only when it has to do with a transaction. Those of a process that was killed would keep
        their records locked for good where none follows, and who writes to such a record waits in vain.
        """
        if time.monotonic() - self._tended < _TEND:
            return
        self._tended = time.monotonic()
        from pymongo.errors import PyMongoError

        with suppress(PyMongoError), self._client(patience=5) as client, client.start_session() as session:
            session.start_transaction()
            client.admin["tended"].find_one(session=session)
            session.abort_transaction()

    @contextmanager
    def _client(self, patience: int) -> Iterator[MongoClient[dict[str, Any]]]:
        """For `patience` seconds each to find the store and to hear from it."""
        # Late, so that who needs only addresses or the broker does not pay for it.
        from pymongo import MongoClient

        with MongoClient[dict[str, Any]](
            self.addresses.store_uri,
            serverSelectionTimeoutMS=1000 * patience,
            socketTimeoutMS=1000 * patience,
        ) as client:
            yield client


def _program() -> str:
    beside = Path(sys.executable).parent / "secantusd-py"
    path = str(beside) if beside.exists() else shutil.which("secantusd-py")
    if path is None:
        raise StartFailed("the embedded store is not installed: pip install 'hatchery[embedded]'")
    return path
