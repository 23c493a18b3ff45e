"""What the walk of rights asks about: one record of each kind, and what to send to each route.

A new route is asked without further ado where its path holds ids of records that are here already, and where a
body made from its schema's required fields reaches the check of the area. Otherwise it needs a record in `build`,
or a body in `BODIES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import requests

from shared import keys, permissions
from shared.call import Grant
from shared.ids import new_id
from shared.node import GATEWAY
from tests.harness import RunningNode, eventually
from tests.services.funding.world import CRITERIA, TRANCHES, World, good
from tests.services.registry.credit_codes import credit_code

Data = dict[str, Any]
STREETS = ("registry", "needs", "notifications")  # services; the district hosts all and owns the rest
_VARIABLE = re.compile(r"\{(\w+)\}")
CHECKED = {
    "five_haves": dict.fromkeys(["window", "desk_sign", "computer", "filing_cabinet", "records"], True),
    "seven_in_common": dict.fromkeys(
        ["sign", "plate", "panels", "content", "functions", "duties", "procedure"], True
    ),
}
TERMS = {
    "kind": "venture", "criteria": CRITERIA, "tranches": TRANCHES, "notice_working_days": 7,
    "form": [{"key": "budget", "kind": "attachment", "label": "预算"}],
}  # fmt: skip
VOTES = {part: {"for": 3, "against": 1} for part in ("residents", "experts", "cadres", "organisations")}


@dataclass(frozen=True)
class Record:
    """One that is there: where it belongs, who decides on it, and whose it is."""

    id: str
    area: str
    node: str  # that owns it
    decider: str | None = None  # None: its own area's authority
    parties: tuple[str, ...] = ()
    own: str | None = None  # the organisation that it belongs to
    role: str | None = None  # that it is addressed to
    copied: bool = True  # whether the district has a copy of what a street owns


@dataclass(frozen=True)
class Asked:
    """One request, and what the table's words come to in its case."""

    service: str
    operation: str
    method: str
    path: str
    node: str
    areas: tuple[str, ...]  # a role must hold at one of these
    tiers: tuple[str, ...]  # where roles are tried
    stranger: str  # the one of these whose node nobody here knows
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    media: str = "application/json"  # of the body
    own: str | None = None
    role: str | None = None
    everybodys: bool = False  # a list, of which each sees the own part


