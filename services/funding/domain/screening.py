"""First screening 初审: every rule that an application is held against, with what was found. What no rule can decide
is left to a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.funding.domain.eligibility import FAILED, MET, OPEN, Check


class Facts(NamedTuple):
    """What is known of an application as it is screened; amounts in fen.

    `before_fen` and `before` are the amount and number of the same organisation's applications that were submitted
    to the round before this one and still stand.
    """

    organisation_status: str
    track: str
    host_status: str | None
    topic_status: str | None
    amount: int
    external: str | None = None  # the name of a party that the registry does not know
    before_fen: int = 0
    before: int = 0
    attachments: Sequence[str] = ()  # their states


class Limits(NamedTuple):
    """What the round admits; amounts in fen."""

    tracks: Sequence[str]
    topics_only: bool
    cap: int | None
    external: bool = False
    organisation_cap: int | None = None
    organisation_most: int | None = None


def checks(facts: Facts, limits: Limits) -> list[Check]:
    """The rules that every round has, each with what was found."""
    return [*_of_applicant(facts, limits), *_of_proposal(facts, limits)]


def _of_applicant(facts: Facts, limits: Limits) -> Iterator[Check]:
    if facts.external is not None:
        admitted = "admitted" if limits.external else "not admitted"
        yield _check("external_party", admitted, facts.external, limits.external, "external-not-admitted")
    else:
        active = facts.organisation_status == "active"
        yield _check(
            "organisation_status", "active", facts.organisation_status, active, "organisation-not-active"
        )
        admitted = ", ".join(limits.tracks)
        yield _check("tracks", admitted, facts.track, facts.track in limits.tracks, "track-not-admitted")
    if facts.track == "filed":
        found = facts.host_status or "none"
        yield _check("host_status", "active", found, found == "active", "host-not-active")


def _of_proposal(facts: Facts, limits: Limits) -> Iterator[Check]:
    if limits.topics_only and facts.topic_status is None:
        yield _check("topics_only", "a topic", "none", False, "topic-needed")
    if facts.topic_status is not None:
        chosen = facts.topic_status == "chosen"
        yield _check("topic_status", "chosen", facts.topic_status, chosen, "topic-not-chosen")
    if limits.cap is not None:
        yield _check("cap_fen", limits.cap, facts.amount, facts.amount <= limits.cap, "above-cap")
    if (cap := limits.organisation_cap) is not None:
        total = facts.before_fen + facts.amount
        yield _check("organisation_cap_fen", cap, total, total <= cap, "above-organisation-cap")
    if (most := limits.organisation_most) is not None:
        number = facts.before + 1
        yield _check("organisation_most", most, number, number <= most, "too-many-applications")
    if "infected" in facts.attachments:
        yield _check("attachments", "clean", "infected", False, "attachment-infected")
    elif "quarantined" in facts.attachments:
        yield Check("attachments", "clean", "not scanned yet", OPEN, "attachment-not-scanned")


def _check(rule: str, wanted: object, found: object, met: bool, reason: str) -> Check:
    return Check(rule, str(wanted), str(found), MET if met else FAILED, reason)


def verdict(found: Sequence[Check]) -> str:
    """FAILED where a rule is, OPEN where a person has to look, else MET."""
    outcomes = {each.outcome for each in found}
    return next((each for each in (FAILED, OPEN) if each in outcomes), MET)


def reasons(found: Sequence[Check]) -> list[str]:
    return [each.reason for each in found if each.outcome == FAILED]
