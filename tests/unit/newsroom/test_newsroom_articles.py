"""The bundled articles: enough of them, in three languages, and refused by name when the file is damaged."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.cli.newsroom.articles import SampleArticle, load_articles, parse_articles
from services.cli.newsroom.site import RULES, SUBSCRIPTIONS
from shared.kit.errors import WrongInput

ARTICLES = load_articles()
BY_ID = {article.id: article for article in ARTICLES}
OFF_TOPIC = ("kg-health-ru", "india-eu-trade", "cricket-ranji", "moscow-weather-ru", "tb-campaign")
GOOD: dict[str, object] = {
    "id": "a-story",
    "outlet": "baltic-ledger",
    "language": "en",
    "title": "A story",
    "hours_ago": "2",
    "author": "A. Writer",
    "summary": "It is short.",
    "body": "One.\n\nTwo.",
}


def written(*entries: dict[str, object]) -> str:
    return yaml.safe_dump({"articles": list(entries)}, allow_unicode=True)


def taken_or_refused(text: str) -> tuple[SampleArticle, ...] | WrongInput:
    try:
        return parse_articles(text)
    except WrongInput as refused:
        return refused


def test_there_are_enough_articles_in_three_languages_from_six_outlets() -> None:
    languages = Counter(article.language for article in ARTICLES)
    assert len(ARTICLES) >= 24
    assert languages["en"] >= 10
    assert languages["ru"] >= 6
    assert languages["hi"] >= 5
    assert len({article.outlet for article in ARTICLES}) == 6


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_every_body_has_the_length_of_a_real_report_and_a_short_summary(article: SampleArticle) -> None:
    assert 120 <= sum(len(paragraph.split()) for paragraph in article.paragraphs) <= 300
    assert len(article.paragraphs) >= 3
    assert len(article.summary.split()) <= 40


def test_the_two_copies_of_the_wire_story_share_the_body_and_nothing_else_that_a_reader_sees() -> None:
    wire, copy = BY_ID["urea-plant-wire"], BY_ID["urea-plant-copy"]
    assert wire.paragraphs == copy.paragraphs
    assert wire.title != copy.title
    assert wire.outlet != copy.outlet
    assert copy.also_read
    assert copy.disclaimer.startswith("(")


def test_five_articles_are_off_topic_and_some_on_topic_never_say_bilateral() -> None:
    assert all(name in BY_ID for name in OFF_TOPIC)
    assert "bilateral" not in " ".join((BY_ID["su-57-talks"].title, *BY_ID["su-57-talks"].paragraphs)).lower()


def test_exactly_one_article_comes_after_the_start_and_within_a_minute() -> None:
    start = datetime(2027, 3, 1, 12, 0, 0, 400_000, tzinfo=UTC)
    late = [article for article in ARTICLES if article.published_at(start) > start]
    assert [article.id for article in late] == ["relos-law-signed"]
    assert late[0].published_at(start) - start < timedelta(seconds=60)


@pytest.mark.parametrize(
    "word", ["rupee", "settlement", "рубль", "расчёты", "रुपया", "भुगतान", "Indian workers", "LEMOA"]
)
def test_the_words_of_the_sample_rules_stand_in_some_article(word: str) -> None:
    assert any(word in rule.query for rule in RULES)
    assert any(word.lower() in " ".join(article.paragraphs).lower() for article in ARTICLES)


def test_the_demo_subscribes_to_each_thing_once() -> None:
    assert len(SUBSCRIPTIONS) == len(set(SUBSCRIPTIONS)) == 13


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "Two Words"),
        ("id", ""),
        ("outlet", "the-times"),
        ("language", "hi"),
        ("hours_ago", "soon"),
        ("hours_ago", "nan"),
        ("hours_ago", "1e9"),
        ("body", ["a", "list"]),
        ("title", "a\x07bell"),
        ("also_read", "not-a-list"),
        ("also_read", ["nobody"]),
        ("colour", "red"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name_with_a_mend(field: str, value: object) -> None:
    with pytest.raises(WrongInput) as refused:
        parse_articles(written({**GOOD, field: value}))
    assert refused.value.field == f"articles[0].{field}"
    assert refused.value.mend


def test_an_id_used_twice_is_refused_at_its_second_place() -> None:
    with pytest.raises(WrongInput, match="used twice") as refused:
        parse_articles(written(GOOD, GOOD))
    assert refused.value.field == "articles[1].id"


@pytest.mark.parametrize("text", ["", "articles:", "articles: 3", "articles: [1]", "- a", "a: [", "articles: &a [*a]"])
def test_a_file_that_is_no_list_of_articles_is_refused(text: str) -> None:
    with pytest.raises(WrongInput):
        parse_articles(text)


@given(
    st.dictionaries(
        st.sampled_from([*GOOD, "also_read", "disclaimer"]),
        st.one_of(st.text(max_size=20), st.floats(), st.none(), st.lists(st.text(max_size=5), max_size=3)),
    )
)
def test_whatever_is_written_is_taken_or_refused_in_our_own_words(changes: dict[str, object]) -> None:
    outcome = taken_or_refused(written({**GOOD, **changes}))
    if isinstance(outcome, WrongInput):
        assert outcome.field.startswith("articles")
        assert outcome.mend
    else:
        assert outcome[0].paragraphs
        assert outcome[0].title


@given(st.text(max_size=60))
def test_any_text_is_taken_or_refused_in_our_own_words(text: str) -> None:
    outcome = taken_or_refused(text)
    assert not isinstance(outcome, WrongInput) or outcome.mend
