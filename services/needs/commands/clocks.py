"""Which records of needs have deadlines, and what moves them."""

from __future__ import annotations

from services.needs.documents import Need, TopicObjection
from services.needs.subjects import collection, notices
from shared.clocks import looking

TIMED: looking.Kinds = {Need: collection.CLOCK, TopicObjection: notices.CLOCK}
reconsider = looking.reconsidering(TIMED)
