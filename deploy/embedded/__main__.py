"""`python -m deploy.embedded --home .run run|stop|status`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path

from deploy.embedded.addresses import EmbeddedAddresses, NotRunning
from deploy.embedded.child import StartFailed
from deploy.embedded.supervisor import Embedded, processes, stop_home


def main(arguments: list[str] | None = None) -> int:
    """Exit codes: 0 done, 1 failed, 3 `status` of something that does not run."""
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded", description=__doc__)
    parser.add_argument(
        "--home", type=Path, default=Path(".run"), help="folder for data, logs, embedded.yaml"
    )
    parser.add_argument(
        "--tls",
        type=Path,
        help="folder with ca.pem, certificate.pem, key.pem: broker and store speak TLS only",
    )
    parser.add_argument("--host", help="address that the broker listens on; default: 127.0.0.1; needs --tls")
    parser.add_argument("what", choices=["run", "stop", "status"])
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        if options.what == "run":
            return _run(Embedded(options.home, host=options.host, tls=options.tls))
        return {"stop": _stop, "status": _status}[options.what](options.home)
    except StartFailed as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _run(embedded: Embedded) -> int:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: embedded.request_stop())
    try:
        embedded.start()
        _print_addresses(embedded.addresses)
        embedded.supervise()
    except StartFailed:
        if not embedded.is_stopping:
            raise
    finally:
        embedded.stop()
    return 0


def _stop(home: Path) -> int:
    try:
        stop_home(home)
    except NotRunning as error:
        print(error)
    return 0


def _status(home: Path) -> int:
    running = processes(home)
    if not {"supervisor", "broker", "store"} <= running.keys():
        print(f"not running (home {home})")
        return 3
    _print_addresses(EmbeddedAddresses.read(home))
    for name, process in running.items():
        print(f"{name:<11}pid {process['pid']}")
    return 0


def _print_addresses(addresses: EmbeddedAddresses) -> None:
    """Without the password, which embedded.yaml has."""
    print(f"{'amqps' if addresses.tls else 'amqp '}      {addresses.host}:{addresses.amqp_port}")
    print(f"admin      {addresses.admin_url} (user {addresses.user}, password in embedded.yaml)")
    print(f"metrics    {addresses.prometheus_url}")
    print(f"store      {addresses.store_uri}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
