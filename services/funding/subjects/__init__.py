"""Funding's subjects and the events that tell of them: one module a subject."""

from services.funding.subjects import applications, delegations, funds, projects, rounds, rules

ALL = (*funds.ALL, *delegations.ALL, *rounds.ALL, *applications.ALL, *projects.ALL, *rules.ALL)
