"""What is taken for a password, and how it is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.passwords import (
    COMMON_PIECES,
    HOUSE_WORDS,
    LEAST_CHARACTERS,
    MOST_CHARACTERS,
    checked_password,
)
from shared.kit.errors import WrongInput
from shared.kit.passwords import PasswordHashes

QUICK = PasswordHashes(memory_kib=64, passes=1, lanes=1)


@pytest.mark.parametrize(
    "password",
    [
        "granite lanterns over the old harbour",
        "верблюд качает синюю лодку",
        "मेरी नाव पुरानी नदी पर चलती है",
        "x7!Kq2#Lm9$Pw4&Zt",
        " spaces at both ends are kept ",
        "🦀🐢🦜🐝🦊🐳🐌🦔🐙🦉🐿🦩🐞🐬🦥",
    ],
)
def test_any_kind_of_character_will_do(password: str):
    assert checked_password(password, about=("Asha Rao", "asha")) == password


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password123456789",
        "qwertyuiopasdfghjkl",
        "111111111111111111",
        "abcabcabcabcabcabc",
        "pactwatch-2026-pactwatch",
        "asha rao asha rao 2026",
        "йцукенгшщзхъфывапролджэ",
        "1q2w3e4r5t1q2w3e4r5t",
        "98765432109876543210",
    ],
)
def test_what_others_would_try_first_is_refused_and_not_repeated(password: str):
    with pytest.raises(WrongInput) as refused:
        checked_password(password, about=("Asha Rao", "asha"))
    assert password not in str(refused.value)


@given(st.lists(st.sampled_from([*COMMON_PIECES, *HOUSE_WORDS]), min_size=4, max_size=12).map("".join))
def test_common_pieces_put_together_are_never_enough(password: str):
    with pytest.raises(WrongInput):
        checked_password(password[:MOST_CHARACTERS])


@given(st.text(max_size=LEAST_CHARACTERS - 1) | st.text(min_size=MOST_CHARACTERS + 1, max_size=MOST_CHARACTERS + 40))
def test_short_and_endless_ones_are_refused_whatever_they_hold(password: str):
    with pytest.raises(WrongInput, match="characters"):
        checked_password(password)


@given(st.text(min_size=LEAST_CHARACTERS, max_size=MOST_CHARACTERS), st.lists(st.text(max_size=40), max_size=2))
def test_whatever_is_typed_is_taken_as_it_is_or_refused_in_words(password: str, about: list[str]):
    refused = None
    try:
        assert checked_password(password, about=about) == password
    except WrongInput as wrong:
        refused = wrong
    assert refused is None or refused.mend


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_hash_holds_its_own_password_alone(password: str, other: str):
    stored = QUICK.make(password)
    assert QUICK.holds(stored, password)
    assert QUICK.holds(stored, other) is (other == password)
    assert not QUICK.holds(QUICK.decoy(), password)


def test_two_hashes_of_one_password_differ():
    assert QUICK.make("the same") != QUICK.make("the same")


def test_the_work_is_that_of_rfc_9106_and_a_hash_with_other_work_is_stale():
    usual = PasswordHashes()
    assert (usual.memory_kib, usual.passes, usual.lanes) == (65_536, 3, 4)
    assert usual.decoy().startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert usual.is_stale(QUICK.make("x"))
    assert not QUICK.is_stale(QUICK.make("x"))
