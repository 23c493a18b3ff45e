"""What accounts stores."""

from __future__ import annotations

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    StringField,
)

from services.accounts.domain import accounts
from shared.audit.personal import DUTY, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate, Record

SIGNING_IN = Text("to know who signs in and acts", "识别登录和操作人员")
BY_CLOSING = Text("until the account is closed, which erases it", "保存至账号注销，注销即删除")


class HeldRole(EmbeddedDocument):
    """A role at an area, and for an organisation's officer of which organisation."""

    meta = {"strict": False}
    role = StringField(required=True)
    area = StringField(required=True)
    organisation = StringField()

    @property
    def plain(self) -> accounts.Role:
        return accounts.Role(self.role, self.area, self.organisation)


class Account(Aggregate):
    """A person's or a machine's account 账号. Names stay at the node that owns it; nothing here is a secret."""

    meta = {
        "collection": "accounts",
        "indexes": [
            ("area", "kind", "id"),
            {
                "fields": ["login"],
                "unique": True,
                "partialFilterExpression": {"login": {"$type": "string"}},
            },
        ],
    }
    personal = {
        "login": Personal(SIGNING_IN, DUTY, kept=BY_CLOSING),
        "display_name": Personal(SIGNING_IN, DUTY, kept=BY_CLOSING),
    }
    kind = StringField(required=True)
    login = StringField()  # None once it is closed
    display_name = StringField()  # None once it is closed
    status = StringField(default=initial(accounts.AccountLife))
    roles = EmbeddedDocumentListField(HeldRole)
    ends_at = DateTimeField()  # of a machine's access
    sessions_from = DateTimeField()  # those that began earlier are over

    @property
    def held(self) -> list[accounts.Role]:
        return [role.plain for role in self.roles]


class Credentials(Record):
    """By what the holder of an account is known.

    It moves with its account, but is changed in place (`services.accounts.credentials`): a used code or a new
    password is nobody's news, so it is no aggregate of its own.
    """

    meta = {
        "collection": "credentials",
        "indexes": [
            {"fields": ["account"], "unique": True},
            {
                "fields": ["identity"],
                "unique": True,
                "partialFilterExpression": {"identity": {"$type": "string"}},
            },
        ],
    }
    part_of = Account
    part_by = "account"
    account = StringField(required=True)
    password = StringField()  # argon2's own form, with its parameters
    first = BooleanField(default=False)  # somebody else has seen the password
    good_until = DateTimeField()
    changed_at = DateTimeField()  # sessions that began earlier are over
    history = ListField(StringField())  # hashes of the passwords before it, newest first
    totp = StringField()
    totp_pending = StringField()  # until a code has shown that the authenticator has it
    totp_step = IntField(default=0)  # of the last code that was used
    recovery = ListField(StringField())  # digests of the codes that are left
    secrets = ListField(DictField())  # of machines: digest, made_at, ends_at
    identity = StringField()  # "<issuer> <subject>" at an OpenID provider


class Session(Document):
    """A person's session: one family of refresh tokens. Not handed over: whoever's account moves signs in anew."""

    meta = {"collection": "sessions", "strict": False, "indexes": [("account", "id"), ("ends_at",)]}
    id = StringField(primary_key=True)
    account = StringField(required=True)
    organisation = StringField()  # that it acts for
    digest = StringField(required=True)
    begun_at = DateTimeField(required=True)
    used_at = DateTimeField(required=True)
    ends_at = DateTimeField(required=True)
    ended_at = DateTimeField()
    reason = StringField()
    address = StringField()


class Attempts(Document):
    """Failed attempts of one account or address; `id` is a digest of it, so that what was typed is not kept."""

    meta = {"collection": "attempts", "strict": False, "indexes": [("since",)]}
    id = StringField(primary_key=True)
    count = IntField(default=0)
    since = DateTimeField()
    until = DateTimeField()


class SecurityEvent(Document):
    """Something that a security officer may have to look at. Never changed, and removed only by its age."""

    meta = {
        "collection": "security_events",
        "strict": False,
        "indexes": [("area", "id"), ("account", "id"), ("at",)],
    }
    id = StringField(primary_key=True)
    at = DateTimeField(required=True)
    kind = StringField(required=True)
    area = StringField(required=True)
    account = StringField()  # None where no account is known by the name that was given
    actor = StringField()
    address = StringField()
    about = StringField()  # a role and its area, a session: no personal data


class Journey(Document):
    """A sign-in that is under way at the OpenID provider; `id` is the digest of its state."""

    meta = {"collection": "journeys", "strict": False, "indexes": [("ends_at",)]}
    id = StringField(primary_key=True)
    nonce = StringField(required=True)
    verifier = StringField(required=True)
    organisation = StringField()
    ends_at = DateTimeField(required=True)


ALL = (Account, Credentials, Session, Attempts, SecurityEvent, Journey)
