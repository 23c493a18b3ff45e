"""How the test build changes the product: functions of its own stand before, or in the place of, the product's."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def instead(owner: Any, name: str) -> Callable[[Callable[..., Any]], None]:
    """Put the decorated function in the place of `owner.name`; it gets what stood there as its first argument.

    Raises AttributeError where the product has no such thing any more.
    """
    original = getattr(owner, name)

    def put(function: Callable[..., Any]) -> None:
        @functools.wraps(original)
        def changed(*args: Any, **kwargs: Any) -> Any:
            return function(original, *args, **kwargs)

        setattr(owner, name, changed)

    return put
