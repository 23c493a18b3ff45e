"""The incubator's subjects and the events that tell of them."""

from __future__ import annotations

from services.incubator import schemas
from shared.errors import Text
from shared.events.types import Subject

CENTRE = Subject("incubator", "centre", schemas.CentreState, Text("incubation centre", "孵化中心"))
OPENED = CENTRE.event("opened", Text("opened", "设立"))
OCCUPIED = CENTRE.event("occupied", Text("desks occupied", "工位入驻"))
FREED = CENTRE.event("freed", Text("desks freed", "工位空出"))

RESIDENCY = Subject("incubator", "residency", schemas.ResidencyState, Text("residency", "入驻"))
APPLIED = RESIDENCY.event("applied", Text("applied", "申请"))
ENTERED = RESIDENCY.event("entered", Text("entered", "入驻"))
STAGED = RESIDENCY.event("staged", Text("stage assessed", "评定阶段"))
GRADUATED = RESIDENCY.event("graduated", Text("graduated", "出壳"))
LEFT = RESIDENCY.event("left", Text("left", "退出"))

ALL = (OPENED, OCCUPIED, FREED, APPLIED, ENTERED, STAGED, GRADUATED, LEFT)
