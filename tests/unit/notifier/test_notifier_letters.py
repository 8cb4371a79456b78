"""What a person is told of an alert, in the forms of mail, Slack and Telegram."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.adapters.letters import names_in
from services.notifier.domain.alert import Headline
from services.notifier.domain.letter import Letter, Names, WaysOn, letter_of_alert
from services.notifier.domain.letter_text import plain_text
from services.notifier.domain.marks import Piece, Vocabulary, marked_evidence
from services.notifier.domain.slack_message import slack_message
from services.notifier.domain.telegram_message import LONGEST_UNITS, telegram_html, telegram_plain, units
from shared.catalogue.loader import load_catalogue
from tests.unit.notifier.notifier_values import SENTENCE, an_alert
from tests.unit.notifier.telegram_tags import read

WAYS = WaysOn("https://desk.example/alerts/a", "https://desk.example/agreements/relos", "https://desk.example/u/t")
NAMES = Names({"relos": "RELOS logistics pact"}, {"defence": "Defence"}, {"in_force": "in force"})
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def letter(ways: WaysOn = WAYS, **changed) -> Letter:
    return letter_of_alert(an_alert(**changed), NAMES, ways)


@pytest.fixture(scope="module")
def names() -> Names:
    return names_in(load_catalogue())


def marked(alert, names: Names) -> list[str]:
    pieces = marked_evidence(alert, names.vocabulary)
    assert "".join(piece.text for piece in pieces) == alert.evidence
    return [piece.text for piece in pieces if piece.marked]


def test_one_line_says_what_happened_to_which_agreement_and_who_says_so():
    assert letter().subject == "RELOS logistics pact: in force"
    assert letter().stories[0].happened == "RELOS logistics pact: in force, says News Example"


def test_a_letter_about_no_agreement_names_the_rule():
    assert letter(agreement=None, stage=None).subject == "Logistics pact"
    assert letter(agreement=None).thread is None


def test_the_plain_text_is_complete():
    text = plain_text(letter())
    links = ("https://news.example/relos", WAYS.why, WAYS.agreement, WAYS.unsubscribe)
    for expected in (SENTENCE, "Source: News Example", "Published: not stated", "Sectors: Defence", *links):
        assert expected in text


def test_how_much_an_alert_is_waited_for_is_said():
    assert "Severity: high" in plain_text(letter(severity="high"))


def test_a_desk_without_an_address_links_to_the_article_alone():
    alone = letter(WaysOn())
    assert [link.url for link in alone.stories[0].links] == ["https://news.example/relos"]
    assert "Unsubscribe" not in plain_text(alone)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "", "https://user:pw@bank.example/"])
def test_nobody_is_sent_to_what_is_no_web_address(url):
    told = letter(article=Headline("T", url, "N", None, "en"))
    assert "Read the article" not in plain_text(told)


@pytest.mark.parametrize(
    ("language", "evidence", "words"),
    [
        ("en", "The RELOS pact entered into force.", "RELOS"),
        ("ru", "Соглашение РЕЛОС вступило в силу.", "РЕЛОС"),
        ("hi", "रेलोस समझौता सोमवार से लागू हो गया।", "रेलोस"),
    ],
)
def test_the_names_of_the_agreement_are_marked_in_every_language(names, language, evidence, words):
    found = marked(an_alert(evidence=evidence, article=Headline("T", "u", "N", None, language)), names)
    assert any(words in each for each in found)


def test_the_words_of_a_rule_are_marked_as_they_stand(names):
    query = '("naval exercise" OR medicine*) AND NOT poison'
    alert = an_alert(rule_query=query, agreement=None, evidence="The naval exercises, medicines and more.")
    assert marked(alert, names) == ["naval exercises", "medicines"]


def test_the_members_of_a_list_that_the_rule_names_are_marked(names):
    alert = an_alert(rule_query="@ports AND deal", agreement=None, evidence="A deal on Chabahar and Vladivostok.")
    pieces = marked_evidence(alert, names.vocabulary, {"ports": ("Chabahar", "Vladivostok")})
    assert [piece.text for piece in pieces if piece.marked] == ["deal", "Chabahar", "Vladivostok"]


def test_of_an_unmet_condition_nothing_is_marked_and_of_its_met_part_something(names):
    alert = an_alert(rule_query="bank AND river", agreement=None, evidence="A bank opened.")
    assert marked(alert, names) == ["bank"]


@pytest.mark.parametrize("query", ["agreement:that-left", "((", "", "sector:defence", "stage:in_force"])
def test_a_rule_that_has_no_words_still_marks_its_agreement(names, query):
    assert marked(an_alert(rule_query=query, evidence="It is RELOS."), names) == ["RELOS"]


@given(evidence=texts)
def test_marking_loses_no_character(evidence):
    vocabulary = Vocabulary({"relos": ("RELOS", "РЕЛОС")})
    alert = an_alert(evidence=evidence, rule_query="a* OR relos OR agreement:relos")
    assert "".join(piece.text for piece in marked_evidence(alert, vocabulary)) == evidence


@given(rule_name=texts, title=texts, source=texts, evidence=texts)
def test_no_text_from_outside_can_add_a_line_to_a_subject_or_turn_the_text(rule_name, title, source, evidence):
    told = letter(rule_name=rule_name, agreement=None, article=Headline(title, "u", source, None, None))
    assert len(told.subject.splitlines()) <= 1
    assert len(told.subject) <= 150
    assert "\u202e" not in plain_text(told)


@given(title=texts, source=texts, evidence=texts, rule=texts)
def test_telegram_can_read_whatever_was_written_and_shows_it_as_it_stands(title, source, evidence, rule):
    told = letter(rule_name=rule, evidence=evidence, article=Headline(title, "https://a.example", source, None, None))
    shown = read(telegram_html(told))
    assert units(shown.text) <= LONGEST_UNITS
    assert told.stories[0].title in shown.text
    assert told.stories[0].evidence in shown.text


def test_of_many_stories_telegram_gets_whole_ones_then_lines_with_links_and_their_rest_counted():
    one = letter(evidence="слово " * 90).stories[0]
    shown = read(telegram_html(Letter("s", (one,) * 60, "Why.", WAYS.unsubscribe)))
    assert units(shown.text) <= LONGEST_UNITS
    whole = shown.text.count("Why did I get this?")
    lines = shown.text.count("• ")
    assert whole > 1
    assert lines > 10
    assert f"… and {60 - whole - lines} more." in shown.text
    assert units(telegram_plain(Letter("s", (one,) * 60, "Why."))) <= LONGEST_UNITS


def test_no_headline_can_call_a_channel_or_hide_a_link_in_slack():
    told = letter(
        rule_name="<!channel> & <https://evil.example|bank>",
        article=Headline("<!here> *bold* <https://evil.example|x>", "https://a.example/?a=1&b=<2>|", "N", None, "en"),
    )
    body = slack_message(told)
    spoken = json.dumps([block for block in body["blocks"] if block["type"] in ("section", "context")]) + body["text"]
    assert "<!" not in spoken
    assert "<https://evil" not in spoken
    rich = next(block for block in body["blocks"] if block["type"] == "rich_text")
    assert rich["elements"][0]["elements"][0]["text"].startswith("<!here> *bold*")
    assert "https://a.example/?a=1&amp;b=&lt;2&gt;%7C|Read the article" in spoken


def test_slack_marks_the_words_and_keeps_to_its_limits():
    told = letter(
        evidence="x" * 600, rule_name="r" * 400, article=Headline("t" * 400, "https://a.example", "N" * 400, None, "en")
    )
    many = Letter("s", told.stories * 30, "f" * 4000)
    body = slack_message(many)
    assert len(body["blocks"]) <= 50
    assert len(body["text"]) <= 4000
    for block in body["blocks"]:
        if block["type"] == "header":
            assert len(block["text"]["text"]) <= 150
        if block["type"] == "section":
            assert len(block["text"]["text"]) <= 3000
    quote = slack_message(Letter("s", (told.stories[0],), ""))["blocks"][1]["elements"][-1]
    assert quote["type"] == "rich_text_quote"


def test_marked_words_are_bold_in_chats():
    story = letter().stories[0]
    story = type(story)(story.happened, story.title, (Piece("The "), Piece("RELOS", marked=True)), "en", (), ())
    told = Letter("s", (story,), "Why.")
    assert "<blockquote>The <b>RELOS</b></blockquote>" in telegram_html(told)
    quote = slack_message(told)["blocks"][1]["elements"][1]["elements"]
    assert quote[1] == {"type": "text", "text": "RELOS", "style": {"bold": True}}
    assert "“The *RELOS*”" in plain_text(told)
