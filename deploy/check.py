"""What is wrong with a node's description, told from the file alone: `hatchery node check`."""

from __future__ import annotations

import difflib
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from deploy import deployment, uris
from deploy.findings import Finding, warning
from deploy.trouble import Trouble
from deploy.words import NAME, Words
from services.accounts import settings
from services.funding import settings as open_data
from shared import areas, clock, keys, tls
from shared.node import GATEWAY, SERVICES, NodeSchema

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PRIVILEGED = 1024  # ports below this one are root's

# What to write, by field, where the schema refuses what is there.
REMEDIES: Mapping[str, str] = {
    "area": "write the division code of 6, 9 or 12 digits in quotes, like '230102001'",
    "parent": "write the code of the area above, in quotes, or leave it out for a root",
    "services": f"write a list of {', '.join(SERVICES)}; the gateway always runs",
    "url": "write the address that other nodes use, like https://hatchery.street.example",
    "bind": "write an address of this machine, 0.0.0.0 for all, or 127.0.0.1 for this machine only",
    "port": "write a number from 1 to 65528; the services take the ones behind it",
    "service_urls": "write `name: http://host:port` for each service that runs elsewhere",
    "broker": "write amqps://user:password@host:5671/vhost, or a ${NAME} of the environment",
    "broker_admin": "write https://user:password@host:15671, or leave it out",
    "store": "write mongodb://user:password@host/?replicaSet=rs0, or a ${NAME} of the environment",
    "database_prefix": "write letters, digits and _, 30 at most; the default is hatchery_",
    "keys": "write the folder of private.pem and public.pem, as seen from this file",
    "tls": "write the folder of ca.pem and, for HTTPS, certificate.pem and key.pem (`hatchery ca issue`)",
    "clock": "write wall; `request` is for replays and tests",
    "otlp": "write http://collector:4318, or leave it out",
    "accounts": "write figures of services/accounts/policy.yaml, `second_factor: [role]`, `oidc: {...}`",
    "second_factor": "write a list of roles that need a second factor",
    "oidc": "write issuer, client_id and client_secret of the identity provider, or leave it out",
    "open_data": "write ocid_prefix, grant_prefix, publisher and policy as docs/services/open-data.md tells them",
    "ocid_prefix": "write the prefix that was registered for you, like ocds-a1b2c3, or leave it out",
    "grant_prefix": "write the prefix that was agreed with 360Giving, like 360G-daoli, or leave it out",
    "publisher": "write the name of who publishes, or leave it out for the area's",
    "policy": "write the address of your publication policy, or leave it out for the node's own page",
    "image": "write name:tag, without `latest`, so that it is known what runs",
    "venv": "write the absolute folder of the installed product, like /opt/hatchery",
    "folder": "write an absolute folder, like /etc/hatchery/230102",
    "memory": "write MiB for one service, 32 to 4096; 96 is the default",
    "hosts": "write `host: [gateway, registry]`, each process of the node once",
}
OTHERWISE = "see docs/operations/deployment.md"


def check(words: Words) -> list[Finding]:
    """Every fault and warning that the file shows, in the order of the schema's fields; faults first."""
    found = [
        *_missing_names(words),
        *_form(words, NodeSchema(), words.values, ""),
        *_tree(words),
        *_unknown(NodeSchema(), words.raw, {deployment.FIELD}, ""),
        *_addresses(words),
        *_ports(words),
        *_keys(words),
        *_tls(words),
        *_accounts(words),
        *_open_data(words),
        *_deployment(words),
        *_secrecy(words),
    ]
    order = [*NodeSchema().fields, deployment.FIELD]
    unique = list(dict.fromkeys(found))
    return sorted(unique, key=lambda one: (one.level != "fault", _place(order, one.field)))


def _place(order: list[str], field: str) -> int:
    first = field.split(".")[0]
    return order.index(first) if first in order else len(order)


def _missing_names(words: Words) -> Iterator[Finding]:
    for name in words.missing:
        users = [field for field, value in words.raw.items() if f"${{{name}}}" in str(value)]
        remedy = f"export {name}=..., or write the value here"
        yield Finding(", ".join(users) or "the file", f"the environment has no {name}", remedy)


def _form(words: Words, schema: Schema, given: Mapping[str, Any], before: str) -> Iterator[Finding]:
    """What the schema says; not of fields whose value is missing from the environment, which are told already."""
    try:
        schema.load(dict(given))
    except ValidationError as error:
        for name, messages in _by_field(error).items():
            if not NAME.search(str(given.get(name, ""))):
                remedy = REMEDIES.get(name, OTHERWISE)
                for message in _flat(messages):
                    yield Finding(before + name, _plain(message, given.get(name)), remedy)


def _by_field(error: ValidationError) -> Mapping[str, Any]:
    return error.messages if isinstance(error.messages, dict) else {"the file": error.messages}


