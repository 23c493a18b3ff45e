"""`hatchery`: the operators' command line. Each command is a thin shell around a module of its own."""

from __future__ import annotations

import sys
import warnings
from typing import Annotated

import typer

from deploy.cli import (
    accounts,
    audit,
    backup,
    certificates,
    descriptions,
    directory,
    ledger,
    letters,
    migrate,
    nodes,
    subscribers,
)
from deploy.cli.common import OWN_LINE, hand_over
from deploy.home import Home
from deploy.trouble import EXIT_CODES, UNREACHABLE, Trouble
from shared import keys
from shared.call import Grant
from shared.permissions import ROLES

app = typer.Typer(
    help=f"Hatchery 社会组织孵化平台: run and look after its nodes.\n\n{EXIT_CODES}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(nodes.app, name="node")
nodes.app.add_typer(descriptions.app)  # without a name: its commands are `hatchery node ...` too
app.add_typer(certificates.app, name="ca")
app.add_typer(audit.app, name="audit")
app.add_typer(ledger.app, name="ledger")
app.add_typer(letters.app, name="letters")
app.add_typer(subscribers.app, name="subscriber")
app.add_typer(accounts.app, name="account")
app.add_typer(accounts.clients, name="client")
app.command("migrate")(migrate.run)
app.command("directory")(directory.run)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore_node)


@app.command("token")
def token(
    node: Annotated[str, typer.Option(help="area of the node that signs")],
    role: Annotated[list[str], typer.Option(help="may be repeated")],
    area: Annotated[str | None, typer.Option(help="where the role holds; default: the node's area")] = None,
    subject: Annotated[str, typer.Option(help="who it is for")] = "operator",
    organisation: Annotated[str | None, typer.Option(help="acts for this organisation only")] = None,
    minutes: Annotated[int, typer.Option(min=1, max=15)] = 15,
) -> None:
    """Print a bearer token that the node signs. It cannot be taken back: let it be short-lived."""
    home = Home.here()
    home.node(node)
    if unknown := set(role) - set(ROLES):
        raise Trouble(f"no such role: {', '.join(sorted(unknown))}; there are {', '.join(ROLES)}")
    grants = [Grant(each, area or node) for each in role]
    try:
        key = keys.load_private(home.keys(node))
        typer.echo(keys.issue(key, node, subject, grants, organisation, minutes * 60))
    except OSError as error:
        raise Trouble(f"the key of node {node} cannot be read: {error.strerror}", UNREACHABLE) from error
    except ValueError as error:
        raise Trouble(str(error)) from error


# These have modules of their own that take the rest of the line themselves, and are imported only when asked
# for: they bring in what the others need not wait for.


@app.command("demo", context_settings=OWN_LINE)
def demo(context: typer.Context) -> None:
    """Start district, street and community nodes and replay the scenarios."""
    hand_over("deploy.demo", "main", context)


@app.command("stop", context_settings=OWN_LINE)
def stop(context: typer.Context) -> None:
    """Stop what `hatchery demo` started."""
    hand_over("deploy.demo", "stop", context)


@app.command("replay", context_settings=OWN_LINE)
def replay(context: typer.Context) -> None:
    """Replay a scenario file through the nodes' HTTP APIs: `hatchery replay FILE`."""
    hand_over("deploy.replay", "main", context)


def main() -> None:
    """The console script. Expected faults are one line on standard error; anything else is a defect."""
    warnings.filterwarnings("ignore", "\\s*Eventlet is deprecated")  # operators can do nothing about it
    try:
        app()
    except Trouble as trouble:
        typer.echo(f"hatchery: {trouble}", err=True)
        sys.exit(trouble.code)
