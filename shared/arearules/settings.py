"""What areas have set of their rules: stored, asked for, changed, told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar

from marshmallow import fields, validate
from mongoengine import DictField, ListField, StringField

from shared import areas, clock
from shared.arearules import AreaRule, Setting, in_force
from shared.call import Call
from shared.errors import NotFound, Text
from shared.events.types import EventType, Subject
from shared.fields import Area, Day, DayText, Id, Schema
from shared.http import Page, get, page_of, post
from shared.ids import derived_id
from shared.store import Aggregate, command, find, load, new, save

T = TypeVar("T")
Data = dict[str, Any]
_SOURCE = validate.Length(1, 200)


class AreaRuleSetting(Aggregate):
    """One rule's values of one area, each from a day on; the district's node owns them for all of its area."""

    meta = {"collection": "area_rules", "indexes": [("rule", "area")]}
    rule = StringField(required=True)
    values = ListField(DictField())  # {"since": "2026-01-01", "value": as JSON has it, "source": text}

    def settings(self) -> list[Setting]:
        return [
            Setting(self.area, date.fromisoformat(each["since"]), each["value"], each["source"])
            for each in self.values
        ]


class RuleValue(Schema):
    """A value with the day that it holds from, and the document that says so."""

    since = DayText(required=True)
    value = fields.Raw(required=True, allow_none=True, metadata={"examples": [60]})
    source = fields.Str(required=True, validate=_SOURCE)


class AreaRuleState(Schema):
    """What an area has set of one rule, as others may know it."""

    id = Id(required=True)
    area = Area(required=True)
    rule = fields.Str(required=True)
    values = fields.List(fields.Nested(RuleValue), load_default=list)


class NewRuleValue(RuleValue):
    """Another value of a rule for an area."""

    area = Area(required=True)


class RuleQuery(Schema):
    """Where and when rules are asked for."""

    area = Area(required=True)
    on = Day(load_default=None, allow_none=True, metadata={"description": "today where it is left out"})


class RuleView(Schema):
    """A rule and what holds of it."""

    rule = fields.Str()
    about = fields.Str(metadata={"description": "in Chinese"})
    value = fields.Raw(allow_none=True)
    source = fields.Str()
    default = fields.Raw(allow_none=True)
    default_source = fields.Str()
    set_by = Area(allow_none=True, metadata={"description": "the area that set it; null for the default"})
    since = Day(allow_none=True)


def subject(service: str) -> Subject:
    """A service's subject of this name; everybody may know the rules."""
    return Subject(
        service, "area_rule", AreaRuleState, Text("rule of an area", "地区规则"), audience="public"
    )


def value(rule: AreaRule[T], area: str, on: datetime | date) -> T:
    """What holds of a rule in an area on a day, in China's time."""
    found = _in_force(rule, area, on)
    return rule.load(found.raw) if found else rule.default


def _in_force(rule: AreaRule[Any], area: str, on: datetime | date) -> Setting | None:
    day = on.astimezone(clock.CHINA).date() if isinstance(on, datetime) else on
    path = areas.path(area)
    stored = AreaRuleSetting.objects(rule=rule.name, area__in=path)
    return in_force((setting for each in stored for setting in each.settings()), path, day)


@command
def set_value(call: Call, rule: AreaRule[Any], event: EventType, body: Data) -> AreaRuleSetting:
    """Have a rule hold with another value in an area, from a day on; of two for one day the later said holds.

    Only the district sets rules, for itself and what lies below it: a street cannot relax what it is held to.
    Raises Invalid for what is no value of the rule.
    """
    area, district = body["area"], areas.path(body["area"])[0]
    rule.load(body["value"])
    identifier = derived_id(f"{call.service}.area_rule", f"{rule.name}/{area}")
    if find(AreaRuleSetting, identifier):
        setting = load(call, AreaRuleSetting, identifier)
    else:
        setting = new(call, AreaRuleSetting, area=area, at=district, rule=rule.name)
        setting.id = identifier  # one record for a rule and area, whoever sets it first
    call.authorise(district)
    said = {"since": body["since"], "value": body["value"], "source": body["source"]}
    others = [each for each in setting.values if each["since"] != said["since"]]
    setting.values = sorted([*others, said], key=lambda each: each["since"])
    return save(call, setting, event)


def listed(rules: Iterable[AreaRule[Any]], area: str, on: datetime | date) -> list[Data]:
    """Every rule with what holds of it in an area on a day."""
    return [_view(rule, area, on) for rule in rules]


def _view(rule: AreaRule[Any], area: str, on: datetime | date) -> Data:
    found = _in_force(rule, area, on)
    default = rule.dump(rule.default)
    return {
        "rule": rule.name,
        "about": rule.about.zh,
        "value": found.raw if found else default,
        "source": found.source if found else rule.source,
        "default": default,
        "default_source": rule.source,
        "set_by": found.area if found else None,
        "since": found.since if found else None,
    }


class AreaRuleRoutes:
    """Routes of a service's area rules. Subclasses give the rules by name and the event that tells of a change."""

    area_rules: ClassVar[Mapping[str, AreaRule[Any]]]
    area_rule_set: ClassVar[EventType]

    @get(
        "/rules", query=RuleQuery, answer=page_of(RuleView),
        summary="Rules that hold in an area 地区规则", tags=("rules",),
    )  # fmt: skip
    def rules(self, call: Call, query: Data) -> Any:
        return Page(listed(self.area_rules.values(), query["area"], query["on"] or call.now))

    @post(
        "/rules/<name>/values", body=NewRuleValue, answer=RuleView,
        summary="Set a rule of an area 设定地区规则", tags=("rules",),
    )  # fmt: skip
    def set_rule(self, call: Call, name: str, body: Data) -> Any:
        rule = self.area_rules.get(name)
        if rule is None:
            raise NotFound(
                "no-such-rule",
                Text(f"There is no rule {name}.", f"没有名为 {name} 的规则。"),
                Text("Choose one that GET .../rules lists.", "请从规则列表中选择。"),
                field="name",
            )
        set_value(call, rule, self.area_rule_set, body)
        return _view(rule, body["area"], date.fromisoformat(body["since"]))
