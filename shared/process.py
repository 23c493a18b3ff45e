"""The life of a service's process: wait for the store, serve, drain on SIGTERM."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import TYPE_CHECKING

import eventlet
from nameko import config
from nameko.containers import ServiceContainer

from shared import runtime
from shared.node import Node
from shared.store import connection, timeline
from shared.telemetry import logs, tracing

if TYPE_CHECKING:
    from shared.service import Service

_log = logging.getLogger(__name__)

STORE_DEADLINE = 60.0  # seconds; then the process ends with an error and is started again
UNFIT = 2  # exit code where starting again does not help: somebody has to do something first
WORKERS = 50  # requests and events in hand at once; more wait


def serve(node: Node, service: type[Service], bindings: Mapping[str, Sequence[str]]) -> int:
    """Run `service` until SIGTERM; the process's exit code.

    The broker need not be there: requests are served and events wait in their outboxes. Without the store
    nothing can be answered, so it is waited for.
    """
    name = service.name
    logs.configure(name, node.area)
    tracing.configure(name, node.area, node.otlp)
    runtime.configure(node, name, bindings)
    stopping = _Stopping()
    connection.connect(node.store, node.database(name))
    try:
        connection.wait(STORE_DEADLINE, stopping)
        if stopping():
            return 0
        timeline.check_whole()
        for document in service.documents:
            document.ensure_indexes()
    except TimeoutError as error:
        _log.error("giving up: %s", error)
        return 1
    except timeline.NotWhole as fault:
        sys.stderr.write(f"{name} of {node.area} does not start: {fault}\n")
        return UNFIT
    config.update(
        {"WEB_SERVER_ADDRESS": f"{node.bind_of(name)}:{node.port_of(name)}", "max_workers": WORKERS}
    )
    container = ServiceContainer(service)
    container.start()
    _log.info("serving", extra={"port": node.port_of(name)})
    watcher = eventlet.spawn(_stop_when_told, container, stopping)
    try:
        container.wait()
    finally:
        watcher.kill()
        tracing.shutdown()
    _log.info("stopped")
    return 0


class _Stopping:
    """Set by SIGTERM. A signal's handler may not use eventlet, so the container is stopped by a watcher."""

    def __init__(self) -> None:
        self._told = False
        signal.signal(signal.SIGTERM, self._tell)

    def _tell(self, _signal: int, _frame: FrameType | None) -> None:
        self._told = True

    def __call__(self) -> bool:
        return self._told


def _stop_when_told(container: ServiceContainer, stopping: _Stopping) -> None:
    while not stopping():
        eventlet.sleep(0.1)
    container.stop()
