"""`hatchery account` and `hatchery client`: people and machines that a node knows."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from deploy.accounts import Accounts, Role
from deploy.cli.common import Area, Json, console, group
from deploy.home import Home

Login = Annotated[str, typer.Argument(help="sign-in name")]
RoleName = Annotated[str, typer.Argument(help="street_staff, administrator, ...", metavar="ROLE")]
Roles = Annotated[list[str] | None, typer.Option("--role", help="to grant at once; may be repeated")]
At = Annotated[str | None, typer.Option(help="area where the role holds; default: the node's")]
Belongs = Annotated[
    str | None, typer.Option("--home", help="area that the account belongs to; default: the node's")
]
Organisation = Annotated[str | None, typer.Option(help="id of the organisation that an officer acts for")]
Name = Annotated[str, typer.Option(help="what people are called, or what a machine is")]

app = group("People who sign in at a node.")
clients = group("Machines that call a node's APIs.")


@app.command("add")
def account_add(
    area: Area,
    login: Login,
    name: Name,
    role: Roles = None,
    at: At = None,
    home: Belongs = None,
    organisation: Organisation = None,
) -> None:
    """Open a person's account; prints a password for one use, this one time only.

    The first administrator and the first security officer of a node are made by this.
    """
    told = _of(area).add(login, name, home or area, _roles(area, role, at, organisation))
    _tell_password(told)


@app.command("list")
def account_list(area: Area, as_json: Json = False) -> None:
    """The people that a node knows, with their roles."""
    _list(area, "person", as_json=as_json)


@app.command("grant")
def account_grant(
    area: Area, login: Login, role: RoleName, at: At = None, organisation: Organisation = None
) -> None:
    """Give a person or a machine a role. Its sessions end."""
    _of(area).grant(login, Role(role, at or area, organisation))
    typer.echo(f"{login} is {role} at {at or area}")


@app.command("revoke")
def account_revoke(
    area: Area, login: Login, role: RoleName, at: At = None, organisation: Organisation = None
) -> None:
    """Take a role back. Tokens that tell of it are good for 15 minutes more."""
    _of(area).revoke(login, Role(role, at or area, organisation))
    typer.echo(f"{login} is {role} at {at or area} no more; tokens that are out end within 15 minutes")


@app.command("reset")
def account_reset(
    area: Area,
    login: Login,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="forget the authenticator, too: it was lost")
    ] = False,
) -> None:
    """A new password for one use; prints it, this one time only. Sessions end."""
    _tell_password(_of(area).reset(login, second_factor=second_factor))


@app.command("unlock")
def account_unlock(area: Area, login: Login) -> None:
    """Forget failed attempts."""
    _of(area).unlock(login)
    typer.echo(f"{login} may try again")


@app.command("disable")
def account_disable(area: Area, login: Login) -> None:
    """Let somebody in no more, until `enable`. Their sessions end; tokens that are out end within 15 minutes."""
    _of(area).disable(login)
    typer.echo(f"{login} is disabled; tokens that are out end within 15 minutes")


@app.command("enable")
def account_enable(area: Area, login: Login) -> None:
    """Let somebody in again."""
    _of(area).enable(login)
    typer.echo(f"{login} is enabled")


@clients.command("add")
def client_add(
    area: Area,
    login: Login,
    name: Name,
    role: Roles = None,
    at: At = None,
    home: Belongs = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="that it is good for; default: the most allowed")
    ] = None,
) -> None:
    """Open a machine's account; prints its id and its secret, this one time only."""
    told = _of(area).add_client(login, name, home or area, days, _roles(area, role, at, None))
    _tell_secret(told)


@clients.command("list")
def client_list(area: Area, as_json: Json = False) -> None:
    """The machines that a node knows, with their roles."""
    _list(area, "client", as_json=as_json)


@clients.command("rotate")
def client_rotate(
    area: Area,
    login: Login,
    overlap: Annotated[int, typer.Option(min=0, max=720, help="hours that the old secret goes on")] = 24,
) -> None:
    """A machine's new secret; prints it, this one time only."""
    _tell_secret(_of(area).rotate(login, overlap))


@clients.command("revoke")
def client_revoke(area: Area, login: Login) -> None:
    """Let a machine in no more. Tokens that are out end within 15 minutes; `account enable` undoes it."""
    _of(area).disable(login)
    typer.echo(f"{login} is disabled; tokens that are out end within 15 minutes")


def _of(area: str) -> Accounts:
    return Accounts(Home.here(), area)


def _roles(area: str, names: list[str] | None, at: str | None, organisation: str | None) -> list[Role]:
    officer = "organisation_officer"
    return [Role(name, at or area, organisation if name == officer else None) for name in names or ()]


def _list(area: str, kind: str, *, as_json: bool) -> None:
    found = _of(area).all(kind)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    table = Table("sign-in name", "name", "area", "status", "roles", "until")
    for one in found:
        roles = ", ".join(f"{held['role']}@{held['area']}" for held in one["roles"])
        login, name = one["login"] or "-", one["display_name"] or "-"
        table.add_row(login, name, one["area"], one["status"], roles, one["ends_at"] or "-")
    console().print(table)


def _tell_password(told: dict[str, Any]) -> None:
    typer.echo(f"{told['login']} must change this password by {told['good_until']}:")
    typer.echo(told["password"])


def _tell_secret(told: dict[str, Any]) -> None:
    typer.echo(f"client_id {told['client_id']}, good until {told['good_until']}, client_secret:")
    typer.echo(told["client_secret"])
