"""Secrets at rest, and tokens that nobody can guess."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.errors import WrongInput
from shared.kit.sealing import CannotOpen, Seals, is_sealed, new_key

OLD, NEW = "an old key of the house in the tests", "a new key of the house in the tests"
SEALS = Seals.parse(OLD)
SUBJECT = UUID(int=7)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(secret=texts)
def test_what_is_sealed_is_opened_as_it_was_and_never_looks_the_same_twice(secret):
    sealed = SEALS.seal(secret)
    assert SEALS.open(sealed) == secret
    assert is_sealed(sealed)
    assert SEALS.seal(secret) != sealed
    if len(secret) > 8:
        assert secret not in sealed


@given(place=st.integers(min_value=0), letter=st.sampled_from("ABCabc019-_"))
def test_a_changed_letter_is_noticed(place, letter):
    sealed = SEALS.seal("whsec_c2VjcmV0")
    at = len("pw1.") + place % (len(sealed) - len("pw1."))
    changed = sealed[:at] + letter + sealed[at + 1 :]
    if changed != sealed:
        with pytest.raises(CannotOpen):
            SEALS.open(changed)


@pytest.mark.parametrize("sealed", ["pw1.", "pw1.AAAA", "pw1.ü", "pw1.****"])
def test_what_is_no_sealed_text_is_refused_with_the_mend(sealed):
    with pytest.raises(CannotOpen, match="PACTWATCH_SECRET_KEY"):
        SEALS.open(sealed)


def test_what_was_stored_before_there_were_seals_is_opened_as_it_is():
    assert SEALS.open("whsec_c2VjcmV0") == "whsec_c2VjcmV0"
    assert not SEALS.is_fresh("whsec_c2VjcmV0")


def test_a_new_key_seals_and_the_old_one_still_opens():
    both, fresh = Seals.parse(f"{NEW}, {OLD}"), Seals.parse(NEW)
    before = SEALS.seal("secret")
    assert both.open(before) == "secret"
    assert not both.is_fresh(before)
    assert both.is_fresh(both.seal("secret"))
    assert fresh.open(both.seal("secret")) == "secret"
    with pytest.raises(CannotOpen):
        fresh.open(before)


def test_a_token_leads_to_its_subject_for_its_purpose_alone():
    token = SEALS.token("feed", SUBJECT)
    assert SEALS.read_token("feed", token) == SUBJECT
    assert SEALS.read_token("unsubscribe", token) is None
    assert Seals.parse(NEW).read_token("feed", token) is None
    assert Seals.parse(f"{NEW},{OLD}").read_token("feed", token) == SUBJECT
    assert token != SEALS.token("feed", UUID(int=8))


@given(st.text(max_size=80))
def test_no_other_text_is_a_token(text):
    assert SEALS.read_token("feed", text) is None


def test_one_letter_more_or_in_another_spelling_is_no_token():
    token = SEALS.token("feed", SUBJECT)
    assert [SEALS.read_token("feed", each) for each in (token + "A", token + "=", token[:-1], " " + token)] == [
        None
    ] * 4


@pytest.mark.parametrize("keys", ["", " , ", "short", f"{NEW},short"])
def test_a_key_that_could_be_guessed_is_refused_and_not_shown(keys):
    with pytest.raises(WrongInput, match="openssl rand") as refusal:
        Seals.parse(keys)
    assert "short" not in str(refusal.value)


def test_keys_are_never_shown():
    assert NEW not in repr(Seals.parse(NEW))
    assert Seals.parse(new_key())
