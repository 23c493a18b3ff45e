from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import hypothesis
import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from marshmallow import ValidationError

from services.accounts import settings
from services.accounts.domain import accounts, attempts, passwords, second_factor, sessions
from services.accounts.domain.accounts import Role
from services.accounts.domain.attempts import NONE, Tries
from services.accounts.domain.policy import Limit
from services.accounts.domain.sessions import Family
from shared.call import Grant
from shared.errors import Conflict, Forbidden, Problem, Refused
from shared.permissions import ROLES

pytestmark = pytest.mark.unit

POLICY = settings.parse({}, trial=False).policy
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
STREET, DISTRICT = "230102001", "230102"
TEAM, OTHER = "01981b4e-5a00-7000-8000-000000000001", "01981b4e-5a00-7000-8000-000000000002"


# --- who may hold what


@given(st.lists(st.sampled_from(accounts.GRANTABLE), max_size=12))
def test_whatever_is_granted_in_whatever_order_nobody_holds_two_of_the_three_powers(wanted: list[str]):
    held: list[Role] = []
    refused: set[str] = set()
    for role in wanted:
        one = Role(role, STREET, TEAM if role == accounts.OFFICER else None)
        try:
            accounts.check_grant("person", DISTRICT, held, one)
        except Problem as refusal:
            refused.add(refusal.code)
        else:
            held.append(one)
    assert refused <= {"held-already", "powers-are-separate"}
    assert len({role.role for role in held} & accounts.POWERS) <= 1
    assert {role.role for role in held} >= set(wanted) - accounts.POWERS


def test_one_of_the_powers_may_be_held_at_several_areas():
    accounts.check_grant("person", DISTRICT, [Role("auditor", STREET)], Role("auditor", DISTRICT))


@pytest.mark.parametrize("power", sorted(accounts.POWERS))
def test_machines_hold_none_of_the_three_powers(power: str):
    with pytest.raises(Refused, match="no-power-for-machines"):
        accounts.check_grant("client", DISTRICT, [], Role(power, DISTRICT))


@pytest.mark.parametrize("area", [DISTRICT, "230102002", "330203"])
def test_a_role_holds_within_the_accounts_own_area_only(area: str):
    with pytest.raises(Refused, match="beyond-the-account"):
        accounts.check_grant("person", STREET, [], Role("street_staff", area))


def test_nodes_keys_are_no_persons_role():
    assert set(ROLES) - set(accounts.GRANTABLE) == {"node"}


@pytest.mark.parametrize(("role", "organisation"), [("organisation_officer", None), ("finance", TEAM)])
def test_officers_and_nobody_else_act_for_an_organisation(role: str, organisation: str | None):
    with pytest.raises(Refused, match="organisation-of-an-officer"):
        accounts.check_grant("person", DISTRICT, [], Role(role, STREET, organisation))


def test_what_is_held_is_not_granted_again():
    with pytest.raises(Conflict, match="held-already"):
        accounts.check_grant("person", DISTRICT, [Role("finance", DISTRICT)], Role("finance", DISTRICT))


def test_nobody_changes_what_they_themselves_may():
    with pytest.raises(Forbidden, match="not-oneself"):
        accounts.check_not_self("one", "one")
    accounts.check_not_self("one", "another")


@pytest.mark.parametrize("power", sorted(accounts.POWERS))
def test_who_holds_a_power_gets_a_password_from_the_machines_operator_only(power: str):
    with pytest.raises(Forbidden, match="power-reset-by-operator"):
        accounts.check_resetter(["administrator"], [Role(power, DISTRICT)])
    accounts.check_resetter(["operator"], [Role(power, DISTRICT)])
    accounts.check_resetter(["administrator"], [Role("finance", DISTRICT)])


HELD = [
    Role("resident", STREET),
    Role("organisation_officer", STREET, TEAM),
    Role("organisation_officer", DISTRICT, OTHER),
]


def test_a_token_acts_for_one_organisation_or_for_none():
    assert accounts.acting(HELD, None) == ((Grant("resident", STREET),), None)
    assert accounts.acting(HELD, TEAM) == ((Grant("organisation_officer", STREET),), TEAM)
    assert accounts.acting(HELD[1:2], None) == ((Grant("organisation_officer", STREET),), TEAM)
    assert accounts.acting(HELD[1:], None) == ((), None)  # of two one must be chosen
    with pytest.raises(Forbidden, match="other-organisation"):
        accounts.acting(HELD[:2], OTHER)


@pytest.mark.parametrize(
    ("typed", "same"), [(" Wang.Fang ", "wang.fang"), ("王芳", "王芳"), ("ＷＡＮＧ１２", "wang12")]
)
def test_sign_in_names_are_the_same_however_they_are_typed(typed: str, same: str):
    assert accounts.check_login(typed) == same


