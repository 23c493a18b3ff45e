"""The documents that the services publish about themselves are valid by the official tools."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from shared.events import asyncapi
from shared.http import openapi
from shared.version import VERSION
from tests.contracts.published import NAMES, service

pytestmark = pytest.mark.unit

TOOL = Path(__file__).parent / "asyncapi"
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def parser() -> Path:
    """The official AsyncAPI parser, installed beside this environment's packages on first use."""
    lock = (TOOL / "package-lock.json").read_bytes()
    folder = Path(sys.prefix) / "share" / "hatchery" / f"asyncapi-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (folder / "node_modules").is_dir():
        fresh = folder.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(TOOL / name, fresh)
        command = [str(BIN / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr
        fresh.replace(folder)
    return folder


@pytest.fixture(scope="module")
def parsed(parser: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the parser says of each service's AsyncAPI document, by service."""
    folder = tmp_path_factory.mktemp("asyncapi")
    for name in NAMES:
        document = json.dumps(asyncapi.document(service(name), VERSION), ensure_ascii=False)
        (folder / f"{name}.json").write_text(document, encoding="utf-8")
    files = [str(folder / f"{name}.json") for name in NAMES]
    command = [str(BIN / "node"), str(TOOL / "check.cjs"), str(parser), *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return {Path(file).stem: found for file, found in json.loads(done.stdout).items()}


@pytest.mark.parametrize("name", NAMES)
def test_the_asyncapi_document_is_valid(name: str, parsed: dict[str, Any]):
    serious = [one for one in parsed[name]["diagnostics"] if one["severity"] in ("error", "warning")]
    assert serious == []
    assert parsed[name]["parsed"]


@pytest.mark.parametrize("name", NAMES)
def test_the_openapi_document_is_valid(name: str):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # two schemas that want the same name
        document = openapi.document(service(name), VERSION, "http://127.0.0.1:8000")
    validate(document)


@pytest.mark.parametrize("name", NAMES)
def test_the_asyncapi_document_names_every_event_once(name: str):
    document = asyncapi.document(service(name), VERSION)
    told = {event.type for event in service(name).publishes}
    nouns = {event.subject for event in service(name).publishes}
    told |= {event.type for noun in nouns for event in (noun.restored(), noun.lost())}
    assert {key.removeprefix("send.") for key in document["operations"] if key.startswith("send.")} == told


def test_a_broken_document_is_found(parser: Path, tmp_path: Path):
    """The check itself works: a channel that names a message nobody described is an error."""
    document = asyncapi.document(service("evaluation"), VERSION)
    document["components"]["messages"].pop("evaluation.grade.awarded")
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    command = [str(BIN / "node"), str(TOOL / "check.cjs"), str(parser), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, encoding="utf-8")
    found = json.loads(done.stdout)[str(file)]["diagnostics"]
    assert "error" in {one["severity"] for one in found}
