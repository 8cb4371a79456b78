"""What counts as a word, a sentence and a language."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.language.tokens import _parts_of_chunk, detect_language, sentence_around, sentences, tokenise


def folded(text: str) -> list[str]:
    return [token.folded for token in tokenise(text)]


def stems(text: str) -> list[str]:
    return [token.stem for token in tokenise(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("IndiaRussia ties", ["india", "russia", "ties"]),
        ("the IndiaEurasian Economic Union", ["the", "india", "eurasian", "economic", "union"]),
        ("IndiaEU and RussiaIndia", ["india", "eu", "and", "russia", "india"]),
        ("ИндияРоссия", ["индия", "россия"]),
        ("India-Russia", ["india", "russia"]),
        ("MoscowDelhi", ["moscow", "delhi"]),
    ],
)
def test_words_that_lost_their_hyphen_are_two(text: str, words: list[str]) -> None:
    assert folded(text) == words


@pytest.mark.parametrize("name", ["BrahMos", "RuPay", "UralChem", "PhosAgro"])
def test_names_with_an_inner_capital_stay_whole_and_meet_their_other_spellings(name: str) -> None:
    assert folded(name) == folded(name.lower()) == folded(name.upper())


def test_a_lost_or_kept_apostrophe_makes_no_difference() -> None:
    assert stems("Putins Putin's Putin’s Indias Russia’s") == ["putin", "putin", "putin", "india", "russia"]


@pytest.mark.parametrize("written", ["S-400", "S400", "С-400", "С400", "C-400", "s-400"])
def test_model_names_meet_whatever_their_script_and_hyphen(written: str) -> None:
    assert folded(written) == ["s", "400"]


def test_other_model_names_are_transliterated_and_a_latin_c_elsewhere_stays() -> None:
    assert folded("Су-30МКИ") == folded("Su-30MKI") == ["su", "30mki"]
    assert folded("C-295") == ["c", "295"]


def test_an_ampersand_inside_a_name_is_no_gap() -> None:
    assert folded("IRIGC-M&MTC") == folded("IRIGC-MMTC") == folded("IRIGC-M&amp;MTC") == ["irigc", "mmtc"]


def test_numbers_and_ordinals_are_words() -> None:
    assert folded("22nd 2+2 68.7 1,000") == ["22nd", "2+2", "68.7", "1,000"]


def test_hindi_words_keep_their_vowel_signs_and_variant_spellings_meet() -> None:
    assert len(tokenise("हिन्दी में समझौते पर हस्ताक्षर")) == 5
    assert stems("हिन्दी") == stems("हिंदी")
    assert folded("मॉस्को") == folded("मास्को")
    assert folded("२०३०") == ["2030"]
    assert stems("समझौता") == stems("समझौते") == stems("समझौतों")


def test_russian_forms_share_a_stem_and_yo_is_ye() -> None:
    assert len(set(stems("соглашение соглашения соглашений"))) == 1
    assert folded("партнёрство") == folded("партнерство")


def test_offsets_point_into_the_original_text() -> None:
    text = "IndiaRussia: Putin’s С-400 — «соглашение» हिन्दी."
    assert all(text[token.start : token.end] == token.surface for token in tokenise(text))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_breaks_the_tokeniser_and_tokens_never_overlap(text: str) -> None:
    tokens = tokenise(text)
    assert all(token.folded is not None and text[token.start : token.end] == token.surface for token in tokens)
    assert all(a.end <= b.start for a, b in itertools.pairwise(tokens))


@given(st.text(alphabet="Aa .!?\n।г1Rрहि", max_size=120))
def test_sentences_cover_every_word_in_order(text: str) -> None:
    spans = sentences(text)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. A. B. Nair of Acme Ltd. met the U.S. envoy. They talked.", 2),
        ("It cost USD 1.2 bn. in Dec. 2025. Then it rose.", 2),
        ("В 2025 г. Москва и Дели подписали документ. С. Лавров доволен.", 2),
        ("मोदी ने कहा। डॉ. जयशंकर ने जवाब दिया।", 2),
        ("A headline without a stop\nThe first line. The second!", 3),
        ("", 0),
        (" \n ", 0),
    ],
)
def test_sentences_end_at_stops_dandas_and_lines_but_not_at_abbreviations(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_the_sentence_around_a_place_is_given_whole_or_clipped_at_words() -> None:
    text = "First one. The pact was signed in Delhi. Last one."
    assert sentence_around(text, text.index("signed"), text.index("signed") + 6) == "The pact was signed in Delhi."
    long = "word " * 300 + "signed " + "word " * 300
    clipped = sentence_around(long, long.index("signed"), long.index("signed") + 6)
    assert len(clipped) <= 400
    assert "signed" in clipped
    assert clipped.startswith("…word")
    assert clipped.endswith("word…")


def test_script_tells_the_language() -> None:
    assert detect_language("India and Russia sign") == "en"
    assert detect_language("Россия и Prasar Bharati подписали меморандум") == "ru"
    assert detect_language("रूस ने RELOS पास किया") == "hi"
    assert detect_language("") == "en"


EVERYDAY = st.text(alphabet="aAbBsSзЗёЁéß09+-–—.,&;’'`“«»… \u00a0\n_№€²xamp", max_size=60)


@given(EVERYDAY)
def test_words_are_the_same_whether_or_not_all_letters_of_the_text_are_everyday_ones(text: str) -> None:
    beside_a_strange_letter = tokenise(f"{text} ०")[:-1]
    assert tokenise(text) == beside_a_strange_letter


@given(EVERYDAY)
def test_a_text_has_the_same_words_when_they_are_met_again(text: str) -> None:
    _parts_of_chunk.clear()
    assert tokenise(text) == tokenise(text)


@given(EVERYDAY, EVERYDAY, st.sampled_from([" ", "\n", "\u00a0", "\u2028", "\t "]))
def test_no_word_is_different_for_what_stands_beyond_a_space(left: str, right: str, space: str) -> None:
    assert folded(f"{left}{space}{right}") == folded(left) + folded(right)


def test_a_letter_s_that_opens_a_text_is_a_word_whatever_ends_it() -> None:
    assert folded("S-400’") == ["s", "400"]
