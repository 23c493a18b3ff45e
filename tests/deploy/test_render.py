"""`hatchery node render`: what it makes is what Compose, systemd and Kubernetes take, and it runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import requests
import yaml

from deploy import certificates, nodes
from deploy.deployment import MEMORY, Deployment
from deploy.embedded import Embedded
from deploy.home import Home
from deploy.render import compose
from deploy.render.source import Source
from deploy.wish import Wish
from shared import keys, tls
from shared.call import Grant
from shared.node import SERVICES
from tests.deploy.conftest import Run
from tests.deploy.support import clear
from tests.harness import ROOT, eventually, free_base_port

AREA = "230102001"
KUBERNETES = "1.30"
GIVEN: Mapping[str, Any] = {
    "area": AREA,
    "parent": "230102",
    "services": ["registry", "needs", "notifications"],
    "url": "https://hatchery.street.example",
    "bind": "0.0.0.0",
    "port": 8100,
    "broker": "amqps://node-230102001:secret-1@broker.example:5671/230102001",
    "store": "${STREET_STORE}",
    "keys": "keys",
}

Render = Callable[..., Path]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STREET_STORE", "mongodb://node-230102001:secret-2@store.example/?replicaSet=rs0")
    keys.generate(tmp_path / "keys")
    return described(tmp_path)


def described(folder: Path, **changes: Any) -> Path:
    file = folder / "node.yaml"
    file.write_text(yaml.safe_dump(dict(GIVEN) | changes), encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.fixture
def render(hatchery: Run, tmp_path: Path) -> Render:
    def run(file: Path, target: str) -> Path:
        to = tmp_path / target
        outcome = hatchery("node", "render", str(file), "--target", target, "--to", str(to))
        assert outcome.code == 0, outcome
        assert "next: " in outcome.out
        assert "secret-" not in outcome.out
        return to

    return run


@pytest.mark.unit
@pytest.mark.parametrize("target", ["compose", "systemd", "kubernetes"])
def test_passwords_are_in_one_private_file_only(render: Render, file: Path, target: str):
    to = render(file, target)
    holding = [
        path for path in to.rglob("*") if path.is_file() and "secret-" in path.read_text(encoding="utf-8")
    ]
    assert holding == [to / "node.env"]
    assert (to / "node.env").stat().st_mode & 0o777 == 0o600
    assert (to / "node.env").read_text(encoding="utf-8").splitlines() == [
        f"NODE_BROKER={GIVEN['broker']}",
        f"STREET_STORE={os.environ['STREET_STORE']}",
    ]
    assert not list(to.rglob("private.pem")), "services need the public key only"


@pytest.mark.unit
def test_a_password_that_this_machine_does_not_know_is_left_to_be_filled_in(render, file, monkeypatch):
    monkeypatch.delenv("STREET_STORE")
    assert "STREET_STORE=\n" in (render(file, "systemd") / "node.env").read_text(encoding="utf-8")


@pytest.mark.unit
def test_a_dry_run_prints_what_would_be_written_but_for_passwords(hatchery: Run, file: Path, tmp_path: Path):
    before = sorted(tmp_path.rglob("*"))
    outcome = hatchery("node", "render", str(file), "--target", "kubernetes", "--dry-run")
    assert outcome.code == 0
    assert "kind: Deployment" in outcome.out
    assert "NODE_BROKER=...\n" in outcome.out
    assert "secret-" not in outcome.out
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.unit
def test_a_second_run_writes_nothing(render: Render, file: Path, hatchery: Run):
    to = render(file, "compose")
    again = hatchery("node", "render", str(file), "--target", "compose", "--to", str(to))
    assert {line.split()[0] for line in again.out.splitlines()} == {"keep", "next:"}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changes", "target", "said"),
    [
        ({"port": 0}, "compose", "node check"),
        ({"broker": "amqp://u:p@127.0.0.1/v"}, "kubernetes", "loopback"),
        ({"broker": "amqps://u:a$b@broker.example/v"}, "systemd", "%20"),
        ({}, "nomad", "compose, systemd, kubernetes"),
    ],
)
def test_what_cannot_work_is_refused(hatchery: Run, file: Path, tmp_path: Path, changes, target, said):
    described(tmp_path, **changes)
    outcome = hatchery("node", "render", str(file), "--target", target, "--to", str(tmp_path / "to"))
    assert outcome.code == 2
    assert said in outcome.err
    assert not (tmp_path / "to").exists()


@pytest.mark.unit
def test_kubernetes_takes_the_manifests(render: Render, file: Path):
    text = (render(file, "kubernetes") / f"hatchery-{AREA}.yaml").read_text(encoding="utf-8")
    parts = list(yaml.safe_load_all(text))
    for part in parts:
        kubernetes_validate.validate(part, KUBERNETES, strict=True)
    kinds = [part["kind"] for part in parts]
    assert kinds == ["ConfigMap", *["Deployment", "Service"] * 4]


@pytest.mark.unit
def test_a_manifest_with_a_wrong_field_is_found():
    """The check itself works."""
    wrong = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"prots": []}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


@pytest.mark.unit
def test_each_service_is_a_deployment_that_the_gateway_finds(render: Render, file: Path):
    text = (render(file, "kubernetes") / f"hatchery-{AREA}.yaml").read_text(encoding="utf-8")
    parts = {(part["kind"], part["metadata"]["name"]): part for part in yaml.safe_load_all(text)}
    description = yaml.safe_load(parts["ConfigMap", f"hatchery-{AREA}"]["data"]["node.yaml"])
    assert description["bind"] == "0.0.0.0"
    for name, url in description["service_urls"].items():
        full = f"hatchery-{AREA}-{name}"
        spec = parts["Service", full]["spec"]
        assert url == f"http://{full}:{spec['ports'][0]['port']}"
        template = parts["Deployment", full]["spec"]["template"]
        assert spec["selector"].items() <= template["metadata"]["labels"].items()
        [container] = template["spec"]["containers"]
        assert container["command"][-2:] == ["--service", name]
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
        assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
        assert {e["name"] for e in container["env"]} == {"NODE_BROKER", "STREET_STORE"}
        assert all(e["valueFrom"]["secretKeyRef"]["name"] == f"hatchery-{AREA}" for e in container["env"])
    assert set(description["service_urls"]) == set(GIVEN["services"]), "a pod of its own for each of them"


@pytest.fixture
def secure(file: Path, tmp_path: Path) -> Path:
    """A description whose gateway speaks HTTPS, and whose broker is checked by the same CA."""
    home = Home(tmp_path / "ca")
    certificates.init(home, "test")
    folder = certificates.issue(home, "gateway", ["hatchery.street.example"])
    return described(tmp_path, tls=str(folder), broker=f"{GIVEN['broker']}?cacertfile={folder}/ca.pem")


@pytest.mark.unit
@pytest.mark.parametrize("target", ["compose", "systemd", "kubernetes"])
def test_certificates_come_along_and_addresses_find_their_ca(render: Render, secure: Path, target: str):
    to = render(secure, target)
    assert (to / "tls" / tls.KEY).stat().st_mode & 0o777 == 0o600
    assert (to / "tls" / tls.CERTIFICATE).stat().st_mode & 0o777 == 0o644
    folder = f"/etc/hatchery/{AREA}" if target == "systemd" else "/etc/hatchery"
    assert f"/{AREA}?cacertfile={folder}/tls/ca.pem\n" in (to / "node.env").read_text(encoding="utf-8")


@pytest.mark.unit
def test_a_gateway_that_speaks_https_is_probed_that_way(render: Render, secure: Path):
    text = (render(secure, "kubernetes") / f"hatchery-{AREA}.yaml").read_text(encoding="utf-8")
    schemes = {}
    for part in yaml.safe_load_all(text):
        kubernetes_validate.validate(part, KUBERNETES, strict=True)
        if part["kind"] == "Deployment":
            [container] = part["spec"]["template"]["spec"]["containers"]
            schemes[container["name"]] = container["livenessProbe"]["httpGet"]["scheme"]
    assert schemes == {"gateway": "HTTPS", **dict.fromkeys(GIVEN["services"], "HTTP")}
    made = yaml.safe_load((render(secure, "compose") / "docker-compose.yml").read_text(encoding="utf-8"))
    assert made["services"][f"node-{AREA}"]["healthcheck"]["test"][2:] == ["tcp:8100", "8101", "8102", "8106"]


@pytest.mark.unit
def test_another_description_is_another_pod(render: Render, file: Path, tmp_path: Path):
    def checksums() -> set[str]:
        text = (render(file, "kubernetes") / f"hatchery-{AREA}.yaml").read_text(encoding="utf-8")
        return set(re.findall(r"hatchery/description: (\w+)", text))

    before = checksums()
    described(tmp_path, url="https://other.example")
    assert len(before) == 1
    assert checksums() != before


@pytest.mark.unit
@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not installed")
@pytest.mark.parametrize("split", [False, True])
def test_docker_compose_takes_the_file(render: Render, file: Path, tmp_path: Path, split: bool):
    hosts = {"front": ["gateway", "registry"], "back": ["needs", "notifications"]}
    described(tmp_path, **({"deployment": {"hosts": hosts}} if split else {}))
    to = render(file, "compose")
    done = subprocess.run(
        ["docker-compose", "config"], cwd=to, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    services = yaml.safe_load(done.stdout)["services"]
    assert set(services) == (set(hosts) if split else {f"node-{AREA}"})
    assert sum("ports" in one for one in services.values()) == 1


@pytest.mark.unit
def test_the_projects_own_compose_file_has_the_same_containers():
    """What is rendered for a node is how the project's docker-compose.yml runs its three."""
    hosted = {"district": SERVICES, "street": ("registry", "needs", "incubator", "notifications"),
              "community": ("needs",)}  # fmt: skip
    own = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    for name, services in hosted.items():
        deployment = Deployment("hatchery:local", "", "", MEMORY)
        source = Source("230102", "", services, "0.0.0.0", 8000, {}, {}, "", deployment)
        wanted = compose.container(source, source.processes)
        assert {key: own[name].get(key) for key in wanted} == wanted, name


