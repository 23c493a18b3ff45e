"""Who may write a record: the node that owns it, and there whoever has the role at its area."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from shared import areas
from shared.call import Actor, Grant
from shared.errors import Forbidden, Misdirected
from shared.ids import new_id
from shared.node import Node
from shared.permissions import Rule
from shared.store import load, new, nodes
from tests.shared.store.permits import COMMUNITY, DISTRICT, HERE, STREET, Permit, call, count, grant, node

pytestmark = pytest.mark.service

STAFF = Rule("registry", "grant", "record", {"street_staff": "x"})
SIBLING = "230102002"


def announce(*others: Node) -> None:
    """Let these nodes be known here, and no others."""
    nodes.KnownNode.objects.delete()
    for one in others:
        nodes.KnownNode(
            id=one.area, area=one.area, parent=one.parent, services=list(one.services), url=one.url
        ).save()
    nodes.forget()


def staff(area: str) -> dict[str, Any]:
    return {"actor": Actor("staff", (Grant("street_staff", area),)), "rule": STAFF}


STATES = ("absent", "bare", "hosting")  # no node; one without the service; one that serves it
TREES = [tree for tree in itertools.product(STATES, repeat=3) if set(tree) != {"absent"}]


def test_the_nearest_hosting_node_from_the_area_upwards_serves_it() -> None:
    """Every constellation of a district, street and community node, asked at each of them for each area."""
    for tree in TREES:
        tiers = dict(zip(areas.path(COMMUNITY), tree, strict=True))
        made = build(tiers)
        announce(*made)
        for here, area in itertools.product(made, areas.path(COMMUNITY)):
            hosting = [step for step in areas.path(area) if tiers[step] == "hosting"]
            server = hosting[-1] if hosting else here.parent
            expected = (server, f"http://{server}") if server else (DISTRICT, None)  # nobody serves it
            assert nodes.serving(here, "registry", area) == expected, (tiers, here.area, area)


def build(tiers: dict[str, str]) -> list[Node]:
    """The nodes of a tree, each the child of the next above that there is."""
    made: list[Node] = []
    for area, state in tiers.items():
        if state != "absent":
            services = ["registry"] if state == "hosting" else []
            made.append(node(area, made[-1].area if made else None, *services))
    return made


def test_a_siblings_area_is_the_siblings() -> None:
    street, sibling = node(STREET, DISTRICT, "registry"), node(SIBLING, DISTRICT, "registry")
    announce(HERE, street, sibling)
    assert nodes.serving(street, "registry", f"{SIBLING}001") == (SIBLING, f"http://{SIBLING}")


def test_a_street_that_knows_nobody_sends_to_its_parent() -> None:
    assert nodes.serving(node(STREET, DISTRICT), "registry", STREET) == (DISTRICT, None)


def test_another_district_is_nobodys_here() -> None:
    assert nodes.serving(HERE, "registry", "330203") == ("330203", None)


def test_a_new_node_is_known_after_a_moment_without_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    assert nodes.known() == {}
    nodes.KnownNode(id=STREET, services=["registry"], url="http://street").save()
    assert nodes.known() == {}, "within the moment for which the list is kept"
    monkeypatch.setattr(nodes, "_FRESH", 0.0)
    assert nodes.serving(HERE, "registry", STREET) == (STREET, "http://street")


def test_a_record_of_an_area_that_a_street_serves_is_created_there() -> None:
    announce(HERE, node(STREET, DISTRICT, "registry"))
    with pytest.raises(Misdirected) as caught:
        grant(call(), "Tea house", area=COMMUNITY)
    assert caught.value.extra == {"owner": STREET, "address": f"http://{STREET}"}
    assert Permit.objects.count() == 0
    at_street = grant(call(node(STREET, DISTRICT, "registry")), "Tea house", area=COMMUNITY)
    assert (at_street.owner, at_street.area) == (STREET, COMMUNITY)


def test_a_record_of_an_area_below_without_a_node_is_created_here() -> None:
    announce(HERE, node(STREET, DISTRICT))
    assert grant(call(), "Tea house", area=COMMUNITY).owner == DISTRICT


def test_what_the_district_decides_belongs_to_the_district_wherever_it_concerns() -> None:
    announce(HERE, node(STREET, DISTRICT, "registry"))
    permit = new(call(), Permit, area=STREET, at=DISTRICT, name="Tea house")
    assert (permit.area, permit.owner) == (STREET, DISTRICT)


def test_what_belongs_to_a_record_is_owned_where_that_is() -> None:
    announce(HERE, node(STREET, DISTRICT, "registry"))
    permit = new(call(), Permit, area=DISTRICT, name="Tea house")
    assert new(call(), Permit, area=STREET, beside=permit, name="Annex").owner == DISTRICT


def test_a_copy_of_another_nodes_record_is_changed_there_only() -> None:
    announce(HERE, node(STREET, DISTRICT, "registry"))
    Permit(id="p1", area=STREET, owner=STREET, name="Tea house").save()
    with pytest.raises(Misdirected) as caught:
        count(call(), "p1")
    assert caught.value.extra == {"owner": STREET, "address": f"http://{STREET}"}
    Permit(id="p2", area=SIBLING, owner=SIBLING, name="Inn").save()
    with pytest.raises(Misdirected) as caught:
        count(call(), "p2")
    assert caught.value.extra == {"owner": SIBLING, "address": None}
    assert {permit.count for permit in Permit.objects} == {0}


def test_a_record_that_changed_hands_meanwhile_is_not_written_by_its_old_owner() -> None:
    permit = grant(call(), "Tea house")
    Permit.objects(id=permit.id).update(set__owner=STREET)
    with pytest.raises(Misdirected):
        count(call(), permit.id)


@pytest.mark.parametrize(("granted", "area"), [(SIBLING, STREET), (STREET, DISTRICT), (COMMUNITY, STREET)])
def test_a_role_elsewhere_or_below_creates_and_changes_nothing(granted: str, area: str) -> None:
    with pytest.raises(Forbidden):
        grant(call(**staff(granted)), "Tea house", area=area)
    permit = grant(call(), "Tea house", area=area)
    with pytest.raises(Forbidden):
        count(call(**staff(granted)), permit.id)
    assert Permit.objects.get().count == 0


def test_a_role_at_the_area_or_above_creates_and_changes() -> None:
    permit = grant(call(**staff(DISTRICT)), "Tea house", area=STREET)
    assert count(call(**staff(STREET)), permit.id).count == 1


def test_an_officer_changes_the_own_organisations_records_only() -> None:
    officer = Actor("officer", (Grant("street_staff", DISTRICT),), "org-1")
    mine, theirs = grant(call(), "Mine", holder="org-1"), grant(call(), "Theirs", holder="org-2")
    asked = call(actor=officer, rule=STAFF)
    assert load(asked, Permit, mine.id, organisation_field="holder").id == mine.id
    with pytest.raises(Forbidden):
        load(asked, Permit, theirs.id, organisation_field="holder")
    with pytest.raises(Forbidden):
        new(asked, Permit, area=DISTRICT, organisation="org-2", name=new_id())
