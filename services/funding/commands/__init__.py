"""What can be done in funding, by subject."""

from services.funding.commands.applications import object_to, score, screen, settle, submit, withdraw
from services.funding.commands.awards import award, contract
from services.funding.commands.funds import open_fund
from services.funding.commands.projects import apply_evaluation, stop_project
from services.funding.commands.rounds import close_round, conclude, notice, open_round, plan_round, rank

__all__ = [
    "apply_evaluation",
    "award",
    "close_round",
    "conclude",
    "contract",
    "notice",
    "object_to",
    "open_fund",
    "open_round",
    "plan_round",
    "rank",
    "score",
    "screen",
    "settle",
    "stop_project",
    "submit",
    "withdraw",
]
