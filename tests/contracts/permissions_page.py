"""The page of rights, written from the table: `python -m tests.contracts.permissions_page` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from shared.http.routes import RawEntrypoint, RouteEntrypoint, entrypoints_of, prefix
from shared.node import GATEWAY, SERVICES
from shared.permissions import ANY_SERVICE, OWN, ROLES, TABLE, WHERE, Rule

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
_HEAD = """# Permissions

Who may do what, to what, where. This page is written from [`shared/permissions.csv`](../shared/permissions.csv);
[architecture](architecture.md#rights) says how services go by it.

A role is granted at an area and holds there and below, never above and never beside. "Own" means: only for records
of the organisation that the token names, or of the person in question.
"""


def page() -> str:
    return "\n".join([_HEAD, *_roles(), *_wheres(), *_services()]).rstrip() + "\n"


def _roles() -> Iterator[str]:
    yield from ("## Roles", "", "| role | | |", "|---|---|---|")
    yield from (f"| `{role}` | {term.en} | {term.zh} |" for role, term in ROLES.items())
    yield ""


def _wheres() -> Iterator[str]:
    yield from ("## Where a role must hold", "", "| where | | |", "|---|---|---|")
    yield from (f"| {where} | {term.en} | {term.zh} |" for where, term in WHERE.items())
    yield ""


def _services() -> Iterator[str]:
    for service in (ANY_SERVICE, GATEWAY, *SERVICES):
        title = "Every service" if service == ANY_SERVICE else service
        routes = _routes(SERVICES[0] if service == ANY_SERVICE else service)
        yield from (f"## {title}", "", "| operation | route | where | who |", "|---|---|---|---|")
        for rule in (rule for rule in TABLE if rule.service == service):
            route, summary = routes[rule.operation.partition(".")[0]]
            yield _row(
                rule, route if service != ANY_SERVICE else route.replace(SERVICES[0], "<service>"), summary
            )
        yield ""


def _routes(service: str) -> dict[str, tuple[str, str]]:
    """Method, path and summary of each operation of a service."""
    found = {}
    for name, entrypoint in entrypoints_of(import_module(f"services.{service}.service").SERVICE):
        if isinstance(entrypoint, RawEntrypoint):
            found[name] = (f"`{' '.join(entrypoint.methods)} {entrypoint.path}`", "")
        elif isinstance(entrypoint, RouteEntrypoint):
            route = entrypoint.route
            found[name] = (f"`{route.method} {prefix(service)}{route.path}`", route.summary)
    return found


def _row(rule: Rule, route: str, summary: str) -> str:
    who = ", ".join(
        f"{role} (own)" if rule.holders[role] == OWN else role for role in ROLES if role in rule.holders
    )
    return f"| {rule.operation}{f': {summary}' if summary else ''} | {route} | {rule.where} | {who} |"


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
