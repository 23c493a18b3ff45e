"""A node's description: what it may leave out, what is wrong in it, and what follows from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from marshmallow import ValidationError

from shared import node

pytestmark = pytest.mark.unit

LEAST = {
    "area": "230102001",
    "url": "http://127.0.0.1:7000",
    "port": 7000,
    "broker": "amqp://u:p@127.0.0.1:5672/230102001",
    "store": "mongodb://127.0.0.1:27017",
    "keys": "keys",
}


def parse(environment: dict[str, str] | None = None, **changed: Any) -> node.Node:
    return node.parse(yaml.safe_dump(LEAST | changed), Path("/etc/hatchery"), environment or {})


def test_the_least_description_is_a_node_without_services_on_the_machines_clock() -> None:
    made = parse()
    assert (made.area, made.parent, made.services) == ("230102001", None, ())
    assert (made.bind, made.clock, made.otlp, made.broker_admin) == ("127.0.0.1", "wall", None, None)
    assert made.keys == Path("/etc/hatchery/keys")
    assert made.name == "兆麟街道"


def test_services_stand_in_the_platforms_order_whatever_the_files() -> None:
    assert parse(services=["funding", "registry", "funding"]).services == ("registry", "funding")


def test_every_service_listens_on_a_port_of_its_own_behind_the_front_door() -> None:
    made = parse()
    ports = [made.port_of(service) for service in (node.GATEWAY, *node.SERVICES)]
    assert ports == list(range(7000, 7008))
    assert made.url_of("needs") == "http://127.0.0.1:7002"
    assert parse(service_urls={"needs": "http://needs:80"}).url_of("needs") == "http://needs:80"


def test_databases_and_sources_are_named_by_area_and_service() -> None:
    made = parse()
    assert made.database("needs") == "hatchery_230102001_needs"
    assert parse(database_prefix="x_").database("needs") == "x_230102001_needs"
    assert made.source("needs") == "/230102001/needs"


def test_secrets_come_from_the_environment() -> None:
    made = parse({"SECRET": "s3"}, broker="amqp://u:${SECRET}@127.0.0.1/x")
    assert made.broker == "amqp://u:s3@127.0.0.1/x"


def test_a_secret_that_the_environment_lacks_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        parse(broker="amqp://u:${SECRET}@127.0.0.1/x")
    assert caught.value.normalized_messages() == {"SECRET": ["the environment has no SECRET"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("area", "2301"),
        ("area", 230102),
        ("parent", "230102001"),
        ("parent", "230103"),
        ("parent", "230102001001"),
        ("parent", "2301"),
        ("services", ["portal"]),
        ("services", ["gateway"]),
        ("port", 0),
        ("port", 65529),
        ("clock", "sun"),
        ("database_prefix", "a b"),
        ("broker", None),
    ],
)
def test_a_fault_is_named_by_its_field(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        parse(**{field: value})
    assert isinstance(caught.value.messages, dict)
    assert list(caught.value.messages) == [field]


def test_every_missing_field_is_named_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        node.parse("{}", Path(), {})
    assert isinstance(caught.value.messages, dict)
    assert set(caught.value.messages) == set(LEAST)


@pytest.mark.parametrize("text", ["", "[]", "just words"])
def test_a_description_is_a_mapping(text: str) -> None:
    with pytest.raises(ValidationError, match="mapping"):
        node.parse(text, Path(), {})


@pytest.mark.parametrize("parent", ["230102", None, ""])
def test_a_parent_lies_above_or_there_is_none(parent: str | None) -> None:
    assert (parse(parent=parent).parent or None) == (parent or None)


def test_what_a_newer_version_added_does_not_stop_this_one() -> None:
    assert parse(moon_phase="full").area == "230102001"


def test_a_process_finds_its_node_by_a_path_and_keys_lie_beside_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "node.yaml").write_text(yaml.safe_dump(LEAST | {"otlp": "${COLLECTOR}"}), encoding="utf-8")
    monkeypatch.setenv("HATCHERY_NODE", str(tmp_path / "node.yaml"))
    monkeypatch.setenv("COLLECTOR", "http://collector:4318")
    found = node.load()
    assert found == node.load(tmp_path / "node.yaml")
    assert (found.keys, found.otlp) == (tmp_path / "keys", "http://collector:4318")
