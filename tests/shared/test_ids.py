"""Identifiers: UUIDv7, and for the same cause always the same."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import derived_id, keyed_id, new_id, same_source

pytestmark = pytest.mark.unit

texts = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\n"), max_size=80)
causes = texts | st.builds(new_id) | st.builds(lambda label: f"{new_id()}:{label}", texts)


def test_ids_sort_by_when_they_were_made() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000


@given(causes, texts)
def test_a_derived_id_is_a_uuid_of_version_7_whatever_the_cause(cause: str, label: str) -> None:
    derived = uuid.UUID(derived_id(cause, label))
    assert (derived.version, derived.variant) == (7, uuid.RFC_4122)
    assert str(derived) == derived_id(cause, label)


@given(causes, st.lists(texts, unique=True, min_size=2, max_size=20))
def test_things_of_one_cause_are_told_apart_by_their_labels(cause: str, labels: list[str]) -> None:
    assert len({derived_id(cause, label) for label in labels}) == len(labels)


@given(st.lists(causes, unique=True, min_size=2, max_size=20))
def test_the_same_label_of_different_causes_is_not_the_same_thing(several: list[str]) -> None:
    assert len({derived_id(cause, "Need") for cause in several}) == len(several)


@given(texts)
def test_what_derives_from_a_uuid7_keeps_its_time(label: str) -> None:
    cause = new_id()
    assert uuid.UUID(derived_id(cause, label)).bytes[:6] == uuid.UUID(cause).bytes[:6]
    assert uuid.UUID(derived_id(f"{cause}:effect", label)).bytes[:6] == uuid.UUID(cause).bytes[:6]


def test_other_uuids_do_not_lend_their_bits_as_a_time() -> None:
    random = "0198c0de-0000-4000-8000-000000000001"
    assert uuid.UUID(derived_id(random, "x")).bytes[:6] != uuid.UUID(random).bytes[:6]


def test_derived_ids_stay_what_they_were_in_earlier_versions() -> None:
    """Stored records and outboxes hold them: another derivation would let old causes act again."""
    cause = "0198c0de-0000-7000-8000-000000000001"
    assert derived_id(cause, "Need") == "0198c0de-0000-7cd0-83ee-be39a8a41ad5"


def test_ids_of_one_request_are_known_for_one_whoever_gave_them_and_no_others_are() -> None:
    one, again, other = keyed_id("request 1"), keyed_id("request 1"), keyed_id("request 2")
    assert uuid.UUID(one).version == 7
    assert same_source(one, one[:1] + again[1:])
    assert same_source(f"{one}:step", f"{again}:step")
    assert not same_source(one, other)
    assert not same_source(f"{one}:step", f"{again}:other")
    assert not same_source("short", "other")
