"""`docker-compose.yml` and its parts, as far as they can be held without a container engine.

What was shown with one is told in docs/operations/compose.md.
"""

from __future__ import annotations

import http.server
import os
import re
import shutil
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest
import yaml
from pymongo.errors import OperationFailure

from deploy.compose import store
from deploy.embedded import Embedded
from deploy.trouble import Trouble
from shared import areas
from shared.node import GATEWAY, SERVICES

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
PARTS = ROOT / "deploy" / "compose"
NODES = {
    "district": SERVICES,
    "street": ("registry", "needs", "incubator", "notifications"),
    "community": ("needs",),
}
ONCE = {"setup", "operator"}  # containers that end by themselves
PORT = 8000

Env = dict[str, str]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


def make_env(target: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(PARTS / "make-env.sh"), *options, str(target)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def variables(file: Path) -> Env:
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.unit
def test_it_has_every_part_and_nothing_else(services: dict[str, Any]) -> None:
    assert set(services) == {"rabbitmq", "mongo", "jaeger", *ONCE, *NODES}


@pytest.mark.unit
def test_every_password_must_be_given(compose: dict[str, Any]) -> None:
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|KEY)\w*)([^}]*)\}", FILE.read_text(encoding="utf-8"))

    assert {name for name, _ in secrets} == {
        "RABBITMQ_PASSWORD", "MONGO_ROOT_PASSWORD", "MONGO_KEY",
        "DISTRICT_STORE_PASSWORD", "STREET_STORE_PASSWORD", "COMMUNITY_STORE_PASSWORD",
    }  # fmt: skip
    assert all(rest.startswith(":?") for _, rest in secrets)


@pytest.mark.unit
def test_no_password_stands_in_the_file(services: dict[str, Any]) -> None:
    settings = [(k, str(v)) for s in services.values() for k, v in s.get("environment", {}).items()]

    for name, value in settings:
        if re.search("PASS|KEY|SECRET", name):
            assert value.startswith("${"), name
        for password in re.findall(r"://[^:/@]+:([^@]+)@", value):
            assert password.startswith("${"), name


