"""The registry's subjects and the events that tell of them: one module a subject."""

from services.registry.subjects import (
    bodies,
    certificates,
    clocks,
    credit,
    inspection,
    listings,
    matters,
    organisations,
    party,
    rules,
    runs,
    stations,
    summaries,
)

ALL = (
    *organisations.ALL,
    *stations.ALL,
    *party.ALL,
    *summaries.ALL,
    *rules.ALL,
    *clocks.ALL,
    *inspection.ALL,
    *listings.ALL,
    *matters.ALL,
    *certificates.ALL,
    *credit.ALL,
    *runs.ALL,
    *bodies.ALL,
)