@pytest.mark.unit
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_unit(render: Render, file: Path, tmp_path: Path):
    described(tmp_path, deployment={"venv": sys.prefix})
    unit = render(file, "systemd") / f"hatchery-{AREA}.service"
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if unit.name in line]) == (0, [])
    exposure = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", str(unit)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert exposure.returncode == 0, exposure.stdout


@pytest.fixture
def installed(embedded: Embedded, home: Home, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Area and folder of a small node on two hosts, both of them this machine, installed as the steps say."""
    area, folder = "990331", tmp_path / "etc"
    services = ("registry", "needs", "notifications")
    nodes.add(home, Wish(area, services=services, port=free_base_port()), dry_run=False, say=lambda _: None)
    hosts = {"127.0.0.1": ["gateway", "registry"], "localhost": ["needs", "notifications"]}
    raw = home.raw(area)
    raw["deployment"] = {"venv": sys.prefix, "folder": str(folder), "hosts": hosts}
    home.write_node(area, raw)
    yield area, folder
    clear(embedded.addresses, area)


def ready(url: str) -> bool:
    return requests.get(f"{url}/readyz", timeout=2).ok


def started(unit: Path) -> subprocess.Popen[bytes]:
    """What systemd would run: the unit's ExecStart with the environment of its EnvironmentFile, and nothing else."""
    settings = dict(
        line.split("=", 1) for line in unit.read_text(encoding="utf-8").splitlines() if "=" in line
    )
    lines = Path(settings["EnvironmentFile"]).read_text(encoding="utf-8").splitlines()
    environment = dict(line.split("=", 1) for line in lines) | {"PATH": os.environ["PATH"]}
    command = settings["ExecStart"].split()
    assert Path(command[0]).is_file()
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)


@pytest.mark.service
def test_a_small_node_runs_by_its_units(
    installed: tuple[str, Path], render: Render, hatchery: Run, home: Home
):
    area, folder = installed
    to = render(home.description(area), "systemd")
    (folder / "keys").mkdir(parents=True)
    for name in ("node.yaml", "node.env", "keys/public.pem"):
        shutil.copy(to / name, folder / name)
    running = [started(to / host / f"hatchery-{area}.service") for host in ("127.0.0.1", "localhost")]
    try:
        node = home.node(area)
        for name in ("gateway", *node.services):
            eventually(partial(ready, node.url_of(name)), what=name)
        assert hatchery("node", "check", area, "--online").code == 1, "its own ports count as free"
        token = keys.issue(keys.load_private(home.keys(area)), area, "test", [Grant("district_staff", area)])
        headers = {"Authorization": f"Bearer {token}"}
        through = requests.get(f"{node.url}/api/needs/needs", headers=headers, timeout=30)
        assert through.status_code == 200, "the gateway of one host finds the service of the other"
    finally:
        for process in running:
            process.terminate()
        codes = [process.wait(60) for process in running]
    assert codes == [0, 0]
