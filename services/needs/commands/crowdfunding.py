"""What can be done with campaigns and pledges. A campaign and the pledge that changes it are written together, so that
no two pledges at once go beyond the goal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.needs.commands.days import today
from services.needs.commands.menu import check_acting_organisation
from services.needs.documents import Campaign, Pledge
from services.needs.domain import adoption
from services.needs.domain import crowdfunding as rules
from services.needs.domain.days import check_not_future
from services.needs.subjects import crowdfunding as subjects
from shared import clock
from shared.arearules.settings import value
from shared.call import PLATFORM, Call
from shared.lifecycle import advance
from shared.store import command, load, new, save, save_all
from shared.store.aggregate import elsewhere
from shared.store.queries import get

Data = dict[str, Any]

_campaign = get(Campaign)


@command
def open_campaign(call: Call, body: Data) -> Campaign:
    """Begin to raise money 发起微众筹. Raises NotYetKnown for an unknown receiver."""
    campaign = new(call, Campaign, **body)
    rules.check_deadline(body["deadline"], call.now)
    check_acting_organisation(body["receiver"], "receiver")
    return save(call, campaign, subjects.OPENED)


@command
def make_pledge(call: Call, campaign_id: str, body: Data) -> Pledge:
    """Pledge money 认筹. Raises Refused beyond the goal and after the deadline."""
    campaign = _campaign_here(call, campaign_id)
    pledge = new(
        call, Pledge, area=campaign.area, beside=campaign, organisation=body["account"], campaign=campaign.id, **body
    )  # fmt: skip
    campaign.status = advance(rules.CampaignLife, campaign.status, "pledge")
    adoption.check_adopter(body["kind"], body["unit"])
    rules.check_pledging(campaign.deadline, campaign.pledges, call.now)
    campaign.totals = rules.pledge(campaign.totals, pledge.fen)
    campaign.pledges += 1
    save_all(call, (pledge, subjects.PLEDGE_MADE), (campaign, subjects.PLEDGED))
    return pledge


@command
def release_pledge(call: Call, pledge_id: str) -> Pledge:
    """Take a pledge back that is not paid; others may pledge the same again."""
    pledge = load(call, Pledge, pledge_id, organisation_field="account")
    campaign = _campaign_here(call, pledge.campaign)
    _release(campaign, pledge)
    save_all(call, (pledge, subjects.PLEDGE_RELEASED), (campaign, subjects.RELEASED))
    return pledge


def _release(campaign: Campaign, pledge: Pledge) -> None:
    pledge.status = advance(rules.PledgeLife, pledge.status, "release")
    campaign.totals = rules.release(campaign.totals, pledge.fen)
    campaign.pledges -= 1


@command
def record_payment(call: Call, pledge_id: str, body: Data) -> Pledge:
    """Record that a pledge was paid 到账, by the number of its receipt. With the last the goal is reached."""
    pledge = load(call, Pledge, pledge_id)
    campaign = _campaign_here(call, pledge.campaign)
    campaign.status = advance(rules.CampaignLife, campaign.status, "pay")
    pledge.status = advance(rules.PledgeLife, pledge.status, "pay")
    last = campaign.deadline.astimezone(clock.CHINA).date()
    rules.check_received(body["on"], last, today(call))
    pledge.receipt, pledge.received_on = body["receipt"], body["on"]
    campaign.totals = rules.pay(campaign.totals, pledge.fen)
    told = subjects.PAID
    if campaign.totals.reached:
        campaign.status, told = advance(rules.CampaignLife, campaign.status, "reach"), subjects.REACHED
    save_all(call, (pledge, subjects.PLEDGE_PAID), (campaign, told))
    return pledge


@command
def record_refund(call: Call, pledge_id: str, body: Data) -> Pledge:
    """Record that a payment was given back 退还, by the number of its receipt. With the last all is settled."""
    pledge = load(call, Pledge, pledge_id)
    campaign = _campaign_here(call, pledge.campaign)
    campaign.status = advance(rules.CampaignLife, campaign.status, "give_back")
    pledge.status = advance(rules.PledgeLife, pledge.status, "give_back")
    check_not_future(body["on"], today(call), "on")
    pledge.refund, pledge.refunded_on = body["receipt"], body["on"]
    campaign.totals = rules.give_back(campaign.totals, pledge.fen)
    told = subjects.GIVEN_BACK
    if campaign.totals.settled:
        campaign.status, told = advance(rules.CampaignLife, campaign.status, "settle"), subjects.SETTLED
    save_all(call, (pledge, subjects.PLEDGE_GIVEN_BACK), (campaign, told))
    return pledge


@command
def close_campaign(call: Call, campaign_id: str, reasons: str | None) -> Campaign:
    """End a campaign that did not reach its goal by the deadline, or for a reason before that or after. What is not
    paid is released in the same write; what is paid is to be given back."""
    campaign = load(call, Campaign, campaign_id)
    rules.check_closing(campaign.status, campaign.deadline, call.now, reasons)
    campaign.status = advance(rules.CampaignLife, campaign.status, "fail")
    campaign.reasons = reasons
    unpaid = list(Pledge.objects(campaign=campaign.id, status="pledged"))
    for pledge in unpaid:
        _release(campaign, pledge)
    told = subjects.FAILED
    if campaign.totals.settled:
        campaign.status, told = advance(rules.CampaignLife, campaign.status, "settle"), subjects.SETTLED
    save_all(call, (campaign, told), *((pledge, subjects.PLEDGE_RELEASED) for pledge in unpaid))
    return campaign


def close_due(call: Call) -> None:
    """Close this node's campaigns whose deadline has passed, and the days to record what came in time; the cause is
    the deadline, so each is closed once."""
    for due in Campaign.objects(owner=call.node.area, status="open", deadline__lt=call.now):
        days = value(rules.RECORDING_DAYS, due.area, call.now)
        if call.now > rules.closes_at(due.deadline, days):
            cause = f"{due.id}:deadline"
            close_campaign(replace(call.cleared(), cause=cause, actor=PLATFORM), due.id, None)


@command
def complete_campaign(call: Call, campaign_id: str, outcome: str) -> Campaign:
    """Record what the money was used for 兑现."""
    campaign = load(call, Campaign, campaign_id)
    campaign.status = advance(rules.CampaignLife, campaign.status, "complete")
    campaign.outcome = outcome
    return save(call, campaign, subjects.COMPLETED)


def _campaign_here(call: Call, identifier: str) -> Campaign:
    """Raises NotFound, Misdirected where another node owns it."""
    found = _campaign(identifier)
    if found.owner != call.node.area:
        raise elsewhere(call, found)
    return found
