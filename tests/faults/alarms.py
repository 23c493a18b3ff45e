"""Memory and disk alarms of an embedded broker, set off as an operator's `rabbitmqctl` would."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from deploy.embedded import Embedded

_CTL = "/usr/lib/rabbitmq/bin/rabbitmqctl"  # Debian's in /usr/sbin insists on root or the user rabbitmq
_MEMORY = "vm_memory_monitor:set_vm_memory_high_watermark"
_DISK = "rabbit_disk_monitor:set_disk_free_limit"

# Nothing may be used, or all must be free; and back to what the embedded broker is configured with.
_RAISE: Mapping[str, str] = {"memory": f"{_MEMORY}({{absolute, 1}})", "disk": f'{_DISK}("1000000GB")'}
_CLEAR: Mapping[str, str] = {"memory": f"{_MEMORY}(0.3)", "disk": f'{_DISK}("200MB")'}


@contextmanager
def alarm(embedded: Embedded, *resources: str) -> Iterator[None]:
    """The broker is short of `memory` or `disk` within the block, and blocks whoever publishes."""
    evaluate(embedded, *(_RAISE[resource] for resource in resources))
    try:
        yield
    finally:
        evaluate(embedded, *(_CLEAR[resource] for resource in resources))


def evaluate(embedded: Embedded, *expressions: str) -> str:
    """What the last of these Erlang expressions comes to within the broker. Raises CalledProcessError."""
    done = subprocess.run(
        [_CTL, "--node", embedded.addresses.erlang_node, "eval", ", ".join(expressions) + "."],
        env=dict(embedded.broker.environment()),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout
