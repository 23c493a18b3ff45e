"""Tokens: whom they speak for, and every way in which one is refused."""

import base64
import json
import os
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared import keys
from shared.call import Grant
from shared.errors import Unauthenticated

pytestmark = pytest.mark.unit

STREET = "230102001"
DISTRICT = "230102"


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


def knowing(key, area=STREET):
    known = keys.kid(area, key.public_key())
    return lambda kid: (key.public_key(), area) if kid == known else None


def handmade(key, area=STREET, kid=None, algorithm="EdDSA", without=(), **changes):
    now = datetime.now(UTC)
    claims = {
        "iss": area,
        "sub": "someone",
        "grants": [["street_staff", area]],
        "iat": now,
        "exp": now + timedelta(minutes=5),
        **changes,
    }
    for name in without:
        del claims[name]
    header = {"kid": kid or keys.kid(area, key.public_key())}
    return jwt.encode(claims, key if algorithm == "EdDSA" else b"x" * 32, algorithm, headers=header)


def refused(token, find_key):
    with pytest.raises(Unauthenticated) as caught:
        keys.verify(token, find_key)
    problem = caught.value
    assert problem.remedy is not None
    assert all((*problem.detail, *problem.remedy)), "told in both languages, with a remedy"
    return problem.code


def test_a_token_speaks_for_its_subject_with_its_grants(key):
    token = keys.issue(key, STREET, "li", [Grant("street_staff", STREET)], organisation="o-1")
    actor = keys.verify(token, knowing(key))
    assert actor.subject == "li"
    assert actor.organisation == "o-1"
    assert actor.grants == (Grant("street_staff", STREET),)


def test_the_header_names_the_node_and_the_key(key):
    token = keys.issue(key, STREET, "li", [])
    header = jwt.get_unverified_header(token)
    assert header["alg"] == "EdDSA"
    assert header["kid"].startswith(f"{STREET}.")
    assert len(header["kid"]) == len(STREET) + 1 + 16


def test_a_published_key_comes_back_as_it_was(key):
    entry = keys.published(STREET, key.public_key())
    assert keys.raw(keys.from_published(entry)) == keys.raw(key.public_key())
    assert "=" not in entry["x"]


def test_a_key_pair_is_kept_with_its_private_part_closed_to_others(tmp_path):
    made = keys.generate(tmp_path / "keys")
    assert (tmp_path / "keys" / "private.pem").stat().st_mode & 0o777 == 0o600
    assert keys.load_private(tmp_path / "keys").private_bytes_raw() == made.private_bytes_raw()
    assert keys.raw(keys.load_public(tmp_path / "keys")) == keys.raw(made.public_key())


def test_a_key_that_others_trust_is_never_replaced(tmp_path):
    keys.generate(tmp_path)
    with pytest.raises(FileExistsError):
        keys.generate(tmp_path)


def test_the_token_of_an_unknown_node_is_refused(key):
    token = keys.issue(key, STREET, "li", [])
    assert refused(token, lambda kid: None) == "token-unknown-key"


def test_a_token_signed_with_another_key_is_refused(key):
    forged = handmade(Ed25519PrivateKey.generate(), kid=keys.kid(STREET, key.public_key()))
    assert refused(forged, knowing(key)) == "token-signature"


def test_a_changed_token_is_refused(key):
    head, claims, signature = keys.issue(key, STREET, "li", []).split(".")
    content = json.loads(base64.urlsafe_b64decode(claims + "=="))
    content["grants"] = [["street_staff", STREET]]
    claims = base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
    assert refused(f"{head}.{claims}.{signature}", knowing(key)) == "token-signature"


def test_an_expired_token_is_refused_beyond_the_leeway_of_clocks(key):
    now = datetime.now(UTC)
    late = {"iat": now - timedelta(seconds=600), "exp": now - timedelta(seconds=keys.LEEWAY + 5)}
    assert refused(handmade(key, **late), knowing(key)) == "token-expired"
    barely = {"iat": now - timedelta(seconds=600), "exp": now - timedelta(seconds=keys.LEEWAY - 10)}
    assert keys.verify(handmade(key, **barely), knowing(key)).subject == "someone"


def test_a_token_from_a_clock_that_runs_ahead_is_refused(key):
    ahead = datetime.now(UTC) + timedelta(seconds=keys.LEEWAY + 30)
    token = handmade(key, iat=ahead, exp=ahead + timedelta(seconds=60))
    assert refused(token, knowing(key)) == "token-not-yet-valid"


def test_a_token_that_lives_longer_than_fifteen_minutes_is_refused(key):
    token = handmade(key, exp=datetime.now(UTC) + timedelta(seconds=keys.LIFETIME + 5))
    assert refused(token, knowing(key)) == "token-too-long-lived"


@pytest.mark.parametrize("area", [DISTRICT, "230102002", "330203", "", "2301020", "nonsense"])
def test_a_node_vouches_for_no_area_outside_its_own(key, area):
    token = handmade(key, grants=[["street_staff", STREET], ["district_staff", area]])
    assert refused(token, knowing(key)) == "token-beyond-node"


def test_a_node_cannot_sign_in_another_nodes_name(key):
    assert refused(handmade(key, iss=DISTRICT), knowing(key)) == "token-beyond-node"


@pytest.mark.parametrize(
    "changes",
    [
        {"grants": "district_staff"},
        {"grants": [["district_staff"]]},
        {"grants": [["district_staff", 230102]]},
        {"grants": [{"role": "x"}]},
        {"org": 7},
        {"sub": 7},
        {"exp": "soon"},
        {"without": ("grants",)},
        {"without": ("sub",)},
        {"without": ("exp",)},
        {"without": ("iat",)},
        {"without": ("iss",)},
    ],
)
def test_a_token_of_another_form_is_refused(key, changes):
    assert refused(handmade(key, **changes), knowing(key)) == "token-malformed"


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "..", "e30.e30.e30", "\u4ee4\u724c"])
def test_text_that_is_no_token_is_refused(key, text):
    assert refused(text, knowing(key)) == "token-malformed"


def test_the_token_does_not_choose_its_algorithm(key):
    public_as_secret = handmade(key, algorithm="HS256")
    assert refused(public_as_secret, knowing(key)) == "token-malformed"
    kid = keys.kid(STREET, key.public_key())
    unsigned = jwt.encode({"sub": "x"}, "", "none", headers={"kid": kid})
    assert refused(unsigned, knowing(key)) == "token-malformed"


@pytest.mark.parametrize("lifetime", [0, -1, keys.LIFETIME + 1])
def test_no_token_is_issued_that_would_be_refused_for_its_lifetime(key, lifetime):
    with pytest.raises(ValueError, match="seconds"):
        keys.issue(key, STREET, "li", [], lifetime=lifetime)


def test_no_token_is_issued_for_an_area_outside_the_node(key):
    with pytest.raises(ValueError, match="vouch"):
        keys.issue(key, STREET, "li", [Grant("district_staff", DISTRICT)])


def accepted(folder):
    return {keys.raw(key) for key in keys.accepted(folder)}


def test_while_a_key_is_replaced_old_and_new_are_accepted_at_each_step(tmp_path):
    old = keys.generate(tmp_path)
    new = Ed25519PrivateKey.generate()
    pair = {keys.raw(old.public_key()), keys.raw(new.public_key())}
    assert accepted(tmp_path) == {keys.raw(old.public_key())}
    (tmp_path / keys.NEXT_PRIVATE).write_bytes(keys.private_pem(new))
    (tmp_path / keys.NEXT_PUBLIC).write_bytes(keys.public_pem(new))
    assert accepted(tmp_path) == pair
    (tmp_path / keys.PREVIOUS_PUBLIC).write_bytes((tmp_path / keys.PUBLIC).read_bytes())
    assert accepted(tmp_path) == pair
    (tmp_path / keys.NEXT_PRIVATE).replace(tmp_path / keys.PRIVATE)
    assert accepted(tmp_path) == pair
    (tmp_path / keys.NEXT_PUBLIC).replace(tmp_path / keys.PUBLIC)
    assert accepted(tmp_path) == pair


@pytest.mark.parametrize(("age", "good"), [(0, True), (929, True), (931, False)])
def test_a_previous_key_is_accepted_as_long_as_its_tokens_may_live(tmp_path, age, good):
    keys.generate(tmp_path)
    old = Ed25519PrivateKey.generate()
    file = tmp_path / keys.PREVIOUS_PUBLIC
    file.write_bytes(keys.public_pem(old))
    moment = datetime.now(UTC).timestamp() - age
    os.utime(file, (moment, moment))
    assert (keys.raw(old.public_key()) in accepted(tmp_path)) is good
