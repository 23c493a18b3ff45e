from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from xml.etree import ElementTree as Xml

import pytest

from services.notifications import atom, domain, templates
from services.notifications.documents import Notice
from services.notifications.domain import Recipient
from shared import permissions
from shared.call import Actor, Call, Grant
from shared.errors import Refused
from shared.ids import new_id
from shared.node import parse

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in China
STREET, COMMUNITY = "230102001", "230102001003"
NODE = parse("{area: '230102', url: u, port: 7000, broker: b, store: s, keys: k}", Path(), {})
# Fixed: it is part of the names of tests, which must be the same in each process that collects them.
ORGANISATION = "0199c2a4-7d00-7e3a-8f21-5b1c9d0e4a77"


@pytest.mark.parametrize(
    "text", [f"organisation:{ORGANISATION}", "role:finance@230102", "role:expert@230102001"]
)
def test_a_recipient_reads_as_it_is_written(text: str):
    assert str(domain.parse_recipient(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "li@example.org",
        "organisation:",
        f"organisation:{ORGANISATION}x",
        "role:finance",
        "role:@230102",
        "role:finance@2301",
        "role:finance@23010200",
        "role:finance@230102\n",
        "role:Finance@230102",
        "role:finance@２３０１０２",
    ],
)
def test_anything_else_is_no_recipient(text: str):
    assert domain.parse_recipient(text) is None


def test_the_staff_of_an_area_are_those_of_its_tier():
    told = [str(domain.staff_of(area)) for area in ("230102", STREET, COMMUNITY)]
    assert told == [
        "role:district_staff@230102",
        "role:street_staff@230102001",
        "role:community_worker@230102001003",
    ]


def test_unread_reminders_go_one_tier_up_until_the_district():
    assert domain.above(domain.staff_of(COMMUNITY), COMMUNITY) == domain.staff_of(STREET)
    assert domain.above(domain.staff_of(STREET), STREET) == domain.staff_of("230102")
    assert domain.above(domain.staff_of("230102"), "230102") is None


def test_above_organisations_and_other_roles_stand_the_staff_of_their_own_area():
    assert domain.above(Recipient(organisation=ORGANISATION), STREET) == domain.staff_of(STREET)
    assert domain.above(Recipient(role="finance", area="230102"), "230102") == domain.staff_of("230102")


def reads(actor: Actor, recipient: Recipient, area: str) -> bool:
    rule = permissions.TABLE.rule("notifications", "messages")
    return domain.may_read(Call(node=NODE, service="notifications", actor=actor, rule=rule), recipient, area)


def officer(organisation: str | None, area: str) -> Actor:
    return Actor("li", (Grant("organisation_officer", area),), organisation)


def test_officers_read_for_their_own_organisation_where_their_token_holds():
    inbox = Recipient(organisation=ORGANISATION)
    assert reads(officer(ORGANISATION, "230102"), inbox, STREET)
    assert not reads(officer(new_id(), "230102"), inbox, STREET)
    assert not reads(officer(None, "230102"), inbox, STREET)
    # A token signed by another street's node may claim any organisation: its area gives it away.
    assert not reads(officer(ORGANISATION, "230102002"), inbox, STREET)


def test_what_is_for_all_officers_of_an_area_each_of_them_reads():
    everybody = Recipient(role="organisation_officer", area=STREET)
    assert reads(officer(ORGANISATION, STREET), everybody, STREET)
    assert not reads(officer(ORGANISATION, "230102002"), everybody, STREET)


def test_staff_read_for_their_role_at_its_area_and_below():
    finance = Actor("wang", (Grant("finance", "230102"),))
    assert reads(finance, Recipient(role="finance", area=STREET), STREET)
    assert not reads(finance, Recipient(role="district_staff", area="230102"), "230102")
    below = Actor("zhao", (Grant("finance", STREET),))
    assert not reads(below, Recipient(role="finance", area="230102"), "230102")


def test_a_reminder_is_due_days_before_the_end_and_never_in_the_past():
    assert domain.reminder_due("round_closing", NOW + timedelta(days=10), NOW) == NOW + timedelta(days=7)
    assert domain.reminder_due("round_closing", NOW + timedelta(days=1), NOW) == NOW


