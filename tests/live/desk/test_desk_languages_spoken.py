"""Pages in the reader's own language: Russian and Hindi from the first word to the last, news as it was written."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from services.cli.definitions import local_names_of
from services.desk.app import build_desk
from services.desk.domain.rules import AgreementTarget
from services.desk.domain.sources import NewSource
from shared.catalogue.loader import load_catalogue
from tests.live.desk.account_house import PUBLIC, set_up
from tests.live.desk.desk_rows import AGREEMENTS, SECTORS, Story, an_alert, an_article
from tests.live.desk.own_desk import own_pages_of
from tests.live.desk.reading_house import reading_desk
from tests.live.desk.visiting import Visiting

pytestmark = pytest.mark.live


@pytest.fixture
def app(database, definitions, writing, house, clock) -> FastAPI:
    own = own_pages_of(database, writing, clock)
    reading = reading_desk(database, definitions, house.doors, clock)
    return build_desk(
        definitions,
        house.doors,
        agreements=AGREEMENTS,
        sectors=SECTORS,
        local=local_names_of(load_catalogue()),
        base_url=PUBLIC,
        pages=[*reading.pages, *own.pages],
        noting=own.noting,
    )


@pytest.mark.parametrize(
    ("language", "today", "inbox", "name", "stage"),
    [
        ("ru", "Сегодня", "Всё прочитано", "РЕЛОС", "подписано"),
        ("hi", "आज", "कुछ भी अपठित नहीं", "रेलोस", "हस्ताक्षरित"),
    ],
)
async def test_today_and_my_alerts_speak_the_language_that_the_reader_chose(
    visitor: Visiting, house, database, definitions, language, today, inbox, name, stage
):
    source = await definitions.add_source(NewSource("Courier", "https://example.org/f.xml"))
    rule = await definitions.subscribe(AgreementTarget("relos"), "inbox")
    story = Story(title="Pact signed at sea")
    verdict_id = await an_article(database, source.source_id, source.name, story)
    alert_id = await an_alert(database, verdict_id=verdict_id, story=story, rule_id=rule.rule_id)
    await set_up(house, visitor)
    chosen = await visitor.get(f"/language/{language}?to=/")
    assert chosen.headers["location"] == "/"
    first, own, why = [(await visitor.get(path)).text for path in ("/", "/inbox", f"/alerts/{alert_id}")]
    for page in (first, own, why):
        assert f'<html lang="{language}">' in page
        assert f">{today}</a>" in page
        assert "Skip to" not in page
    assert inbox in own
    assert "Pact signed at sea" in first
    assert f"</span>{name}</li>" in first
    assert f"</span>{stage}</li>" in first


@pytest.mark.parametrize(
    ("language", "words"),
    [("ru", "Здесь нет страницы"), ("hi", "यहाँ कोई पृष्ठ नहीं है")],
)
async def test_what_goes_wrong_is_said_in_the_language_that_the_browser_asks_for(visitor: Visiting, language, words):
    answer = await visitor.get("/nowhere", **{"accept-language": language})
    assert answer.status_code == 404
    assert words in answer.text
