"""Forms of signing in, of tokens and of the keys that they are signed with."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.fields import Area, Id, Moment, Schema

_PASSWORD = validate.Length(1, 1000)


class Proof(Schema):
    """By what somebody shows who they are."""

    login = fields.Str(required=True, validate=validate.Length(1, 200))
    password = fields.Str(required=True, validate=_PASSWORD)
    code = fields.Str(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 40),
        metadata={
            "description": "of the authenticator, or a recovery code; needed where a second factor is set up"
        },
    )


class SignIn(Proof):
    """Signing in 登录."""

    organisation = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "to act as an officer of; left out to act by all other roles"},
    )


class PasswordChange(Proof):
    """A new password."""

    new_password = fields.Str(required=True, validate=_PASSWORD)


class RefreshToken(Schema):
    """The newest refresh token of a session; each is good once."""

    refresh_token = fields.Str(required=True, validate=validate.Length(1, 200))


class Tokens(Schema):
    """What one gets for signing in (RFC 6749 5.1)."""

    access_token = fields.Str()
    token_type = fields.Str(validate=validate.OneOf(["Bearer"]))
    expires_in = fields.Int(metadata={"description": "seconds"})
    refresh_token = fields.Str()
    session_ends_at = Moment(metadata={"description": "unless it is refreshed before"})
    account = Id()
    organisation = Id(allow_none=True)


class Enrolment(Schema):
    """A secret for the authenticator, told this once; it counts when a code of it has come back."""

    secret = fields.Str()
    uri = fields.Str(metadata={"description": "otpauth, for a QR code"})


class EnrolmentCode(Schema):
    """The first code of the new secret; `code` is one of the old, where there is one."""

    login = fields.Str(required=True, validate=validate.Length(1, 200))
    password = fields.Str(required=True, validate=_PASSWORD)
    code = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 40))
    new_code = fields.Str(required=True, validate=validate.Length(1, 40))


class RecoveryCodes(Schema):
    """Codes that are each good once in place of the authenticator's, told this once."""

    recovery_codes = fields.List(fields.Str())


class SessionView(Schema):
    """A session of one's own."""

    id = Id()
    organisation = Id(allow_none=True)
    begun_at = Moment()
    used_at = Moment()
    ends_at = Moment()
    address = fields.Str(allow_none=True)


class HeldGrant(Schema):
    """A role at an area, as a token tells it."""

    role = fields.Str()
    area = Area()


class Me(Schema):
    """Who the token speaks for."""

    subject = fields.Str()
    organisation = Id(allow_none=True)
    grants = fields.List(fields.Nested(HeldGrant))
    display_name = fields.Str(allow_none=True)


class Key(Schema):
    """A public key (RFC 7517, RFC 8037)."""

    kty = fields.Str()
    crv = fields.Str()
    alg = fields.Str()
    use = fields.Str()
    kid = fields.Str()
    x = fields.Str()


class KeySet(Schema):
    """The keys that this node's tokens are signed with."""

    keys = fields.List(fields.Nested(Key))
