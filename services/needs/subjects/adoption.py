"""What is told of adoption."""

from __future__ import annotations

from services.needs.schemas.adoption import WishState
from shared.errors import Text
from shared.events.types import Subject

WISH = Subject("needs", "wish", WishState, Text("wish", "微心愿"))
OFFERED = WISH.event("offered", Text("offered", "发布"))
ADOPTED = WISH.event("adopted", Text("adopted", "认领"))
GIVEN_BACK = WISH.event("given_back", Text("given back", "退回"))
FULFILLED = WISH.event("fulfilled", Text("fulfilled", "实现"))
WITHDRAWN = WISH.event("withdrawn", Text("withdrawn", "撤回"))

ALL = (OFFERED, ADOPTED, GIVEN_BACK, FULFILLED, WITHDRAWN)
