"""What `nameko run` does, for one class: its own command looks at every class of the module, one process for all."""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

# ruff: noqa: E402
import os
import signal
import sys
from typing import Any

from nameko import config
from nameko.containers import ServiceContainer

from tests.bench.path.peers import plain_nameko


def main(name: str, port: str) -> None:
    config.setup({"AMQP_URI": os.environ["PEER_BROKER"], "WEB_SERVER_ADDRESS": f"127.0.0.1:{port}"})
    container: Any = ServiceContainer(getattr(plain_nameko, name))
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(container.stop))
    container.start()
    container.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
