"""Funds, and rounds of applications through their whole course up to contract and phase evaluations."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from deploy.replay.amounts import cycle, split, split_fen
from deploy.replay.build import Build, Data, Organisation, Project, Topic, moment, spread
from deploy.replay.plan import After, Ref, Role
from shared import areas, clock, workdays

_CRITERIA = [
    {"name": "需求契合度", "weight": 30},
    {"name": "可行性", "weight": 30},
    {"name": "预算合理性", "weight": 20},
    {"name": "创新性", "weight": 20},
]
_TRANCHES = [
    {"share": 50, "condition": "contract"},
    {"share": 30, "condition": "mid_term"},
    {"share": 20, "condition": "final"},
]
_TITLES = ("计划", "项目", "行动", "服务")
_PHASE_DAYS = {"initial": 20, "mid_term": 90, "rectified": 110, "final": 170}  # after the end of the notice


def plan_funds(build: Build) -> None:
    for entry in build.scenario["funds"]:
        area = entry["area"] or build.district
        name = entry["name"]["zh"] if entry["name"] else f"{areas.name(area)}公益创投资金"
        build.funds[entry["key"]] = build.post(
            f"funds/{entry['key']}", "funding/funds",
            {
                "area": area, "name": build.names.unique(name), "source": entry["source"],
                "purpose": entry["purpose"], "year": entry["year"], "budget_fen": entry["budget"],
                "generated": True,
            },
            area=area, role=Role("finance", area), at=moment(date(entry["year"], 1, 5)),
        )  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """What one applicant asks for, and what is to come of it: funded, dropped, or rejected."""

    organisation: Organisation
    host: Organisation | None
    topic: Topic | None
    title: str
    amount: int
    direct: int
    indirect: int
    outcome: str


def plan_rounds(build: Build) -> None:
    """Rounds that share a fund run one after the other, as they draw on what the others left."""
    concluded: dict[str, str] = {}
    for entry in build.scenario["rounds"]:
        waits = [concluded[key] for key in entry["funds"] if key in concluded]
        end = _plan_round(build, entry, waits)
        concluded |= dict.fromkeys(entry["funds"], end)


def _plan_round(build: Build, entry: Data, waits: list[str]) -> str:
    """The steps of one round; answers the last of them."""
    course = _Course(build, entry)
    planned = course.announce(waits)
    build.rounds[entry["key"]] = planned
    proposals = _proposals(build, entry)
    made = [course.apply(index, proposal) for index, proposal in enumerate(proposals)]
    closed = course.move("closing", course.closes + timedelta(days=1), made)
    reviewed = [
        step
        for index, proposal in enumerate(proposals)
        for step in course.review(index, made[index], proposal, closed)
    ]
    ranked = course.move("ranking", course.closes + timedelta(days=15), [closed, *reviewed])
    course.noticed = course.move("notice", course.closes + timedelta(days=16), [ranked])
    funded = [index for index, proposal in enumerate(proposals) if proposal.outcome == "funded"]
    settled = [course.object_to(made[index]) for index in funded[: entry["objections"]]]
    previous = settled
    for index in funded:  # one after the other, since all draw on the same funds
        previous = [course.award(made[index], previous)]
    concluded = course.move(
        "conclusion", After(course.noticed, "notice_ends_at", 2), [course.noticed, *previous]
    )
    last = concluded
    projects = build.projects[entry["key"]] = []
    for index in funded:
        last = course.sign(made[index], last)
        proposal = proposals[index]
        projects.append(
            Project(last, proposal.organisation, proposal.topic, proposal.title, course.signed_about)
        )
    for number, project in enumerate(projects):
        course.evaluate(number, project)
    return last


class _Course:
    """One round's steps and the dates between them."""

    def __init__(self, build: Build, entry: Data) -> None:
        self.build, self.entry = build, entry
        self.area = str(entry["area"] or build.district)
        self.root = f"rounds/{entry['key']}"
        self.staff = build.staff(self.area)
        self.opens = moment(entry["opens"])
        self.closes = datetime.combine(entry["closes"], time(17), clock.CHINA)
        self.noticed = ""
        self.criteria = entry["criteria"] or _CRITERIA
        notice = workdays.deadline(
            self.closes + timedelta(days=18), entry["notice_working_days"], "working_days"
        )
        self.signed_about = notice.at.date() + timedelta(days=10)

    def announce(self, waits: list[str]) -> str:
        entry, name = self.entry, self.entry["name"]
        title = name["zh"] if name else f"{areas.name(self.area)}{entry['year']}年公益创投"
        planned = self.build.post(
            self.root, "funding/rounds",
            {
                "area": self.area, "name": self.build.names.unique(title), "kind": entry["kind"],
                "year": entry["year"],
                "funds": [Ref(self.build.funds[key]) for key in entry["funds"]],
                "criteria": self.criteria, "threshold": entry["threshold"], "cap_fen": entry["cap"],
                "notice_working_days": entry["notice_working_days"],
                "tranches": entry["tranches"] or _TRANCHES,
                "tracks": ["registered", "filed"],
                "topics_only": entry["needs"] is not None,
                "opens_at": clock.text(self.opens), "closes_at": clock.text(self.closes),
                "generated": True,
            },
            area=self.area, role=self.staff, at=self.opens - timedelta(days=10), after=waits,
        )  # fmt: skip
        self.move("opening", self.opens, [planned])
        return planned

    def move(self, action: str, at: datetime | After, after: list[str]) -> str:
        at = at if isinstance(at, After) else moment(at.date())
        return self.build.post(
            f"{self.root}/{action}", f"funding/rounds/{{id}}/{action}", {},
            area=self.area, role=self.staff, at=at, of=self.root, after=after,
        )  # fmt: skip

    def apply(self, index: int, proposal: Proposal) -> str:
        rng = self.build.rng(self.root, "application", index)
        last = max(self.closes.date() - timedelta(days=1), self.opens.date())
        first = min(self.opens.date() + timedelta(days=1), last)
        at = min(max(spread(first, last, rng, index), self.opens), self.closes - timedelta(minutes=1))
        signs = proposal.host or proposal.organisation
        body = {
            "round": Ref(self.root),
            "organisation": proposal.organisation.id,
            "host": proposal.host.id if proposal.host else None,
            "topic": Ref(proposal.topic.step) if proposal.topic else None,
            "title": proposal.title,
            "plan": "服务对象摸底、活动实施、过程记录、成果评估。",
            "amount_fen": proposal.amount,
            "beneficiaries_direct": proposal.direct,
            "beneficiaries_indirect": proposal.indirect,
            "generated": True,
        }
        known = [f"{self.root}/opening", proposal.organisation.approved, signs.approved]
        if proposal.topic:
            known.append(proposal.topic.chosen)
        officer = Role("organisation_officer", proposal.organisation.area, signs.id)
        return self.build.post(
            f"{self.root}/applications/{index}", "funding/applications", body,
            area=proposal.organisation.area, role=officer, at=at, after=known,
        )  # fmt: skip

    def review(self, index: int, application: str, proposal: Proposal, closed: str) -> list[str]:
        """Screening, and where it is passed the experts' scores, on the right side of the threshold."""
        screened = self.build.post(
            f"{application}/screening", "funding/applications/{id}/screening", {},
            area=self.area, role=self.staff, at=moment((self.closes + timedelta(days=5)).date(), index),
            of=application, after=[closed],
        )  # fmt: skip
        if proposal.outcome == "rejected":
            return [screened]
        steps = [screened]
        rng = self.build.rng(self.root, "scores", index)
        aim = _aim(self.entry["threshold"], proposal.outcome == "funded", rng)
        for number in range(1, self.entry["experts"] + 1):
            expert = f"expert-{number}"
            given = {c["name"]: _near(aim, self.entry["threshold"], rng) for c in self.criteria}
            scored = self.build.post(
                f"{application}/scores/{number}", "funding/applications/{id}/scores",
                {"expert": expert, "scores": given, "remarks": ""},
                area=self.area, role=Role("expert", self.area, subject=expert),
                at=moment((self.closes + timedelta(days=8)).date(), index * 5 + number),
                of=application, after=[steps[-1]],
            )  # fmt: skip
            steps.append(scored)
        return steps

    def object_to(self, application: str) -> str:
        """An objection 异议 that is settled, and not upheld."""
        day = moment((self.closes + timedelta(days=16)).date())
        objected = self.build.post(
            f"{application}/objection", "funding/applications/{id}/objections",
            {"text": "请说明项目预算的测算依据。"},
            area=self.area, role=Role("resident", self.area), at=day + timedelta(hours=2),
            of=application, after=[self.noticed],
        )  # fmt: skip
        return self.build.post(
            f"{application}/settlement", "funding/applications/{id}/objections/{objection}/settlement",
            {"upheld": False, "reasons": "预算依据充分，已向异议人说明。"},
            area=self.area, role=self.staff, at=day + timedelta(hours=5),
            of=application, parts={"objection": Ref(objected)},
        )  # fmt: skip

    def award(self, application: str, after: list[str]) -> str:
        return self.build.post(
            f"{application}/award", "funding/applications/{id}/award", {},
            area=self.area, role=self.staff, at=After(self.noticed, "notice_ends_at", 1),
            of=application, after=[self.noticed, *after],
        )  # fmt: skip

    def sign(self, application: str, after: str) -> str:
        return self.build.post(
            f"{application}/contract", "funding/applications/{id}/contract",
            {"signed_on": self.signed_about.isoformat()},
            area=self.area, role=self.staff, at=After(self.noticed, "notice_ends_at", 12),
            of=application, after=[after],
        )  # fmt: skip

    def evaluate(self, number: int, project: Project) -> None:
        """The phases that so many of the projects went through, one after the other."""
        wanted = self.entry["evaluations"] or {}
        previous = project.step
        for phase in ("initial", "mid_term", "final"):
            if number >= wanted.get(phase, 0):
                continue
            if phase == "mid_term" and number < wanted["rectified"]:
                previous = self._conclude(project, phase, "rectify", previous)
            previous = self._conclude(project, phase, "pass", previous)

    def _conclude(self, project: Project, phase: str, outcome: str, after: str) -> str:
        rng = self.build.rng(project.step, phase, outcome)
        again = phase == "mid_term" and outcome == "pass" and after.endswith("/rectify")
        days = _PHASE_DAYS["rectified" if again else phase]
        return self.build.post(
            f"{project.step}/{phase}/{outcome}", "evaluation/phase-evaluations",
            {
                "project": Ref(project.step), "phase": phase,
                "methods": ["documents", "site_visit", "telephone"][: rng.randint(1, 3)],
                "score": rng.randint(75, 96) if outcome == "pass" else rng.randint(50, 65),
                "outcome": outcome,
                "findings": "" if outcome == "pass" else "服务记录不完整，限期补正。",
                "generated": True,
            },
            area=self.area, role=Role("evaluator", self.area), at=After(self.noticed, "notice_ends_at", days),
            after=[after],
        )  # fmt: skip


