"""Which records of needs have deadlines, and what moves them."""

from __future__ import annotations

from services.needs.documents import Need
from services.needs.subjects import collection
from shared.clocks import looking

TIMED: looking.Kinds = {Need: collection.CLOCK}
reconsider = looking.reconsidering(TIMED)
