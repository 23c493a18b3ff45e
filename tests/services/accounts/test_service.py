"""Accounts over HTTP, at one street node whose district cannot be reached."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
import requests
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric import rsa
from pymongo import MongoClient
from typer.testing import CliRunner

from deploy.accounts import Accounts
from deploy.cli import app
from deploy.embedded import Embedded
from deploy.home import Home
from deploy.trouble import Trouble
from tests.harness import RunningNode, eventually, make_node
from tests.services.accounts.people import CHEAP, DISTRICT, STREET, Person, at
from tests.services.accounts.provider import Provider

pytestmark = pytest.mark.service

NEW = "春眠不觉晓-Spring-"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider.running() as found:
        yield found


@pytest.fixture(scope="module")
def street(
    embedded: Embedded, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningNode]:
    """A street below a district that was never there."""
    api = requests.Session()
    api.auth = (embedded.addresses.user, embedded.addresses.password)
    vhost = f"test-{uuid.uuid4().hex[:12]}"
    api.put(f"{embedded.addresses.admin_url}/api/vhosts/{vhost}", timeout=30).raise_for_status()
    oidc = {"issuer": provider.issuer, "client_id": provider.client_id, "client_secret": provider.secret}
    more = CHEAP | {"oidc": oidc, "address_failures": 1000}
    folder = tmp_path_factory.mktemp("home") / "nodes" / STREET
    node = make_node(embedded, folder, vhost, ["accounts"], area=STREET, parent=DISTRICT, accounts=more)
    node.start()
    yield node
    node.stop()
    api.delete(f"{embedded.addresses.admin_url}/api/vhosts/{vhost}", timeout=30)


@pytest.fixture
def person(street: RunningNode) -> Person:
    """Somebody new who works for the street."""
    return Person(street, "street_staff").at_home()


@pytest.fixture
def store(street: RunningNode) -> Iterator[Any]:
    client: MongoClient[dict[str, Any]] = MongoClient(street.embedded.addresses.store_uri, tz_aware=True)
    yield client[f"{street.vhost}_".replace("-", "_") + f"{STREET}_accounts"]
    client.close()


def code_of(answer: requests.Response) -> str:
    return str(answer.json()["type"].rpartition(":")[2])


def kinds_of(node: RunningNode, account: str) -> list[str]:
    """The security events of an account, oldest first."""
    path = f"/api/accounts/security-events?account={account}"
    return [one["kind"] for one in reversed(node.get(path, "security_officer").json()["items"])]


# --- signing in


def test_a_node_that_is_cut_off_signs_its_people_in_and_verifies_them(street: RunningNode, person: Person):
    tokens = person.signs_in().json()
    assert (tokens["token_type"], tokens["expires_in"], tokens["account"]) == ("Bearer", 900, person.id)
    me = person.asks("GET", "/me", tokens["access_token"]).json()
    assert me["grants"] == [{"role": "street_staff", "area": STREET}]
    assert me["display_name"] == "张三"


def test_the_published_keys_verify_a_token_with_any_library(street: RunningNode, person: Person):
    token = person.signs_in().json()["access_token"]
    told = street.get("/api/accounts/keys", None).json()
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(told).keys}
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, ["EdDSA"])
    assert (claims["iss"], claims["sub"]) == (STREET, person.id)
    assert claims["exp"] - claims["iat"] == 900


def test_a_first_password_must_be_changed_and_is_good_for_three_days(street: RunningNode):
    fresh = Person(street, "resident")
    assert code_of(fresh.signs_in()) == "password-must-change"
    assert code_of(fresh.posts("second-factor")) == "password-must-change"
    late = time.time() + 73 * 3600
    assert code_of(fresh.signs_in(now=at(late))) == "sign-in-refused"
    assert fresh.at_home().signs_in().ok


def test_a_password_is_not_weak_nor_one_of_the_last_and_lasts_ninety_days(person: Person):
    assert code_of(person.changes_password("Password1234")) == "password-too-weak"
    first = person.password
    assert code_of(person.changes_password(first)) == "password-used-before"
    assert person.changes_password(NEW + "1").ok
    assert code_of(person.changes_password(first)) == "password-used-before"
    assert person.signs_in().ok
    assert code_of(person.signs_in(now=at(time.time() + 91 * 86400))) == "password-must-change"


def test_a_new_password_ends_all_sessions(person: Person):
    tokens = person.signs_in().json()
    assert person.changes_password(NEW + "2").ok
    assert code_of(person.refreshes(tokens["refresh_token"])) == "session-over"


def test_who_is_unknown_or_wrong_or_disabled_hears_the_same(street: RunningNode, person: Person):
    heard = set()
    unknown = {"login": f"nobody-{uuid.uuid4().hex}", "password": "whatever"}
    wrong = {"login": person.login, "password": "whatever"}
    for body in (unknown, wrong):
        answer = street.post("/api/accounts/sign-in", body, None)
        heard.add((answer.status_code, answer.text))
    assert person.does("disabling").ok
    answer = person.signs_in()
    heard.add((answer.status_code, answer.text))
    assert len(heard) == 1
    assert person.does("enabling").ok
    assert person.signs_in().ok


@pytest.mark.parametrize("known", [True, False])
def test_five_failures_lock_a_name_for_half_an_hour_whether_it_is_known_or_not(
    street: RunningNode, person: Person, known: bool
):
    name = person.login if known else f"nobody-{uuid.uuid4().hex}"
    tokens = person.signs_in().json()
    body = {"login": name, "password": "wrong"}
    answers = [street.post("/api/accounts/sign-in", body, None).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    locked = street.post("/api/accounts/sign-in", body | {"password": person.password}, None)
    assert (locked.status_code, code_of(locked)) == (429, "too-many-attempts")
    assert 1700 < int(locked.headers["Retry-After"]) <= 1800
    if known:
        assert code_of(person.refreshes(tokens["refresh_token"])) == "session-over"
        assert person.signs_in(now=at(time.time() + 31 * 60)).ok


def test_the_security_officer_unlocks(street: RunningNode, person: Person):
    for _ in range(5):
        person.signs_in(password="wrong")
    assert person.signs_in().status_code == 429
    assert person.does("unlocking", role="administrator").status_code == 403
    assert person.does("unlocking").ok
    assert person.signs_in().ok
    kinds = kinds_of(street, person.id)
    assert kinds[-2:] == ["unlocked", "signed_in"]
    assert sorted(kinds[-4:-2]) == ["locked", "sign_in_failed"]  # both of one moment


def test_guesses_at_the_same_time_are_no_more_than_one_after_the_other(street: RunningNode, person: Person):
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda n: person.signs_in(password=f"wrong-{n}"), range(12)))
    assert sum(answer.status_code == 401 for answer in answers) <= 5
    assert person.signs_in().status_code == 429
    assert kinds_of(street, person.id).count("sign_in_failed") <= 5


def test_an_address_that_fails_again_and_again_is_slowed(street: RunningNode, store: Any):
    """Counted by address whatever the names; here the count is set, not reached."""
    store["attempts"].update_one({"_id": {"$regex": "^address:"}}, {"$set": {"count": 999}})
    names = [{"login": f"nobody-{uuid.uuid4().hex}", "password": "x"} for _ in range(2)]
    try:
        answers = [street.post("/api/accounts/sign-in", name, None) for name in names]
        assert [answer.status_code for answer in answers] == [401, 429]
    finally:
        store["attempts"].delete_many({"_id": {"$regex": "^address:"}})


def test_parameters_that_have_changed_are_taken_up_at_the_next_sign_in(person: Person, store: Any):
    old = PasswordHasher(2, 16, 1).hash(person.password)
    store["credentials"].update_one({"account": person.id}, {"$set": {"password": old}})
    assert person.signs_in().ok
    kept = store["credentials"].find_one({"account": person.id})["password"]
    assert kept.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert person.signs_in().ok


# --- sessions


def test_a_refresh_token_is_good_once_and_its_reuse_ends_the_session(street: RunningNode, person: Person):
    first = person.signs_in().json()["refresh_token"]
    second = person.refreshes(first).json()["refresh_token"]
    third = person.refreshes(second).json()["refresh_token"]
    assert code_of(person.refreshes(first)) == "session-over"
    assert code_of(person.refreshes(third)) == "session-over"
    assert kinds_of(street, person.id)[-1] == "token_reused"


def test_of_two_who_use_a_token_at_the_same_time_one_at_most_goes_on(person: Person):
    token = person.signs_in().json()["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: person.refreshes(token), range(8)))
    good = [answer for answer in answers if answer.ok]
    assert len(good) <= 1
    for answer in good:
        assert code_of(person.refreshes(answer.json()["refresh_token"])) == "session-over"


def test_a_session_ends_when_it_rests_for_an_hour_or_is_twelve_hours_old(person: Person):
    begun = time.time()
    token = person.signs_in(now=at(begun)).json()["refresh_token"]
    for hour in range(1, 14):
        answer = person.refreshes(token, now=at(begun + hour * 3540))
        if not answer.ok:
            break
        token = answer.json()["refresh_token"]
    assert hour == 13  # 12.8 hours after it began
    token = person.signs_in(now=at(begun)).json()["refresh_token"]
    assert person.refreshes(token, now=at(begun + 3601)).status_code == 401


def test_people_see_their_sessions_and_end_them(street: RunningNode, person: Person):
    tokens, other = person.signs_in().json(), person.signs_in().json()
    bearer = tokens["access_token"]
    listed = person.asks("GET", "/sessions", bearer).json()["items"]
    assert len(listed) == 2
    assert {one["address"] for one in listed} == {"127.0.0.1"}
    ended = other["refresh_token"].partition(".")[0]
    assert person.asks("POST", f"/sessions/{ended}/ending", bearer).ok
    assert code_of(person.refreshes(other["refresh_token"])) == "session-over"
    stranger = Person(street, "resident").at_home().signs_in().json()["access_token"]
    mine = tokens["refresh_token"].partition(".")[0]
    assert person.asks("POST", f"/sessions/{mine}/ending", stranger).status_code == 404
    answer = street.post("/api/accounts/sign-out", {"refresh_token": tokens["refresh_token"]}, None)
    assert answer.status_code == 204
    assert person.asks("GET", "/sessions", bearer).json()["items"] == []


# --- roles


def test_a_new_role_ends_sessions_and_stands_in_the_next_token(person: Person):
    tokens = person.signs_in().json()
    assert person.grant("finance").ok
    assert code_of(person.refreshes(tokens["refresh_token"])) == "session-over"
    me = person.asks("GET", "/me", person.signs_in().json()["access_token"]).json()
    assert {grant["role"] for grant in me["grants"]} == {"street_staff", "finance"}


def test_an_officer_acts_for_one_organisation_at_a_time(person: Person):
    team = str(uuid.uuid4())
    assert person.grant("organisation_officer", organisation=team).ok
    told = person.signs_in(organisation=team).json()
    claims = jwt.decode(told["access_token"], options={"verify_signature": False})
    assert (claims["org"], claims["grants"]) == (team, [["organisation_officer", STREET]])
    claims = jwt.decode(person.signs_in().json()["access_token"], options={"verify_signature": False})
    assert "org" not in claims
    assert claims["grants"] == [["street_staff", STREET]]
    assert code_of(person.signs_in(organisation=str(uuid.uuid4()))) == "other-organisation"


def test_the_three_powers_are_separate(street: RunningNode):
    officer = Person(street, "security_officer").at_home().enrolled()
    token = officer.signs_in().json()["access_token"]
    role = {"role": "auditor", "area": STREET}
    assert code_of(officer.grant("auditor")) == "powers-are-separate"
    own = officer.asks("POST", f"/accounts/{officer.id}/grants", token, {"role": "finance", "area": STREET})
    assert code_of(own) == "not-oneself"
    somebody = Person(street, "resident")
    assert officer.asks("POST", f"/accounts/{somebody.id}/grants", token, role).ok
    made = {"area": STREET, "login": f"x-{uuid.uuid4().hex}", "display_name": "李四"}
    assert officer.asks("POST", "/accounts", token, made).status_code == 403
    assert somebody.grant("street_staff", DISTRICT).status_code == 422
    taken = officer.does("password-reset", role="administrator")
    assert (taken.status_code, code_of(taken)) == (403, "power-reset-by-operator")


def test_whoever_lost_a_power_uses_it_no_more_though_the_token_is_still_good(street: RunningNode):
    officer = Person(street, "security_officer").at_home().enrolled()
    token = officer.signs_in().json()["access_token"]
    somebody = Person(street, "resident")
    grant = partial(officer.asks, "POST", f"/accounts/{somebody.id}/grants", token)
    assert grant({"role": "expert", "area": STREET}).ok
    assert officer.does("revocations", {"role": "security_officer", "area": STREET}).ok
    answer = grant({"role": "evaluator", "area": STREET})
    assert (answer.status_code, code_of(answer)) == (401, "token-outdated")


def test_accounts_are_listed_by_area_kind_and_name_for_those_who_look_after_them(
    street: RunningNode, person: Person
):
    found = street.get(f"/api/accounts/accounts?login={person.login}", "auditor").json()["items"]
    assert [(one["id"], one["owner"]) for one in found] == [(person.id, STREET)]
    assert street.get("/api/accounts/accounts", "street_staff").status_code == 403
    assert street.get("/api/accounts/accounts?kind=client", "administrator").ok
    assert street.get(f"/api/accounts/accounts/{person.id}", "administrator").json()["status"] == "active"
    again = street.post(
        "/api/accounts/accounts",
        {"area": STREET, "login": person.login, "display_name": "王五"},
        "administrator",
    )
    assert (again.status_code, code_of(again)) == (409, "exists-already")


def test_an_account_of_the_district_is_not_made_at_the_street(street: RunningNode):
    body = {"area": DISTRICT, "login": f"x-{uuid.uuid4().hex}", "display_name": "李四"}
    answer = street.post("/api/accounts/accounts", body, "administrator")
    assert (answer.status_code, answer.json()["owner"]) == (421, DISTRICT)


def test_opening_twice_for_one_key_makes_one_account(street: RunningNode):
    body = {"area": STREET, "login": f"x-{uuid.uuid4().hex}", "display_name": "李四"}
    key = uuid.uuid4().hex
    made = [street.post("/api/accounts/accounts", body, "administrator", key=key) for _ in range(2)]
    assert made[0].json() == made[1].json()
    assert kinds_of(street, made[0].json()["id"]) == ["opened"]


def test_a_closed_account_is_nobodys(street: RunningNode, person: Person, store: Any):
    assert person.does("closure", role="administrator").ok
    assert person.signs_in().status_code == 401
    left = store["accounts"].find_one({"_id": person.id})
    assert left["status"] == "closed"
    assert not {"login", "display_name"} & left.keys()
    kept = store["credentials"].find_one({"account": person.id})
    assert "password" not in kept
    assert kept["history"] == []
    assert person.does("password-reset", role="operator").status_code == 422
    assert person.grant("finance").status_code == 422


# --- second factor


def test_a_power_needs_a_second_factor_whose_codes_are_good_once(street: RunningNode):
    auditor = Person(street, "auditor").at_home()
    assert code_of(auditor.signs_in()) == "second-factor-needed"
    codes = auditor.enrols()
    assert len(set(codes)) == 10
    assert code_of(auditor.signs_in(code=None)) == "code-needed"
    assert code_of(auditor.signs_in(code="000000")) == "sign-in-refused"
    assert auditor.signs_in(code=codes[0]).ok
    assert code_of(auditor.signs_in(code=codes[0])) == "sign-in-refused"
    now = time.time() + 120
    code = auditor.totp.at(int(now)) if auditor.totp else ""
    assert auditor.signs_in(now=at(now), code=code).ok
    assert code_of(auditor.signs_in(now=at(now), code=code)) == "sign-in-refused"
    assert code_of(auditor.posts("second-factor/removal", code=codes[1])) == "second-factor-needed"
    assert "recovery_code_used" in kinds_of(street, auditor.id)


def test_who_needs_no_second_factor_may_have_one_and_give_it_up(person: Person):
    codes = person.enrols()
    assert code_of(person.signs_in(code=None)) == "code-needed"
    assert person.posts("second-factor/removal", code=codes[0]).ok
    assert person.signs_in(code=None).ok


def test_a_lost_authenticator_is_removed_by_the_operator(street: RunningNode):
    auditor = Person(street, "auditor").at_home()
    auditor.enrols()
    assert auditor.does("second-factor-removal", role="administrator").status_code == 403
    assert auditor.does("second-factor-removal", role="operator").ok
    assert code_of(auditor.signs_in(code=None)) == "second-factor-needed"


# --- machines


def open_client(street: RunningNode, *roles: str, days: int | None = None) -> str:
    body = {"area": STREET, "login": f"m-{uuid.uuid4().hex[:12]}", "display_name": "财政系统", "days": days}
    made = street.post("/api/accounts/clients", body, "administrator")
    assert made.status_code == 201, made.text
    identifier = str(made.json()["id"])
    for role in roles:
        body = {"role": role, "area": STREET}
        assert street.post(f"/api/accounts/accounts/{identifier}/grants", body, "security_officer").ok
    return identifier


def new_secret(street: RunningNode, client: str, hours: int = 24) -> str:
    path = f"/api/accounts/clients/{client}/secrets"
    answer = street.post(path, {"overlap_hours": hours}, "administrator")
    assert answer.ok, answer.text
    return str(answer.json()["client_secret"])


def token_for(street: RunningNode, client: str, secret: str, *, basic: bool = False) -> requests.Response:
    form = {"grant_type": "client_credentials"}
    headers = {}
    if basic:
        headers["Authorization"] = "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()
    else:
        form |= {"client_id": client, "client_secret": secret}
    return requests.post(f"{street.url}/api/accounts/token", data=form, headers=headers, timeout=30)


@pytest.mark.parametrize("basic", [True, False], ids=["header", "form"])
def test_a_machine_gets_tokens_by_its_secret(street: RunningNode, basic: bool):
    client = open_client(street, "finance")
    answer = token_for(street, client, new_secret(street, client), basic=basic)
    assert answer.ok, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    me = street.get("/api/accounts/me", None, headers=headers).json()
    assert (me["subject"], me["grants"]) == (client, [{"role": "finance", "area": STREET}])


def test_an_old_secret_goes_on_for_the_overlap_only(street: RunningNode):
    client = open_client(street)
    first = new_secret(street, client)
    second = new_secret(street, client)
    assert token_for(street, client, first).ok
    assert token_for(street, client, second).ok
    third = new_secret(street, client, hours=0)
    assert [token_for(street, client, one).status_code for one in (first, second, third)] == [401, 401, 200]


def test_machines_are_told_no_by_the_words_of_the_standard(street: RunningNode):
    client = open_client(street)
    secret = new_secret(street, client)
    wrong = token_for(street, client, "wrong", basic=True)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert wrong.headers["WWW-Authenticate"].startswith("Basic")
    form = {"grant_type": "password"}
    other = requests.post(f"{street.url}/api/accounts/token", data=form, timeout=30)
    assert (other.status_code, other.json()["error"]) == (400, "unsupported_grant_type")
    assert street.post(f"/api/accounts/accounts/{client}/disabling", None, "security_officer").ok
    assert token_for(street, client, secret).status_code == 401


def test_a_machines_access_ends_and_it_holds_no_power(street: RunningNode, store: Any):
    body = {"area": STREET, "login": f"m-{uuid.uuid4().hex}", "display_name": "系统", "days": 400}
    assert code_of(street.post("/api/accounts/clients", body, "administrator")) == "client-too-long"
    client = open_client(street, days=1)
    secret = new_secret(street, client)
    assert token_for(street, client, secret).ok
    role = {"role": "auditor", "area": STREET}
    answer = street.post(f"/api/accounts/accounts/{client}/grants", role, "security_officer")
    assert code_of(answer) == "no-power-for-machines"
    ended = store["accounts"].find_one({"_id": client})["created_at"]
    store["accounts"].update_one({"_id": client}, {"$set": {"ends_at": ended}})
    assert token_for(street, client, secret).status_code == 401


# --- the identity provider


def goes_there_and_back(street: RunningNode, **changed: str) -> requests.Response:
    """As a browser: start, the provider, and back with the cookie."""
    browser = requests.Session()
    there = browser.get(f"{street.url}/api/accounts/oidc/start", allow_redirects=False, timeout=30)
    assert there.status_code == 302, there.text
    asked = dict(parse_qsl(urlsplit(there.headers["Location"]).query))
    assert asked["code_challenge_method"] == "S256"
    back = requests.get(there.headers["Location"], allow_redirects=False, timeout=30)
    brought = dict(parse_qsl(urlsplit(back.headers["Location"]).query)) | changed
    return browser.get(f"{street.url}/api/accounts/oidc/callback", params=brought, timeout=30)


@pytest.fixture
def known(person: Person, provider: Provider) -> Person:
    """Somebody whom the provider knows, and the street by that identity."""
    provider.subject, provider.claims, provider.signing = f"sub-{uuid.uuid4().hex}", {}, None
    assert person.does("identity", {"subject": provider.subject}).ok
    return person


def test_the_provider_says_who_it_is_and_the_account_what_they_may(known: Person, street: RunningNode):
    answer = goes_there_and_back(street)
    assert answer.ok, answer.text
    me = known.asks("GET", "/me", answer.json()["access_token"]).json()
    assert me["subject"] == known.id
    # The provider's token speaks of an administrator: that is nothing to us.
    assert me["grants"] == [{"role": "street_staff", "area": STREET}]
    assert known.refreshes(answer.json()["refresh_token"]).ok


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another-client"},
        {"aud": ["hatchery-street", "another"], "azp": "another"},
        {"iss": "http://another"},
        {"exp": 1_600_000_000},
        {"sub": "nobody-here-knows"},
    ],
    ids=["nonce", "audience", "party", "issuer", "expired", "unknown"],
)
def test_a_word_that_is_not_for_us_or_of_nobody_here_opens_nothing(
    known: Person, street: RunningNode, provider: Provider, claims: dict[str, Any]
):
    provider.claims = claims
    assert code_of(goes_there_and_back(street)) == "sign-in-refused"


def test_a_word_that_somebody_else_signed_opens_nothing(
    known: Person, street: RunningNode, provider: Provider
):
    provider.signing = rsa.generate_private_key(65537, 2048)
    assert code_of(goes_there_and_back(street)) == "sign-in-refused"


def test_a_link_that_somebody_else_began_signs_nobody_in(known: Person, street: RunningNode):
    assert code_of(goes_there_and_back(street, state="made-up")) == "sign-in-refused"
    assert code_of(goes_there_and_back(street, code="made-up")) == "sign-in-refused"


def test_a_disabled_account_is_not_opened_by_the_provider(known: Person, street: RunningNode):
    assert known.does("disabling").ok
    assert code_of(goes_there_and_back(street)) == "sign-in-refused"


def test_where_a_second_factor_is_needed_the_provider_must_have_asked_for_it(
    street: RunningNode, provider: Provider
):
    auditor = Person(street)
    provider.subject, provider.claims, provider.signing = f"sub-{uuid.uuid4().hex}", {}, None
    assert auditor.does("identity", {"subject": provider.subject}).ok
    assert auditor.grant("auditor").ok
    assert code_of(goes_there_and_back(street)) == "sign-in-refused"
    provider.claims = {"amr": ["pwd", "mfa"]}
    assert goes_there_and_back(street).ok


def test_two_accounts_do_not_share_an_identity(known: Person, street: RunningNode, provider: Provider):
    answer = Person(street).does("identity", {"subject": provider.subject})
    assert (answer.status_code, code_of(answer)) == (409, "identity-taken")


# --- what is kept, and who sees it


def test_security_events_are_for_the_officer_and_the_auditor(street: RunningNode, person: Person):
    person.signs_in(password="wrong")
    person.signs_in()
    kinds = ["opened", "granted", "password_reset", "password_changed", "sign_in_failed", "signed_in"]
    assert kinds_of(street, person.id) == kinds
    path = f"/api/accounts/security-events?account={person.id}"
    assert street.get(path, "auditor").json()["items"][0]["address"] == "127.0.0.1"
    assert street.get(path, "administrator").status_code == 403
    first = street.get(f"{path}&limit=4", "auditor").json()
    rest = street.get(f"{path}&limit=4&cursor={first['next']}", "auditor").json()
    assert [one["kind"] for one in (*first["items"], *rest["items"])] == kinds[::-1]


def test_nothing_that_was_typed_or_given_out_is_found_in_log_events_or_memory(
    street: RunningNode, store: Any
):
    """Names, passwords, codes and tokens: neither in the log nor in what is told to others nor kept for repeats."""
    somebody = Person(street, "auditor", name="欧阳某某").at_home()
    codes = somebody.enrols()
    body = {"login": somebody.login, "password": somebody.password, "code": codes[0]}
    key = uuid.uuid4().hex
    tokens = street.post("/api/accounts/sign-in", body, None, key=key).json()
    street.post("/api/accounts/sign-in", {"login": "my-password-by-mistake", "password": "x"}, None)
    client = open_client(street)
    secret = new_secret(street, client)
    assert token_for(street, client, secret).ok
    told = eventually(lambda: list(store["sent_events"].find({"envelope.subject": somebody.id})))
    hidden = [
        "欧阳某某", somebody.login, somebody.password, codes[0], tokens["access_token"],
        tokens["refresh_token"], "my-password-by-mistake", secret,
    ]  # fmt: skip
    places = {
        "log": street.log("accounts"),
        "gateway's log": street.log("gateway"),
        "events": json.dumps(told, default=str, ensure_ascii=False),
        "requests": json.dumps(list(store["requests"].find()), default=str, ensure_ascii=False),
        "answers": json.dumps(list(store["answers"].find()), default=str, ensure_ascii=False),
        "security events": json.dumps(list(store["security_events"].find()), default=str, ensure_ascii=False),
    }
    found = [(place, one) for place, text in places.items() for one in hidden if one in text]
    assert found == []
    kept = json.dumps(store["credentials"].find_one({"account": somebody.id}), default=str)
    assert not [one for one in (somebody.password, *codes) if one in kept]


# --- the operators' commands


def run(street: RunningNode, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.setenv("HATCHERY_HOME", str(street.folder.parents[1]))
    done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_first_administrator_and_security_officer_are_made_by_the_command(
    street: RunningNode, monkeypatch: pytest.MonkeyPatch
):
    hatchery = partial(run, street, monkeypatch)
    names = {role: f"{role}-{uuid.uuid4().hex[:8]}" for role in ("administrator", "security_officer")}
    people = {}
    for role, name in names.items():
        told = hatchery("account", "add", STREET, name, "--name", "系统管理员", "--role", role).splitlines()
        people[role] = Person.of(street, name, told[-1]).at_home().enrolled()
    administrator, officer = (one.signs_in().json()["access_token"] for one in people.values())
    body = {"area": STREET, "login": f"x-{uuid.uuid4().hex}", "display_name": "李四"}
    made = people["administrator"].asks("POST", "/accounts", administrator, body).json()
    staff = {"role": "street_staff", "area": STREET}
    granted = people["security_officer"].asks("POST", f"/accounts/{made['id']}/grants", officer, staff)
    assert granted.json()["roles"] == [staff | {"organisation": None}]
    assert made["login"] in hatchery("account", "list", STREET)


def test_what_add_could_not_do_is_told_with_what_to_type_next(
    street: RunningNode, monkeypatch: pytest.MonkeyPatch
):
    name = f"x-{uuid.uuid4().hex[:8]}"
    two = ("--role", "administrator", "--role", "auditor")
    with pytest.raises(Trouble, match=f"{name} is there, without auditor: .*account grant"):
        run(street, monkeypatch, "account", "add", STREET, name, "--name", "李四", *two)
    found = street.get(f"/api/accounts/accounts?login={name}", "auditor").json()["items"][0]
    assert [held["role"] for held in found["roles"]] == ["administrator"]


def test_operators_reset_grant_revoke_unlock_disable_and_enable(
    street: RunningNode, person: Person, monkeypatch: pytest.MonkeyPatch
):
    hatchery = partial(run, street, monkeypatch)
    hatchery("account", "grant", STREET, person.login, "finance")
    hatchery("account", "revoke", STREET, person.login, "street_staff")
    me = person.asks("GET", "/me", person.signs_in().json()["access_token"]).json()
    assert me["grants"] == [{"role": "finance", "area": STREET}]
    hatchery("account", "unlock", STREET, person.login)
    hatchery("account", "disable", STREET, person.login)
    assert person.signs_in().status_code == 401
    hatchery("account", "enable", STREET, person.login)
    person.password = hatchery("account", "reset", STREET, person.login, "--second-factor").splitlines()[-1]
    assert person.at_home().signs_in().ok


def test_operators_add_rotate_and_revoke_machines(street: RunningNode, monkeypatch: pytest.MonkeyPatch):
    hatchery = partial(run, street, monkeypatch)
    name = f"m-{uuid.uuid4().hex[:8]}"
    told = hatchery("client", "add", STREET, name, "--name", "财政系统", "--role", "finance").splitlines()
    client, first = told[0].split()[1].rstrip(","), told[-1]
    second = hatchery("client", "rotate", STREET, name, "--overlap", "0").splitlines()[-1]
    assert [token_for(street, client, one).status_code for one in (first, second)] == [401, 200]
    hatchery("client", "revoke", STREET, name)
    assert token_for(street, client, second).status_code == 401
    listed = json.loads(hatchery("client", "list", STREET, "--json"))
    assert {one["status"] for one in listed if one["login"] == name} == {"disabled"}


def test_a_node_without_accounts_says_so(street: RunningNode, monkeypatch: pytest.MonkeyPatch):
    home = Home(street.folder.parents[1])
    monkeypatch.setattr(Home, "node", lambda self, area: type("N", (), {"services": ("needs",)})())
    with pytest.raises(Trouble, match="keeps no accounts"):
        Accounts(home, STREET)
