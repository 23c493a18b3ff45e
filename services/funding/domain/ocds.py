"""Sections of a release of the Open Contracting Data Standard 1.1.5, from states as funding's events tell them.

A round is a contracting process: its topics are the planning, its call the tender, what is proposed and granted the
awards, projects the contracts, tranches their milestones, and payments their transactions. Times are texts of
RFC 3339, amounts yuan 元 as JSON numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared import areas
from shared.errors import Text

Data = dict[str, Any]
State = Mapping[str, Any]

VERSION = "1.1"
CURRENCY = "CNY"
# 统一社会信用代码. The list of identifiers org-id.guide has no scheme for social organisations: this one is ours.
CREDIT_CODE_SCHEME = "CN-USCC"
SOLE_TRADER = "92"
GENERATED = "Generated data, nothing of this happened. 生成数据，并非真实。"
KINDS = {
    "venture": Text("grants of a venture round", "公益创投"),
    "purchase": Text("purchase of services", "政府购买服务"),
    "micro": Text("micro grants", "微创投"),
    "tender": Text("tender", "招标"),
}
FUND_SOURCES = {
    "welfare_lottery": Text("welfare lottery", "福彩公益金"),
    "social_work": Text("social work funds", "社会工作专项经费"),
    "budget": Text("budget", "财政预算"),
    "matching": Text("matching funds", "配套资金"),
    "donation": Text("donations", "捐赠"),
}
TRACKS = {
    "registered": Text("registered organisations", "登记社会组织"),
    "filed": Text("filed teams through a host", "备案组织（由承接单位签约）"),
}
CONDITIONS = {
    "contract": (Text("on signature", "签约"), "approval"),
    "mid_term": (Text("after the mid-term evaluation", "中期评估"), "assessment"),
    "final": (Text("after the final evaluation", "末期评估"), "assessment"),
}
# awardStatus by the application's; what is only proposed is pending.
GRANTED = ("awarded", "contracted")
# contractStatus by the project's: the standard calls every end, good or bad, terminated.
CONTRACT_STATUS = {"completed": "terminated", "stopped": "terminated"}
MILESTONE_STATUS = {"paid": "met", "held": "notMet"}


@dataclass(frozen=True)
class Party:
    """An organisation as everybody may know it, by its public summary 公开信息."""

    name: str
    credit_code: str | None = None


@dataclass(frozen=True)
class Source:
    """A fund that a round draws on."""

    name: str
    source: str
    area: str


@dataclass(frozen=True)
class Known:
    """What a release names besides the events' own words. `areas` are names of those who buy, where it is not the
    area's own name that they go by."""

    parties: Mapping[str, Party] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    funds: Mapping[str, Source] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)


def amount(fen: int) -> float | int:
    """Yuan of an amount in fen, as a JSON number.

    Written out it is exact: up to `money.LARGEST` it has 15 significant digits, which a double keeps.
    """
    return fen // 100 if fen % 100 == 0 else fen / 100


def value(fen: int) -> Data:
    return {"amount": amount(fen), "currency": CURRENCY}


def both(text: Text) -> str:
    return f"{text.zh} {text.en}"


def external(identifier: str, told: State) -> Party:
    """An external party 外部单位: a firm by its name; a sole trader 个体工商户, who is a person, by a pseudonym, which
    is always the same and leads back to no name. Codes of sole traders begin with 92 (GB 32100)."""
    if str(told["credit_code"]).startswith(SOLE_TRADER):
        return Party("外部申报人 external applicant " + hashlib.sha256(identifier.encode()).hexdigest()[:8])
    return Party(told["name"], told["credit_code"])


def described(state: State, *parts: str) -> Data:
    """A description that says of generated data that it is generated; none where there is nothing to say."""
    said = [GENERATED] if state.get("generated") else []
    text = " ".join([*said, *filter(None, parts)])
    return {"description": text} if text else {}


# --- parties


def area_party(area: str, known: Known) -> Data:
    return {"id": f"area-{area}", "name": known.areas.get(area) or areas.name(area)}