def _proposals(build: Build, entry: Data) -> list[Proposal]:
    rng = build.rng("rounds", entry["key"], "proposals")
    count, funded, rejected, cap = entry["applications"], entry["funded"], entry["rejected"], entry["cap"]
    outcomes = ["funded"] * funded + ["rejected"] * rejected + ["dropped"] * (count - funded - rejected)
    rng.shuffle(outcomes)
    granted = iter(split_fen(entry["amount"], funded, rng, most=cap))
    direct = iter(split(entry["beneficiaries_direct"], funded, rng) if funded else [])
    indirect = iter(split(entry["beneficiaries_indirect"], funded, rng) if funded else [])
    usual = entry["amount"] // funded if funded else (cap or 3_000_000)
    applicants = _applicants(build, entry, count, rng)
    topics = cycle(build.topics[entry["needs"]], count) if entry["needs"] and count else [None] * count
    hosts = build.of_track("registered", entry["organisations"]) or build.of_track("registered", None)
    found = []
    for index, (organisation, outcome) in enumerate(zip(applicants, outcomes, strict=True)):
        topic = topics[index]
        subject = topic.title if topic else organisation.category
        title = build.names.unique(f"“{organisation.name[-12:]}”{subject}{rng.choice(_TITLES)}"[:90])
        wins = outcome == "funded"
        if wins:
            amount = next(granted)
        else:
            amount = (cap or usual) + 100_000 if outcome == "rejected" else _asked(usual, cap, rng)
        found.append(
            Proposal(
                organisation,
                hosts[index % len(hosts)] if organisation.track == "filed" else None,
                topic,
                title,
                amount,
                next(direct) if wins else rng.randint(20, 300),
                next(indirect) if wins else rng.randint(100, 1500),
                outcome,
            )
        )
    return found


