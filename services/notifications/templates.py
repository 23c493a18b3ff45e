"""What messages and notices say, in both languages. Nothing here holds personal data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared import clock, money
from shared.errors import Text


class Letter(NamedTuple):
    """Subject and body with the same {placeholders} in both languages."""

    subject: Text
    body: Text


_PHASES = {"initial": ("initial", "初期"), "mid_term": ("mid-term", "中期"), "final": ("final", "末期")}

_STEPS = {
    "acceptance": ("Acceptance", "受理审查"),
    "decision": ("The decision", "审批决定"),
    "statement": ("The statement", "陈述申辩"),
    "rectification": ("Rectification", "整改"),
    "routing": ("Routing", "派单"),
    "answering": ("The answer", "办理答复"),
    "call_back": ("The call-back", "回访"),
    "objection": ("The reply to an objection", "异议处理"),
}
_UNCERTAIN = Text(
    " The holiday notice for these days is not out yet: the date may move.",
    "相关日期的放假安排尚未公布，期限可能变动。",
)

_ORGANISATION: dict[str, Letter] = {
    "organisation_correction_asked": Letter(
        Text("Please complete your application", "请补正申请材料"),
        Text(
            "The application of {name} needs a correction: {reasons}",
            "{name}的申请材料需要补正：{reasons}",
        ),
    ),
    "organisation_approved": Letter(
        Text("Your application was approved", "申请已获准予"),
        Text("{name} was approved.", "准予{name}的申请。"),
    ),
    "organisation_refused": Letter(
        Text("Your application was refused", "申请未获准予"),
        Text("The application of {name} was refused: {reasons}", "{name}的申请不予批准：{reasons}"),
    ),
    "organisation_suspended": Letter(
        Text("Your organisation was suspended", "社会组织被暂停活动"),
        Text("{name} was suspended: {reasons}", "{name}被责令暂停活动：{reasons}"),
    ),
    "organisation_cancelled": Letter(
        Text("Your organisation was struck off", "社会组织已注销"),
        Text("{name} was struck off: {reasons}", "{name}已注销：{reasons}"),
    ),
    "organisation_not_accepted": Letter(
        Text("Your application was not accepted", "申请不予受理"),
        Text("The application of {name} was not accepted: {reasons}", "{name}的申请不予受理：{reasons}"),
    ),
    "organisation_revoked": Letter(
        Text("Your licence was revoked", "登记证书被吊销"),
        Text(
            "The licence of {name} was revoked; it has to be liquidated: {reasons}",
            "{name}的登记证书被吊销，须依法清算：{reasons}",
        ),
    ),
    "organisation_rescinded": Letter(
        Text("The approval was rescinded", "准予决定被撤销"),
        Text("The approval of {name} was rescinded: {reasons}", "{name}的准予决定被撤销：{reasons}"),
    ),
    "organisation_lapsed": Letter(
        Text("Your filing has lapsed", "备案已到期"),
        Text("The filing of {name} has lapsed. It can be renewed.", "{name}的备案已到期，可申请延续。"),
    ),
    "organisation_closed": Letter(
        Text("Your filing was closed", "备案已终止"),
        Text("The filing of {name} was closed: {reasons}", "{name}的备案已终止：{reasons}"),
    ),
    "organisation_grown": Letter(
        Text("Your team is a legal person now", "团队已登记为法人"),
        Text(
            "{name} was registered as a legal person; its filing has ended. Contracts do not pass over by themselves.",
            "{name}已登记为法人，原备案终止；合同不自动转移。",
        ),
    ),
}
_FUNDING: dict[str, Letter] = {
    "application_rejected": Letter(
        Text("Your project application was rejected", "项目申请未通过审核"),
        Text("The application '{title}' was rejected: {reasons}", "项目申请“{title}”未通过审核：{reasons}"),
    ),
    "application_awarded": Letter(
        Text("Your project was awarded", "项目获得资助"),
        Text(
            "The application '{title}' was awarded; the contract follows.",
            "项目“{title}”已获立项资助，请等待签约。",
        ),
    ),
    "tranche_paid": Letter(
        Text("A tranche was paid", "项目款已拨付"),
        Text(
            "A tranche of the project '{title}' was paid; {paid} of {amount} yuan are paid now.",
            "项目“{title}”的一期款项已拨付，累计拨付 {paid} 元（总额 {amount} 元）。",
        ),
    ),
    "tranche_held": Letter(
        Text("A tranche is held", "项目款暂缓拨付"),
        Text(
            "A tranche of the project '{title}' is held until its evaluation is passed and nothing else holds it.",
            "项目“{title}”的一期款项暂缓拨付，待评估合格且暂停、整改事项办结后拨付。",
        ),
    ),
    "project_warned": Letter(
        Text("Early warning of a project", "项目预警"),
        Text(
            "The project '{title}' runs behind: look at its warnings, and report what is missing.",
            "项目“{title}”触发预警，请查看预警内容并及时报告进展。",
        ),
    ),
    "project_suspended": Letter(
        Text("A project is suspended", "项目暂停"),
        Text(
            "The project '{title}' is suspended; nothing is paid until it goes on.",
            "项目“{title}”已暂停，恢复前暂缓拨付。",
        ),
    ),
    "project_resumed": Letter(
        Text("A project goes on", "项目恢复"),
        Text("The suspended project '{title}' goes on.", "项目“{title}”已恢复执行。"),
    ),
    "project_rectification_overdue": Letter(
        Text("Overdue: rectification of a project", "项目整改逾期"),
        Text(
            "What the project '{title}' was to put right is overdue. Report at once.",
            "项目“{title}”整改已逾期，请立即提交整改报告。",
        ),
    ),
    "project_claw_back_demanded": Letter(
        Text("Money of a project is demanded back", "项目资金追回"),
        Text(
            "Money paid for the project '{title}' is demanded back; the project says how much, and by when.",
            "项目“{title}”的部分已拨资金须退还，金额与期限见项目信息。",
        ),
    ),
    "tranche_paid_finance": Letter(
        Text("Payment of a tranche", "项目款拨付"),
        Text(
            "A tranche of the project '{title}' was released; {paid} of {amount} yuan are paid now.",
            "项目“{title}”的一期款项已核准拨付，累计 {paid} 元（总额 {amount} 元）。",
        ),
    ),
}
_EVALUATION: dict[str, Letter] = {
    "rectification_ordered": Letter(
        Text("Rectification is needed", "评估要求整改"),
        Text(
            "The {phase_en} evaluation of your project ({score} points) asks for rectification.",
            "您的项目{phase_zh}评估得 {score} 分，须进行整改。",
        ),
    ),
    "grade_awarded": Letter(
        Text("Your organisation was graded {grade}", "社会组织评估等级：{grade}"),
        Text(
            "The grade {grade} holds from {valid_from} to {valid_until}.",
            "评估等级 {grade}，有效期自 {valid_from} 至 {valid_until}。",
        ),
    ),
    "grade_lowered": Letter(
        Text("The grade was lowered to {grade}", "评估等级降为 {grade}"),
        Text("The grade was lowered to {grade}: {reasons}", "评估等级降为 {grade}：{reasons}"),
    ),
}
_REMINDERS: dict[str, Letter] = {
    "reminder": Letter(
        Text("{subject_en}", "{subject_zh}"),
        Text("Reminder: {subject_en}", "提醒：{subject_zh}"),
    ),
    "escalation": Letter(
        Text("Unread: {subject_en}", "逾期未处理：{subject_zh}"),
        Text(
            "A reminder to {recipient} was not read in time: {subject_en}",
            "发给 {recipient} 的提醒逾期未读：{subject_zh}",
        ),
    ),
    "round_closing": Letter(
        Text("Applications for {name} close at {closes_at}", "{name}将于 {closes_at} 截止申报"),
        Text("", ""),
    ),
    "notice_ending": Letter(
        Text("The public notice of {name} ends at {notice_ends_at}", "{name}公示将于 {notice_ends_at} 结束"),
        Text("", ""),
    ),
}
_NOTICES: dict[str, Letter] = {
    "public_notice": Letter(
        Text("Public notice: projects proposed in {name}", "公示：{name}拟资助项目"),
        Text(
            "{count} projects are proposed for funding. Objections are taken until {notice_ends_at}.",
            "{name}拟资助 {count} 个项目，现予公示。如有异议，请于 {notice_ends_at} 前提出。",
        ),
    ),
    "result": Letter(
        Text("Result: {name}", "结果公告：{name}"),
        Text("{name} is concluded.", "{name}已结束，结果现予公告。"),
    ),
    "topic": Letter(
        Text("Topic proposed: {title}", "立项公示：{title}"),
        Text(
            "It is proposed to choose '{title}' from the library of needs. Objections are taken until "
            "{notice_ends_at}.",
            "需求库项目“{title}”拟立项，现予公示。如有异议，请于 {notice_ends_at} 前提出。",
        ),
    ),
    "topic_result": Letter(
        Text("Topic chosen: {title}", "立项公告：{title}"),
        Text("'{title}' was chosen as a topic after its public notice.", "“{title}”经公示已立项，现予公告。"),
    ),
}
_MATTERS: dict[str, Letter] = {
    "matter_correction_asked": Letter(
        Text("Please complete your application", "请补正申请材料"),
        Text(
            "An application of {name} needs a correction: {reasons}",
            "{name}的{kind_zh}申请需要补正：{reasons}",
        ),
    ),
    "matter_approved": Letter(
        Text("Your application was approved", "申请已获准予"),
        Text("The {kind_en} of {name} was approved.", "准予{name}的{kind_zh}申请。"),
    ),
    "matter_refused": Letter(
        Text("Your application was refused", "申请未获准予"),
        Text("The {kind_en} of {name} was refused: {reasons}", "{name}的{kind_zh}申请不予批准：{reasons}"),
    ),
}
_KINDS = {
    "change": ("change of registered matters", "变更登记"),
    "statutes": ("approval of statutes", "章程核准"),
    "certificate": ("new certificate", "换证"),
}
_DEADLINES: dict[str, Letter] = {
    "deadline_near": Letter(
        Text("{step_en} of {name} is due at {due_at}", "{name}的{step_zh}将于 {due_at} 到期"),
        Text(
            "{step_en} of {name} is due at {due_at}.{warning_en}",
            "{name}的{step_zh}将于 {due_at} 到期。{warning_zh}",
        ),
    ),
    "deadline_passed": Letter(
        Text("Overdue: {step_en} of {name}", "已逾期：{name}的{step_zh}"),
        Text(
            "{step_en} of {name} was due at {due_at} and is not done.{warning_en}",
            "{name}的{step_zh}应于 {due_at} 前完成，现已逾期。{warning_zh}",
        ),
    ),
    "deemed_accepted": Letter(
        Text("{name}: the application counts as accepted", "{name}的申请视为受理"),
        Text(
            "Nobody asked for a correction in time, so the application of {name} counts as accepted since the day "
            "on which it was received. It is to be decided by {due_at}.{warning_en}",
            "{name}的申请逾期未告知补正，自收到之日起视为受理，应于 {due_at} 前作出决定。{warning_zh}",
        ),
    ),
}
_NEEDS: dict[str, Letter] = {
    "topic_objection_filed": Letter(
        Text("An objection to the topic {name}", "立项异议：{name}"),
        Text("Please settle it by {due_at}.{warning_en}", "请于 {due_at} 前处理。{warning_zh}"),
    ),
    "need_routed": Letter(
        Text("A hotline request for you: {name}", "热线转办：{name}"),
        Text(
            "Please answer '{name}' by {due_at}.{warning_en}",
            "请于 {due_at} 前办理并答复“{name}”。{warning_zh}",
        ),
    ),
    "need_reopened": Letter(
        Text("Not settled yet: {name}", "退回重办：{name}"),
        Text(
            "The resident is not satisfied with the answer to '{name}'. Please answer again by {due_at}.{warning_en}",
            "居民对“{name}”的答复不满意，请于 {due_at} 前重新办理。{warning_zh}",
        ),
    ),
}
_LISTS = {
    "abnormal": ("list of abnormal activity", "活动异常名录"),
    "serious": ("list of serious violations", "严重违法失信名单"),
}
_CONCLUSIONS = {
    "qualified": ("qualified", "合格"),
    "basically_qualified": ("basically qualified", "基本合格"),
    "unqualified": ("unqualified", "不合格"),
}
_INSPECTION: dict[str, Letter] = {
    "inspection_opened": Letter(
        Text("The annual inspection of {year} is open", "{year}年度检查已启动"),
        Text(
            "The report of {name} is due by {report_due_at}.", "{name}须于 {report_due_at} 前报送年度报告。"
        ),
    ),
    "inspection_sent_back": Letter(
        Text("The report of {year} was sent back", "{year}年度报告被退回补正"),
        Text(
            "The report of {name} has to be completed by {report_due_at}: {reasons}",
            "{name}的年度报告须于 {report_due_at} 前补正：{reasons}",
        ),
    ),
    "inspection_concluded": Letter(
        Text("The inspection of {year}: {conclusion_en}", "{year}年度检查结论：{conclusion_zh}"),
        Text("{name} was found {conclusion_en}: {reasons}", "{name}年检{conclusion_zh}：{reasons}"),
    ),
    "inspection_rectification_ordered": Letter(
        Text("Rectification is ordered by {due_at}", "责令 {due_at} 前完成整改"),
        Text(
            "The inspection of {name} in {year} was concluded as {conclusion_en}; rectification is due by {due_at}: "
            "{reasons}",
            "{name}{year}年度检查{conclusion_zh}，须于 {due_at} 前完成整改：{reasons}",
        ),
    ),
    "inspection_rectified": Letter(
        Text("Your rectification was accepted", "整改已通过核查"),
        Text("The rectification of {name} was accepted: {reasons}", "{name}的整改已通过核查：{reasons}"),
    ),
    "inspection_missed": Letter(
        Text("The annual inspection of {year} was missed", "{year}年度检查逾期未报"),
        Text(
            "The report of {name} was due by {report_due_at}. Its listing is proposed; hand the report in now.",
            "{name}未在 {report_due_at} 前报送年度报告，拟列入活动异常名录，请立即补报。",
        ),
    ),
}
_LISTINGS: dict[str, Letter] = {
    "listing_notified": Letter(
        Text("It is intended to put you on the {list_en}", "拟列入{list_zh}告知"),
        Text(
            "{name} may state its case until {due_at}; the grounds stand in the listing.",
            "{name}可于 {due_at} 前提出陈述申辩，列入事实和理由见名录材料。",
        ),
    ),
    "listing_listed": Letter(
        Text("You were put on the {list_en}", "已列入{list_zh}"),
        Text("{name} was put on the {list_en}: {reasons}", "{name}被列入{list_zh}：{reasons}"),
    ),
    "listing_spared": Letter(
        Text("You are not put on the {list_en}", "不予列入{list_zh}"),
        Text("{name} is not put on the {list_en}: {reasons}", "{name}不予列入{list_zh}：{reasons}"),
    ),
    "listing_removed": Letter(
        Text("You were taken off the {list_en}", "已移出{list_zh}"),
        Text(
            "{name} was taken off the {list_en}: {removal_reasons}",
            "{name}被移出{list_zh}：{removal_reasons}",
        ),
    ),
}
LETTERS = (
    _INSPECTION
    | _LISTINGS
    | _MATTERS
    | _DEADLINES
    | _NEEDS
    | _ORGANISATION
    | _FUNDING
    | _EVALUATION
    | _REMINDERS
    | _NOTICES
)


def write(name: str, data: Mapping[str, Any]) -> Letter:
    """The letter of this name about an event's data."""
    letter, values = LETTERS[name], _values(data)
    return Letter(letter.subject.format(**values), letter.body.format(**values))


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data as people read it: yuan, China's time, '-' for what is not told."""
    values = dict(data)
    values["reasons"] = _told(data.get("reasons"))
    for name in ("closes_at", "notice_ends_at", "due_at", "report_due_at"):
        if data.get(name) is not None:
            values[name] = f"{data[name].astimezone(clock.CHINA):%Y-%m-%d %H:%M}"
    if "tranches" in data:
        paid = sum(t["amount_fen"] for t in data["tranches"] if t["status"] == "paid")
        values |= {"paid": money.yuan(paid), "amount": money.yuan(data["amount_fen"])}
    if "proposed" in data:
        values["count"] = len(data["proposed"])
    if "conclusion" in data:
        told = _CONCLUSIONS.get(data["conclusion"], ("-", "-"))
        values["conclusion_en"], values["conclusion_zh"] = told
    if "phase" in data:
        values["phase_en"], values["phase_zh"] = _PHASES.get(data["phase"], (data["phase"],) * 2)
    if data.get("title") and data.get("name", "-") == "-":
        values["name"] = data["title"]
    if "due_step" in data:
        values["step_en"], values["step_zh"] = _STEPS.get(data["due_step"], (data["due_step"],) * 2)
        warning = _UNCERTAIN if data["due_certain"] is False else Text("", "")
        values["warning_en"], values["warning_zh"] = warning
    if data.get("kind"):
        values["list_en"], values["list_zh"] = _LISTS.get(data["kind"], (data["kind"],) * 2)
        values["kind_en"], values["kind_zh"] = _KINDS.get(data["kind"], (data["kind"],) * 2)
    return values


def _told(reasons: Any) -> str:
    """Reasons are one text or a list of them; '-' where none are told."""
    if isinstance(reasons, list):
        return "; ".join(str(reason) for reason in reasons) or "-"
    return str(reasons) if reasons else "-"