@pytest.mark.parametrize("typed", ["a", "a b", "", "x" * 65, "a/b", "<script>"])
def test_other_names_are_refused(typed: str):
    with pytest.raises(Refused, match="login-form"):
        accounts.check_login(typed)


# --- passwords


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("Short-1", 1),
        ("onlysmallletters", 1),
        ("Wang.Fang-2026-xy", 1),
        ("Password@123!", 1),
        ("Qwertyuiop12", 1),
        ("aA1aA1aA1aA1aA1", 1),
        ("123456", 3),
        ("x" * 129, 3),
    ],
)
def test_everything_that_is_wrong_with_a_password_is_told_at_once(password: str, wrong: int):
    with pytest.raises(Refused) as refusal:
        passwords.check(password, "wang.fang", POLICY)
    assert refusal.value.code == "password-too-weak"
    assert len(refusal.value.faults) == wrong, refusal.value.faults
    assert all(fault.remedy.zh and fault.remedy.en for fault in refusal.value.faults)


@pytest.mark.parametrize("password", ["correct-Horse-7-battery", "春眠不觉晓处处闻啼鸟Ab", "Tr0ub4dor&3-xyz"])
def test_long_mixed_and_unusual_ones_are_good(password: str):
    passwords.check(password, "wang.fang", POLICY)


def test_made_up_passwords_keep_the_rules_and_differ():
    strict = replace(POLICY, password_classes=4, password_length=20)
    made = {passwords.made_up(POLICY) for _ in range(50)} | {passwords.made_up(strict)}
    assert len(made) == 51
    for one in made:
        passwords.check(one, "wang.fang", POLICY)
    passwords.check(passwords.made_up(strict), "wang.fang", strict)


def test_a_password_is_good_for_as_long_as_the_node_says():
    assert passwords.good_until(NOW, POLICY, first=True) == NOW + timedelta(hours=72)
    assert passwords.good_until(NOW, POLICY, first=False) == NOW + timedelta(days=90)
    assert passwords.good_until(NOW, replace(POLICY, password_days=0), first=False) is None


# --- attempts

LIMIT = Limit(5, timedelta(minutes=15), timedelta(minutes=30))
WAITS = st.lists(st.integers(0, 40 * 60).map(lambda s: timedelta(seconds=s)), max_size=60)


@given(WAITS)
def test_however_failures_are_spaced_a_lock_follows_five_within_the_window_and_lasts_its_time(
    waits: list[timedelta],
):
    tries, now, looked_at = NONE, NOW, list[datetime]()
    for wait in waits:
        now += wait
        if attempts.locked(tries, now):
            continue
        looked_at.append(now)
        tries = attempts.one_more(tries, now, LIMIT)
        assert tries.count <= LIMIT.failures
    for at in looked_at:
        # Counted from their first, so across the seam of two windows at most one less than twice as many.
        assert sum(at <= one < at + LIMIT.window for one in looked_at) <= 2 * LIMIT.failures - 1


@given(st.lists(st.integers(0, 59_999), min_size=5, max_size=30))
def test_requests_at_the_same_time_count_in_whatever_order_they_are_looked_at(offsets: list[int]):
    tries, looked_at = NONE, 0
    for offset in offsets:
        now = NOW + timedelta(milliseconds=offset)
        if attempts.locked(tries, now) is None:
            tries, looked_at = attempts.one_more(tries, now, LIMIT), looked_at + 1
    assert looked_at == LIMIT.failures


def test_the_fifth_failure_locks_for_half_an_hour():
    tries = NONE
    for minute in range(5):
        assert attempts.locked(tries, NOW + timedelta(minutes=minute)) is None
        tries = attempts.one_more(tries, NOW + timedelta(minutes=minute), LIMIT)
    end = NOW + timedelta(minutes=34)
    assert attempts.locked(tries, end - timedelta(seconds=1)) == end
    assert attempts.locked(tries, end) is None
    assert attempts.one_more(tries, end, LIMIT).count == 1


def test_failures_of_long_ago_do_not_count():
    tries = Tries(4, NOW, None)
    assert attempts.one_more(tries, NOW + timedelta(minutes=16), LIMIT).until is None


def test_a_clock_that_was_set_back_locks_nobody():
    tries = Tries(5, NOW, NOW + LIMIT.pause)
    assert attempts.locked(tries, NOW - timedelta(days=1)) is None


def test_what_succeeded_is_taken_back():
    assert attempts.one_less(attempts.one_more(NONE, NOW, LIMIT), LIMIT) == NONE
    last = Tries(5, NOW, NOW + LIMIT.pause)
    assert attempts.one_less(last, LIMIT) == Tries(4, NOW, None)


# --- sessions


