"""Call lists as the service stores them."""

from __future__ import annotations

from mongoengine import DateField, DateTimeField, DictField, IntField, ListField, StringField

from services.needs.domain import calls as rules
from shared.lifecycle import initial
from shared.store import Aggregate


class CallList(Aggregate):
    """A sample of needs whose residents an evaluator calls. It names needs: whom to call is looked up each time, so
    that nothing has to be erased here, and is gone with the need's own contact."""

    meta = {"collection": "call_lists"}
    purpose = StringField(required=True)
    evaluator = StringField(required=True)  # an organisation, or the account of a person
    since = DateField(required=True)
    until = DateField(required=True)
    source = StringField()
    seed = StringField(required=True)
    frame_size = IntField(required=True)
    frame_sha256 = StringField(required=True)
    sample = ListField(StringField())
    results = DictField()  # by need: what the last call came to
    calls = IntField(default=0)
    looks = IntField(default=0)  # how often the numbers were looked at; who did and when is in the audit
    looked_at = DateTimeField()
    expires_at = DateTimeField(required=True)
    status = StringField(default=initial(rules.CallListLife))

    @property
    def sampled(self) -> int:
        return len(self.sample)

    @property
    def outcome(self) -> dict[str, int | None]:
        return rules.rate(self.results.values())._asdict()

    @property
    def counts(self) -> dict[str, int]:
        return {result: list(self.results.values()).count(result) for result in rules.RESULTS}
