"""The product is one wheel that works outside of the checkout."""

from __future__ import annotations

import os
import site
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from deploy.embedded import Embedded
from tests.harness import eventually, make_node

pytestmark = pytest.mark.system

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the files that git knows or would take, so that leftovers of other builds stay out."""
    source = tmp_path_factory.mktemp("source")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (original := CHECKOUT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes(original.read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    # No isolation: the build backend is in the lock file, nothing is fetched.
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source))
    [built] = out.glob("hatchery-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment with the wheel, and with the dependencies but not the checkout."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", str(wheel))
    [packages] = (home / "lib").glob("python3*/site-packages")
    # A folder named in a .pth file is only searched: its own .pth files, among them the one of the editable
    # checkout, are not read.
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return home / "bin"


def run(*command: str, cwd: Path | None = None) -> str:
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        command, cwd=cwd, env=clean, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_the_product_and_its_data_only(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"deploy", "services", "shared"}
    assert any(name.startswith("shared/data/divisions/") and name.endswith(".csv") for name in names)
    for scenario in (CHECKOUT / "deploy" / "scenarios").glob("*.yaml"):
        assert f"deploy/scenarios/{scenario.name}" in names


def test_it_is_imported_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = "import deploy, services, shared; print(deploy.__file__, services.__file__, shared.__file__)"

    places = run(str(installed / "python"), "-c", code, cwd=tmp_path).split()

    assert len(places) == 3
    assert all(Path(place).is_relative_to(installed.parent) for place in places)


def test_the_command_runs(installed: Path, tmp_path: Path) -> None:
    assert "Usage" in run(str(installed / "hatchery"), "--help", cwd=tmp_path)


def test_a_service_started_from_the_wheel_answers(
    installed: Path, tmp_path: Path, embedded: Embedded, vhost: Callable[[], str]
) -> None:
    node = make_node(embedded, tmp_path / "node", vhost(), ["registry"])
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    command = [
        str(installed / "python"),
        "-W",
        "ignore",
        "-m",
        "deploy.launcher",
        str(node.folder / "node.yaml"),
    ]
    process = subprocess.Popen(
        [*command, "--service", "registry", "--logs", str(tmp_path / "log")],
        cwd=tmp_path,
        env=clean,
        start_new_session=True,
    )
    try:
        eventually(lambda: requests.get(f"{node.service_url('registry')}/readyz", timeout=2).ok)
        named = requests.get(f"{node.service_url('registry')}/api/registry/areas/230102001", timeout=5).json()
        assert named["items"][0]["name"] == "兆麟街道", "the code lists came with the wheel"
    finally:
        process.terminate()
        assert process.wait(45) == 0
