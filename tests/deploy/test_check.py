"""`hatchery node check`: every fault of a description is told with its field and its remedy."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import certificates, reach
from deploy.embedded import Embedded
from deploy.home import Home
from shared import keys, tls
from shared.node import load
from tests.deploy.conftest import Run
from tests.harness import free_base_port

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a description without faults but for what is given; None leaves a field out."""
    keys.generate(tmp_path / "keys")

    def make(**changes: Any) -> Path:
        good: dict[str, Any] = {
            "area": "230102",
            "services": ["registry", "needs"],
            "url": "https://hatchery.example",
            "bind": "0.0.0.0",
            "port": 8100,
            "broker": "amqps://node-230102:secret-1@broker.example:5671/230102",
            "store": "mongodb://node-230102:secret-2@store.example/?replicaSet=rs0",
            "keys": "keys",
        }
        wanted = {name: value for name, value in (good | changes).items() if value is not None}
        file = tmp_path / "node.yaml"
        file.write_text(yaml.safe_dump(wanted), encoding="utf-8")
        file.chmod(0o600)
        return file

    return make


@pytest.fixture
def told(hatchery: Run) -> Callable[[Path], list[tuple[str, str]]]:
    """Level and field of each finding."""

    def ask(file: Path) -> list[tuple[str, str]]:
        outcome = hatchery("node", "check", str(file), "--json")
        found = json.loads(outcome.out)
        levels = {one["level"] for one in found}
        assert outcome.code == (2 if "fault" in levels else 1 if levels else 0)
        assert all(one["wrong"] and one["remedy"] for one in found)
        assert "secret-" not in outcome.out + outcome.err
        return [(one["level"], one["field"]) for one in found]

    return ask


@pytest.mark.unit
def test_nothing_is_told_of_a_description_without_faults(write, told, hatchery):
    assert told(write()) == []
    assert "nothing to mend" in hatchery("node", "check", str(write())).out


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"area": 230102}, "area"),
        ({"area": "2301"}, "area"),
        ({"area": None}, "area"),
        ({"parent": "330203"}, "parent"),
        ({"services": ["laundry"]}, "services"),
        ({"services": "registry"}, "services"),
        ({"url": "hatchery.example"}, "url"),
        ({"port": 70_000}, "port"),
        ({"port": 80}, "port"),
        ({"service_urls": {"laundry": "http://a:1"}}, "service_urls.laundry"),
        ({"service_urls": {"needs": "a:1"}}, "service_urls.needs"),
        ({"broker": "amqps://u:secret-3@broker.example"}, "broker"),
        ({"broker": "amqps://broker.example/230102"}, "broker"),
        ({"broker": "rabbit://u:secret-3@h/v"}, "broker"),
        ({"broker_admin": "ftp://u:secret-3@h"}, "broker_admin"),
        ({"store": "mongodb://u:secret-3@"}, "store"),
        ({"store": "mongodb://u:secret-3@h/base"}, "store"),
        ({"database_prefix": "a b"}, "database_prefix"),
        ({"keys": "nowhere"}, "keys"),
        ({"tls": "nowhere"}, "tls"),
        ({"clock": "sundial"}, "clock"),
        ({"otlp": "collector:4318"}, "otlp"),
        ({"store": "${STORE_OF_NOBODY}"}, "store"),
        ({"servces": []}, "servces"),
        ({"deployment": []}, "deployment"),
        ({"accounts": []}, "accounts"),
        ({"accounts": {"failures": 0}}, "accounts.failures"),
        ({"accounts": {"argon2_memory": 1024}}, "accounts.argon2_memory"),
        ({"accounts": {"passwrd_days": 30}}, "accounts.passwrd_days"),
        ({"accounts": {"oidc": {"issuer": "https://id.example"}}}, "accounts.oidc"),
        ({"accounts": {"oidc": {"issuer": "http://id.example", "client_id": "a"}}}, "accounts.oidc"),
        ({"accounts": {"oidc": {"issuer": "https://id.example", "client_id": "a", "client_secret": "plain"}}},
         "accounts.oidc.client_secret"),
        ({"open_data": {"ocid_prefix": "ocds-1"}}, "open_data.ocid_prefix"),
        ({"open_data": {"ocid_prefiks": "ocds-a1b2c3"}}, "open_data.ocid_prefiks"),
        ({"deployment": {"image": "hatchery"}}, "deployment.image"),
        ({"deployment": {"memory": 1}}, "deployment.memory"),
        ({"deployment": {"memmory": 64}}, "deployment.memmory"),
        ({"deployment": {"hosts": {"a": ["gateway", "registry"]}}}, "deployment.hosts"),
        ({"deployment": {"hosts": {"a": ["gateway", "registry", "needs", "funding"]}}}, "deployment.hosts"),
        ({"deployment": {"hosts": {"a": ["gateway", "registry", "needs"], "b": ["needs"]}}}, "deployment.hosts"),
    ],
)  # fmt: skip
def test_each_fault_is_told_by_its_field(write, told, changes, field):
    assert ("fault", field) in told(write(**changes))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"colour": "green"}, "colour"),
        ({"broker": "amqp://u:secret-3@broker.example/230102"}, "broker"),
        ({"bind": "127.0.0.1"}, "bind"),
        ({"area": "230102001", "parent": "230102", "url": "http://127.0.0.1:8100"}, "url"),
        ({"clock": "request"}, "clock"),
        ({"area": "990001"}, "area"),
    ],
)
def test_what_is_rarely_meant_is_a_warning(write, told, changes, field):
    assert told(write(**changes)) == [("warning", field)]


