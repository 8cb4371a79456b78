"""Copies of a wire story are told from other texts on the same event, from forms, walls and an outlet's next text."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from uuid import uuid4

import pytest

from benchmarks.near_duplicates.corpora import Text, labelled_digests
from benchmarks.near_duplicates.made_copies import copy_of, press_of
from services.cli.newsroom.articles import load_articles
from services.scraper.domain.copies import KeptStory, Told, common_marks, is_copy, speaks_of, story_told_again, without
from services.scraper.domain.sketch import Sketch, sketch_of

DIGESTS = Path(__file__).parents[2] / "data" / "dev_articles.jsonl"
# Labelled as one wire's, and told anew in other words: the likest two share seven runs of three words. What joined them
# would also join d015 (the pact is to be ratified) with d050 (it was).
TOLD_ANEW = {frozenset(pair) for pair in (("d001", "d002"), ("d014", "d015"), ("d027", "d028"), ("d049", "d050"))}
ARTICLES = {each.id: Text(each.title, "\n\n".join(each.paragraphs), each.outlet.slug) for each in load_articles()}
STORY = ARTICLES["s-400-schedule"]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def sketched(text: str) -> Sketch:
    sketch = sketch_of(text)
    assert sketch is not None
    return sketch


def told(text: Text, host: str = "one.example", published_at: datetime | None = None) -> Told:
    return Told(host, text.title, published_at, sketched(text.body))


def copied(new: Text, kept: Text, host: str = "two.example") -> bool:
    return is_copy(told(new, host), told(kept), new.body)


def test_of_the_labelled_digests_just_those_with_common_wording_are_copies():
    labelled = labelled_digests(DIGESTS)
    language = {row["id"]: row["language"] for row in map(json.loads, DIGESTS.read_text("utf-8").splitlines())}
    found = {
        frozenset(pair)
        for pair in combinations(labelled.texts, 2)
        if language[pair[0]] == language[pair[1]] and copied(labelled.texts[pair[0]], labelled.texts[pair[1]])
    }
    assert found == labelled.pairs - TOLD_ANEW


def test_of_the_sample_newsroom_just_the_wire_and_its_copy_are_one_story():
    found = [pair for pair in combinations(ARTICLES, 2) if copied(ARTICLES[pair[0]], ARTICLES[pair[1]])]
    assert found == [("urea-plant-wire", "urea-plant-copy")]


@pytest.mark.parametrize(("kind", "least"), [("light", 1.0), ("cut", 0.99), ("edited", 0.97), ("heavy", 0.8)])
def test_made_copies_of_the_sample_newsroom_are_known(kind: str, least: float):
    chance = random.Random(20260101)
    texts = list(ARTICLES.values())
    press = press_of(texts)
    known = [copied(copy_of(text, kind, press, chance), text) for text in texts * 2]
    assert sum(known) >= least * len(known)


def test_a_cut_tail_and_an_added_line_make_no_other_story():
    words = STORY.body.split()
    cut = Text("What Delhi waits for", " ".join([*words[: len(words) // 2], "Also Read | Ten things to know today"]))
    assert copied(cut, STORY)


SESSION = (
    "The {} session of the commission was held in {} under the two defence ministers. They reviewed the work of the "
    "year, agreed on the plan of the next and signed the protocol of the session."
)
RUPEE = (
    "The rupee rose {} against the rouble in early trade on {} as exporters sold dollars and oil eased, dealers said; "
    "the central bank was not seen in the market."
)


@pytest.mark.parametrize(
    ("kept", "new"),
    [
        (SESSION.format("22nd", "Delhi on 4 December 2025"), SESSION.format("23rd", "Moscow on 9 November 2026")),
        (RUPEE.format("12 paise to 1.0430", "Monday"), RUPEE.format("7 paise to 1.0512", "Tuesday")),
    ],
)
def test_a_form_that_is_filled_in_anew_is_another_story(kept: str, new: str):
    assert not copied(Text("Rupee rises, session held", new), Text("Rupee rises, session held", kept))
    assert copied(Text("Rupee rises, session held", kept), Text("Rupee rises, session held", kept))


def test_the_next_days_story_over_the_same_background_is_another():
    background = " ".join(ARTICLES["health-pact-signed"].body.split()[60:])
    first = Text("Ministries sign health pact", f"{ARTICLES['cricket-ranji'].body[:700]} {background}")
    second = Text("Doctors ask for health calendar", f"{ARTICLES['india-eu-trade'].body[:700]} {background}")
    assert not copied(second, first)


def test_one_wall_before_two_articles_joins_them_not():
    wall = ARTICLES["labour-pact-signed"].body
    one, other = Text("Rain saves the Colts", wall), Text("Mayor opens bridge", wall)
    assert not copied(one, other)


def test_a_long_text_at_two_hosts_needs_no_headline():
    long = Text("", "\n\n".join(each.body for each in list(ARTICLES.values())[:4]))
    assert copied(long, long)


def test_one_outlets_page_that_grew_a_little_is_the_same_story_and_its_next_story_is_not():
    grown = Text(STORY.title, STORY.body + " The ministry has not commented on the schedule.")
    assert copied(grown, STORY, host="one.example")
    words = STORY.body.split()
    halved = Text(STORY.title, " ".join(words[: len(words) // 2]))
    assert not copied(halved, STORY, host="one.example")
    assert not copied(Text("Another headline", STORY.body), STORY, host="one.example")


def test_the_same_words_weeks_later_are_news_again_where_both_dates_are_known():
    kept = told(STORY, published_at=NOON)
    for days, same in ((6, True), (8, False)):
        again = told(STORY, "two.example", NOON + timedelta(days=days))
        assert is_copy(again, kept, STORY.body) is same
    assert is_copy(told(STORY, "two.example"), kept, STORY.body)


def test_of_several_stories_the_likest_is_taken():
    words = STORY.body.split()
    part, whole = uuid4(), uuid4()
    stories = [KeptStory(part, told(Text("S-400 squadrons", " ".join(words[:90])))), KeptStory(whole, told(STORY))]
    assert story_told_again(told(STORY, "two.example"), STORY.body, stories) == whole
    assert story_told_again(told(ARTICLES["cricket-ranji"], "two.example"), "", stories) is None


def test_marks_that_lead_two_stories_tell_nothing_to_a_third():
    stories = [KeptStory(uuid4(), told(STORY)) for _ in range(2)]
    sketch = sketched(STORY.body)
    assert common_marks(sketch, stories[:1]) == frozenset()
    common = common_marks(sketch, stories)
    assert common == sketch.keys
    rest = without(sketch, common)
    assert rest.keys == frozenset()
    assert set(rest.long) == set(sketch.long) - common
    assert without(sketch, ()) == sketch


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Министры подписали соглашение", True),
        ("Дождь спас футболистов", False),
        ("", False),
        ("at no if", False),
    ],
)
def test_a_text_speaks_of_its_headline_in_any_form_of_its_words(title: str, said: bool):
    assert speaks_of("Соглашение, которое министр сегодня подписал, вступит в силу.", title) is said
