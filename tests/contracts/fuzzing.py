"""Requests that nobody would think of, made by schemathesis from the OpenAPI documents of a running node.

    python -m tests.contracts.fuzzing --cases 3000 [--service registry --service accounts] [--seed 7]

Starts a broker, a store and a node, and sends each service sound and unsound requests, first with a token of all
roles, then without one. An answer of 500 or above, one that the document does not tell of, one whose form is not the
documented one, and a route that lets in somebody without a token are failures. Ends with 1 where there is any, or
where fewer cases were sent than asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

from deploy.embedded import Embedded
from shared import keys
from shared.call import Grant
from shared.node import GATEWAY, SERVICES
from tests.bench.memory import small_node
from tests.harness import ROOT, RunningNode

# What each answer is held against. Schemathesis has more, which take a refusal by a rule of the domain for a fault.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)


PHASES = "examples,coverage,fuzzing"


@dataclass(frozen=True)
class Told:
    """What one run of schemathesis told."""

    service: str
    token: bool
    operations: int
    cases: int
    ok: bool
    output: str

    def __str__(self) -> str:
        who = "with a token" if self.token else "without a token"
        verdict = "nothing found" if self.ok else "FAILURES"
        return f"{self.service:<14} {who:<16} {self.operations:4} operations {self.cases:6} cases  {verdict}"


def roles(document: dict[str, object]) -> list[str]:
    """All roles that the document's routes name."""
    paths: dict[str, dict[str, dict[str, list[str]]]] = document["paths"]  # type: ignore[assignment]
    return sorted({r for path in paths.values() for way in path.values() for r in way.get("x-roles", ())})


def fuzz(
    node: RunningNode, service: str, cases: int, seed: int, folder: Path, phases: str = PHASES
) -> Iterator[Told]:
    """Send a service about `cases` requests, in two runs: with a token of all roles, and without one.

    The phase `coverage` goes through the borders of each parameter, some 25 requests to each route, besides.
    """
    url = f"{node.url}/api/{service}/openapi.json"
    document = requests.get(url, timeout=30).json()
    grants = [Grant(role, node.area) for role in roles(document)]
    signed = keys.issue(keys.load_private(node.folder / "keys"), node.area, "fuzzer", grants)
    operations = sum(len(path) for path in document["paths"].values())
    for token in (True, False):
        report = folder / f"{service}-{token}.json"
        command = [str(Path(sys.executable).parent / "st"), "run", url, "--checks", ",".join(CHECKS)]
        command += ["--max-examples", str(max(1, cases // (2 * operations))), "--seed", str(seed)]
        command += ["--phases", phases, "--report-json-path", str(report)]
        command += ["--generation-database", "none", "--no-color", "--continue-on-failure", "--no-shrink"]
        command += ["--suppress-health-check", "all", "--request-timeout", "30"]
        command += ["--header", f"Authorization: Bearer {signed}"] if token else []
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "tests.contracts.file_bodies",
        }
        ran = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        sent = json.loads(report.read_text())["test_cases"]["generated"] if report.exists() else 0
        yield Told(service, token, operations, sent, ran.returncode == 0, ran.stdout + ran.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description="Requests that nobody would think of, to every route.")
    parser.add_argument("--cases", type=int, default=3000, help="for each service, at least")
    parser.add_argument("--service", action="append", choices=(GATEWAY, *SERVICES), default=[])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    services = given.service or [GATEWAY, *SERVICES]
    told: list[Told] = []
    with tempfile.TemporaryDirectory() as folder:
        embedded = Embedded(Path(folder) / "embedded")
        embedded.start()
        try:
            hosted = [service for service in services if service != GATEWAY]
            with small_node(embedded, Path(folder) / "node", hosted) as node:
                for service in services:
                    for one in fuzz(node, service, given.cases, given.seed, Path(folder)):
                        told.append(one)
                        print(one if one.ok else f"{one}\n{one.output}", flush=True)  # noqa: T201
        finally:
            embedded.stop()
    for service in services:
        sent = sum(one.cases for one in told if one.service == service)
        if sent < given.cases:
            print(f"{service}: only {sent} cases")  # noqa: T201
            return 1
    return 0 if all(one.ok for one in told) else 1


if __name__ == "__main__":
    sys.exit(main())
