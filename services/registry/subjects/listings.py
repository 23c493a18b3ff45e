"""What is told of listings."""

from __future__ import annotations

from services.registry.schemas.listings import ListingState
from shared.clocks.events import clock_events
from shared.errors import Text
from shared.events.types import Subject

LISTING = Subject("registry", "listing", ListingState, Text("listing", "列入名录"))
PROPOSED = LISTING.event("proposed", Text("proposed", "拟列入"))
NOTIFIED = LISTING.event("notified", Text("notified", "告知"))
HEARD = LISTING.event("heard", Text("heard", "陈述申辩"))
LISTED = LISTING.event("listed", Text("listed", "列入"))
SPARED = LISTING.event("spared", Text("not listed", "不予列入"))
REMOVED = LISTING.event("removed", Text("removed", "移出"))
CLOCK = clock_events(LISTING)
ALL = (PROPOSED, NOTIFIED, HEARD, LISTED, SPARED, REMOVED, CLOCK.near, CLOCK.passed, CLOCK.moved)
