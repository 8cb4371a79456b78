"""Saved rules are looked through for those that cannot be read any more: exactly, and without reading each again."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.desk.adapters.rule_language import MOST_READ_IN_FULL, CatalogueLanguage
from shared.kit.errors import WrongInput

LISTS = {"ministers": ("Jaishankar", "Лавров"), "travel": ("visa", '"work permit"')}
FEWER_LISTS = {"travel": ("visa",)}
NAMES = st.sampled_from(
    [
        "agreement:relos",
        "agreement:gone",
        "AGREEMENT: Gone",
        "agreement:“gone”",
        'agreement:"gone"',
        "agreement:gone.",
        "agreement:re\u200blos",
        "sector:gone",
        "-sector:energy",
        "stage:gone",
        "title:@ministers",
        "@MINISTERS NEAR/3 visa",
        "@travel.",
        'source:"The Hindu"',
        '"agreement:gone soon"',
        "goyal@ministers.example",
        '"@ministers"',
        "visa",
    ]
)
QUERIES = st.lists(NAMES, min_size=1, max_size=4).flatmap(
    lambda parts: st.sampled_from([" ".join(parts), " OR ".join(parts), "(" + ") AND (".join(parts) + ") AND x"])
)


def a_language(*gone: str) -> CatalogueLanguage:
    return CatalogueLanguage(
        agreements=("relos", *gone), sectors=("energy", *gone), stages=("signed", *gone), stages_of={}
    )


def complaint(language, query, lists):
    try:
        language.check(query, lists)
    except WrongInput as wrong:
        return wrong.sentence
    return None


@settings(deadline=None)
@given(st.lists(QUERIES, max_size=8))
def test_exactly_those_saved_rules_are_found_that_cannot_be_read_any_more(queries):
    saved = [query for query in queries if complaint(a_language("gone"), query, LISTS) is None]
    now, many = a_language(), [f"word{n}" for n in range(MOST_READ_IN_FULL)]
    wanted = {query: found for query in saved if (found := complaint(now, query, FEWER_LISTS)) is not None}
    assert now.complaints(saved, FEWER_LISTS) == wanted
    assert now.complaints([*many, *saved], FEWER_LISTS) == wanted


def test_ten_thousand_saved_rules_are_looked_through_without_reading_them():
    queries = [f"(word{n} OR other{n}) NEAR/8 third{n} AND agreement:relos -@ministers" for n in range(10_000)]
    language = a_language()
    assert language.complaints(["agreement:relos", "-@ministers visa"], LISTS) == {}
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        assert language.complaints(queries, LISTS) == {}
    finally:
        sys.setprofile(None)
    assert calls < 12 * len(queries)  # reading one takes hundreds


@pytest.mark.parametrize("query", ["agreement:gone", "@ministers", "visa sector:gone"])
def test_what_is_gone_is_told_with_its_name(query):
    (told,) = a_language().complaints(["visa", query, "agreement:relos"], FEWER_LISTS).values()
    assert "gone" in told or "@ministers" in told


@pytest.mark.parametrize("member", ["@travel", " @ministers ", "@नाम", "@unknown"])
def test_a_list_takes_no_list_for_a_word(member):
    with pytest.raises(WrongInput, match="which is the name of a list") as refused:
        a_language().check_list("ministers", ["Lavrov", member])
    assert "(@ministers OR" in refused.value.mend


def test_a_list_takes_addresses_and_quoted_signs():
    a_language().check_list("ministers", ["goyal@ministers.example", '"@travel"', "Piyush @Goyal"])