def reference(identifier: str, known: Known) -> Data:
    """A party as awards and transactions name it."""
    if identifier.startswith("area-"):
        return area_party(identifier.removeprefix("area-"), known)
    found = known.parties.get(identifier)
    return {"id": identifier, "name": found.name if found else f"名称未知 name not known {identifier[-8:]}"}


def party(identifier: str, roles: Sequence[str], known: Known) -> Data:
    told = reference(identifier, known) | {"roles": list(roles)}
    found = known.parties.get(identifier)
    if found and found.credit_code:
        told["identifier"] = {
            "scheme": CREDIT_CODE_SCHEME, "id": found.credit_code, "legalName": found.name,
        }  # fmt: skip
    if identifier.startswith("area-"):
        told["address"] = {"region": areas.name(identifier.removeprefix("area-")), "countryName": "中国"}
    return told


# --- sections


def planning(round_: State, topics: Iterable[str], known: Known) -> Data:
    """What the round is for: the needs that its awards answer, as far as they are public, and where money is from."""
    titles = [known.topics[topic] for topic in topics if topic in known.topics]
    if titles:
        rationale = "回应居民需求 Needs answered: " + "；".join(titles)
    elif round_.get("topics_only"):
        rationale = "面向需求库立项选题征集项目 Called for topics chosen from the library of needs"
    else:
        rationale = "由社会组织自主申报 Proposed by the applicants"
    found: Data = {"rationale": rationale}
    funds = [known.funds[fund] for fund in round_.get("funds") or () if fund in known.funds]
    if funds:
        named = (
            f"{f.name}（{both(FUND_SOURCES[f.source])}）" if f.source in FUND_SOURCES else f.name
            for f in funds
        )
        found["budget"] = {"description": "；".join(named)}
    return found


def decision(query: State, at: str) -> Data:
    """A complaint 投诉 that was decided, as a milestone of the call: decisions are announced (财政部令 94, 39), who
    complained and of what is not told here."""
    outcome = Text("upheld", "成立") if query.get("upheld") else Text("not upheld", "不成立")
    title = f"投诉处理决定：{outcome.zh} complaint decided: {outcome.en}"
    return {"id": query["id"], "title": title, "type": "assessment", "status": "met", "dateMet": at}


def tender(
    round_: State,
    status: str,
    applicants: int | None,
    noticed_at: str | None,
    decisions: Sequence[Data],
    known: Known,
) -> Data:
    """The call. `applicants` are counted once it is closed; who they are stays private until they are proposed."""
    kind = KINDS.get(round_["kind"])
    found: Data = {
        "id": round_["id"],
        "title": round_["name"],
        **described(round_, both(kind) if kind else ""),
        "status": status,
        "procuringEntity": area_party(round_["area"], known),
        "procurementMethod": "open",
        "mainProcurementCategory": "services",
        "submissionMethod": ["electronicSubmission"],
        "eligibilityCriteria": _eligibility(round_),
    }
    if kind:
        found["procurementMethodDetails"] = both(kind)
    if round_.get("criteria"):
        found["awardCriteria"] = "ratedCriteria"
        weights = "；".join(f"{c['name']} {c['weight']}" for c in round_["criteria"])
        found["awardCriteriaDetails"] = f"指标及权重 Criteria and weights: {weights}"
    period = {"startDate": round_.get("opens_at"), "endDate": round_.get("closes_at")}
    if any(period.values()):
        found["tenderPeriod"] = {name: at for name, at in period.items() if at}
    if noticed_at and round_.get("notice_ends_at"):
        found["awardPeriod"] = {"startDate": noticed_at, "endDate": round_["notice_ends_at"]}
    if applicants is not None:
        found["numberOfTenderers"] = applicants
    if decisions:
        found["milestones"] = list(decisions)
    return found


def _eligibility(round_: State) -> str:
    parts = [both(TRACKS[track]) for track in round_.get("tracks") or () if track in TRACKS]
    if round_.get("external"):
        parts.append("外部主体 external parties")
    if round_.get("cap_fen"):
        parts.append(f"每个项目不超过 per project at most {amount(round_['cap_fen'])} {CURRENCY}")
    return "；".join(parts) or "按轮次公告 as announced"