def _flat(messages: Any) -> Iterator[str]:
    if isinstance(messages, Mapping):
        for inner in messages.values():
            yield from _flat(inner)
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner)
    else:
        yield str(messages)


def _plain(message: str, value: Any) -> str:
    """The schema's message, with what stands there where that tells no password."""
    shown = (
        "" if value is None or isinstance(value, Mapping) or "@" in str(value) else f" (it says {value!r})"
    )
    return f"{message[:1].lower()}{message[1:].rstrip('.')}{shown}"


def _tree(words: Words) -> Iterator[Finding]:
    """The schema looks at this only once nothing else is wrong; here it is told with the rest."""
    try:
        NodeSchema(only=("area", "parent")).load(
            {name: words.values[name] for name in ("area", "parent") if name in words.values}
        )
    except ValidationError as error:
        for name, messages in _by_field(error).items():
            for message in _flat(messages):
                yield Finding(name, _plain(message, words.values.get(name)), REMEDIES[name])


def _unknown(schema: Schema, given: Mapping[str, Any], besides: set[str], before: str) -> Iterator[Finding]:
    known = [*schema.fields, *besides]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, 1)
            if near:
                yield Finding(
                    f"{before}{name}", "is no field", f"did you mean {near[0]}? It is ignored as it stands"
                )
            else:
                yield warning(f"{before}{name}", "is no field of this version", "it is ignored; delete it")


def _addresses(words: Words) -> Iterator[Finding]:
    yield from _broker(words)
    yield from _store(words)
    for field in ("url", "otlp", "broker_admin"):
        if words.known(field) and not _is_http(words.values[field]):
            yield Finding(field, "is no http(s) address", REMEDIES[field])
    urls = words.values.get("service_urls")
    for name, url in urls.items() if isinstance(urls, dict) else ():
        if name not in (GATEWAY, *SERVICES):
            yield Finding(f"service_urls.{name}", "is no service", REMEDIES["services"])
        elif not NAME.search(str(url)) and not _is_http(url):
            yield Finding(f"service_urls.{name}", "is no http(s) address", REMEDIES["service_urls"])
    yield from _reachable(words)


def _is_http(url: Any) -> bool:
    try:
        parts = urlsplit(str(url))
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _broker(words: Words) -> Iterator[Finding]:
    if not words.known("broker"):
        return
    try:
        address = uris.parse(str(words.values["broker"]))
    except Trouble as trouble:
        yield Finding("broker", str(trouble), REMEDIES["broker"])
        return
    if not address.vhost:
        yield Finding("broker", "names no virtual host", f"end it with /{words.values.get('area', 'AREA')}")
    if not address.user:
        yield Finding("broker", "names no user", REMEDIES["broker"])
    if not address.is_private:
        yield warning("broker", f"{address.label} is reached in plain", "use amqps://, or protect the way")


def _store(words: Words) -> Iterator[Finding]:
    if not words.known("store"):
        return
    try:
        found = parse_uri(str(words.values["store"]), validate=True, warn=False)
    except (PyMongoError, ValueError) as error:
        # The driver quotes what it does not understand; that may be a password.
        wrong = (
            "is no MongoDB address"
            if "@" in str(words.values["store"])
            else f"is no MongoDB address ({error})"
        )
        yield Finding("store", wrong, REMEDIES["store"])
        return
    if found.get("database"):
        yield Finding(
            "store", f"names the database {found['database']}", "leave it out: each service has its own"
        )


def _reachable(words: Words) -> Iterator[Finding]:
    if not (words.known("url") and _is_http(words.values["url"])):
        return
    host = urlsplit(str(words.values["url"])).hostname
    bind = str(words.values.get("bind", LOOPBACK[0]))
    if host not in LOOPBACK and bind in LOOPBACK:
        yield warning("bind", f"others are told {host}, but the node listens on {bind} only",
                      "bind: 0.0.0.0, unless a proxy on this machine passes requests on")  # fmt: skip
    if host in LOOPBACK and words.values.get("parent"):
        yield warning("url", f"{host} is every machine's own name for itself",
                      "write a name by which the parent's machine reaches this one")  # fmt: skip


def _ports(words: Words) -> Iterator[Finding]:
    port = words.values.get("port")
    if isinstance(port, int) and 0 < port < PRIVILEGED:
        yield Finding(
            "port", f"{port} belongs to root", "take one from 1024 on and put a proxy with TLS in front"
        )