def _asked(usual: int, cap: int | None, rng: random.Random) -> int:
    """What somebody asks for in vain, in whole hundreds of yuan: about as much as the others."""
    amount = max(usual * rng.randint(60, 140) // 100 // 10_000, 1) * 10_000
    return amount if cap is None else min(amount, cap)


def _applicants(build: Build, entry: Data, count: int, rng: random.Random) -> list[Organisation]:
    by = entry["by"]
    if by is None:
        pools = [build.of_track(track, entry["organisations"]) for track in ("registered", "filed")]
        pool = [organisation for pool in pools for organisation in pool]
        if not build.of_track("registered", None):
            pool = pools[0]
        rng.shuffle(pool)
        return cycle(pool, count) if count else []
    found = []
    for track, number in by.items():
        pool = build.of_track(track, entry["organisations"])
        rng.shuffle(pool)
        found += cycle(pool, number) if number else []
    rng.shuffle(found)
    return found


def _aim(threshold: int, wins: bool, rng: random.Random) -> int:
    """A score well on one side of the threshold."""
    if wins:
        return rng.randint(min(threshold + 5, 97), 97)
    return rng.randint(max(threshold - 30, 0), max(threshold - 5, 0))


def _near(aim: int, threshold: int, rng: random.Random) -> int:
    """A score near `aim` that does not cross the threshold."""
    score = aim + rng.randint(-3, 3)
    return min(100, max(score, threshold)) if aim >= threshold else max(0, min(score, threshold - 1))


def plan_grades(build: Build) -> None:
    for entry in build.scenario["grades"]:
        pool = build.of_track("registered", entry["organisations"])
        wanted = [grade for grade, number in entry["grades"].items() for _ in range(number)]
        for index, (organisation, grade) in enumerate(zip(pool, wanted, strict=False)):
            on = spread(
                date(entry["year"], 10, 10), date(entry["year"], 11, 20), build.rng("grades", index), index
            )
            build.post(
                f"grades/{entry['key']}/{index}", "evaluation/grades",
                {
                    "organisation": organisation.id, "grade": grade,
                    "points": {"基础条件": 90, "内部治理": 90, "工作绩效": 90, "社会评价": 90},
                    "announced_on": on.date().isoformat(), "generated": True,
                },
                area=build.district, role=build.staff(), at=on, after=[organisation.approved],
            )  # fmt: skip