@pytest.mark.unit
def test_all_faults_are_told_at_once(write, told):
    found = told(write(area="x", port=0, servces=[], store=None, broker="${NO_SUCH_NAME}"))
    assert {field for _, field in found} == {"area", "port", "servces", "store", "broker"}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "where"), [("area: [1\nb: 2", "line 2"), ("a: 1\na: 2\n", "line 2"), ("- a\n", "the file")]
)
def test_what_is_no_description_is_told_with_its_place(tmp_path, hatchery, text, where):
    file = tmp_path / "node.yaml"
    file.write_text(text, encoding="utf-8")
    outcome = hatchery("node", "check", str(file))
    assert outcome.code == 2
    assert outcome.out.startswith(f"! {where}")


@pytest.mark.unit
def test_secrets_that_others_may_read_are_told(write, told, tmp_path):
    file = write()
    file.chmod(0o644)
    (tmp_path / "keys" / "private.pem").chmod(0o640)
    assert told(file) == [("fault", "keys"), ("fault", "broker, store")]


@pytest.mark.unit
def test_keys_that_do_not_belong_together_are_told(write, told, tmp_path):
    keys.generate(tmp_path / "other")
    (tmp_path / "keys" / "public.pem").write_bytes((tmp_path / "other" / "public.pem").read_bytes())
    assert told(write()) == [("fault", "keys")]


@pytest.mark.unit
def test_certificates_that_do_not_serve_are_told(write, told, tmp_path):
    home = Home(tmp_path / "ca")
    certificates.init(home, "test")
    folder = certificates.issue(home, "gateway", ["hatchery.example"])
    assert told(write(tls=str(folder))) == []
    assert told(write(tls=str(folder), url="http://hatchery.example")) == [("fault", "url")]
    (folder / tls.KEY).chmod(0o644)
    assert told(write(tls=str(folder))) == [("fault", "tls")]
    (folder / tls.KEY).unlink()
    assert told(write(tls=str(folder))) == [("fault", "tls")]


@pytest.mark.unit
def test_neither_file_nor_node_is_one_line(hatchery, tmp_path):
    outcome = hatchery("node", "check", str(tmp_path / "nothing.yaml"))
    assert outcome.code == 2
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.service
def test_online_everything_that_is_named_is_asked(hatchery, home, district):
    base = free_base_port()
    assert hatchery("node", "add", district, "--services", "needs", "--port", str(base)).code == 0
    street = f"{district}001"
    assert hatchery("node", "add", street, "--parent", district, "--services", "none").code == 0
    assert hatchery("node", "check", district, "--online").out.splitlines()[:-1] == [
        f"? area: {district} is in no code list that is installed here: look for a slip of the pen"
    ]
    assert " parent: " not in hatchery("node", "check", street, "--online").out
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", base + 2))
        stranger.listen()
        assert f"! port: needs wants {base + 2}" in hatchery("node", "check", district, "--online").out


@pytest.mark.service
def test_online_what_is_away_is_told_by_its_field(write, embedded: Embedded, home, monkeypatch):
    monkeypatch.setattr(reach, "WAIT", 0.5)
    file = write(
        parent="230102",
        area="230102001",
        broker="amqp://u:secret-1@127.0.0.1:9/230102001",
        broker_admin="http://u:secret-1@127.0.0.1:9",
        store="mongodb://u:secret-2@127.0.0.1:9/?directConnection=true",
        bind="192.0.2.1",
        service_urls={"registry": "http://192.0.2.1:9"},
        otlp="http://127.0.0.1:9",
    )
    found = {(one.level, one.field) for one in reach.reach(home, load(file))}
    assert found == {
        ("fault", "broker"),
        ("warning", "broker_admin"),
        ("fault", "store"),
        ("warning", "parent"),
        ("fault", "bind"),
        ("warning", "service_urls.registry"),
        ("warning", "otlp"),
    }


@pytest.mark.service
def test_online_a_clock_that_is_off_is_told(write, embedded: Embedded, home, monkeypatch):
    address = embedded.addresses
    file = write(
        broker=address.amqp_uri("/"),
        broker_admin=address.admin_url.replace("://", f"://{address.user}:{address.password}@"),
        store=address.store_uri,
        port=free_base_port(),
    )
    assert reach.reach(home, load(file)) == []
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 60)
    told = [one for one in reach.reach(home, load(file)) if one.field == "the clock"]
    assert told
    assert re.search(r" is -6\d s off", told[0].wrong)
