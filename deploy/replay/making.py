"""From a scenario to its plan."""

from __future__ import annotations

from deploy.replay.build import Build, Data
from deploy.replay.plan import Plan
from deploy.replay.sections import incubation, needs, organisations, rounds

SECTIONS = (
    organisations.plan_organisations,
    organisations.plan_stations,
    rounds.plan_funds,
    needs.plan_needs,
    organisations.plan_party,
    incubation.plan_incubation,
    rounds.plan_rounds,
    rounds.plan_grades,
    needs.plan_hotline,
    needs.plan_deliveries,
)


def make(scenario: Data, seed: int | None = None) -> Build:
    """All steps of a scenario that `scenario.read` found sound; the same seed makes the same steps."""
    chosen = int(scenario["seed"]) if seed is None else seed
    build = Build(scenario, chosen, Plan(scenario["scenario"], chosen))
    for section in SECTIONS:
        section(build)
    return build
