"""What is stored of rounds."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, LongField, StringField

from services.funding.documents import ties
from services.funding.domain import rounds as domain
from services.funding.domain import stages
from services.funding.domain.schemes import REMEDIES, usual_panel
from shared.lifecycle import initial
from shared.store import Aggregate, migrations


def _course(_: type[Aggregate], stored: migrations.Stored) -> dict[str, Any]:
    """Rounds of versions that knew no stages took the usual ones."""
    return {
        "stages": stages.usual(),
        "stage": stages.BY_STATUS.get(str(stored.get("status"))),
        "panel": usual_panel(),
        "remedy": "objections",
    }


class Round(Aggregate):
    """A round 轮次 of venture funding, purchase, micro grants or tender. What it goes by is its own copy."""

    meta = {"collection": "rounds"}
    name = StringField(required=True)
    kind = StringField(required=True, choices=domain.KINDS)
    year = IntField(required=True)
    funds = ListField(StringField())
    criteria = ListField(DictField())  # name, weight
    threshold = IntField(default=0)
    cap_fen = LongField()
    notice_working_days = IntField()
    tranches = ListField(DictField())  # share, condition
    tracks = ListField(StringField())
    topics_only = BooleanField(default=False)
    opens_at = DateTimeField()
    closes_at = DateTimeField()
    notice_ends_at = DateTimeField()
    status = StringField(default=initial(domain.RoundLife))
    proposed = ListField(StringField())
    ranking = ListField(DictField())  # domain.review.Place of each application
    ranked_at = DateTimeField()
    budget_fen = LongField()  # free in its funds when it was ranked
    choice = DictField()  # choice, reasons, chosen_at: where another set than the cut is proposed
    generated = BooleanField(default=False)
    scheme = StringField()  # that it was planned by, and the number of the version
    scheme_version = IntField()
    stages = ListField(DictField())  # stage, days, unit, conditions: those in use
    stage = StringField()  # None: not begun
    calendar = ListField(DictField())  # stage, begins_at, ends_at
    course = ListField(DictField())  # stage, at: those that it has come to
    organisation_cap_fen = LongField()
    organisation_most = IntField()
    external = BooleanField(default=False)
    eligibility = ListField(DictField())  # rule, value
    form = ListField(DictField())  # see domain.forms.Field
    panel = DictField()  # see schemas.terms.Panel
    remedy = StringField(choices=REMEDIES)
    steps: ClassVar = (*Aggregate.steps, migrations.Step("course", _course))

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("_id", ties.tied(owner, area))
