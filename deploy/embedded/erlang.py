"""Asking the embedded broker's Erlang for what RabbitMQ's management does not tell."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping


class NoAnswer(Exception):
    """Nothing was learnt; the text says why."""


class NotInstalled(NoAnswer):
    """The program to ask with is missing."""


def ask(node: str, environment: Mapping[str, str], expressions: str) -> str:
    """What the last of the expressions gives, as Erlang writes it; within 15 s. `environment` is the broker's own,
    which has its cookie and its name server. Raises NoAnswer."""
    program = shutil.which("erl_call") or shutil.which("/usr/lib/erlang/bin/erl_call")
    if program is None:
        raise NotInstalled("erl_call is not installed, which belongs to Erlang")
    command = [program, "-sname", node, "-timeout", "10", "-e"]
    try:
        done = subprocess.run(
            command,
            input=expressions,
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=15,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoAnswer(str(error)) from error
    if not done.stdout.startswith("{ok, "):
        raise NoAnswer((done.stdout + done.stderr).strip()[:500])
    return done.stdout.strip().removeprefix("{ok, ").removesuffix("}")
