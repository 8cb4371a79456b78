"""Every wrong query is answered with what is wrong, the character where it is, and what mends it."""

from __future__ import annotations

import pytest

from shared.kit.errors import WrongInput
from shared.rules import WrongQuery, parse
from tests.unit.rules.rule_builders import parsed

WRONG = [
    # text, place of the fault (from 0), what is wrong, what mends it
    ("", 0, "is empty", "Write at least one word"),
    (" \n ", 0, "is empty", "Write at least one word"),
    ('visa "', 5, "unclosed quote", 'Close the phrase with ".'),
    ('visa "free travel', 5, "unclosed quote", 'Close the phrase with ".'),
    ("visa «без визы", 5, "unclosed quote", "Close the phrase with »."),
    ("“visa free", 0, "unclosed quote", "Close the phrase with ”."),
    ("visa free”", 9, "closes a quote that was not opened", "in quotes"),
    ('relos ""', 6, "empty phrase", "Write words between the quotes"),
    ('relos "  "', 6, "empty phrase", "Write words between the quotes"),
    ('relos "?!"', 6, "without a letter or a digit", "Write a word"),
    ("relos …", 6, "without a letter or a digit", "Write a word"),
    ("(relos OR visa", 0, "unclosed parenthesis", "Close it with )"),
    ("(relos (visa)", 0, "unclosed parenthesis", "Close it with )"),
    ("relos (", 6, "unclosed parenthesis", "Close it with )"),
    ("relos) visa", 5, "closes a parenthesis that was not opened", "open one before it"),
    ("relos ()", 6, "empty parentheses", "take them out"),
    ("AND", 0, "nothing before AND", 'in quotes: "AND"'),
    ("OR relos", 0, "nothing before OR", "Write a term before it"),
    ("(OR relos)", 1, "nothing before OR", "Write a term before it"),
    ("relos AND", 6, "nothing after AND", "Write a term after it"),
    ("relos OR OR visa", 6, "nothing after OR", "Write a term after it"),
    ("(relos OR) visa", 7, "nothing after OR", "Write a term after it"),
    ("relos NOT", 6, "nothing after NOT", "Write a term after it"),
    ("relos -", 6, "a dash that stands alone", "touch what it excludes"),
    ("visa - free", 5, "a dash that stands alone", "touch what it excludes"),
    ("NOT visa", 0, "because of the exclusion", "visa AND NOT tourist"),
    ("-visa -tourist", 0, "because of the exclusion", "visa AND NOT tourist"),
    ("relos OR NOT visa", 9, "because of the exclusion", "visa AND NOT tourist"),
    ("(relos -visa) OR -tourist", 17, "because of the exclusion", "visa AND NOT tourist"),
    ("NOT (relos visa)", 0, "because of the exclusion", "visa AND NOT tourist"),
    ("agreements:relos", 0, "unknown field agreements:", "Did you mean agreement:?"),
    ("relos colour:red OR", 6, "unknown field colour:", "agreement:, stage:, sector:, title:"),
    ("language:ru", 0, "unknown field language:", "Did you mean lang:?"),
    ("site:example.org", 0, "unknown field site:", "Did you mean outlet:?"),
    ("https://example.org", 0, "unknown field https:", "put it in quotes"),
    (": relos", 0, "a colon without a field", "agreement:relos"),
    ("agreement:", 10, "no value after agreement:", "Write it directly after the colon"),
    ("sector: OR relos", 8, "no value after sector:", "like sector:energy"),
    ("agreement:=relos", 10, "no value after agreement:", "like agreement:relos"),
    ("agreement:title:relos", 10, "no value after agreement:", "like agreement:relos"),
    ("agreement:@pacts", 10, "unknown agreement '@pacts'", "The catalogue holds"),
    ('source:""', 7, "no value after source:", 'source:"The Hindu"'),
    ("agreement:(relos OR s-400)", 10, "no value after agreement:", "Repeat the field for each"),
    ("agreement:-relos", 10, "no value after agreement:", "-agreement:"),
    ("visa agreement:relso", 15, "unknown agreement 'relso'", "Did you mean relos?"),
    ("agreement:health", 10, "unknown agreement 'health'", "Did you mean health-agreement-2025 or health-jwg?"),
    ("agreement:qqqqq", 10, "unknown agreement 'qqqqq'", "The catalogue holds: annual-summit, brahmos"),
    ("relos -sector:enrgy", 14, "unknown sector 'enrgy'", "Did you mean energy?"),
    ("sector:q", 7, "unknown sector 'q'", "The catalogue holds: defence, energy, health, tourism, trade."),
    ("relos || visa", 6, "'|', which is no part of the language", "Write OR"),
    ("relos && visa", 6, "'&', which is no part of the language", "Write AND"),
    ("+relos", 0, "'+', which is no part of the language", "leave it out"),
    ("relos !visa", 6, "'!', which is no part of the language", "Write NOT"),
    ("'visa free'", 0, "no part of the language", "double quotes"),
    ("/relos|visa/", 0, "'/', which is no part of the language", "no patterns"),
    ("relos^2", 5, "'^', which is no part of the language", "double quotes"),
    ("visa NEAR free", 5, "NEAR without a whole number", "visa NEAR/8 free"),
    ("visa NEAR/few free", 5, "NEAR/few without a whole number", 'in quotes: "NEAR/few"'),
    ("visa NEAR/0 free", 5, "allows 0 words between", "from 1 to 100"),
    ("visa NEAR/101 free", 5, "allows 101 words between", "write AND"),
    ("NEAR/8 free", 0, "nothing before NEAR/8", "Write a term before it"),
    ("visa NEAR/8", 5, "nothing after NEAR/8", "Write a term after it"),
    ("visa NEAR/8 -free", 12, "an exclusion beside NEAR/8", "visa NEAR/8 free AND NOT tourist"),
    ("visa NEAR/8 NOT free", 12, "an exclusion beside NEAR/8", "visa NEAR/8 free AND NOT tourist"),
    ("visa NEAR/8 free NEAR/8 group", 17, "a second NEAR/8 in a row", "Join two with AND"),
    ("visa NEAR/8 (free group)", 13, "at no place of the text", "joined by OR"),
    ("visa NEAR/8 (free OR NOT group)", 21, "at no place of the text", "joined by OR"),
    ("agreement:relos NEAR/8 port", 10, "at no place of the text", "the rest with AND"),
    ("visa XOR free", 5, "XOR, which is not in the language", "(a OR b) AND NOT (a AND b)"),
    ("nu*", 2, "a star after fewer than 3 letters", "Write more of the word"),
    ("*clear", 0, "a star that is not at the end", "pharma*"),
    ("nu*clear", 2, "a star that is not at the end", "pharma*"),
    ("nuclear-fue*", 11, "a star after something that is not one word", "one word and a star"),
    ("=nuclear*", 0, "the very letters of a word that has a star", "Take out the = or the star"),
    ("relos =", 6, "'=', which is no part of the language", "=RELOS"),
    ('=""', 0, "empty phrase", "Write words between the quotes"),
    ("=AND", 1, "an operator where a word should stand", 'in quotes: "AND"'),
    ("visa ==free", 5, "'=', which is no part of the language", "=RELOS"),
    ("title:", 6, "no value after title:", "like title:summit"),
    ("title:(visa agreement:relos)", 22, "asks inside title: for another field", "join the field with AND"),
    ("title:(visa title:relos)", 12, "asks inside title: for another field", "join the field with AND"),
    ("title:(NOT visa)", 7, "because of the exclusion", "visa AND NOT tourist"),
    ("visa stage:sined", 11, "unknown stage 'sined'", "Did you mean signed?"),
    ("visa country:RUS", 13, "'RUS', which is no country", "country:RU"),
    ("visa lang:de", 10, "'de', which is no language", "en, ru, hi"),
    ("outlet:https://example.org", 7, "no value after outlet:", "like outlet:example.org"),
    ("outlet:tass", 7, "'tass', which is no outlet", "outlet:news.example.org"),
    ("visa relevance:high", 15, "'high', which is no relevance", "relevance:>0.7"),
    ("visa relevance:>7", 15, "'>7', which is no relevance", "from 0 to 1"),
    ("visa relevance:=0.7", 15, "no value after relevance:", "like relevance:>0.7"),
    ("visa date:yesterday", 10, "'yesterday', which is no date", "date:2026-11-01"),
    ("visa date:2026-02-30", 10, "2026-02-30, which is in no calendar", "year-month-day"),
    ("visa date:>2026-13-01", 11, "2026-13-01, which is in no calendar", "year-month-day"),
    ("visa date:2026-11-30..2026-11-01", 10, "ends before it begins", "date:2026-11-01..2026-11-30"),
    ("visa date:..", 10, "'..', which is no date", "date:2026-11-01"),
    ("visa date:>9999-12-31", 10, "which is no date", "no day beyond it"),
    ("visa @", 5, "an @ without the name of a list", "@india-side-ministers"),
    ("visa @minsters", 5, "unknown list @minsters", "Did you mean ministers?"),
    ("visa @bad", 5, "the list @bad, which has the member 'ab*'", "Mend the list"),
    ("visa @empty", 5, "the list @empty, which has no members", "Mend the list"),
    ("visa @huge", 5, "the list @huge, which has 501 members", "make two lists"),
    ("@long1 OR @long2", 0, "lists of 8000 words together", "make two rules"),
    ("relos\x00", 5, "not text, U+0000", "Delete it."),
    ("relos \ud800", 6, "not text, U+D800", "Delete it."),
    ("a" * 2001, 2000, "goes on for 2001 characters", "At most 2000"),
    (" OR ".join(f"a{number}" for number in range(210)), 0, "asks for 210 things", "make a list of the names"),
    ("ab " * 600, 0, "written out in full it has 4195 characters", "At most 2000"),
    ("(" * 51 + "a" + ")" * 51, 50, "nested more than 50 deep", "Take out parentheses"),
    ("NOT " * 51 + "a", 200, "nested more than 50 deep", "Take out parentheses"),
    ('"' + "ab " * 41 + '"', 0, "a phrase of 41 words", "At most 40"),
]


