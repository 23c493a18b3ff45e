"""The subject of accounts and the events that tell of it. They stay within their node, and name no person."""

from __future__ import annotations

from services.accounts.schemas.accounts import AccountState
from shared.audit.trail import ERASED
from shared.errors import Text
from shared.events.types import Subject

ACCOUNT = Subject("accounts", "account", AccountState, Text("account", "账号"), audience="node")
OPENED = ACCOUNT.event("opened", Text("opened", "开立"))
CORRECTED = ACCOUNT.event("corrected", Text("corrected", "更正"))
GRANTED = ACCOUNT.event("granted", Text("role granted", "授权"))
REVOKED = ACCOUNT.event("revoked", Text("role revoked", "撤销授权"))
DISABLED = ACCOUNT.event("disabled", Text("disabled", "停用"))
ENABLED = ACCOUNT.event("enabled", Text("enabled", "启用"))
# Verb of the audit: what stood in the personal fields is erased from its entries, too.
CLOSED = ACCOUNT.event(ERASED, Text("closed and erased", "注销并删除个人信息"))

ALL = (OPENED, CORRECTED, GRANTED, REVOKED, DISABLED, ENABLED, CLOSED)