@pytest.mark.unit
def test_what_runs_for_good_has_a_health_check_and_is_started_again(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name in ONCE:
            assert service["restart"] == "no"
        else:
            assert service["restart"] == "unless-stopped", name
            assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL"), name
            assert {"interval", "timeout", "retries", "start_period"} <= set(service["healthcheck"]), name


@pytest.mark.unit
@pytest.mark.parametrize("node", NODES)
def test_a_node_is_healthy_when_each_of_its_services_is_ready(services: dict[str, Any], node: str) -> None:
    check, *ports = services[node]["healthcheck"]["test"][1:]

    assert check.endswith("/ready.sh")
    expected = [PORT, *(PORT + 1 + SERVICES.index(name) for name in NODES[node])]
    assert [int(port) for port in ports] == expected


@pytest.mark.unit
def test_nodes_start_when_setup_has_ended_well_and_setup_when_broker_and_store_are_healthy(
    services: dict[str, Any],
) -> None:
    for node in NODES:
        assert services[node]["depends_on"] == {"setup": {"condition": "service_completed_successfully"}}
    assert services["setup"]["depends_on"] == {
        "rabbitmq": {"condition": "service_healthy"},
        "mongo": {"condition": "service_healthy"},
    }


@pytest.mark.unit
def test_data_lie_in_named_volumes(compose: dict[str, Any], services: dict[str, Any]) -> None:
    named = {m.split(":")[0] for s in services.values() for m in s.get("volumes", ()) if m[0] not in "./"}

    assert named == set(compose["volumes"])
    assert "rabbitmq:/var/lib/rabbitmq" in services["rabbitmq"]["volumes"]
    assert "mongo:/data/db" in services["mongo"]["volumes"]


@pytest.mark.unit
def test_a_node_sees_its_own_keys_only_and_cannot_change_them(services: dict[str, Any]) -> None:
    for node in NODES:
        assert services[node]["volumes"] == [f"{node}:/etc/hatchery:ro"]
        assert "environment" not in services[node]


@pytest.mark.unit
def test_our_containers_have_no_privileges(services: dict[str, Any]) -> None:
    for name in (*NODES, *ONCE):
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "privileged" not in service
    last = (PARTS / "Dockerfile").read_text(encoding="utf-8").rsplit("FROM ", 1)[1]
    assert "\nUSER hatchery\n" in last


@pytest.mark.unit
def test_broker_and_store_are_reached_by_the_nodes_only(compose: dict[str, Any]) -> None:
    assert compose["networks"]["inner"] == {"internal": True}
    for name in ("rabbitmq", "mongo", *ONCE):
        assert compose["services"][name]["networks"] == ["inner"]
        assert "ports" not in compose["services"][name]


@pytest.mark.unit
def test_what_is_published_is_on_loopback_unless_told_otherwise(services: dict[str, Any]) -> None:
    published = [port for s in services.values() for port in s.get("ports", ())]

    assert len(published) == len(NODES) + 1
    assert all(port.startswith("${PUBLISH:-127.0.0.1}:") for port in published)


@pytest.mark.unit
def test_tracing_can_be_left_out(services: dict[str, Any]) -> None:
    assert services["jaeger"]["profiles"] == ["tracing"]
    assert services["setup"]["environment"]["HATCHERY_OTLP"] == "${HATCHERY_OTLP:-}"


@pytest.mark.unit
def test_no_image_floats(services: dict[str, Any]) -> None:
    images = {s["image"] for s in services.values()}
    bases = re.findall(r"^FROM (\S+)", (PARTS / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)

    assert all(":" in image and not image.endswith(":latest") for image in (*images, *bases))


@pytest.mark.unit
def test_setup_gives_each_service_the_port_that_it_listens_on() -> None:
    script = (PARTS / "setup.sh").read_text(encoding="utf-8")

    for node, hosted in NODES.items():
        [given] = re.findall(rf"service_urls {node} ((?:[\w:]+|\\\n|\s)+)\)", script)
        ports = dict(pair.split(":") for pair in given.replace("\\", " ").split())
        expected = {GATEWAY: PORT} | {name: PORT + 1 + SERVICES.index(name) for name in hosted}
        assert {name: int(port) for name, port in ports.items()} == expected


@pytest.mark.unit
def test_the_image_is_built_from_the_lock_alone_and_from_nothing_secret() -> None:
    build = (PARTS / "Dockerfile").read_text(encoding="utf-8")
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert "--require-hashes -r requirements.lock" in build
    for line in re.findall(r"pip install.*", build):
        assert "--require-hashes" in line or ("--no-deps" in line and "--no-index" in line), line
    rules = [line for line in ignored if not line.startswith("#")]
    assert rules[0] == "*"
    admitted = {rule[1:] for rule in rules if rule.startswith("!")}
    assert admitted == {
        "pyproject.toml", "requirements.lock", "requirements-embedded.lock", "deploy", "services", "shared",
    }  # fmt: skip
    assert {"**/*.pem", "**/.env"} <= set(rules)


@pytest.mark.unit
def test_the_environment_is_made_private_random_and_complete(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert make_env(first).returncode == 0
    assert make_env(second, "--replay", "--no-tracing").returncode == 0

    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    one, other = variables(first), variables(second)
    required = set(re.findall(r"\$\{(\w+):\?", FILE.read_text(encoding="utf-8")))
    secrets = [values[name] for values in (one, other) for name in required]
    assert len(set(secrets)) == len(secrets)
    assert all(re.fullmatch(r"[0-9a-f]{64,128}", secret) for secret in secrets)
    assert (one["HATCHERY_CLOCK"], one["COMPOSE_PROFILES"]) == ("wall", "tracing")
    assert one["HATCHERY_OTLP"] == "http://jaeger:4318"
    assert (other["HATCHERY_CLOCK"], other["COMPOSE_PROFILES"], other["HATCHERY_OTLP"]) == ("request", "", "")


@pytest.mark.unit
def test_passwords_that_volumes_remember_are_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "env"
    make_env(target)
    before = target.read_bytes()

    again = make_env(target)

    assert again.returncode == 1
    assert "stays as it is" in again.stderr
    assert target.read_bytes() == before


@pytest.mark.unit
def test_the_three_areas_lie_in_each_other(tmp_path: Path) -> None:
    make_env(tmp_path / "env")
    given = variables(tmp_path / "env")
    district, street, community = given["DISTRICT"], given["STREET"], given["COMMUNITY"]

    assert [areas.tier(code) for code in (district, street, community)] == ["district", "street", "community"]
    assert areas.contains(district, street)
    assert areas.contains(street, community)
    assert {district, street, community} <= set(areas.divisions(district))


@pytest.mark.unit
def test_the_defaults_are_those_of_the_environment(tmp_path: Path) -> None:
    make_env(tmp_path / "env", "--no-tracing")
    given = variables(tmp_path / "env")

    for name, default in re.findall(r"\$\{(\w+):-([^}]*)\}", FILE.read_text(encoding="utf-8")):
        assert given.get(name, default) == default, name


@pytest.mark.unit
@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not installed")
def test_docker_compose_takes_the_file_with_the_environment_and_refuses_it_without(tmp_path: Path) -> None:
    make_env(tmp_path / "env")
    (tmp_path / "empty").touch()
    path = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}

    def config(file: str) -> subprocess.CompletedProcess[str]:
        command = ["docker-compose", "--env-file", str(tmp_path / file), "-f", str(FILE), "config", "--quiet"]
        return subprocess.run(command, capture_output=True, text=True, env=path, timeout=60, check=False)

    assert config("env").returncode == 0
    refused = config("empty")
    assert refused.returncode != 0
    assert "run deploy/compose/make-env.sh" in refused.stderr


@pytest.fixture
def answering() -> Iterator[tuple[int, dict[str, int]]]:
    """A port, and the status that it answers /readyz with."""
    told = {"status": 200}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(told["status"] if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1], told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.unit
def test_the_health_check_says_which_port_is_not_ready(answering: tuple[int, dict[str, int]]) -> None:
    port, told = answering

    def check(*ports: int | str) -> subprocess.CompletedProcess[str]:
        command = [str(PARTS / "ready.sh"), *map(str, ports)]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    assert check(port, port).returncode == 0
    assert check(f"tcp:{port}").returncode == 0
    assert check("tcp:9").returncode == 1
    silent = check(port, 9)
    assert (silent.returncode, "nothing listens on 9" in silent.stdout) == (1, True)
    told["status"] = 503
    assert check(port).stdout == f"port {port} is not ready: 503\n"
    assert check(port).returncode == 1


@pytest.mark.service
def test_a_nodes_user_gets_in_with_its_newest_password(embedded: Embedded) -> None:
    area, address = "990011", f"127.0.0.1:{embedded.addresses.store_port}"
    said: list[str] = []
    with pymongo.MongoClient[dict[str, Any]](embedded.addresses.store_uri) as admin:
        try:
            store.ensure_user(admin, area, "first", said.append)
            store.ensure_user(admin, area, "second", said.append)
            roles = admin.admin.command("usersInfo", f"node-{area}")["users"][0]["roles"]
            for password, works in (("second", True), ("first", False)):
                uri = f"mongodb://node-{area}:{password}@{address}/?authSource=admin&directConnection=true"
                with pymongo.MongoClient[dict[str, Any]](uri) as node:
                    if works:
                        node[f"hatchery_{area}_needs"].items.find_one()
                    else:
                        with pytest.raises(OperationFailure):
                            node[f"hatchery_{area}_needs"].items.find_one()
        finally:
            admin.admin.command("dropUser", f"node-{area}")

    assert said == [f"create user node-{area} at the store", f"keep user node-{area} at the store"]
    assert {role["role"] for role in roles} == {"readWrite", "dbAdmin"}
    assert {role["db"] for role in roles} == {f"hatchery_{area}_{name}" for name in (GATEWAY, *SERVICES)}


@pytest.mark.service
def test_a_store_that_is_no_replica_set_is_told(embedded: Embedded) -> None:
    said: list[str] = []
    with pymongo.MongoClient[dict[str, Any]](embedded.addresses.store_uri) as admin:
        store.initiate(admin, "mongo:27017", said.append)

    assert said == ["warning: the store runs without --replSet: this is no MongoDB replica set"]


@pytest.mark.service
def test_faults_of_the_store_are_one_line(capsys: pytest.CaptureFixture[str], embedded: Embedded) -> None:
    given = {"HATCHERY_STORE_ADMIN": embedded.addresses.store_uri}

    assert store.main(["replica-set"], {}) == 2
    assert store.main(["user", "230102"], given) == 2
    assert store.main(["laundry"], given) == 2
    assert store.main(["user", "99"], given | {"HATCHERY_STORE_PASSWORD": "x"}) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["hatchery"] * 4


@pytest.mark.unit
def test_an_unknown_area_gets_no_user() -> None:
    nowhere = pymongo.MongoClient[dict[str, Any]]("mongodb://127.0.0.1:9", connect=False)
    with nowhere, pytest.raises(Trouble, match="division code"):
        store.ensure_user(nowhere, "nowhere", "x", print)
