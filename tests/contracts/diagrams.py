"""Diagrams of life cycles in the documents, drawn from the code: `python -m tests.contracts.diagrams` writes them anew.

A document says where one stands, and of which class:

    <!-- life cycle: services.registry.domain.lives.OrganisationLife -->
    <!-- end of life cycle -->
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from statemachine.contrib.diagram import MermaidGraphMachine

DOCS = Path(__file__).parents[2] / "docs"
_PLACE = re.compile(r"(<!-- life cycle: (\S+)\.(\w+) -->\n).*?(<!-- end of life cycle -->)", re.DOTALL)


def drawn(text: str) -> str:
    """A document with its diagrams as the code has them."""
    return _PLACE.sub(lambda found: f"{found[1]}{_diagram(found[2], found[3])}{found[4]}", text)


def of(text: str) -> list[str]:
    """The classes whose diagrams a document shows."""
    return [f"{module}.{name}" for _, module, name, _ in _PLACE.findall(text)]


def _diagram(module: str, name: str) -> str:
    machine = getattr(importlib.import_module(module), name)
    return f"\n```mermaid\n{MermaidGraphMachine(machine).get_mermaid().strip()}\n```\n\n"


def main() -> None:
    for document in sorted(DOCS.rglob("*.md")):
        text = document.read_text(encoding="utf-8")
        if (now := drawn(text)) != text:
            document.write_text(now, encoding="utf-8")
            print(f"drawn anew: {document.relative_to(DOCS)}")  # noqa: T201, a command


if __name__ == "__main__":
    main()