def _keys(words: Words) -> Iterator[Finding]:
    if not words.known("keys"):
        return
    folder = words.file.resolve().parent / str(words.values["keys"])
    remedy = f"hatchery node add {words.values.get('area', 'AREA')} makes them; or correct the folder"
    try:
        public = keys.load_public(folder)
    except OSError as error:
        yield Finding("keys", f"{folder}/public.pem cannot be read ({error.strerror})", remedy)
        return
    except ValueError:
        yield Finding("keys", f"{folder}/public.pem is no Ed25519 key", remedy)
        return
    private = folder / "private.pem"
    if not private.exists():  # services need it not: it signs tokens, on the operators' machine
        return
    try:
        same = keys.load_private(folder).public_key().public_bytes_raw() == public.public_bytes_raw()
    except (OSError, ValueError) as error:
        yield Finding("keys", f"{private} cannot be read ({type(error).__name__})", remedy)
        return
    if not same:
        yield Finding(
            "keys", "private.pem and public.pem do not belong together", "restore the pair from a backup"
        )
    if _others_read(private):
        yield Finding("keys", f"others may read {private}", f"chmod 600 {private}")


def _tls(words: Words) -> Iterator[Finding]:
    if not words.known("tls"):
        return
    folder = words.file.resolve().parent / str(words.values["tls"])
    serves = (folder / tls.CERTIFICATE).exists()
    try:
        days = (tls.expires(folder / tls.CA) - clock.wall()).days
        if serves:
            tls.Shown(folder)
            days = min(days, (tls.expires(folder / tls.CERTIFICATE) - clock.wall()).days)
    except (OSError, ValueError) as error:
        yield Finding("tls", f"{folder} cannot be used ({error})", REMEDIES["tls"])
        return
    if days < 0:
        yield Finding("tls", f"a certificate in {folder} has expired", "hatchery ca renew")
    if serves and _others_read(folder / tls.KEY):
        yield Finding("tls", f"others may read {folder / tls.KEY}", f"chmod 600 {folder / tls.KEY}")
    if serves and str(words.values.get("url", "")).startswith("http://"):
        yield Finding("url", "says http, but the gateway has a certificate and speaks HTTPS", REMEDIES["url"])


def _others_read(file: Path) -> bool:
    return bool(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _accounts(words: Words) -> Iterator[Finding]:
    given = words.values.get(settings.FIELD)
    if not isinstance(given, dict):
        return  # there is none, or the schema of the node has told it
    before, schema = f"{settings.FIELD}.", settings.SettingsSchema()
    written = words.raw[settings.FIELD].get("oidc")
    secret = written.get("client_secret") if isinstance(written, dict) else None
    if secret and not NAME.search(str(secret)):
        yield Finding(
            f"{before}oidc.client_secret", "stands in the file", "write ${OIDC_SECRET}, and export that"
        )
    faults = list(_form(words, schema, given, before))
    yield from faults
    yield from _unknown(schema, given, set(), before)
    if not faults:
        try:
            settings.parse(given, trial=words.values.get("clock") == "request")
        except ValidationError as error:
            for name, messages in _by_field(error).items():
                for message in _flat(messages):
                    yield Finding(before + name, message, "see docs/operations/accounts.md")


def _open_data(words: Words) -> Iterator[Finding]:
    given = words.values.get(open_data.FIELD)
    if not isinstance(given, dict):
        return  # there is none, or the schema of the node has told it
    before, schema = f"{open_data.FIELD}.", open_data.SettingsSchema()
    yield from _form(words, schema, given, before)
    yield from _unknown(schema, given, set(), before)


def _deployment(words: Words) -> Iterator[Finding]:
    given = words.values.get(deployment.FIELD)
    if given is None:
        return
    before = f"{deployment.FIELD}."
    if not isinstance(given, dict):
        yield Finding(deployment.FIELD, "is no mapping", OTHERWISE)
        return
    schema = deployment.DeploymentSchema()
    faults = list(_form(words, schema, given, before))
    yield from faults
    yield from _unknown(schema, given, set(), before)
    services = words.values.get("services") or []
    if not faults and isinstance(services, list):
        hosts = given.get("hosts") or {}
        for wrong in deployment.misplaced(hosts, tuple(s for s in SERVICES if s in services)):
            yield Finding(f"{before}hosts", wrong, REMEDIES["hosts"])


def _secrecy(words: Words) -> Iterator[Finding]:
    holds = [field for field in ("broker", "broker_admin", "store") if "@" in str(words.raw.get(field, ""))]
    if holds and _others_read(words.file):
        yield Finding(
            ", ".join(holds), f"others may read the password in {words.file}", f"chmod 600 {words.file}"
        )
    if words.values.get("clock") == "request":
        yield warning(
            "clock", "lets operators date their requests", "wall, unless this node is for replays or tests"
        )
    area = str(words.values.get("area", ""))
    if areas.is_area(area) and areas.divisions(area[:6]).get(area) is None:
        yield warning(
            "area", f"{area} is in no code list that is installed here", "look for a slip of the pen"
        )
