"""Funding's subjects and the events that tell of them: one module a subject."""

from services.funding.subjects import (
    applications,
    contracts,
    delegations,
    drafts,
    draws,
    experts,
    funds,
    payments,
    procurement,
    projects,
    rounds,
    rules,
    schemes,
)

ALL = (
    *funds.ALL,
    *delegations.ALL,
    *schemes.ALL,
    *rounds.ALL,
    *drafts.ALL,
    *experts.ALL,
    *draws.ALL,
    *applications.ALL,
    *procurement.ALL,
    *contracts.ALL,
    *projects.ALL,
    *payments.ALL,
    *rules.ALL,
)
