"""What all of the operators' commands share: arguments of one meaning and one name, and the console."""

from __future__ import annotations

import importlib
import sys
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from deploy.trouble import EXIT_CODES, UNREACHABLE, Trouble
from shared import clock

Area = Annotated[str, typer.Argument(help="division code of 6, 9 or 12 digits", metavar="AREA")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="only print what would be done")]

# For commands that take the rest of the line themselves.
OWN_LINE = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def group(about: str) -> typer.Typer:
    """A group of commands that says what their exit codes mean."""
    return typer.Typer(help=f"{about}\n\n{EXIT_CODES}", no_args_is_help=True)


def console() -> Console:
    """As wide as the terminal; wide enough for whole lines where the output goes elsewhere."""
    return Console() if sys.stdout.isatty() else Console(width=200)


def moment(text: str) -> datetime:
    """Raises Trouble for what is no time with an offset."""
    try:
        return clock.parse(text)
    except ValueError as error:
        raise Trouble(f"--since: {error}; 2026-03-01T08:00:00+08:00 is a time") from error


def hand_over(module: str, function: str, context: typer.Context) -> None:
    """Call `function(arguments: list[str]) -> exit code` of the module; Trouble where this build lacks it."""
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise Trouble(f"this build has no {module}", UNREACHABLE) from error
    raise typer.Exit(getattr(found, function)(list(context.args)))
