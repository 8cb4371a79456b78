"""Finding many terms in one pass."""

from __future__ import annotations

import pytest

from shared.language.terms import Term, TermIndex
from shared.language.tokens import tokenise


def found(terms: list[Term], text: str) -> list[str]:
    return [match.id for match in TermIndex(terms).matches(tokenise(text))]


@pytest.mark.parametrize("text", ["BrahMos", "BRAHMOS", "Brahmos", "brahmos"])
def test_a_name_is_found_in_any_case(text: str) -> None:
    assert found([Term("b", "BrahMos")], f"the {text} missile") == ["b"]


def test_an_acronym_wants_its_case_and_its_own_word() -> None:
    relos = [Term("relos", "RELOS", exact_case=True)]
    assert found(relos, "the RELOS pact") == ["relos"]
    assert found(relos, "PreLoss, relos and Morelos") == []


def test_inflected_russian_and_hindi_phrases_match() -> None:
    terms = [Term("ru", "соглашение о временной трудовой деятельности"), Term("hi", "श्रम गतिशीलता समझौता")]
    assert found(terms, "проект Соглашения о временной трудовой деятельности граждан") == ["ru"]
    assert found(terms, "श्रम गतिशीलता समझौते पर") == ["hi"]


def test_small_words_between_may_differ() -> None:
    assert found(
        [Term("t", "free trade agreement with the Eurasian Economic Union")],
        "a Free Trade Agreement and the Eurasian Economic Union",
    ) == ["t"]


def test_company_is_asked_for_or_refused() -> None:
    mir = [Term("mir", "Мир", near=("карт*", "платеж*", "RuPay"))]
    assert found(mir, "карты «Мир» принимают") == ["mir"]
    assert found(mir, "за мир во всем мире") == []
    power = [Term("n", "nuclear", unless=("weapon*",))]
    assert found(power, "nuclear weapons") == []
    assert found(power, "nuclear fuel") == ["n"]


def test_a_star_matches_the_beginning_of_a_word() -> None:
    assert found([Term("i", "invest* treaty")], "an investment treaty") == ["i"]


def test_model_names_need_their_letter() -> None:
    assert found([Term("s", "S-400")], "400 people") == []
    assert found([Term("s", "S-400")], "комплексы С-400") == ["s"]


def test_a_name_that_was_cut_in_two_is_still_found_whole() -> None:
    assert "g" in found([Term("g", "Rosoboronexport")], "RosoboronExport said")
    assert "g" in found([Term("g", "RosoboronExport")], "Rosoboronexport said")


def test_nested_terms_are_all_given() -> None:
    terms = [Term("a", "nuclear power plant"), Term("b", "nuclear"), Term("c", "power plant")]
    assert sorted(found(terms, "the nuclear power plant")) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("The channel RT India went on air", True),
        ("«RT India» is watched", True),
        ("RT Indias", True),
        ("said RT on India", False),
        ("as seen by RT in India", False),
        ("told RT, India will sign", False),
        ("told RT. India will sign", False),
        ("rt india", False),
    ],
)
def test_a_name_that_counts_as_written_stands_in_one_piece(text: str, *, is_named: bool) -> None:
    assert found([Term("rt", "RT India", exact_case=True)], text) == (["rt"] if is_named else [])


def test_small_words_and_points_of_its_own_belong_to_a_name_as_written() -> None:
    own = [Term("b", "Bank of Russia", exact_case=True), Term("f", "India. Fabric", exact_case=True)]
    assert found(own, "the Bank of Russia said") == ["b"]
    assert found(own, "the Bank in Russia said") == []
    assert found(own, "the show India. Fabric opened") == ["f"]
