"""What a source may be, and how a wrong field is answered."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.selectors import checked_selectors, merged_selectors, read_selectors
from services.desk.domain.sources import (
    NewSource,
    SourceChanges,
    alert_since_moment,
    checked_fields,
    edited_source,
    new_source,
)
from shared.kit.errors import WrongInput

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value", "option"),
    [
        ("name", "  ", "name"),
        ("name", "x" * 81, "name"),
        ("url", "ftp://example.org/feed", "url"),
        ("url", "https://user:pw@example.org/feed", "url"),
        ("url", "javascript:alert(1)", "url"),
        ("kind", "html", "--kind"),
        ("every_seconds", 0, "--every"),
        ("every_seconds", 32 * 86_400, "--every"),
        ("country", "IND", "--country"),
        ("country", "1A", "--country"),
        ("language", "de", "--language"),
        ("language", "en,english", "--language"),
        ("alert_since", "yesterday", "--alert-since"),
        ("owner", "x" * 121, "--owner"),
        ("confidence", "perhaps", "--confidence"),
        ("quirks", "x" * 2001, "--quirks"),
        ("selectors", {"item": "a["}, "--selector item"),
        ("selectors", {"item": "a::before"}, "--selector item"),
        ("selectors", {"item": "a" * 501}, "--selector item"),
        ("selectors", {"body": "a"}, "--selector"),
    ],
)
def test_a_wrong_field_is_refused_by_the_name_of_its_option_with_a_mend(field: str, value: Any, option: str):
    with pytest.raises(WrongInput) as refused:
        checked_fields({field: value}, NOW)
    assert refused.value.field == option
    assert refused.value.mend


def test_codes_are_taken_in_any_case_and_kept_in_one():
    assert checked_fields({"kind": "RSS", "country": "in", "language": "HI, en,hi", "confidence": "High"}, NOW) == {
        "kind": "rss",
        "country": "IN",
        "language": "hi,en",
        "confidence": "high",
    }


def test_a_source_may_write_in_further_languages_beside_one_that_we_read():
    assert checked_fields({"language": "en,hi,mr"}, NOW) == {"language": "en,hi,mr"}


def test_who_publishes_may_be_a_bloc_of_countries():
    assert checked_fields({"country": "eaeu"}, NOW) == {"country": "EAEU"}


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_a_field_left_empty_stays_unknown(nothing: str | None):
    fields = ("kind", "country", "language", "owner", "confidence", "quirks")
    assert checked_fields(dict.fromkeys(fields, nothing), NOW) == dict.fromkeys(fields)
    assert checked_fields({"every_seconds": None, "selectors": {"item": ""}}, NOW) == {
        "every_seconds": None,
        "selectors": None,
    }


def test_a_name_of_several_lines_becomes_one_line():
    assert checked_fields({"name": " The\n Hindu\u200b "}, NOW) == {"name": "The Hindu"}


def test_selectors_are_read_from_arguments_and_the_last_of_a_name_counts():
    assert read_selectors(["item=li.news", "LINK = a[href*='=']", "item=article"]) == {
        "item": "article",
        "link": "a[href*='=']",
    }


@pytest.mark.parametrize("argument", ["article", "headline=h2", "=h2"])
def test_an_argument_that_is_no_selector_is_refused_with_an_example(argument: str):
    with pytest.raises(WrongInput, match="item=article"):
        read_selectors([argument])


def test_changed_selectors_leave_the_others_and_an_empty_one_goes():
    merged = merged_selectors({"item": "article", "date": "time"}, {"date": "", "title": "h2"})
    assert checked_selectors(merged) == {"item": "article", "title": "h2"}


def test_good_selectors_pass_the_check():
    assert checked_selectors({}) is None
    good = {"item": "div.views-row:has(a)", "link": "h3 > a[href]", "title": ".title", "date": "time", "text": "main"}
    assert checked_selectors(good) == good


@pytest.mark.parametrize("name", ["item", "link", "title", "date", "text"])
@pytest.mark.parametrize("css", ["div..x", "a[", ":no-such-thing", "> > b", "x" * 501])
def test_a_selector_that_is_none_is_refused_by_name_and_value(name: str, css: str):
    with pytest.raises(WrongInput) as wrong:
        checked_selectors({name: css})
    assert wrong.value.field == f"--selector {name}"
    assert wrong.value.value == css
    assert wrong.value.mend


@given(st.text(max_size=60))
def test_any_text_as_a_selector_is_taken_or_clearly_refused(css: str):
    with suppress(WrongInput):
        clean = checked_selectors({"item": css})
        assert clean is None or "\x00" not in clean["item"]


def test_another_address_is_another_source_and_another_name_is_not():
    old = new_source(checked_fields({"name": "A", "url": "http://a.org/", **UNSET}, NOW), NOW)
    later = NOW + timedelta(hours=1)
    renamed = edited_source(old, SourceChanges(new_name="B"), later)
    moved = edited_source(old, SourceChanges(url="http://b.org/"), later)
    assert (renamed.source_id, renamed.created_at) == (old.source_id, NOW)
    assert moved.source_id != old.source_id
    assert moved.created_at == later


UNSET: dict[str, Any] = {"kind": None, "every_seconds": None, "country": None, "language": None}
UNSET |= {"alert_since": "all", "paused": False}


def test_by_default_the_news_of_the_last_seven_days_may_alert():
    assert alert_since_moment(NewSource("n", "u").alert_since, NOW) == NOW - timedelta(days=7)


@pytest.mark.parametrize(
    "spelled",
    ["2026-11-01", date(2026, 11, 1), datetime.fromisoformat("2026-11-01"), datetime(2026, 11, 1, tzinfo=UTC)],
)
def test_a_date_to_alert_since_means_its_midnight_in_utc(spelled: str | date):
    assert alert_since_moment(spelled, NOW) == datetime(2026, 11, 1, tzinfo=UTC)


def test_all_lets_every_article_alert():
    assert alert_since_moment("all", NOW) is None


@given(st.text())
def test_any_text_to_alert_since_is_a_moment_or_a_clear_refusal(text: str):
    try:
        moment = alert_since_moment(text, NOW)
    except WrongInput:
        return
    assert moment is None or moment.tzinfo is not None
