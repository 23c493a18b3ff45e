"""Who may use the registry's routes."""

from __future__ import annotations

from shared.http import roles

STAFF = roles("district_staff", "street_staff")
# Who may hand in an application; a community only receives filings.
APPLICANTS = roles(
    "district_staff", "street_staff", "community_worker", "organisation_officer", "hub_operator"
)
# The public reads summaries; a record tells of refusals and their reasons too.
READERS = APPLICANTS | roles("expert", "evaluator", "finance", "auditor", "operator")
GRASSROOTS = roles("district_staff", "street_staff", "community_worker")
