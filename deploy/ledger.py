"""Looking through the ledgers of a node's funds: do they add up, and are the closed days as they were closed.

Everything is computed anew from the entries, as `services/funding/domain/closings.py` says, while the services run.
"""

from __future__ import annotations

from collections.abc import Callable

from pymongo.errors import PyMongoError

from deploy.home import Home
from deploy.trouble import ATTENTION, DONE, UNREACHABLE, Trouble
from services.funding.documents import Fund
from services.funding.queries import closings, funds
from shared.store import connection

Say = Callable[[str], None]


def verify(home: Home, area: str, *, say: Say) -> int:
    """One line for each fund that the node owns. ATTENTION where one is not sound."""
    node = home.node(area)
    if "funding" not in node.services:
        raise Trouble(f"node {area} hosts no funding (it hosts {', '.join(node.services) or 'nothing'})")
    connection.connect(node.store, node.database("funding"))
    try:
        kept = [fund.id for fund in Fund.objects(owner=area).only("id").order_by("id")]
        told = [funds.steady(one, _line) for one in kept]
    except PyMongoError as error:
        raise Trouble(f"the store of node {area} failed ({type(error).__name__})", UNREACHABLE) from error
    finally:
        connection.disconnect()
    for _, line in told:
        say(line)
    unsound = sum(not sound for sound, _ in told)
    say(f"{len(told)} funds of node {area}, {unsound} of them not sound")
    return ATTENTION if unsound else DONE


def _line(fund: Fund) -> tuple[bool, str]:
    found = closings.verified(fund)
    if found["sound"]:
        hash_of = f", {fund.closing_hash}" if fund.closing_hash else ""
        through = f"closed through {fund.closed_through}{hash_of}" if fund.closed_through else "no day closed"
        return True, f"{fund.id}  sound: {found['entries']} entries, {through}"
    what = [f"day {one['day']}: {one['detail_en']}" for one in found["findings"]]
    if found["total"]:
        what.append(f"its accounts add up to {found['total']} fen instead of nought")
    if not found["agrees"]:
        what.append("its accounts are not what the fund says")
    return False, f"{fund.id}  NOT SOUND: {'; '.join(what)}"
