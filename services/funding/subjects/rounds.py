"""What is told of rounds."""

from __future__ import annotations

from services.funding.schemas.rounds import RoundState
from shared.errors import Text
from shared.events.types import Subject

ROUND = Subject("funding", "round", RoundState, Text("round", "轮次"), audience="public")
PLANNED = ROUND.event("planned", Text("planned", "拟定"))
OPENED = ROUND.event("opened", Text("opened", "征集"))
CLOSED = ROUND.event("closed", Text("closed", "截止"))
RANKED = ROUND.event("ranked", Text("ranked", "排序"))
PROPOSED = ROUND.event("proposed", Text("another set proposed", "选定资助方案"))
NOTICED = ROUND.event("noticed", Text("put to public notice", "公示"))
CONCLUDED = ROUND.event("concluded", Text("concluded", "公告"))
MOVED_ON = ROUND.event("moved_on", Text("came to its next stage", "进入下一环节"))
ALL = (PLANNED, OPENED, CLOSED, RANKED, PROPOSED, NOTICED, CONCLUDED, MOVED_ON)
