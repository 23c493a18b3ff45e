"""Routes for everybody: signing in, tokens, keys, one's own sessions and credentials."""

from __future__ import annotations

from typing import Any

from services.accounts import queries
from services.accounts.commands import own, signing_in
from services.accounts.schemas import sessions as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class SessionRoutes:
    """What people do by themselves."""

    @post("/sign-in", body=schemas.SignIn, answer=schemas.Tokens, secret=True,
          summary="Sign in 登录")  # fmt: skip
    def sign_in(self, call: Call, body: Data) -> Any:
        return signing_in.sign_in(call, body)

    @post("/refresh", body=schemas.RefreshToken, answer=schemas.Tokens, secret=True,
          summary="New tokens for a refresh token 刷新令牌")  # fmt: skip
    def refresh(self, call: Call, body: Data) -> Any:
        return signing_in.refresh(call, body["refresh_token"])

    @post("/sign-out", body=schemas.RefreshToken, secret=True, summary="Sign out 退出登录")
    def sign_out(self, call: Call, body: Data) -> Any:
        return signing_in.sign_out(call, body["refresh_token"])

    @post("/password", body=schemas.PasswordChange, secret=True,
          summary="Change the password 修改密码")  # fmt: skip
    def change_password(self, call: Call, body: Data) -> Any:
        return own.change_password(call, body)

    @post("/second-factor", body=schemas.Proof, answer=schemas.Enrolment, secret=True,
          summary="A secret for an authenticator 启用双因素认证")  # fmt: skip
    def propose_second_factor(self, call: Call, body: Data) -> Any:
        return own.propose_second_factor(call, body)

    @post("/second-factor/confirmation", body=schemas.EnrolmentCode, answer=schemas.RecoveryCodes,
          secret=True, summary="Confirm it by its first code 确认双因素认证")  # fmt: skip
    def confirm_second_factor(self, call: Call, body: Data) -> Any:
        return own.confirm_second_factor(call, body)

    @post("/second-factor/removal", body=schemas.Proof, secret=True,
          summary="Do without a second factor 停用双因素认证")  # fmt: skip
    def give_up_second_factor(self, call: Call, body: Data) -> Any:
        return own.give_up_second_factor(call, body)

    @get("/me", answer=schemas.Me, summary="Who the token speaks for 当前用户")
    def me(self, call: Call) -> Any:
        return queries.me(call)

    @get("/sessions", answer=page_of(schemas.SessionView), summary="One's sessions 会话列表")
    def sessions(self, call: Call) -> Any:
        return queries.sessions_of(call)

    @post("/sessions/<id>/ending", secret=True, summary="End one of one's sessions 结束会话")
    def end_session(self, call: Call, id: str) -> Any:
        return signing_in.end_own(call, queries.own_session(call, id))

    @get("/keys", answer=schemas.KeySet, summary="Keys that tokens are signed with 签名公钥")
    def keys(self, call: Call) -> Any:
        return queries.key_set(call.node)