class Rotation(RuleBasedStateMachine):
    """A holder and a thief present tokens of one session in any order, at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        first = sessions.new_secret()
        self.family = Family(sessions.digest(first), NOW, NOW)
        self.given = [first]  # every token that was ever given out, newest last
        self.accepted: list[str] = []
        self.reused = False

    def present(self, token: str) -> None:
        verdict = sessions.presented(self.family, token, self.now, POLICY, None)
        if verdict == "good":
            self.accepted.append(token)
            self.given.append(sessions.new_secret())
            self.family = Family(sessions.digest(self.given[-1]), self.family.begun_at, self.now)
        elif verdict == "reused":
            self.reused = True
            self.family = self.family._replace(ended_at=self.now)

    @rule(which=st.integers(0, 50))
    def any_token(self, which: int) -> None:
        self.present(self.given[which % len(self.given)])

    @rule()
    def newest(self) -> None:
        self.present(self.given[-1])

    @rule(minutes=st.integers(0, 70))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.reused)
    @rule()
    def after_a_reuse_even_the_newest_is_worth_nothing(self) -> None:
        assert sessions.presented(self.family, self.given[-1], self.now, POLICY, None) == "ended"

    @invariant()
    def each_token_was_accepted_once_at_most(self) -> None:
        assert len(self.accepted) == len(set(self.accepted))

    @invariant()
    def nothing_is_accepted_after_its_time(self) -> None:
        assert self.family.used_at - self.family.begun_at < timedelta(hours=POLICY.session_hours)


Rotation.TestCase.settings = hypothesis.settings(max_examples=50, stateful_step_count=20, deadline=None)
TestRotation = Rotation.TestCase


def test_sessions_from_before_a_change_of_rights_or_password_are_over():
    family = Family(sessions.digest("secret"), NOW, NOW)
    later = NOW + timedelta(minutes=5)
    assert sessions.presented(family, "secret", later, POLICY, NOW) == "good"
    assert sessions.presented(family, "secret", later, POLICY, later) == "ended"


# --- second factor


def test_a_code_is_good_once_and_half_a_minute_either_way():
    secret = second_factor.new_secret()
    code = pyotp.TOTP(secret).at(NOW)
    step = second_factor.step(secret, code, NOW, 0)
    assert step == int(NOW.timestamp()) // 30
    assert second_factor.step(secret, code, NOW + timedelta(seconds=30), 0) == step
    assert second_factor.step(secret, code, NOW + timedelta(seconds=61), 0) is None
    assert second_factor.step(secret, code, NOW, step) is None
    older = pyotp.TOTP(secret).at(NOW - timedelta(seconds=30))
    assert second_factor.step(secret, older, NOW, step) is None


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_wrong_code_and_no_error(typed: str):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    present = int(NOW.timestamp()) // 30
    good = {pyotp.TOTP(secret).generate_otp(each) for each in range(present - 1, present + 2)}
    assert (second_factor.step(secret, typed, NOW, 0) is not None) == (typed in good)


def test_recovery_codes_are_all_different_and_typed_in_any_case():
    codes = second_factor.recovery_codes()
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert second_factor.recovery_digest(f" {codes[0].upper()} ") == second_factor.recovery_digest(codes[0])


# --- what a node's description says


def test_the_defaults_are_no_weaker_than_owasps_least():
    assert (POLICY.argon2_memory, POLICY.argon2_time, POLICY.argon2_lanes) >= (19456, 2, 1)
    assert POLICY.event_days >= settings.SHORTEST_KEPT


@pytest.mark.parametrize("cheap", [{"argon2_time": 1}, {"argon2_memory": 19455}])
def test_cheaper_hashing_is_for_trials_only(cheap: dict[str, int]):
    with pytest.raises(ValidationError):
        settings.parse(cheap, trial=False)
    settings.parse(cheap, trial=True)


def test_a_provider_without_tls_is_for_trials_only():
    told = {"oidc": {"issuer": "http://id.example", "client_id": "hatchery"}}
    with pytest.raises(ValidationError):
        settings.parse(told, trial=False)
    settings.parse(told, trial=True)
    assert settings.parse({}, trial=False).oidc is None


@pytest.mark.parametrize("wrong", [{"event_days": 180}, {"failures": 0}, {"second_factor": ["king"]}])
def test_other_faults_are_told_by_their_field(wrong: dict[str, object]):
    with pytest.raises(ValidationError) as fault:
        settings.parse(wrong, trial=False)
    assert set(fault.value.messages_dict) == set(wrong)


def test_each_figure_has_its_source():
    from importlib import resources

    import yaml

    told = yaml.safe_load(resources.files("services.accounts").joinpath("policy.yaml").read_text("utf-8"))
    assert all(one["source"] for one in told.values())
    assert set(told) == set(POLICY.__dataclass_fields__)
