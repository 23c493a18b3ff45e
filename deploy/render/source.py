"""What all targets are made from: the checked description, without its passwords, and these apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from deploy import deployment
from deploy.check import check
from deploy.deployment import Deployment
from deploy.render.files import File
from deploy.trouble import UNREACHABLE, Trouble
from deploy.words import NAME, Words
from shared import areas, tls
from shared.node import GATEWAY, SERVICES

FOLDER = "@folder@"  # stands for where the node finds its files, until the target is known
SECRETS = {"broker": "NODE_BROKER", "broker_admin": "NODE_BROKER_ADMIN", "store": "NODE_STORE"}
# Of characters that mean something to one of the three readers of an environment file.
_AWKWARD = re.compile(r"[\s\"'\\$#]")


@dataclass(frozen=True)
class Source:
    """A node that can be rendered.

    `description` has `${NAME}` in place of passwords; `environment` holds what belongs there, empty where this
    machine does not know it.
    """

    area: str
    name: str
    services: tuple[str, ...]
    bind: str
    port: int
    description: Mapping[str, Any]
    environment: Mapping[str, str]
    public_key: str
    deployment: Deployment
    tls: Mapping[str, str] = field(default_factory=dict)  # the folder's files, by name; empty without TLS

    @property
    def serves_tls(self) -> bool:
        """Whether the gateway speaks HTTPS itself."""
        return tls.CERTIFICATE in self.tls

    @property
    def processes(self) -> tuple[str, ...]:
        return (GATEWAY, *self.services)

    def port_of(self, process: str) -> int:
        return self.port if process == GATEWAY else self.port + 1 + SERVICES.index(process)

    def service_urls(self, hosts: Mapping[str, str]) -> dict[str, str]:
        """Where the gateway finds each service, by the host that runs it."""
        return {
            name: f"http://{host}:{self.port_of(name)}" for name, host in hosts.items() if name != GATEWAY
        }

    def described(self, **changes: Any) -> str:
        """The description's text, with `changes`."""
        return yaml.safe_dump(dict(self.description) | changes, sort_keys=False, allow_unicode=True)

    def files(self, folder: str) -> tuple[File, ...]:
        """What every target needs beside the description; `folder` is where the node finds it."""
        lines = "".join(f"{name}={value}\n" for name, value in self.environment.items())
        return (
            *(File(f"tls/{name}", text, secret=name == tls.KEY) for name, text in self.tls.items()),
            File("node.env", lines.replace(FOLDER, folder), secret=True),
        )


def source(words: Words) -> Source:
    """Raises Trouble where the description has faults; a name that only the node's own environment has is none."""
    faults = [one for one in check(words) if one.level == "fault" and not _only_missing(one.wrong, words)]
    if faults:
        raise Trouble(f"{words.file} has faults: hatchery node check {words.file}; the first: {faults[0]}")
    values = words.values
    raw = {name: value for name, value in words.raw.items() if name != deployment.FIELD}
    environment: dict[str, str] = {}
    for told, name in SECRETS.items():
        if raw.get(told) and "@" in str(raw[told]) and not NAME.search(str(raw[told])):
            environment[name] = str(raw[told])
            raw[told] = f"${{{name}}}"
    for name in NAME.findall(yaml.safe_dump(raw)):
        environment.setdefault(name, words.environment.get(name, ""))
    for name, value in environment.items():
        if _AWKWARD.search(value):
            raise Trouble(f"{name} has a space, quote, backslash, # or $: write it as %20 and the like")
    area = str(values["area"])
    services = values.get("services") or []
    tls_folder = words.file.resolve().parent / str(values["tls"]) if values.get("tls") else None
    if tls_folder:  # addresses name their CA's file: where it will be, not where it is
        environment = {
            name: value.replace(quote(str(tls_folder), safe="/"), f"{FOLDER}/tls")
            for name, value in environment.items()
        }
        raw["tls"] = "tls"
    public = words.file.resolve().parent / str(values["keys"]) / "public.pem"
    return Source(
        area,
        areas.name(area),
        tuple(s for s in SERVICES if s in services),
        str(values.get("bind", "127.0.0.1")),
        int(values["port"]),
        raw | {"keys": "keys"},
        environment,
        public.read_text(encoding="ascii"),
        deployment.read(area, values.get(deployment.FIELD) or {}),
        _tls(tls_folder) if tls_folder else {},
    )


def _tls(folder: Path) -> dict[str, str]:
    """Raises Trouble where the folder has no CA, or a certificate without its key."""
    names = (tls.CA, tls.CERTIFICATE, tls.KEY) if (folder / tls.CERTIFICATE).exists() else (tls.CA,)
    try:
        return {name: (folder / name).read_text(encoding="ascii") for name in names}
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"tls: {error}", UNREACHABLE) from error


def _only_missing(wrong: str, words: Words) -> bool:
    return wrong in {f"the environment has no {name}" for name in words.missing}


def check_leaves_container(made: Source, values: Mapping[str, Any], what: str) -> None:
    """In a container or a pod loopback is the container itself. Raises Trouble."""
    for name in SECRETS:
        value = str(values.get(name) or "")
        if re.search(r"[/@](127\.|localhost|\[::1\])", value):
            raise Trouble(
                f"{name} of node {made.area} is at loopback, which {what} does not reach: "
                "give the broker and the store an address of their own"
            )
