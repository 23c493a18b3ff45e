"""What notifications publishes, and what it does with events."""

from __future__ import annotations

from services.notifications import commands, documents, schemas, subjects
from shared.events.handlers import Handler, Handlers, effect, read_model, replicas
from shared.fields import Schema

PUBLISHES = subjects.ALL
TELLS = (
    (subjects.NOTICE, documents.Notice),
    (subjects.MESSAGE, documents.Message),
    (subjects.REMINDER, documents.Reminder),
)


def _told(of: str, schema: type[Schema], template: str) -> Handler:
    """The organisation of an event is told of it."""
    return effect(of, schema, commands.tell_organisation(template, of.rpartition(".")[0]))


def _deadlines(of: str, *, deemed: bool = False) -> list[Handler]:
    """Staff are told of a record's deadlines, and those above them once one has passed; `deemed`: also where the law
    itself acts on that."""

    def told(verb: str, *, above: bool = False) -> Handler:
        return effect(f"{of}.{verb}", schemas.SeenDeadline, commands.tell_staff(verb, of, above=above))

    found = [told("deadline_near"), told("deadline_passed"), told("deadline_passed", above=True)]
    return [*found, told("deemed_accepted")] if deemed else found


# What the organisation itself is told of.
_INSPECTION = ("opened", "sent_back", "concluded", "rectification_ordered", "rectified", "missed")
_LISTING = ("notified", "listed", "spared", "removed")
_PROJECT_VERBS = ("warned", "suspended", "resumed", "rectification_overdue", "claw_back_demanded")
_ORGANISATION, _PROJECT = schemas.SeenOrganisation, schemas.SeenProject

HANDLERS = Handlers(
    *replicas(TELLS),
    read_model("registry.organisation", _ORGANISATION, documents.KnownOrganisation),
    _told("registry.organisation.correction_asked", _ORGANISATION, "organisation_correction_asked"),
    _told("registry.organisation.approved", _ORGANISATION, "organisation_approved"),
    _told("registry.organisation.refused", _ORGANISATION, "organisation_refused"),
    _told("registry.organisation.suspended", _ORGANISATION, "organisation_suspended"),
    _told("registry.organisation.cancelled", _ORGANISATION, "organisation_cancelled"),
    _told("registry.organisation.not_accepted", _ORGANISATION, "organisation_not_accepted"),
    _told("registry.organisation.revoked", _ORGANISATION, "organisation_revoked"),
    _told("registry.organisation.rescinded", _ORGANISATION, "organisation_rescinded"),
    _told("registry.organisation.lapsed", _ORGANISATION, "organisation_lapsed"),
    _told("registry.organisation.closed", _ORGANISATION, "organisation_closed"),
    _told("registry.organisation.grown", _ORGANISATION, "organisation_grown"),
    *_deadlines("registry.organisation", deemed=True),
    *_deadlines("registry.inspection"),
    *_deadlines("registry.listing"),
    *(
        _told(f"registry.inspection.{verb}", schemas.SeenInspection, f"inspection_{verb}")
        for verb in _INSPECTION
    ),
    *(_told(f"registry.listing.{verb}", schemas.SeenListing, f"listing_{verb}") for verb in _LISTING),
    *_deadlines("registry.matter", deemed=True),
    *_deadlines("needs.need"),
    effect("needs.need.routed", schemas.SeenDeadline, commands.tell_staff("need_routed", "needs.need")),
    effect("needs.need.reopened", schemas.SeenDeadline, commands.tell_staff("need_reopened", "needs.need")),
    *(
        _told(f"registry.matter.{verb}", schemas.SeenMatter, f"matter_{verb}")
        for verb in ("correction_asked", "approved", "refused")
    ),
    _told("funding.application.rejected", schemas.SeenApplication, "application_rejected"),
    _told("funding.application.awarded", schemas.SeenApplication, "application_awarded"),
    _told("funding.project.tranche_paid", _PROJECT, "tranche_paid"),
    _told("funding.project.tranche_held", _PROJECT, "tranche_held"),
    *(_told(f"funding.project.{verb}", _PROJECT, f"project_{verb}") for verb in _PROJECT_VERBS),
    effect("funding.project.tranche_paid", _PROJECT, commands.tell_finance),
    effect("evaluation.phase_evaluation.concluded", schemas.SeenPhaseEvaluation, commands.tell_rectification),
    _told("evaluation.grade.awarded", schemas.SeenGrade, "grade_awarded"),
    _told("evaluation.grade.lowered", schemas.SeenGrade, "grade_lowered"),
    effect("funding.round.opened", schemas.SeenRound, commands.remind_of_closing),
    effect("funding.round.noticed", schemas.SeenRound, commands.post_public_notice),
    effect("funding.round.noticed", schemas.SeenRound, commands.remind_of_notice),
    effect("funding.round.concluded", schemas.SeenRound, commands.post_result),
    effect("needs.library_item.noticed", schemas.SeenLibraryItem, commands.post_topic),
    effect("needs.library_item.chosen", schemas.SeenLibraryItem, commands.post_topic_result),
    *_deadlines("needs.topic_objection"),
    effect(
        "needs.topic_objection.filed",
        schemas.SeenDeadline,
        commands.tell_staff("topic_objection_filed", "needs.topic_objection"),
    ),
    effect(subjects.ESCALATED.type, schemas.SeenEscalation, commands.tell_above),
)
