"""A service waits for its store with a deadline and stays stoppable; it never waits for its broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from deploy.embedded import Embedded, free_ports
from shared import keys
from tests.harness import ROOT, eventually, free_base_port, make_node

pytestmark = pytest.mark.faults


def described(folder: Path, **changed: object) -> Path:
    port = free_base_port()
    keys.generate(folder / "keys")
    absent = free_ports(2)
    description = {
        "area": "230102",
        "services": ["registry"],
        "url": f"http://127.0.0.1:{port}",
        "port": port,
        "broker": f"amqp://nobody:nothing@127.0.0.1:{absent[0]}/absent",
        "store": f"mongodb://127.0.0.1:{absent[1]}/?directConnection=true",
        "keys": "keys",
    } | changed
    path = folder / "node.yaml"
    path.write_text(yaml.safe_dump(description), encoding="utf-8")
    return path


def test_waiting_for_an_absent_store_a_service_stops_at_once_when_told(tmp_path: Path) -> None:
    path = described(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "deploy.launcher", str(path), "--logs", str(tmp_path / "log")],
        cwd=ROOT,
        start_new_session=True,
    )
    log = tmp_path / "log" / "registry.log"
    eventually(lambda: log.exists() and "waiting for the store" in log.read_text())
    began = time.monotonic()
    process.terminate()
    assert process.wait(15) == 0
    assert time.monotonic() - began < 10


def test_without_a_broker_commands_are_answered_and_their_events_wait(
    embedded: Embedded, tmp_path: Path
) -> None:
    running = make_node(embedded, tmp_path / "n", "not-a-virtual-host", ["registry"], area="110101")
    path = running.folder / "node.yaml"
    description = yaml.safe_load(path.read_text())
    description["broker"] = f"amqp://nobody:nothing@127.0.0.1:{free_ports(1)[0]}/absent"
    description["database_prefix"] = "nobroker_"
    path.write_text(yaml.safe_dump(description))
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "deploy.launcher", str(path), "--logs", str(tmp_path / "log")],
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        eventually(lambda: running.get("/readyz", None).ok)
        body = {"area": "110101001", "name": "北京", "track": "filed", "established_on": "2016-01-01"}
        answer = eventually(lambda: running.post("/api/registry/organisations", body))
        assert answer.status_code == 201, answer.text
        eventually(lambda: running.metric("registry", "hatchery_outbox_pending") == 1)
        assert running.metric("registry", "hatchery_broker_connected") == 0
    finally:
        process.terminate()
        assert process.wait(45) == 0


def test_services_end_with_a_launcher_that_was_killed(embedded: Embedded, tmp_path: Path) -> None:
    path = described(tmp_path, store=embedded.addresses.store_uri, database_prefix="orphan_")
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "deploy.launcher", str(path), "--logs", str(tmp_path / "log")],
        cwd=ROOT,
        start_new_session=True,
    )
    pid_file = tmp_path / "log" / "registry.pid"
    eventually(pid_file.exists)
    pid = int(pid_file.read_text())
    time.sleep(1)
    process.send_signal(signal.SIGKILL)
    process.wait(5)
    eventually(lambda: not _alive(pid), what="the orphan's end")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
