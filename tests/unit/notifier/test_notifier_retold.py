"""Whether a sentence says something else in a newer version: figures, days, names and denials, in three languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.retold import retold

TOLD = "India and Russia signed the RELOS pact in Moscow on 18 February, said Lavrov."


@pytest.mark.parametrize(
    ("told", "now"),
    [
        (TOLD, TOLD),
        (TOLD, f"More came later. {TOLD.upper()} And so on."),
        (TOLD, "India and Russia signed the RELOS pact in moscow on 18 february, said Lavrov!"),
        (TOLD, "India and Russia signd the RELOS pact, Lavrov told reporters in Moscow. It happened on 18 February."),
        (TOLD, "On 18 February India and Russia put their names to the RELOS pact in Moscow, according to Lavrov."),
        ("Соглашение подписал Лавров 18 февраля.", "18 февраля соглашение было подписано Лавровым в Москве."),
        ("समझौते पर 18 फरवरी को हस्ताक्षर हुए।", "समझौते पर १८ फरवरी को दिल्ली में हस्ताक्षर हुए।"),
        ("RELOS Enters Into Force On Monday", "RELOS Comes Into Force On Monday"),
        ("RELOS was signed, Foreign Minister Lavrov said.", "RELOS was signed, Lavrov said."),
        ("RELOS was signed, Prime Minister Modi said.", "RELOS was signed, Modi said."),
        ("The pact enters into force, said Министр Лавров.", "The pact enters into force, said Лавров."),
        (f"{TOLD[:40]}…", f"It is not true that {TOLD}"),
        (TOLD, f"{TOLD} It is not true that {TOLD}"),
    ],
)
def test_what_says_the_same_in_another_place_or_in_other_words_says_the_same(told, now):
    assert not retold(told, "A title", now).otherwise


@pytest.mark.parametrize(
    ("told", "now"),
    [
        (TOLD, TOLD.replace("18", "19")),
        (TOLD, TOLD.replace("Lavrov", "Manturov")),
        (TOLD, f"It is not true that {TOLD}"),
        (TOLD, f"{TOLD[:-1]}, which the Kremlin denied."),
        ("RELOS was signed, Minister Lavrov said.", "RELOS was signed, an official said."),
        ("RELOS was signed, Minister Lavrov said.", "RELOS was signed, Ambassador Lavrov said."),
        ("RELOS was signed, Minister Sergey Lavrov said.", "RELOS was signed, Sergey Ryabkov said."),
        ("RELOS was signed, Deputy Minister Fomin said.", "RELOS was signed, Fomin said."),
        ("RELOS was signed by India and Russia, a Minister said.", "RELOS was signed by India, a Minister said."),
        (TOLD, TOLD.replace("February", "March")),
        (TOLD, TOLD.replace("signed", "will sign")),
        (TOLD, TOLD.replace("signed", "have not signed")),
        ("Соглашение вступило в силу в понедельник.", "Соглашение не вступило в силу в понедельник."),
        ("Соглашение вступило в силу в понедельник.", "Соглашение вступит в силу, ожидается, во вторник."),
        ("समझौते पर हस्ताक्षर हुए।", "समझौते पर हस्ताक्षर नहीं हुए।"),
        ("समझौते पर 18 फरवरी को हस्ताक्षर हुए।", "समझौते पर 19 फरवरी को हस्ताक्षर हुए।"),
    ],
)
def test_another_figure_day_name_or_a_denial_says_something_else(told, now):
    assert retold(told, "A title", now).otherwise


def test_the_sentence_that_is_like_it_now_is_found_whole():
    now = TOLD.replace("18", "19")
    assert retold(TOLD, "A title", f"Something else. {now} More.").sentence == now


def test_a_sentence_that_is_gone_has_no_successor():
    assert retold(TOLD, "A title", "The weather was fine.").sentence is None


def test_evidence_that_was_cut_short_is_found():
    assert retold(f"{TOLD[:40]}…", "A title", TOLD).sentence == f"{TOLD[:40]}…"


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_answered(told, text):
    assert isinstance(retold(told, "", text).otherwise, bool)


@given(st.text(min_size=1, max_size=300))
def test_a_text_says_what_it_says(text):
    assert not retold(text, "", f"Before. {text} After.").otherwise
