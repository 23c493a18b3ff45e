"""What is told of draws: the hash of the seed before, the seed after; nobody behind a pseudonym."""

from __future__ import annotations

from services.funding.schemas.draws import DrawState
from shared.errors import Text
from shared.events.types import Subject

DRAW = Subject("funding", "draw", DrawState, Text("draw of the panel", "专家抽取"), audience="public")
PREPARED = DRAW.event("prepared", Text("prepared", "公布抽取方案"))
SUPERSEDED = DRAW.event("superseded", Text("superseded", "作废"))
DRAWN = DRAW.event("drawn", Text("drawn", "抽取"))
RECUSED = DRAW.event("recused", Text("expert recused", "回避"))
REVEALED = DRAW.event("revealed", Text("seed revealed", "公开种子"))
ALL = (PREPARED, SUPERSEDED, DRAWN, RECUSED, REVEALED)
