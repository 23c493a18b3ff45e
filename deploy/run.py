"""`hatchery node run AREA`: a node's services in the foreground, until ^C or SIGTERM."""

from __future__ import annotations

import argparse
import os
import sys

from deploy.home import Home


def main(arguments: list[str]) -> int:
    """Becomes the node's launcher; returns only for wrong arguments. Raises Trouble for an unknown node."""
    parser = argparse.ArgumentParser(prog="hatchery node run", description=__doc__)
    parser.add_argument("area", help="division code of a node of this home")
    parser.add_argument("--service", action="append", default=[], help="only this one; may be repeated")
    parser.add_argument(
        "--logs", action="store_true", help="write to the node's log folder, not to the terminal"
    )
    given = parser.parse_args(arguments)
    home = Home.here()
    home.node(given.area)
    command = [sys.executable, "-m", "deploy.launcher", str(home.description(given.area))]
    for service in given.service:
        command += ["--service", service]
    if given.logs:
        command += ["--logs", str(home.logs(given.area))]
    os.execv(sys.executable, command)  # noqa: S606 - a list, and no shell wanted
