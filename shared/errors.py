"""What can be refused, said so that a person can act on it: which field, why, and what to do instead.

Domain rules and commands raise these; `shared.http` answers them as problem details (RFC 9457) in the
caller's language, and consumers write them beside the dead letter.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Text(NamedTuple):
    """One sentence in both languages of the platform, with the same {placeholders}."""

    en: str
    zh: str

    def format(self, **values: Any) -> Text:
        return Text(self.en.format(**values), self.zh.format(**values))

    def within(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Fault(NamedTuple):
    """One field that is wrong: where it stands (dotted path), why, and what would be right."""

    field: str
    reason: Text
    remedy: Text


class Problem(Exception):
    """A refusal with a stable `code` (last part of the problem type), told in both languages."""

    status = 422
    title = Text("The request breaks a rule", "请求不符合规定")

    def __init__(
        self,
        code: str,
        detail: Text,
        remedy: Text | None = None,
        *,
        field: str | None = None,
        faults: tuple[Fault, ...] = (),
        **extra: Any,
    ) -> None:
        super().__init__(f"{code}: {detail.en}")
        self.code = code
        self.detail = detail
        self.remedy = remedy
        self.field = field
        self.faults = faults
        self.extra = extra


class Refused(Problem):
    """A rule of the domain forbids it (422)."""


class Invalid(Problem):
    """The request's own form is wrong (400): every faulty field is listed."""

    status = 400
    title = Text("The request is not valid", "请求内容有误")


class Unauthenticated(Problem):
    """Nobody is known to be asking (401)."""

    status = 401
    title = Text("Authentication is required", "需要身份验证")


class Forbidden(Problem):
    """Whoever asks may not do this here (403)."""

    status = 403
    title = Text("This is not allowed to you", "没有权限")


class NotFound(Problem):
    """There is no such thing at this node (404)."""

    status = 404
    title = Text("Not found", "未找到")


class Conflict(Problem):
    """The record changed meanwhile, or the same thing exists already (409)."""

    status = 409
    title = Text("This conflicts with the present state", "与当前状态冲突")


class Gone(Problem):
    """What was there for a while is not to be had any more (410)."""

    status = 410
    title = Text("No longer available", "已失效")


class NotYetKnown(Conflict):
    """Something that may be on its way from another node or service: ask again after a moment (409)."""

    title = Text("Not known here yet", "此处尚未获知")

    def __init__(self, noun: Text, identifier: str, field: str) -> None:
        super().__init__(
            "not-yet-known",
            Text(f"{noun.en} {identifier} is not known here.", f"此处没有{noun.zh} {identifier} 的信息。"),
            Text(
                "Check the identifier; if it was created a moment ago elsewhere, try again shortly.",
                "请核对编号；如刚在别处创建，请稍后重试。",
            ),
            field=field,
            retry_after=1,
        )


class Misdirected(Problem):
    """Another node owns the record (421); `owner` is its area and `address` where to go.

    `due` tells whether this node is the one that ought to own it: its hand-over to here is still to come.
    """

    status = 421
    title = Text("Another node owns this record", "该记录由其他节点管理")

    def __init__(self, owner: str, address: str | None, *, due: bool = False) -> None:
        self.due = due
        super().__init__(
            "owned-elsewhere",
            Text(f"Node {owner} writes this record.", f"该记录由节点 {owner} 负责写入。"),
            Text(f"Send the request to {address or owner}.", f"请将请求发往 {address or owner}。"),
            owner=owner,
            address=address,
        )


class HandingOver(Misdirected):
    """The record is on its way to node `owner`, and nobody writes it for the moment (503)."""

    status = 503
    title = Text("The record is changing its owner", "该记录正在移交")

    def __init__(self, owner: str, address: str | None) -> None:
        self.due = False
        Problem.__init__(
            self,
            "being-handed-over",
            Text(f"The record is being handed over to node {owner}.", f"该记录正在移交给节点 {owner}。"),
            Text(
                "Send the same request again in a moment, with the same Idempotency-Key.",
                "请稍后重发同一请求（保持相同的 Idempotency-Key）。",
            ),
            owner=owner,
            address=address,
            retry_after=2,
        )


class TooMany(Problem):
    """There were too many before it (429); `retry_after` is given in seconds."""

    status = 429
    title = Text("Too many attempts", "尝试次数过多")


class Unavailable(Problem):
    """Something this needs cannot be reached just now (503)."""

    status = 503
    title = Text("Unavailable for the moment", "暂时不可用")