@dataclass
class RightsWorld:
    """A district and a street with what was made there."""

    nodes: dict[str, RunningNode]
    district: str
    street: str
    folder: Path
    records: dict[str, list[Record]] = field(default_factory=dict)  # by `<service>/<path segment>`
    values: Data = field(default_factory=dict)  # of fields, by their names
    tokens: dict[tuple[tuple[tuple[str, str], ...], str | None], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stranger = f"{self.district[:2]}0200"
        if not (self.folder / "stranger").exists():
            keys.generate(self.folder / "stranger")

    @property
    def tiers(self) -> tuple[str, ...]:
        return (self.district, self.street, f"{self.district}002", f"{self.street}001", self.stranger)

    def sign(self, grants: Sequence[tuple[str, str]], organisation: str | None) -> str:
        """A token of the district's node, or of the other district's for its own area."""
        key = (tuple(grants), organisation)
        if key not in self.tokens:
            foreign = grants[0][1] == self.stranger
            signer = self.stranger if foreign else self.district
            kept = self.folder / "stranger" if foreign else self.folder / "nodes" / self.district / "keys"
            granted = [Grant(*grant) for grant in grants]
            self.tokens[key] = keys.issue(keys.load_private(kept), signer, "walker", granted, organisation)
        return self.tokens[key]

    def asked(self, node: RunningNode, service: str, document: Data) -> Iterator[Asked]:
        """Every operation of a document that this node is to be asked: to write, only where it owns the record."""
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                yield from self._of_operation(node, service, document, path, method.upper(), operation)

    def _of_operation(
        self, node: RunningNode, service: str, document: Data, path: str, method: str, operation: Data
    ) -> Iterator[Asked]:
        name, where = operation["operationId"], operation["x-where"]
        for record in self._records(service, path, name, where):
            if method != "GET" and record.node != node.area:
                continue  # answered 421 before anything else
            if record.node != node.area and not record.copied:
                continue
            asked = Asked(
                service, name, method, self._filled(path, record), node.area, (record.area,), self.tiers, self.stranger,
                query=dict(self._query(operation, where, record)),
                body=self._body(document, operation, service, record), media=_media(operation),
                own=record.own, role=record.role, everybodys=where == "area",
            )  # fmt: skip
            yield replace(asked, areas=self._areas(where, record, node))

    def _records(self, service: str, path: str, name: str, where: str) -> Sequence[Record]:
        """What the operation is about: the record that the path names, or a new one of the street."""
        found = re.search(r"/([\w-]+)/\{", path)
        segment = found[1] if found else ""
        for key in (f"{service} {name}", f"{service}/{segment}", f"{permissions.ANY_SERVICE}/{segment}"):
            if key in self.records:
                return self.records[key]
        bound = where not in permissions.UNBOUND and "/resyncs/{" not in path
        assert not (segment and bound), f"{service} {path}: no record of {segment}; make one"
        here = self.nodes[self.street]
        owner = here if service in (GATEWAY, *here.services) else self.nodes[self.district]
        return [Record("-", self.street, owner.area)]

    def _areas(self, where: str, record: Record, node: RunningNode) -> tuple[str, ...]:
        if where == "node":
            return (node.area,)
        if where == "decider":
            return (record.decider or record.area,)
        return record.parties or (record.area,)

    def _filled(self, path: str, record: Record) -> str:
        first = True
        for variable in _VARIABLE.findall(path):
            value = record.id if first and record.id != "-" else str(self.values.get(variable, new_id()))
            path, first = path.replace(f"{{{variable}}}", value, 1), False
        return path

    def _query(self, operation: Data, where: str, record: Record) -> Iterator[tuple[str, str]]:
        for parameter in operation["parameters"]:
            if parameter.get("in") != "query":
                continue
            name = parameter["name"]
            if name in ("area", "node") and (where == "area" or parameter.get("required")):
                yield name, record.area
            elif parameter.get("required"):
                yield (
                    name,
                    record.id if name == "recipient" else str(self._value(parameter["schema"], name, {})),
                )

    def _body(self, document: Data, operation: Data, service: str, record: Record) -> Any:
        content = operation.get("requestBody", {}).get("content", {})
        if operation["x-where"] in permissions.UNBOUND and content:
            return {}  # who may is asked before what was sent is read
        if content and "application/json" not in content:
            return "名称\n"
        if "application/json" not in content:
            return None
        schemas = document["components"]["schemas"]
        made = self._value(content["application/json"]["schema"], "", schemas)
        made |= BODIES.get(f"{service} {operation['operationId']}", lambda world: {})(self)
        return made | ({"area": record.area} if "area" in made else {})

    def _value(self, schema: Data, name: str, schemas: Data) -> Any:
        """Something sound for a field: what the world has by that name, or else the least of its schema."""
        if name in self.values:
            return self.values[name]
        if "$ref" in schema:
            return self._value(schemas[schema["$ref"].rpartition("/")[2]], name, schemas)
        for combined in ("allOf", "anyOf", "oneOf"):
            if combined in schema:
                return self._value(schema[combined][0], name, schemas)
        if "enum" in schema:
            return schema["enum"][0]
        kinds = schema.get("type", "object")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        if kind == "object":
            fields = schema.get("properties", {})
            return {one: self._value(fields[one], one, schemas) for one in schema.get("required", ())}
        if kind == "array":
            return [self._value(schema["items"], name, schemas)] * schema.get("minItems", 0)
        if kind == "string":
            return _FORMATS.get(schema.get("format", ""), "走查" * max(1, schema.get("minLength", 1)))
        return {"boolean": True, "null": None}.get(kind, max(1, schema.get("minimum", 1)))


def _media(operation: Data) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return next(iter(content), "application/json")


_FORMATS = {
    "date": "2026-03-01",
    "date-time": "2026-04-01T00:00:00Z",
    "uuid": "0195d4c0-0000-7000-8000-000000000000",
}

CREDIT = {
    "kind": "warning", "authority": "民政局", "document_number": "3号", "occurred_on": "2026-01-05",
    "known_on": "2026-01-06",
}  # fmt: skip
REQUEST = {"kind": "access", "person": {"phone": "13800000000"}, "identity": "出示身份证"}
MATTER = {"kind": "change", "grounds": "理事会决议", "changes": {"residence": "友谊路 8 号"}}
SERVICE_ITEM = {
    "name": "助浴", "item_class": "daily_care", "unit": "次", "price_fen": 100, "valid_from": "2025-01-01",
}  # fmt: skip
CLIENT = {
    "client_class": "low_income",
    "contact": {"name": "赵某", "phone": "13900007777", "address": "友谊路 8 号"},
}
NEIGHBOUR = {"kind": "neighbour", "contact": {"name": "钱某", "phone": "13900006666"}}
VOLUNTEER = {"contact": NEIGHBOUR["contact"], "skills": [], "windows": []}
ACTIVITY = {
    "title": "楼道清洁", "places": 5, "begins_at": "2026-03-01T09:00:00+08:00",
    "ends_at": "2026-03-01T11:00:00+08:00",
}  # fmt: skip
ADOPTION = NEIGHBOUR | {"due_on": "2030-03-02"}
CAMPAIGN = {
    "title": "长椅", "purpose": "院内添置长椅", "filing": "备案 1 号", "goal_fen": 10_000,
    "deadline": "2030-03-02T00:00:00+08:00",
}  # fmt: skip
PLEDGE = NEIGHBOUR | {"fen": 100}
LISTING = {"kind": "abnormal", "ground": "unreachable", "facts": "两次信函退回"}
PARTS = ("residents", "experts", "cadres", "organisations")


def _panel(world: RightsWorld) -> Data:
    """A panel in which one member votes in person."""
    members: list[Data] = [{"id": part, "part": part, "name": "赵某某"} for part in PARTS]
    members[0]["account"] = world.values["team"]
    return {"area": world.street, "title": "论证会", "held_on": "2026-03-02", "members": members}


CALL_LIST = {"purpose": "回访", "since": "2026-03-03", "until": "2026-03-03", "size": 1}
SURVEY = {
    "questions": [{"key": "else", "text": "其他", "kind": "text", "required": False}],
    "closes_on": "2099-12-31",
}

# What a body's required fields alone do not tell; its area is the record's.
BODIES: dict[str, Callable[[RightsWorld], Data]] = {
    "registry apply_as_organisation": lambda world: {"track": "filed"},
    "registry open_station": lambda world: CHECKED,
    "registry check_station": lambda world: CHECKED,
    "registry found_branch": lambda world: {"kind": "independent"},
    "registry open_inspection": lambda world: {"year": 2025},
    "registry record_credit": lambda world: CREDIT,
    "registry propose_listing": lambda world: LISTING | {"organisation": world.values["legal"]},
    "registry apply_for_matter": lambda world: MATTER,
    "registry move_organisation": lambda world: {"to": world.street},
    "registry record_body": lambda world: {"credit_code": credit_code()},
    "registry start_run": lambda world: {"kind": "review_credit"},
    "registry set_rule": lambda world: {"value": world.values["registry_rule"]},
    "needs set_rule": lambda world: {"value": world.values["needs_rule"]},
    "funding set_rule": lambda world: {"value": world.values["funding_rule"]},
    "needs consolidate_several": lambda world: {
        "items": [
            {"area": world.street, "title": "助餐", "category": "care", "sources": world.values["sources"]}
        ]
    },
    "needs appraise": lambda world: {"votes": VOTES},
    "needs decide_order": lambda world: {"approve": False, "reasons": "已约满"},
    "needs register_volunteer": lambda world: (
        VOLUNTEER
        | {
            "account": world.values["team"],
            "areas": [world.street],
        }
    ),
    "needs change_volunteer": lambda world: {"areas": [world.street]},
    "needs adopt_wish": lambda world: ADOPTION | {"account": world.values["team"]},
    "needs make_pledge": lambda world: PLEDGE | {"account": world.values["team"]},
    "needs open_activity": lambda world: {"organisation": world.values["team"]},
    "needs start_voucher_run": lambda world: {"month": "2026-03"},
    "needs route_need": lambda world: {"to": world.street},
    "needs open_survey": lambda world: SURVEY,
    "needs convene_panel": lambda world: _panel(world) | {"items": [new_id()]},
    "needs cast_votes": lambda world: {
        "member": "residents",
        "ballots": [{"item": new_id(), "vote": "for"}],
    },
    "needs conclude_panel": lambda world: {
        "decisions": [{"item": new_id(), "chosen": False, "reasons": "-"}]
    },
    "needs draw_call_list": lambda world: CALL_LIST,
    "needs hand_in": lambda world: {"answers": {}},
    "funding plan_round": lambda world: {
        "criteria": CRITERIA,
        "tranches": TRANCHES,
        "funds": [world.values["fund"]],
    },
    "funding begin_draft": lambda world: {"organisation": world.values["team"]},
    "funding plan_by_scheme": lambda world: {"funds": [world.values["fund"]]},
    "funding open_scheme": lambda world: {"terms": TERMS},
    "funding publish_version": lambda world: {"terms": TERMS},
    "funding score": lambda world: {"scores": {c["name"]: 80 for c in CRITERIA}},
    "funding delegate": lambda world: {"to": world.street},
    "funding enter_payee": lambda world: {"account": "6222020200112233", "bank_code": None},
    "gateway receive_data_request": lambda world: REQUEST,
    "gateway resync": lambda world: {"service": "registry"},
}


def build(folder: Path, nodes: dict[str, RunningNode], district: str, street: str) -> RightsWorld:
    """One record of each kind: the street's own at the street, all others at the district."""
    world = RightsWorld(nodes, district, street, folder)
    world.values |= {
        "name": "走查", "services": [], "items": [], "requests": [], "ids": [], "objection": new_id(),
        "node": district,
    }  # fmt: skip
    for node in nodes.values():
        for service in node.services:
            eventually(partial(_knows_the_key, world, node, service), what=f"{service} of {node.area} ready")
    _registry(world)
    _needs(world)
    _incubator(world)
    _funding(world)
    _evaluation(world)
    _payments(world)
    _notifications(world)
    _accounts(world)
    _registry_files(world)
    _requests_of_persons(world)
    return world


def _knows_the_key(world: RightsWorld, node: RunningNode, service: str) -> bool:
    """The district's key comes to each service of the street by an event."""
    token = world.sign([("operator", world.district)], None)
    address = f"{node.service_url(service)}/api/{service}/lost"
    return requests.get(address, headers={"Authorization": f"Bearer {token}"}, timeout=10).ok


def _made(world: RightsWorld, area: str, path: str, body: Data, **more: Any) -> str:
    """The id of what a node makes."""
    return str(_answered(world, area, path, body, **more).get("id", ""))


def _answered(world: RightsWorld, area: str, path: str, body: Data, **more: Any) -> Data:
    """What a node answers, asked again while it says that something is on its way."""
    node = world.nodes[area]
    role = more.pop("role", "district_staff")
    more["headers"] = {"Authorization": f"Bearer {world.sign([(role, world.district)], None)}"}
    answers: list[requests.Response] = []

    def settled() -> bool:
        answers.append(node.post(path, body, None, **more))
        return "Retry-After" not in answers[-1].headers

    eventually(settled, what=f"{path} of {area} answered")
    return good(answers[-1])


def _registry(world: RightsWorld) -> None:
    street, district = world.street, world.district
    form = {"area": street, "name": "晨练队", "track": "filed", "established_on": "2018-05-04"}
    legal = form | {"track": "registered", "type": "non_enterprise", "credit_code": credit_code()}
    base = "/api/registry/organisations"
    filed = _made(world, street, base, form | {"name": "太极队"})
    registering = _made(world, district, base, legal | {"name": "春雨基金会", "credit_code": credit_code()})
    world.records["registry/organisations"] = [
        Record(filed, street, street, own=filed),
        Record(registering, street, district, decider=district, own=registering),
    ]
    for area, name, body in ((street, "team", form), (district, "legal", legal)):
        world.values[name] = _made(world, area, base, body)
        _made(world, area, f"{base}/{world.values[name]}/acceptance", {})
        _made(world, area, f"{base}/{world.values[name]}/decision", {"approve": True, "reasons": "齐全"})
    world.values["organisation"] = world.values["team"]
    world.values["organisations"] = [world.values["team"]]
    station = _made(world, street, "/api/registry/stations", {"area": street, "name": "服务站"} | CHECKED)
    branch = {
        "area": street,
        "name": "党支部",
        "kind": "independent",
        "organisations": [world.values["team"]],
    }
    founded = _made(world, street, "/api/registry/party-branches", branch)
    world.records["registry/stations"] = [Record(station, street, street)]
    world.records["registry/party-branches"] = [Record(founded, street, street)]
    body = {"area": street, "kind": "hub", "name": "枢纽", "credit_code": credit_code()}
    known = _made(world, street, "/api/registry/known-bodies", body)
    world.records["registry/known-bodies"] = [Record(known, street, street)]
    for service in ("registry", "needs", "funding"):
        rules = world.nodes[district].get(f"/api/{service}/rules", None, params={"area": district})
        first = rules.json()["items"][0]
        world.values[f"{service}_rule"] = first["value"]
        world.records[f"{service}/rules"] = [Record(first["rule"], street, district, decider=district)]
    world.records["registry set_calendar_day"] = [Record("-", street, district, decider=district)]


def _needs(world: RightsWorld) -> None:
    street = world.street
    need = {
        "area": street, "title": "助餐", "description": "行动不便", "category": "care", "source": "visit",
        "received_on": "2026-03-01",
    }  # fmt: skip
    collected = _made(world, street, "/api/needs/needs", need)
    item = {"area": street, "title": "助餐", "category": "care", "sources": [collected]}
    world.values["sources"] = [_made(world, street, "/api/needs/needs", need)]
    listed = _made(world, street, "/api/needs/library", item)
    source = _made(world, street, "/api/needs/needs", need)
    topic = _made(world, street, "/api/needs/library", item | {"sources": [source]})
    minutes = {"chosen": True, "votes": VOTES, "reasons": "-"}
    panel = _made(world, street, "/api/needs/panels", _panel(world) | {"area": street, "items": [topic]})
    _made(world, street, f"/api/needs/library/{topic}/appraisal", minutes)
    objection = _made(world, street, f"/api/needs/library/{topic}/objections", {"text": "重复"})
    world.records["needs/panels"] = [Record(panel, street, street, own=world.values["team"], copied=False)]
    contact = {"contact": {"name": "周某某", "phone": "13900000000"}}
    answered = _made(world, street, "/api/needs/needs", need | contact)
    now = "2026-03-03T09:00:00+08:00"
    _made(world, street, f"/api/needs/needs/{answered}/answer", {"answer": "已办"}, now=now)
    called = CALL_LIST | {"area": street, "evaluator": world.values["team"]}
    drawn = _made(world, street, "/api/needs/call-lists", called)
    world.records["needs/call-lists"] = [Record(drawn, street, street, own=world.values["team"])]
    world.records["needs/objections"] = [Record(objection, street, street)]
    service = {
        "area": street, "organisation": world.values["team"], "service": "送餐", "delivered_on": "2026-03-01",
        "beneficiaries": 1, "person_times": 1, "confirmed_by": "client",
    }  # fmt: skip
    delivered = _made(world, street, "/api/needs/deliveries", service)
    world.records["needs/needs"] = [Record(collected, street, street)]
    world.records["needs/library"] = [Record(listed, street, street)]
    world.records["needs/deliveries"] = [Record(delivered, street, street, own=world.values["team"])]
    opened = _made(world, street, "/api/needs/surveys", SURVEY | {"area": street, "title": "问卷"})
    world.records["needs/surveys"] = [Record(opened, street, street)]
    world.values["survey"] = opened
    world.records["needs record_delivery"] = [Record("-", street, street, own=world.values["team"])]
    _menu(world)


def _menu(world: RightsWorld) -> None:
    """An item of the menu, a client with a voucher, and their order."""
    street, team, base = world.street, world.values["team"], "/api/needs"
    item = _made(world, street, f"{base}/menu", SERVICE_ITEM | {"area": street, "organisations": [team]})
    person = CLIENT | {"area": street, "account": team}  # so that the order is theirs whoever they are
    client = _made(world, street, f"{base}/clients", person)
    run = {"area": street, "kind": "issue", "month": "2026-03"}
    started = _made(world, street, f"{base}/voucher-runs", run, now="2026-03-02T09:00:00+08:00")
    token = {"Authorization": f"Bearer {world.sign([('district_staff', world.district)], None)}"}
    seen = partial(world.nodes[street].get, f"{base}/vouchers", None, headers=token)
    voucher = eventually(lambda: seen().json()["items"], what="a voucher")[0]["id"]
    wished = {"client": client, "item": item, "wished_on": "2030-03-02"}
    order = _made(world, street, f"{base}/orders", wished)
    decision = {"approve": True, "organisation": team, "appointed_at": "2030-03-02T09:00:00+08:00"}
    _made(world, street, f"{base}/orders/{order}/decision", decision)
    theirs = Record(client, street, street, own=team, copied=False)
    world.values |= {"client": client, "item": item, "wished_on": "2030-03-02"}
    world.records["needs/menu"] = [Record(item, street, street)]
    world.records["needs/clients"] = [theirs]
    world.records["needs/orders"] = [replace(theirs, id=order)]
    world.records["needs/vouchers"] = [replace(theirs, id=voucher)]
    world.records["needs/voucher-runs"] = [Record(started, street, street)]
    world.records["needs place_order"] = [replace(theirs, id="-")]
    _neighbours(world)


def _neighbours(world: RightsWorld) -> None:
    """A volunteer with their service, a wish, a campaign with a pledge: all of them the team's own."""
    street, team, base = world.street, world.values["team"], "/api/needs"
    here, mine = {"area": street}, {"account": team}
    volunteer = _made(world, street, f"{base}/volunteers", VOLUNTEER | here | mine | {"areas": [street]})
    activity = _made(world, street, f"{base}/activities", ACTIVITY | here | {"organisation": team})
    joining = f"{base}/activities/{activity}/engagements"
    engagement = _made(world, street, joining, {"volunteer": volunteer})
    wish = _made(world, street, f"{base}/wishes", here | {"title": "台灯", "category": "care"})
    _made(world, street, f"{base}/wishes/{wish}/adoption", ADOPTION | mine)
    # One that came true stays its adopter's, whoever tries to give it back.
    kept = _made(world, street, f"{base}/wishes", here | {"title": "书架", "category": "care"})
    _made(world, street, f"{base}/wishes/{kept}/adoption", ADOPTION | mine)
    fulfilled = {"by": "client", "fulfilled_on": "2020-06-01"}
    _made(world, street, f"{base}/wishes/{kept}/fulfilment", fulfilled)
    campaign = _made(world, street, f"{base}/campaigns", CAMPAIGN | here | {"receiver": team})
    pledge = _made(world, street, f"{base}/campaigns/{campaign}/pledges", PLEDGE | mine)
    theirs = Record(volunteer, street, street, own=team, copied=False)
    world.values["volunteer"] = volunteer
    for name, made in (
        ("volunteers", volunteer), ("activities", activity), ("engagements", engagement), ("wishes", wish),
        ("campaigns", campaign), ("pledges", pledge),
    ):  # fmt: skip
        world.records[f"needs/{name}"] = [replace(theirs, id=made)]
    world.records["needs return_wish"] = [replace(theirs, id=kept)]
    for operation in ("register_volunteer", "open_activity"):
        world.records[f"needs {operation}"] = [replace(theirs, id="-")]


def _incubator(world: RightsWorld) -> None:
    street, district, team = world.street, world.district, world.values["team"]
    centre = _made(
        world, district, "/api/incubator/centres", {"area": district, "name": "孵化园", "capacity": 9}
    )
    world.values["centre"] = centre
    residency = _made(world, district, "/api/incubator/residencies", {"centre": centre, "organisation": team})
    world.records["incubator/centres"] = [Record(centre, district, district)]
    world.records["incubator/residencies"] = [Record(residency, district, district, own=team)]
    parties = (street, district)
    world.records["incubator apply_for_residency"] = [
        Record("-", street, district, parties=parties, own=team)
    ]


def _funding(world: RightsWorld) -> None:
    street, district, legal = world.street, world.district, world.values["legal"]
    money = World(world.nodes[district])
    fund = money.fund(area=district)["id"]
    known = {
        "organisation": legal,
        "round": money.round(fund, area=district),
        "title": "助老",
        "amount_fen": 100,
    }
    _made(world, district, "/api/funding/applications", known, now="2026-03-10T09:00:00+08:00")
    target = money.round(fund, area=district)
    application = money.screened(target, organisation=legal)
    money.noticed(target)
    good(money.award(application))
    contracted = money.contract(application)
    project = contracted["id"]
    batches = {"area": district, "since": "2026-05-01", "value": True, "source": "区财政局通知"}
    _made(world, district, "/api/funding/rules/payment_batches/values", batches)
    world.values |= {"fund": fund, "funds": [], "round": known["round"], "project": project}
    part = {"to": street, "amount_fen": 100}
    delegation = _made(world, district, f"/api/funding/funds/{fund}/delegations", part)
    world.records["funding/delegations"] = [Record(delegation, street, district, decider=district)]
    world.records["funding/funds"] = [Record(fund, district, district)]
    world.records["funding/rounds"] = [Record(target, district, district)]
    parties = (street, district)
    given = Record(application, street, district, decider=district, parties=(street,), own=legal)
    world.records["funding/applications"] = [given]
    world.records["funding/projects"] = [replace(given, id=project)]
    dossier = _made(world, district, f"/api/funding/projects/{project}/dossiers", {})
    world.records["funding/dossiers"] = [replace(given, id=dossier, own=None)]
    world.records["funding/contracts"] = [replace(given, id=contracted["contract"])]
    world.records["funding submit"] = [
        Record("-", street, district, parties=parties, own=world.values["team"])
    ]
    world.values["project"] = project
    _written(world, fund, given)
    account = new_id()
    entry = {"area": district, "name": "王老师", "account": account}
    expert = _made(world, district, "/api/funding/experts", entry)
    world.records["funding/experts"] = [Record(expert, district, district, own=account)]
    bought = money.round(fund, area=district, kind="purchase", remedy="procurement")
    money.screened(bought, organisation=legal)
    money.noticed(bought)
    world.records["funding raise_supplier_query"] = [
        Record(bought, street, district, parties=parties, own=world.values["team"])
    ]
    asked = {"organisation": legal, "ground": "process", "text": "程序有误"}
    queried = good(money.post(f"/rounds/{bought}/supplier-queries", asked))["id"]
    world.records["funding/supplier-queries"] = [
        Record(queried, district, district, decider=district, parties=parties, own=legal)
    ]


def _written(world: RightsWorld, fund: str, given: Record) -> None:
    """A scheme, and a draft with an attachment for a round that was planned by it."""
    district, base = world.district, "/api/funding"
    scheme = _made(world, district, f"{base}/schemes", {"area": district, "name": "方案", "terms": TERMS})
    planned = {"area": district, "name": "轮次", "year": 2026, "funds": [fund],
               "opens_at": "2026-03-02T09:00:00+08:00", "closes_at": "2026-03-31T18:00:00+08:00"}  # fmt: skip
    target = _made(world, district, f"{base}/schemes/{scheme}/rounds", planned)
    draft = _made(world, district, f"{base}/drafts", {"round": target, "organisation": given.own})
    attached = world.nodes[district].request(
        "POST", f"{base}/drafts/{draft}/attachments?field=budget", "district_staff", data=b"%PDF-1.7",
        headers={"Content-Type": "application/pdf"},
    )  # fmt: skip
    world.values["field"] = "budget"
    world.records["funding/schemes"] = [Record(scheme, district, district)]
    world.records["funding/drafts"] = [replace(given, id=draft)]
    world.records["funding/attachments"] = [replace(given, id=good(attached)["id"])]
    parties = (world.street, district)
    world.records["funding begin_draft"] = [
        Record("-", world.street, district, parties=parties, own=world.values["team"])
    ]


def _evaluation(world: RightsWorld) -> None:
    district, street, legal = world.district, world.street, world.values["legal"]
    phase = {
        "project": world.values["project"], "phase": "mid_term", "methods": ["documents"], "score": 86,
        "outcome": "pass", "findings": "",
    }  # fmt: skip
    now = "2026-06-12T10:00:00+08:00"
    evaluated = _made(world, district, "/api/evaluation/phase-evaluations", phase, role="evaluator", now=now)
    grade = {"organisation": legal, "grade": "4A", "announced_on": "2026-05-08"}
    graded = _made(world, district, "/api/evaluation/grades", grade, now=now)
    world.records["evaluation/phase-evaluations"] = [Record(evaluated, street, district, own=legal)]
    world.records["evaluation/grades"] = [Record(graded, street, district, decider=district)]
    world.records["evaluation conclude_phase"] = [Record("-", street, district, decider=district)]
    world.records["evaluation award_grade"] = [Record("-", street, district, decider=district)]


def _payments(world: RightsWorld) -> None:
    """What the evaluation has released is ordered from the bank."""
    district, base, finance = world.district, "/api/funding", "finance"
    listed = f"{base}/payment-orders?area={district}"
    orders = eventually(lambda: world.nodes[district].get(listed, finance).json()["items"], what="an order")
    account = {"area": district, "holder": "春雨社工", "bank": "工行道里支行", "account": "6222020200112233"}
    for each in orders:
        payee = account | {"organisation": each["organisation"]}
        _made(world, district, f"{base}/payees", payee, role=finance)
    # By somebody else than the walker: whoever prepared a batch does not approve it.
    batch = good(world.nodes[district].post(f"{base}/payment-batches", {"area": district}, finance))["id"]
    world.records["funding/payment-orders"] = [Record(orders[0]["id"], district, district)]
    world.records["funding/payment-batches"] = [Record(batch, district, district)]


def _notifications(world: RightsWorld) -> None:
    street, district, base = world.street, world.district, "/api/notifications"
    staff = f"role:street_staff@{street}"
    due = {"area": street, "recipient": staff, "due_at": "2026-01-01T00:00:00Z", "subject": "年检材料"}
    reminder = _made(world, street, f"{base}/reminders", due)
    _made(world, street, f"{base}/reminders/run", {}, role="operator")
    node = world.nodes[street]
    sent = node.get(f"{base}/messages", "street_staff", params={"recipient": staff}).json()["items"][0]["id"]
    officers = f"organisation:{world.values['team']}"

    def told() -> str | None:
        answer = node.get(
            f"{base}/messages",
            "organisation_officer",
            organisation=world.values["team"],
            params={"recipient": officers},
        )
        items = answer.json().get("items")
        return str(items[0]["id"]) if items else None

    to_officers = eventually(told, what="the organisation's message")
    notice = _made(world, street, f"{base}/notices", {"area": street, "title": "公示", "body": "名单"})
    world.values |= {"recipient": staff}
    world.records["notifications/messages"] = [
        Record(sent, street, street, role="street_staff", copied=False),
        Record(
            to_officers, street, street, own=world.values["team"], role="organisation_officer", copied=False
        ),
    ]
    within = (
        f"{street}001",
        f"{district}002",
    )  # officers see of their inbox what lies where their role holds
    world.records["notifications messages"] = [
        Record(staff, street, street, role="street_staff"),
        Record(
            officers, street, street, parties=within, own=world.values["team"], role="organisation_officer"
        ),
    ]
    world.records["notifications/notices"] = [Record(notice, street, street)]
    world.records["notifications/reminders"] = [Record(reminder, street, street, copied=False)]


def _accounts(world: RightsWorld) -> None:
    street, district, base = world.street, world.district, "/api/accounts"
    person = {"area": street, "login": "walked", "display_name": "张三"}
    account = _made(world, district, f"{base}/accounts", person, role="administrator")
    machine = {"area": street, "login": "walked-machine", "display_name": "台账系统"}
    client = _made(world, district, f"{base}/clients", machine, role="administrator")
    world.records["accounts/accounts"] = [Record(account, street, district)]
    world.records["accounts/clients"] = [Record(client, street, district)]


def _registry_files(world: RightsWorld) -> None:
    """What comes of a registration: inspection, lists, credit record, runs over all; and an import."""
    street, district, legal = world.street, world.district, world.values["legal"]
    base, now = "/api/registry", "2026-04-01T09:00:00+08:00"
    inspection = _made(world, district, f"{base}/organisations/{legal}/inspections", {"year": 2025}, now=now)
    entry = _made(world, district, f"{base}/organisations/{legal}/credit-entries", CREDIT, now=now)
    listing = _made(world, district, f"{base}/listings", LISTING | {"organisation": legal}, now=now)
    run = _made(world, district, f"{base}/runs", {"kind": "review_credit", "area": street}, now=now)
    there = Record(legal, street, district, decider=district, own=legal, copied=False)
    for name, made in (("inspections", inspection), ("credit-entries", entry), ("listings", listing)):
        world.records[f"registry/{name}"] = [replace(there, id=made)]
    world.records["registry/listing-files"] = [replace(there, id=listing)]
    world.records["registry/runs"] = [replace(there, id=run, own=None)]
    matter = _made(world, district, f"{base}/matters", MATTER | {"organisation": legal}, now=now)
    issued = _answered(world, district, f"{base}/organisations/{legal}/certificates", {}, now=now)
    world.records["registry/matters"] = [replace(there, id=matter)]
    world.records["registry/certificates"] = [replace(there, id=issued["number"])]
    world.records["registry apply_for_matter"] = [Record("-", street, street, own=world.values["team"])]
    for operation in ("propose_listing", "start_run"):
        world.records[f"registry {operation}"] = [replace(there, id="-")]
    token = world.sign([("district_staff", district)], None)
    sent = requests.post(
        f"{world.nodes[street].url}{base}/imports?area={street}",
        data="名称\n".encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "text/csv"},
        timeout=30,
    )
    world.records["registry/imports"] = [Record(good(sent)["id"], street, street, copied=False)]


def _requests_of_persons(world: RightsWorld) -> None:
    """One at each node, where its services carry it out."""
    received = {
        area: _made(world, area, "/api/node/data-requests", REQUEST | {"area": area}) for area in world.nodes
    }
    world.records["*/data-requests"] = [
        Record(made, area, area, copied=False) for area, made in received.items()
    ]
