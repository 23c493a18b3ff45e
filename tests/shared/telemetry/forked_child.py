"""A small launcher that patches, imports and forks; its children trace. Run with a collector's address."""

import eventlet

eventlet.monkey_patch()

import os  # noqa: E402
import sys  # noqa: E402

import nameko.containers  # noqa: E402, F401 - what services import before the fork

from shared.telemetry import tracing  # noqa: E402


def child(name: str, otlp: str) -> None:
    tracing.configure("registry", "230102001", otlp)
    with tracing.span(f"{name} by timer"):
        eventlet.sleep(0.01)
    eventlet.sleep(1.2)
    with tracing.span(f"{name} at exit"):
        eventlet.sleep(0.01)
    tracing.shutdown()


def main() -> int:
    eventlet.sleep(0.01)  # the hub exists before the fork, as in a launcher that waits for something
    children = []
    for name in ("first", "second"):
        pid = os.fork()
        if pid == 0:
            child(name, sys.argv[1])
            os._exit(0)
        children.append(pid)
    return max(os.waitpid(pid, 0)[1] for pid in children)


if __name__ == "__main__":
    sys.exit(main())
