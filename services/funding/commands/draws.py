"""The draw of a round's panel: prepared, drawn, experts recused, the seed revealed with the result."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from services.funding.commands import conditions, known
from services.funding.commands.funds import Change
from services.funding.documents import Application, Draw, Expert, Round
from services.funding.domain import draws as domain
from services.funding.domain import experts as rules
from services.funding.domain.rounds import check_reviewing
from services.funding.subjects import draws as subjects
from shared import areas, clock
from shared.call import Call
from shared.errors import NotFound, Refused, Text
from shared.lifecycle import advance
from shared.store import Held, command, load, new, save, save_all

Data = dict[str, Any]
EXPERT = "expert"


def of_round(round_id: str) -> Draw | None:
    """The draw of a round that counts: the one that no other has superseded."""
    found: Draw | None = Draw.objects(round=round_id, status__ne="superseded").first()
    return found


def expected(target: Round) -> int | None:
    """How many experts judge each application; None where the round draws no panel."""
    number: int | None = target.panel.get("experts")
    return number


@command
def prepare(call: Call, round_id: str, body: Data) -> Draw:
    """Publish the pseudonyms and the hash of a seed. A draw that was prepared before, and not drawn, gives way: its
    seed is revealed at once. Raises Refused once the panel is drawn, and for a round that draws none."""
    target = known.judged_round(call, round_id)
    prepared = new(call, Draw, area=target.area, beside=target, round=target.id)
    number = expected(target)
    domain.check_wanted(number)
    check_reviewing(target.status)
    before = of_round(round_id)
    superseded = [(_superseded(call, before), subjects.SUPERSEDED)] if before else []
    prepared.number, prepared.prepared_at = number, call.now
    prepared.beacon, prepared.chair = body["beacon"], body["chair"]
    prepared.hidden_seed = secrets.token_hex(32)
    prepared.seed_hash = domain.hash_of(prepared.hidden_seed)
    # Pseudonyms of one round tell nothing of another: they are random, and in no order.
    members = {f"E{secrets.token_hex(4)}": expert for expert in _roster(target, body)}
    prepared.roster = [{"pseudonym": each, "expert": members[each]} for each in sorted(members)]
    prepared.pseudonyms = sorted(members)
    save_all(call, (prepared, subjects.PREPARED), Held(target), *superseded)
    return prepared


def _roster(target: Round, body: Data) -> list[str]:
    """The experts of the round's area and of those above it, without the chair."""
    found = Expert.objects(area__in=areas.path(target.area), owner=target.owner, status="active")
    wanted = set(body["expertise"])
    return [
        expert.id
        for expert in found.only("id", "expertise")
        if expert.id != body["chair"] and (not wanted or wanted & set(expert.expertise))
    ]


def _superseded(call: Call, before: Draw) -> Draw:
    before.status = advance(domain.DrawLife, before.status, "supersede")
    return _opened(call, before)


def _opened(call: Call, found: Draw) -> Draw:
    found.seed, found.revealed_at = found.hidden_seed, call.now
    return found


@command
def draw(call: Call, round_id: str, beacon_value: str | None) -> Draw:
    """Draw the panels of all screened applications, once the call is closed.

    Raises Refused while applications are unscreened, and where the roster has too few experts without a conflict of
    interest: then the register needs more of them, and the draw is prepared again.
    """
    target = known.judged_round(call, round_id)
    found = load(call, Draw, here(round_id).id)
    found.status = advance(domain.DrawLife, found.status, "draw")
    domain.check_beacon(found.beacon, beacon_value)
    domain.check_closed(target.status)
    conditions.all_screened(call, target)
    found.beacon_value, found.drawn_at = beacon_value, call.now
    screened = list(Application.objects(round=round_id, status="screened").order_by("id"))
    found.applications = [application.id for application in screened]
    found.barred = list(_barred(call, found, target, screened))
    domain.check_enough({each: found.seats(each) for each in found.applications}, found.number)
    return save(call, found, subjects.DRAWN)


def _barred(call: Call, found: Draw, target: Round, screened: Iterable[Application]) -> Iterable[Data]:
    members = {each["expert"]: each["pseudonym"] for each in found.roster}
    experts = Expert.objects(id__in=list(members))
    judges = {expert.id: expert.judge() for expert in experts if expert.status == "active"}
    for application in screened:
        parties = _parties(application)
        for expert, pseudonym in members.items():
            judge = judges.get(expert)
            reasons = _conflicts(call, target, judge, parties) if judge else ["retired"]
            if reasons:
                barred = {"application": application.id, "pseudonym": pseudonym, "reasons": reasons}
                yield barred | {"recused_at": None}


