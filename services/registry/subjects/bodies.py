"""What is told of bodies that are known here without being registered here."""

from __future__ import annotations

from services.registry.schemas.bodies import BodyState
from shared.errors import Text
from shared.events.types import Subject

KNOWN_BODY = Subject("registry", "known_body", BodyState, Text("hub or external party", "枢纽或外部主体"))
BODY_RECORDED = KNOWN_BODY.event("recorded", Text("recorded", "登记在册"))
BODY_CHANGED = KNOWN_BODY.event("changed", Text("changed", "信息变更"))

ALL = (BODY_RECORDED, BODY_CHANGED)
