"""Routes for those who look after accounts."""

from __future__ import annotations

from typing import Any

from services.accounts import queries
from services.accounts.commands import managing
from services.accounts.schemas import accounts as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class AccountRoutes:
    """What is done to accounts by others than their holders."""

    @post("/accounts", body=schemas.NewAccount, answer=schemas.AccountView, status=201,
          summary="Open a person's account 开立账号")  # fmt: skip
    def open_account(self, call: Call, body: Data) -> Any:
        return managing.open_account(call, body)

    @post("/clients", body=schemas.NewClient, answer=schemas.AccountView, status=201,
          summary="Open a machine's account 开立接口客户端")  # fmt: skip
    def open_client(self, call: Call, body: Data) -> Any:
        return managing.open_client(call, body)

    @get("/accounts", query=schemas.AccountQuery, answer=page_of(schemas.AccountView),
         summary="List accounts 账号列表")  # fmt: skip
    def accounts(self, call: Call, query: Data) -> Any:
        return queries.accounts_of(call, query)

    @get("/accounts/<id>", answer=schemas.AccountView, summary="One account 账号")
    def account(self, call: Call, id: str) -> Any:
        return queries.account(call, id)

    @post("/accounts/<id>/correction", body=schemas.Correction, answer=schemas.AccountView,
          summary="Correct a name 更正")  # fmt: skip
    def correct_account(self, call: Call, id: str, body: Data) -> Any:
        return managing.correct(call, id, body)

    @post("/accounts/<id>/grants", body=schemas.RoleForm, answer=schemas.AccountView,
          summary="Grant a role 授权")  # fmt: skip
    def grant_role(self, call: Call, id: str, body: Data) -> Any:
        return managing.grant(call, id, body)

    @post("/accounts/<id>/revocations", body=schemas.RoleForm, answer=schemas.AccountView,
          summary="Revoke a role 撤销授权")  # fmt: skip
    def revoke_role(self, call: Call, id: str, body: Data) -> Any:
        return managing.revoke(call, id, body)

    @post("/accounts/<id>/disabling", answer=schemas.AccountView, summary="Disable 停用")
    def disable_account(self, call: Call, id: str) -> Any:
        return managing.disable(call, id)

    @post("/accounts/<id>/enabling", answer=schemas.AccountView, summary="Enable 启用")
    def enable_account(self, call: Call, id: str) -> Any:
        return managing.enable(call, id)

    @post("/accounts/<id>/closure", answer=schemas.AccountView,
          summary="Close for good and forget the name 注销")  # fmt: skip
    def close_account(self, call: Call, id: str) -> Any:
        return managing.close(call, id)

    @post("/accounts/<id>/password-reset", answer=schemas.OneTimePassword, secret=True,
          summary="A password for one use 重置密码")  # fmt: skip
    def reset_password(self, call: Call, id: str) -> Any:
        return managing.reset_password(call, id)

    @post("/accounts/<id>/second-factor-removal", secret=True,
          summary="Do without a second factor that was lost 解除双因素认证")  # fmt: skip
    def drop_second_factor(self, call: Call, id: str) -> Any:
        return managing.drop_second_factor(call, id)

    @post("/accounts/<id>/unlocking", secret=True, summary="Forget failed attempts 解锁")
    def unlock_account(self, call: Call, id: str) -> Any:
        return managing.unlock(call, id)

    @post("/accounts/<id>/sign-out", secret=True, summary="End all sessions 强制下线")
    def end_sessions(self, call: Call, id: str) -> Any:
        return managing.end_sessions(call, id)

    @post("/accounts/<id>/identity", body=schemas.IdentityForm, secret=True,
          summary="Who it is at the identity provider 关联统一身份")  # fmt: skip
    def set_identity(self, call: Call, id: str, body: Data) -> Any:
        return managing.set_identity(call, id, body["subject"])

    @post("/clients/<id>/secrets", body=schemas.NewSecret, answer=schemas.ClientSecret,
          secret=True, summary="A new secret for a machine 更换密钥")  # fmt: skip
    def make_client_secret(self, call: Call, id: str, body: Data) -> Any:
        return managing.make_secret(call, id, body["overlap_hours"])

    @get("/security-events", query=schemas.SecurityEventQuery, answer=page_of(schemas.SecurityEventView),
          summary="Security events 安全事件")  # fmt: skip
    def security_events(self, call: Call, query: Data) -> Any:
        return queries.security_events(call, query)
