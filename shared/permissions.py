"""Who may do what, to what, where: the one table of rights, `permissions.csv`.

A row for each operation of each service; `*` stands for every service. An operation is the name of a route's
method; `<operation>.<part>` is a part of its answer that not all see who see the rest. `where` says at which area
the role must be held; a role at an area holds there and below, never above and never beside:

    public      nowhere: anybody may, without a token too
    signed_in   nowhere: anybody with a good token may
    record      the area of the record; of a new one, the area where it will belong
    decider     the area whose authority decides: a street's on filings, a district's on registrations, the round's
                on its applications, the node's that pays on a project; with each fund's, where money moves
    parties     the area of any of those who take part: the applicant's, or that of what it applies to
    area        the area that is asked about; a list without one shows what lies where the role is held
    node        the area of the node that is asked
    addressee   the area of the role, or the organisation, that the record is addressed to: nobody else, whatever
                their own role

A cell is empty (no), `x` (yes) or `own`: only for records of the organisation that the actor acts for, or of the
actor in person.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, ClassVar, Protocol

from shared import areas
from shared.errors import Text

if TYPE_CHECKING:
    from shared.call import Actor

ROLES = {
    "district_staff": Text("district civil affairs staff", "区民政工作人员"),
    "street_staff": Text("street or town staff", "街道（镇）工作人员"),
    "community_worker": Text("community worker", "社区工作者"),
    "supervising_unit": Text("supervising unit", "业务主管单位"),
    "purchaser": Text("purchaser of services", "购买主体"),
    "finance": Text("finance", "财政"),
    "hub_operator": Text("operator of a hub or centre", "枢纽运营"),
    "organisation_officer": Text("officer of an organisation", "社会组织负责人"),
    "expert": Text("expert", "专家"),
    "evaluator": Text("evaluator", "评估机构"),
    "resident": Text("resident", "居民"),
    "volunteer": Text("volunteer", "志愿者"),
    "auditor": Text("auditor", "审计员"),
    "operator": Text("operator of the platform", "运维"),
    "administrator": Text("administrator of accounts", "系统管理员"),
    "security_officer": Text("security officer", "安全管理员"),
    "node": Text("another node, at hand-over", "其他节点"),
}

WHERE = {
    "public": Text("anybody, without a token too", "任何人，无需令牌"),
    "signed_in": Text("anybody with a token", "任何持令牌者"),
    "record": Text("the record's area", "记录所属区域"),
    "decider": Text("the area whose authority decides", "有权决定的区域"),
    "parties": Text("the area of any party", "任一当事方的区域"),
    "area": Text("the area asked about", "所查询的区域"),
    "node": Text("this node's area", "本节点的区域"),
    "addressee": Text("the addressee's area", "收件方的区域"),
}
UNBOUND = frozenset({"public", "signed_in"})  # where no role counts, and no area

ANY_SERVICE = "*"
YES, OWN, NO = "x", "own", ""
_LEADING = ("service", "operation", "where")


@dataclass(frozen=True)
class Rule:
    """One row. `holders` gives for each role that may, whether for own records only (`own`) or all (`x`)."""

    service: str
    operation: str
    where: str
    holders: Mapping[str, str]

    @property
    def bound(self) -> bool:
        """Whether a role at an area is needed."""
        return self.where not in UNBOUND

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(sorted(self.holders))

    @property
    def named_roles(self) -> str:
        """For a reader, with what is allowed for own records only."""
        own = {role for role, cell in self.holders.items() if cell == OWN}
        return ", ".join(f"{role} (own records)" if role in own else role for role in self.roles)

    def admits(
        self, actor: Actor, at: Sequence[str], own: Sequence[str | None] = (), role: str | None = None
    ) -> bool:
        """Whether the actor may, at one of the areas `at`, to a record that belongs to `own`.

        `own` are ids of organisations or subjects of persons. With `role`, no other role counts.
        """
        if not self.bound:
            return True
        theirs = actor.is_one_of(own)
        return any(
            (self.holders[grant.role] == YES or theirs)
            and any(areas.contains(grant.area, area) for area in at)
            for grant in actor.grants
            if grant.role in self.holders and role in (None, grant.role)
        )


class Table:
    """The rules of some services, found by service and operation."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules: dict[tuple[str, str], Rule] = {}
        for rule in rules:
            key = (rule.service, rule.operation)
            if key in self._rules:
                raise ValueError(f"{_named(*key)} has two rules")
            self._rules[key] = rule

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def rule(self, service: str, operation: str) -> Rule:
        """Raises LookupError for an operation without a rule."""
        for key in ((service, operation), (ANY_SERVICE, operation)):
            if key in self._rules:
                return self._rules[key]
        raise LookupError(f"{_named(service, operation)} has no rule: add its row to shared/permissions.csv")


def parse(text: str, roles: Sequence[str] = tuple(ROLES)) -> Table:
    """The table in CSV. Raises ValueError, naming the line, for anything that is not one."""
    lines = csv.reader(io.StringIO(text))
    expected = [*_LEADING, *roles]
    if (found := next(lines, [])) != expected:
        raise ValueError(f"permissions, line 1: the columns are {found}, must be {expected}")
    return Table([_rule(cells, expected, lines.line_num) for cells in lines])


def _rule(cells: Sequence[str], columns: Sequence[str], number: int) -> Rule:
    if len(cells) != len(columns):
        raise ValueError(f"permissions, line {number}: {len(cells)} cells, must be {len(columns)}")
    row = dict(zip(columns, cells, strict=True))
    service, operation, where = (row.pop(name) for name in _LEADING)
    if where not in WHERE:
        raise ValueError(f"permissions, line {number}: where is {where!r}, must be one of {', '.join(WHERE)}")
    for role, cell in row.items():
        if cell not in (YES, OWN, NO):
            raise ValueError(f"permissions, line {number}: {role} has {cell!r}, must be x, own or empty")
    holders = {role: cell for role, cell in row.items() if cell}
    if bool(holders) is (where in UNBOUND):
        needed = "names no roles" if where in UNBOUND else "names one role at least"
        raise ValueError(f"permissions, line {number}: a rule for {where} {needed}")
    return Rule(service, operation, where, holders)


def _named(service: str, operation: str) -> str:
    return f"{service} {operation}"


class Serving(Protocol):
    """A Nameko service class. One with a table of its own has it as `permissions`."""

    name: ClassVar[str]


def of(service: type[Serving]) -> Table:
    """The table that a service goes by."""
    table: Table = getattr(service, "permissions", TABLE)
    return table


def load() -> Table:
    """The product's table, as it is installed."""
    return parse(resources.files("shared").joinpath("permissions.csv").read_text(encoding="utf-8"))


TABLE = load()