def test_an_unread_reminder_is_escalated_at_the_end_of_working_days():
    friday = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
    assert domain.escalation_due(friday, 1) == datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)
    assert domain.escalation_due(NOW, None) == datetime(2026, 3, 5, 15, 59, 59, tzinfo=UTC)


def test_a_recipient_outside_of_the_reminders_area_is_refused():
    domain.check_recipient_area("230102", STREET)
    with pytest.raises(Refused, match="recipient-elsewhere"):
        domain.check_recipient_area(STREET, "230102")


def test_a_notice_that_is_over_before_it_begins_is_refused():
    domain.check_until(None, NOW)
    domain.check_until(NOW + timedelta(seconds=1), NOW)
    with pytest.raises(Refused, match="until-passed"):
        domain.check_until(NOW, NOW)


@pytest.mark.parametrize("name", ["listing_listed", "matter_approved"])
def test_a_word_that_only_a_newer_publisher_knows_is_told_as_it_is(name: str):
    letter = templates.write(name, {"name": "春雨", "kind": "grey_list", "reasons": "材料不全"})
    assert "grey_list" in letter.body.en
    assert "grey_list" in letter.body.zh


@pytest.mark.parametrize("name", templates.LETTERS)
def test_both_languages_of_a_letter_tell_the_same_values(name: str):
    def values(text: str) -> set[str]:
        named = {field for _, field, _, _ in Formatter().parse(text) if field}
        return {field.removesuffix("_en").removesuffix("_zh") for field in named}

    letter = templates.LETTERS[name]
    assert values(letter.subject.en) == values(letter.subject.zh)
    # A body may leave out in one language what its grammar does not need, but nothing that is told to one only.
    assert values(letter.body.en) <= values(letter.body.zh) | values(letter.subject.zh)


def test_what_people_wrote_is_not_read_as_a_placeholder():
    letter = templates.write("organisation_refused", {"name": "{reasons}", "reasons": "{0} {name.x}"})
    assert letter.body.en == "The application of {reasons} was refused: {0} {name.x}"


def test_money_and_times_are_told_as_people_read_them():
    tranches = [{"amount_fen": 150_000, "status": "paid"}, {"amount_fen": 150_000, "status": "held"}]
    paid = templates.write("tranche_paid", {"title": "助餐", "amount_fen": 300_000, "tranches": tranches})
    assert "1,500.00 of 3,000.00 yuan" in paid.body.en
    closing = templates.write("round_closing", {"name": "首届创投", "closes_at": NOW})
    assert closing.subject.zh == "首届创投将于 2026-03-02 09:00 截止申报"


def feed(*notices: Notice) -> Xml.Element:
    content = atom.feed("230102", "zh", "http://127.0.0.1/api/notifications/notices.atom", notices, NOW)
    return Xml.fromstring(content)


def test_a_feed_without_notices_is_still_a_feed():
    empty = feed()
    assert empty.findtext("{*}title") == "道里区公示公告"
    assert empty.findtext("{*}updated") == "2026-03-02T01:00:00.000Z"


def test_a_feed_holds_whatever_people_write():
    odd = "a & b <c> ]]> \x00\x0b\ufffe \U0001f600"
    texts = {"zh": odd, "en": odd}
    one = Notice(id=new_id(), kind="general", title=texts, body=texts, published_at=NOW)
    assert feed(one).findtext("{*}entry/{*}title") == "a & b <c> ]]> \ufffd\ufffd\ufffd \U0001f600"


@pytest.mark.parametrize(
    ("text", "names_persons", "permitted_by", "fine"),
    [
        ("周六义诊", False, None, True),
        ("联系人 13900001234", False, None, False),
        ("证号 11010119900101123X", False, None, False),
        ("统一代码 52110101MJ00000017", False, None, True),
        ("表彰名单", True, None, False),
        ("表彰名单", True, "同意书 2026-12", True),
    ],
)
def test_persons_are_published_only_with_their_consent(
    text: str, names_persons: bool, permitted_by: str | None, fine: bool
) -> None:
    with contextlib.nullcontext() if fine else pytest.raises(Refused, match="persons"):
        domain.check_publication(text, names_persons, permitted_by)
