"""What this version tells, reads and stores, in the form in which the one before was kept."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.compat.collecting import described
from tests.contracts.published import NAMES, service


@cache
def schemas() -> dict[str, Any]:
    return {name: described(service(name)) for name in NAMES}
