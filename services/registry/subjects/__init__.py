"""The registry's subjects and the events that tell of them: one module a subject."""

from services.registry.subjects import clocks, organisations, party, rules, stations, summaries

ALL = (*organisations.ALL, *stations.ALL, *party.ALL, *summaries.ALL, *rules.ALL, *clocks.ALL)
