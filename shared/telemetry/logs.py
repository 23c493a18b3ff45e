"""Log lines: one JSON object each on standard output, with the ids of the trace and the event being handled.

Every string in a line is masked (see `masking`). Lines of libraries (`logging`) look the same.
"""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog

from shared import clock
from shared.telemetry import masking, tracing

# Their informative lines tell of every connection and frame.
NOISY = (
    "amqp",
    "asyncio",
    "eventlet",
    "kombu",
    "nameko",
    "opentelemetry",
    "pika",
    "pymongo",
    "requests",
    "urllib3",
)
ACCESS = ("nameko.web.server", "eventlet.wsgi")  # one line per request

event_id: ContextVar[str | None] = ContextVar("hatchery_event_id", default=None)
_process: dict[str, str] = {}


@contextmanager
def handling(identifier: str) -> Iterator[None]:
    """Put the id of the event being handled into every line written within the block."""
    token = event_id.set(identifier)
    try:
        yield
    finally:
        event_id.reset(token)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for `name`: `get_logger(__name__).info("sent", count=3)`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def configure(service: str, area: str, level: str = "INFO") -> None:
    """Send all lines of this process to standard output as JSON. May be called again, after a fork too."""
    _process.update(service=service, area=area)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # JSON is UTF-8 in any locale
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_CHAIN],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    for name in ACCESS:
        logging.getLogger(name).setLevel(root.level)
    logging.captureWarnings(True)


def _mask(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    meta = {key: fields.pop(key) for key in ("_record", "_from_structlog") if key in fields}
    return {**masking.data(fields), **meta}


def _place(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """When and where: these names are the line's own, whatever a caller passed under them."""
    line: dict[str, Any] = {
        "time": clock.text(clock.wall()),
        "level": fields.pop("level", "info"),
        "event": fields.pop("event", ""),
        **_process,
    }
    if (ids := tracing.ids()) is not None:
        line["trace_id"], line["span_id"] = ids
    if (identifier := event_id.get()) is not None:
        line["event_id"] = identifier
    return line | {key: value for key, value in fields.items() if key not in line}


_CHAIN: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    _mask,
    _place,
]

# At import, so that nothing is ever printed unmasked by structlog's own defaults.
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_CHAIN,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=False,
)
