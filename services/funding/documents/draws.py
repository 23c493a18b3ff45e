"""What is stored of draws."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import DateTimeField, DictField, IntField, ListField, StringField

from services.funding.documents import ties
from services.funding.domain import draws as domain
from shared.audit.personal import DUTY, PAPER_YEARS, PAPERS, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate


class Draw(Aggregate):
    """The draw 抽取 of a round's panel. The seed, until it is revealed, and who is behind a pseudonym stay at the
    node that owns the record."""

    meta = {"collection": "draws", "indexes": [("round", "status")]}
    personal: ClassVar = {
        "roster": Personal(
            Text("to give account of a review", "说明评审过程"), DUTY, kept=PAPERS, years=PAPER_YEARS
        ),
    }
    round = StringField(required=True)
    number = IntField(required=True)  # experts for each application
    hidden_seed = StringField(required=True)
    seed = StringField()  # the same, once it is revealed
    seed_hash = StringField(required=True)
    beacon = StringField()  # whose value, unknown when the draw was prepared, goes into it
    beacon_value = StringField()
    pseudonyms = ListField(StringField())
    roster = ListField(DictField())  # pseudonym, expert
    chair = StringField()  # the expert who leads the review and gives no scores
    applications = ListField(StringField())
    barred = ListField(DictField())  # application, pseudonym, reasons, recused_at (None: before the draw)
    status = StringField(default=initial(domain.DrawLife))
    prepared_at = DateTimeField()
    drawn_at = DateTimeField()
    revealed_at = DateTimeField()

    def barred_from(self, application: str) -> list[str]:
        return [each["pseudonym"] for each in self.barred if each["application"] == application]

    def order(self) -> list[str]:
        return domain.order(self.hidden_seed, self.beacon_value or "", self.round, self.pseudonyms)

    def seats(self, application: str) -> list[str]:
        """The pseudonyms of those who judge an application."""
        return domain.seats(self.order(), self.barred_from(application), self.number)

    def seat_by_rule(self) -> str:
        return ties.seat_of_round(self)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("round", ties.tied(owner, area))