@pytest.mark.parametrize(("text", "place", "wrong", "mend"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_query_is_answered_with_fault_place_and_mend(text, place, wrong, mend):
    with pytest.raises(WrongInput) as raised:
        parsed(text)
    complaint = raised.value
    assert isinstance(complaint, WrongQuery)
    assert (complaint.field, complaint.value, complaint.position) == ("query", text, place)
    assert wrong in complaint.why
    assert f"at character {place + 1}" in complaint.sentence
    assert mend in complaint.advice
    assert complaint.pointer in str(complaint)


def test_fifty_deep_is_still_read():
    assert parsed("(" * 50 + "relos" + ")" * 50) == parsed("relos")


def test_the_caret_stands_under_the_character():
    with pytest.raises(WrongQuery) as raised:
        parsed("visa agreement:relso OR relos")
    shown, caret = raised.value.pointer.splitlines()
    assert shown[caret.index("^") :].startswith("relso")


def test_the_caret_does_not_count_combining_marks_as_columns():
    with pytest.raises(WrongQuery) as raised:
        parsed("हिन्दी )")
    assert raised.value.pointer.splitlines()[1] == "    " + " " * 6 + "^"


def test_a_long_query_is_shown_around_the_place():
    with pytest.raises(WrongQuery) as raised:
        parsed("visa\n" * 30 + "agreement:relso " + "OR visa " * 30)
    shown, caret = raised.value.pointer.splitlines()
    assert shown.startswith("    …")
    assert shown.endswith("…")
    assert len(shown) < 80
    assert shown[caret.index("^") :].startswith("relso")


def test_an_empty_catalogue_says_so():
    with pytest.raises(WrongQuery, match="The catalogue holds no agreement yet"):
        parse("agreement:relos", agreements=[], sectors=[])


def test_a_big_catalogue_is_not_recited_when_a_near_id_is_known():
    with pytest.raises(WrongQuery) as raised:
        parse("agreement:item-31", agreements=[f"item-{number}" for number in range(30)], sectors=[])
    assert raised.value.advice.startswith("Did you mean item-")
    assert raised.value.advice.count("item-") <= 4