def award(application: State, status: str, granted_at: str | None, known: Known) -> Data:
    found: Data = {
        "id": application["id"],
        "title": application["title"],
        **described(application),
        "status": status,
        "value": value(application["amount_fen"]),
        "suppliers": [reference(application["organisation"], known)],
        **_items(application, known),
    }
    if granted_at:
        found["date"] = granted_at
    return found


def contract(project: State, paper: State | None, known: Known) -> Data:
    """A contract without its implementation: what its project says of it, and what the paper 协议 says that was signed,
    where one was kept."""
    number = f"协议编号 No. {paper['number']}" if paper and paper.get("number") else ""
    found: Data = {
        "id": project["id"],
        "awardID": project["application"],
        "title": project["title"],
        **described(project, number),
        "status": CONTRACT_STATUS.get(project["status"], "active"),
        "value": value(project["amount_fen"]),
        **_items(project, known),
    }
    if project.get("signed_on"):
        found["dateSigned"] = midnight(project["signed_on"])
    if paper and paper.get("ends_on"):
        found["period"] = {"startDate": midnight(paper["starts_on"]), "endDate": midnight(paper["ends_on"])}
    return found


def _items(state: State, known: Known) -> Data:
    """The need that is answered, as what is bought."""
    topic = state.get("topic")
    if not topic or topic not in known.topics:
        return {}
    return {"items": [{"id": topic, "description": known.topics[topic]}]}


def tranche_id(project: str, tranche: State) -> str:
    """By its condition, which stays: an amendment may number the tranches anew."""
    return f"{project}-{tranche['condition']}"


def milestones(project: State, paid_at: Mapping[str, str]) -> list[Data]:
    """A milestone for each tranche 拨付批次: met once it is paid, not met where its evaluation was not passed or the
    project has ended before it."""
    ended = project["status"] in CONTRACT_STATUS
    found = []
    for tranche in project.get("tranches") or ():
        title, type_ = CONDITIONS.get(tranche["condition"], (Text(*[tranche["condition"]] * 2), "financing"))
        status = MILESTONE_STATUS.get(tranche["status"], "notMet" if ended else "scheduled")
        identifier = tranche_id(project["id"], tranche)
        one = {
            "id": identifier,
            "title": f"第{tranche['number']}期拨付 tranche {tranche['number']}: {both(title)}",
            "type": type_,
            "status": status,
        }
        if status == "met" and identifier in paid_at:
            one["dateMet"] = paid_at[identifier]
        found.append(one)
    return [*found, *_demands(project)]


def _demands(project: State) -> Iterator[Data]:
    """Paid money that has to come back 追回: met once all of it has."""
    for each in project.get("claw_backs") or ():
        one = {
            "id": f"{project['id']}-claw-back-{each['number']}",
            "title": f"第{each['number']}次追回 claw-back {each['number']}: {amount(each['amount_fen'])} {CURRENCY}",
            "type": "financing",
            "status": "met" if each["status"] == "settled" else "scheduled",
        }
        if each.get("due_at"):
            one["dueDate"] = each["due_at"]
        yield one


def transactions(project: State, paid_at: Mapping[str, str], payer: str, known: Known) -> list[Data]:
    """What was paid of each tranche, and what came back of it; a filed team's money goes to its host 承接单位."""
    payee = str(project.get("host") or project["organisation"])
    paid = [
        {
            "id": identifier,
            "date": paid_at[identifier],
            "value": value(tranche["amount_fen"]),
            "payer": reference(payer, known),
            "payee": reference(payee, known),
        }
        for tranche in project.get("tranches") or ()
        if (identifier := tranche_id(project["id"], tranche)) in paid_at
    ]
    repaid = [
        {
            "id": f"{project['id']}-claw-back-{each['number']}-{number}",
            "date": midnight(repayment["received_on"]),
            "value": value(repayment["amount_fen"]),
            "payer": reference(payee, known),
            "payee": reference(payer, known),
        }
        for each in project.get("claw_backs") or ()
        for number, repayment in enumerate(each.get("repayments") or (), 1)
    ]
    return paid + repaid


def midnight(day: str) -> str:
    """The beginning of a day in China, as the standard wants its dates."""
    return f"{day[:10]}T00:00:00+08:00"