def _parties(application: Application) -> rules.Parties:
    organisation, host = application.organisation, application.host
    homes = {area for each in (organisation, host) if (area := known.home(each))}
    return rules.Parties(organisation, host, homes)


def _conflicts(call: Call, target: Round, judge: rules.Judge, parties: rules.Parties) -> list[str]:
    """What keeps an expert from judging an application as of now."""
    return rules.conflicts(
        judge,
        parties,
        call.now.astimezone(clock.CHINA).date(),
        years=rules.PROCUREMENT_YEARS if target.remedy == "procurement" else 0,
        same_street=bool(target.panel.get("same_street_excluded")),
    )


@command
def recuse(call: Call, round_id: str, body: Data) -> Draw:
    """An expert gives up a seat 回避, or all; the next one in the order takes it. By staff, or by each expert for
    himself. Raises Refused once the round is ranked."""
    target = known.judged_round(call, round_id)
    found = load(call, Draw, here(round_id).id)
    if only_expert(call, target.area):
        asker = member(call, found)
        domain.check_own(body["expert"], asker[0] if asker else None)
    domain.check_known(body["expert"], found.pseudonyms)
    domain.check_closed(target.status)
    found.status = advance(domain.DrawLife, found.status, "recuse")
    concerned = [body["application"]] if body["application"] else found.applications
    domain.check_on(concerned, found.applications)
    gone = [application for application in concerned if body["expert"] not in found.barred_from(application)]
    reason = body["ground"] if body["ground"] == "unavailable" else f"tie-{body['ground']}"
    found.barred += [
        {"application": each, "pseudonym": body["expert"], "reasons": [reason], "recused_at": call.now}
        for each in gone
    ]
    save_all(call, (found, subjects.RECUSED), Held(target))
    return found


def only_expert(call: Call, area: str) -> bool:
    """Whether whoever asks may do so as an expert alone, and not in another role."""
    others = [role for role in (call.rule.holders if call.rule else ()) if role != EXPERT]
    return call.rule is not None and not any(call.may(area, role=role) for role in others)


def here(round_id: str) -> Draw:
    """The draw of a round. Raises NotFound where none was prepared."""
    found = of_round(round_id)
    if found is None:
        raise NotFound(
            "no-draw",
            Text("No draw was prepared for this round.", "本轮尚未公布专家抽取方案。"),
            Text("Prepare it first.", "请先公布抽取方案。"),
            field="id",
        )
    return found


def drawn(round_id: str) -> Draw:
    """The draw whose panels judge. Raises Refused while there is none."""
    found = of_round(round_id)
    if found is None or found.status != "drawn":
        raise Refused(
            "panel-not-drawn",
            Text("The panel of this round is not drawn.", "本轮尚未抽取专家。"),
            Text("Prepare the draw, and draw.", "请先公布抽取方案并抽取。"),
            field="round",
        )
    return found


def member(call: Call, found: Draw) -> tuple[str, Expert] | None:
    """The pseudonym and the entry of whoever asks; None for who is not on the roster."""
    pseudonyms = {each["expert"]: each["pseudonym"] for each in found.roster}
    expert = Expert.objects(id__in=list(pseudonyms), account=call.actor.subject).first()
    return (pseudonyms[expert.id], expert) if expert else None


def check_scorer(call: Call, target: Round, application: Application, pseudonym: str) -> None:
    """Raise Refused unless whoever asks was drawn for this application, is free of conflicts now too, and gives the
    own pseudonym. Who is recused at the same moment leaves a score that the ranking does not count."""
    found = drawn(target.id)
    asker = member(call, found)
    domain.check_own(pseudonym, asker[0] if asker else None)
    domain.check_seated(pseudonym, found.seats(application.id))
    if asker:
        rules.check_free(_conflicts(call, target, asker[1].judge(), _parties(application)))


def revealed(call: Call, round_id: str) -> list[Change]:
    """The change that publishes the seed with the result of the round; none where nothing was drawn."""
    found = of_round(round_id)
    if found is None or found.status != "drawn":
        return []
    found.status = advance(domain.DrawLife, found.status, "reveal")
    return [(_opened(call, found), subjects.REVEALED)]
