"""Forms of accounts and their roles."""

from __future__ import annotations

from marshmallow import fields, validate

from services.accounts.domain.accounts import GRANTABLE, KINDS
from shared.fields import Area, Id, Moment, Schema
from shared.http import PageQuery


class RoleForm(Schema):
    """A role at an area; it holds there and below."""

    role = fields.Str(required=True, validate=validate.OneOf(GRANTABLE))
    area = Area(required=True)
    organisation = Id(
        load_default=None, allow_none=True, metadata={"description": "of an organisation_officer only"}
    )


class AccountState(Schema):
    """What others may know of an account: no name."""

    id = Id(required=True)
    area = Area(required=True)
    kind = fields.Str(required=True, validate=validate.OneOf(KINDS))
    status = fields.Str(required=True)
    roles = fields.List(fields.Nested(RoleForm), required=True)
    ends_at = Moment(load_default=None, allow_none=True, metadata={"description": "of a machine's access"})


class AccountView(AccountState):
    """An account as the API answers it."""

    login = fields.Str(allow_none=True)
    display_name = fields.Str(allow_none=True)
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class NewAccount(Schema):
    """A person's account 账号; roles are granted afterwards, by somebody else."""

    area = Area(required=True)
    login = fields.Str(required=True, validate=validate.Length(2, 64))
    display_name = fields.Str(required=True, validate=validate.Length(1, 100))


class NewClient(NewAccount):
    """A machine's account 接口客户端."""

    days = fields.Int(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 3660),
        metadata={"description": "that it is good for; default and most: the node's client_days"},
    )


class Correction(Schema):
    """What was wrong of a person's data 更正 (个人信息保护法 46)."""

    display_name = fields.Str(required=True, validate=validate.Length(1, 100))


class IdentityForm(Schema):
    """Who it is at the district's identity provider; null ends that."""

    subject = fields.Str(required=True, allow_none=True, validate=validate.Length(1, 255))


class AccountQuery(PageQuery):
    """Which accounts to list; without an area those of the whole node."""

    area = Area(load_default=None)
    kind = fields.Str(load_default=None, validate=validate.OneOf(KINDS))
    login = fields.Str(load_default=None, validate=validate.Length(1, 64))


class OneTimePassword(Schema):
    """A password that is good for a first sign-in, told this once."""

    account = Id()
    login = fields.Str()
    password = fields.Str()
    good_until = Moment()


class NewSecret(Schema):
    """How long a machine's older secrets go on beside the new one."""

    overlap_hours = fields.Int(load_default=24, validate=validate.Range(0, 720))


class ClientSecret(Schema):
    """A machine's secret, told this once."""

    client_id = Id()
    client_secret = fields.Str()
    good_until = Moment()


class SecurityEventView(Schema):
    """Something that a security officer may have to look at."""

    id = Id()
    at = Moment()
    kind = fields.Str()
    area = Area()
    account = Id(allow_none=True)
    actor = fields.Str(allow_none=True)
    address = fields.Str(allow_none=True)
    about = fields.Str(allow_none=True)


class SecurityEventQuery(PageQuery):
    """Which security events to list, newest first; without an area those of the whole node."""

    area = Area(load_default=None)
    account = Id(load_default=None)
    kind = fields.Str(load_default=None, validate=validate.Length(1, 40))
