"""What is stored of organisations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mongoengine import BooleanField, DateField, DateTimeField, DictField, IntField, ListField, StringField

from services.registry.documents.clocks import Timed
from services.registry.documents.matters import REPRESENTATIVE
from services.registry.domain import clocks
from services.registry.domain import organisations as rules
from services.registry.domain.lives import OrganisationLife, take_step
from services.registry.domain.matters import masked
from shared.clocks import Step


class Organisation(Timed):
    """A social organisation 社会组织 on one of the two tracks."""

    meta = {
        "collection": "organisations",
        "indexes": [
            ("area", "track", "status"),
            ("name", "area"),
            {"fields": ["credit_code"], "sparse": True},
            {"fields": ["credit_changes_on"], "sparse": True},
            {
                "fields": ["owner", "credit_code"],
                "unique": True,
                "partialFilterExpression": {"credit_code": {"$type": "string"}},
            },
            {"fields": ["valid_until"], "sparse": True},
            {
                "fields": ["owner", "grown_from"],  # a filing grows once
                "unique": True,
                "partialFilterExpression": {"grown_from": {"$type": "string"}},
            },
        ],
    }
    name = StringField(required=True)
    track = StringField(required=True, choices=rules.TRACKS)
    type = StringField(choices=tuple(rules.TYPES))
    credit_code = StringField()
    category = StringField()
    supervising_unit = StringField()  # 业务主管单位; None where registered directly
    established_on = DateField(required=True)
    status = StringField(default="applied")
    reasons = StringField()
    decided_at = DateTimeField()
    charity = BooleanField(default=False)  # 慈善组织
    abnormal = BooleanField(default=False)  # 活动异常名录
    serious = BooleanField(default=False)  # 严重违法失信名单
    credit_standing = StringField()  # None: nothing was ever entered
    credit_points = IntField()
    credit_changes_on = DateField()  # when the standing may change by itself
    residence = StringField()  # 住所
    scope = StringField()  # 业务范围
    legal_representative = StringField()  # 法定代表人; of a filed team its leader 负责人
    statutes = DictField(default=None)  # 章程: adopted_on, sha256, approved_on
    moving_to = StringField()  # the area that it asks to move to 迁移
    generated = BooleanField(default=False)  # made up by a replay from published totals
    members = IntField()  # individual members 个人会员
    unit_members = IntField()  # member units 单位会员
    funds_fen = IntField()  # start-up funds 活动资金
    premises_sqm = IntField()
    similar = ListField(
        DictField()
    )  # organisations with similar names when it was handed in: id, name, percent
    similar_reasons = StringField()  # why staff go on all the same
    received_in = StringField()  # the community whose worker took the application in and sent it on 收件
    applied_at = DateTimeField()  # when the application came in; None in records of older versions
    accepted_at = DateTimeField()
    first_opinion = DictField(default=None)  # of the supervising unit 初审: approve, opinion, given_at
    legal_basis = StringField()  # of revocation 吊销 and rescission 撤销
    liquidation = DictField(default=None)  # report 清算报告: concluded_on, assets_fen, debts_fen, remaining
    ended_by = StringField()  # how its end came about
    valid_until = DateField()  # the last day of a filing
    growing_from = StringField()  # the filing that this application wants to grow out of
    grown_from = StringField()  # the filing that it has grown out of
    grown_into = StringField()  # the registration that this filing has grown into
    history = ListField(DictField())  # step, status, at, reasons, legal_basis

    personal = {"legal_representative": REPRESENTATIVE}
    life = OrganisationLife

    def clock_steps(self) -> Sequence[Step]:
        return clocks.ORGANISATION_STEPS[self.track]

    def take_by_law(self, action: str, since: datetime) -> None:
        take_step(self, action, since)
        self.accepted_at = since

    @property
    def registry(self) -> str:
        """The area whose registry decides: the seat's, but of one that asks to move still the owner's."""
        return str(self.owner) if self.moving_to else self.seated_at

    @property
    def representative_masked(self) -> str | None:
        return masked(self.legal_representative)

    def seat_by_rule(self) -> str:
        return rules.deciding_area(self.track, self.area)

    @property
    def received_at(self) -> datetime:
        """When the application came in."""
        moment: datetime = self.applied_at or self.created_at
        return moment
