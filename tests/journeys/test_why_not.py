"""Why was I not told? Each answer, given by a house whose services run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.cli.engines.engine import EmbeddedEngine
from services.desk.domain.not_delivered import (
    NoSubscriber,
    NotSentYet,
    SendingCancelled,
    SendingFailed,
    Sent,
    SentAgainLater,
)
from services.desk.domain.not_matched import (
    ClauseFailed,
    CopyOfStory,
    FactTold,
    JudgedAgainSince,
    JudgedIrrelevant,
    NotMatchedYet,
    RuleAsleep,
    RuleBroken,
    RuleChangedSince,
    RuleIsNewer,
    RulePaused,
    RuleRemoved,
)
from services.desk.domain.not_read import (
    HeldByGate,
    InQuarantine,
    NeverListed,
    NoSource,
    NotJudgedYet,
    PageBeingRead,
    PageFails,
    PageWaits,
    SourceInTrouble,
    SourceNotLookedAt,
    SourcePaused,
    TooOld,
)
from shared.kit.errors import WrongInput
from shared.store.unit_of_work import Database
from tests.journeys.asking_house import DRILLS, HOSPITAL, AskingHouse, an_asking_house, an_item, now
from tests.live.notifier.webhook_receiver import HANG, RESET, a_receiver
from tests.live.scraper.newsstand import Answer

pytestmark = pytest.mark.live


@pytest.fixture
async def house(database: Database, nats_server: EmbeddedEngine) -> AsyncIterator[AskingHouse]:
    async with an_asking_house(database, nats_server.url) as one:
        yield one


async def test_an_address_that_no_source_lists(house: AskingHouse):
    await house.save_rule("Pact", "relos")
    for address, field in (("news.example/a", "URL"), ("ftp://news.example/a", "URL"), ("https://", "URL")):
        with pytest.raises(WrongInput) as wrong:
            await house.ask(address, "Pact")
        assert (wrong.value.field, bool(wrong.value.mend)) == (field, True)
    with pytest.raises(WrongInput, match="Did you mean Pact"):
        await house.ask("https://news.example/a", "Pcat")

    nobody = await house.answered(NoSource, "https://nobody.example/a", "pact")
    assert "source add" in nobody.mend
    paused = await house.newsstand(source="Paused", paused=True)
    await house.answered(SourcePaused, paused.url("/a"), "Pact")
    well = await house.newsstand(an_item("listed", "RELOS protocol signed"), source="Well")
    assert await house.answered(SourceNotLookedAt, well.url("/a"), "Pact") == SourceNotLookedAt("Well")

    sick = await house.newsstand(source="Sick")
    sick.answers["/feed"] = Answer(b"no", 500, "text/plain")
    await house.start("scraper")
    assert (await house.answered(NeverListed, well.url("/a"), "Pact")).sources == ("Well",)
    trouble = await house.answered(SourceInTrouble, sick.url("/a"), "Pact")
    assert (trouble.state, trouble.since is not None, bool(trouble.why), bool(trouble.mend)) == (
        "failing",
        True,
        True,
        True,
    )
    await house.sql("UPDATE sources SET removed_at = now() WHERE name = 'Sick'")
    assert (await house.answered(NoSource, sick.url("/a"), "Pact")).removed == "Sick"


async def test_an_address_that_is_listed_and_not_read(house: AskingHouse):
    await house.save_rule("Pact", "relos")
    items = [an_item("down", "RELOS protocol signed"), an_item("slow", "RELOS protocol is signed at last")]
    stand = await house.newsstand(*items, source="Courier")
    stand.answers["/down"] = Answer(b"no", 503, "text/plain")
    async with a_receiver() as hanging:  # a server that takes a request and never answers
        hanging.scripts["/slow"] = [HANG]
        stand.answers["/slow"] = Answer(b"", 302, headers=(("location", hanging.url("/slow")),))
        await house.start("scraper")
        failing = await house.answered(PageFails, stand.url("/down"), "Pact")
        assert failing.failures >= 1
        assert "503" in failing.why
        assert failing.next_try_at > now()
        put_off = "UPDATE entries SET failures = 0, last_error = NULL, next_try_at = now() + interval '1 hour' "
        await house.sql(put_off + "WHERE url = :url AND leased_until IS NULL", url=stand.url("/down"))
        assert (await house.answered(PageWaits, stand.url("/down"), "Pact")).next_try_at > now()
        being_read = await house.answered(PageBeingRead, f"{stand.url('/slow')}?utm_source=x#top", "Pact")
        assert being_read.source == "Courier"
        answer = await house.ask(stand.url("/slow"), "Pact")
        assert 'listed by "Courier"' in [step.what for step in answer.steps]


async def test_an_article_that_is_held_back_or_waits_for_a_service(house: AskingHouse):
    await house.save_rule("Pact", "agreement:relos")
    slugs = {"hospital": 0, "old": 30, "fresh": 0, "aside": 0}
    items = [an_item(slug, f"RELOS protocol signed, part {n}", days_ago=d) for n, (slug, d) in enumerate(slugs.items())]
    stand = await house.newsstand(*items, source="Courier", alert_since=now().replace(hour=0, minute=0))
    stand.serve_article("/hospital", "A new hospital opens", *HOSPITAL)
    items[0] = an_item("hospital", "A new hospital opens", summary="Two hundred beds.")
    stand.serve_feed("/feed", *items)
    await house.start("scraper")
    held = await house.answered(HeldByGate, stand.url("/hospital"), "Pact")
    assert "neither India nor Russia" in held.reason
    old = await house.answered(TooOld, stand.url("/old"), "Pact")
    assert (old.source, old.from_backfill, old.alert_since is not None) == ("Courier", False, True)
    await house.answered(NotJudgedYet, stand.url("/fresh"), "Pact")
    await house.answered(NotJudgedYet, stand.url("/aside"), "Pact")

    await house.sql(
        "ALTER TABLE verdicts ADD CONSTRAINT poison CHECK (article_id <> "
        f"'{await house.article_at(stand.url('/aside'))}') NOT VALID"
    )
    await house.start("classifier")
    aside = await house.answered(InQuarantine, stand.url("/aside"), "Pact")
    assert (aside.service, "poison" in aside.reason, "quarantine replay" in aside.mend) == ("classifier", True, True)
    waits = await house.answered(NotMatchedYet, stand.url("/fresh"), "Pact")
    assert waits.judged_at < now()

    await house.sql(
        "UPDATE verdicts SET findings = '{}' WHERE article_id = :id", id=await house.article_at(stand.url("/fresh"))
    )
    await house.start("notifier")
    aside = await house.answered(InQuarantine, stand.url("/fresh"), "Pact")
    assert (aside.service, "cannot be read" in aside.reason) == ("notifier", True)


async def test_a_rule_that_does_not_speak(house: AskingHouse):
    rules = {
        name: await house.save_rule(name, query, **fields)
        for name, query, fields in (
            ("Matches", "relos", {}),
            ("Fails", "relos AND sector:tourism", {}),
            ("Needs findings", "agreement:relos", {}),
            ("Paused", "relos", {"paused": True, "author": "Asha", "reason": "too loud"}),
            ("Removed", "relos", {}),
            ("Broken", "agreement:gone", {}),
            ("Asleep", "sector:defence", {"origin": "sector"}),
            ("Changed", "zebra", {"author": "Asha"}),
        )
    }
    await house.save_rule("Removed", "relos", rule_id=rules["Removed"], removed=True, author="Ivan")
    stand = await house.newsstand(
        an_item("relos", "RELOS protocol signed"), an_item("drills", "Drills begin"), source="Courier"
    )
    stand.serve_article("/drills", "Drills begin in the Sea of Japan", *DRILLS)
    await house.start("scraper", "classifier", "notifier")
    url = stand.url("/relos")
    await house.answered(NoSubscriber, url, "Matches")

    failed = await house.answered(ClauseFailed, url, "Fails")
    assert "relos found, but" in failed.sentence
    assert [part.holds for part in failed.explanation.parts] == [True, False]
    irrelevant = await house.answered(JudgedIrrelevant, stand.url("/drills"), "Needs findings")
    assert irrelevant.relevance < 0.5
    paused = await house.answered(RulePaused, url, "Paused")
    assert (paused.author, paused.reason, paused.still) == ("Asha", "too loud", True)
    assert (await house.answered(RuleRemoved, url, "Removed")).author == "Ivan"
    assert "unknown agreement 'gone'" in (await house.answered(RuleBroken, url, "Broken")).sentence
    await house.answered(RuleAsleep, url, "Asleep")

    await house.answered(ClauseFailed, url, "Changed")
    await house.save_rule("Changed", "relos", rule_id=rules["Changed"], author="Ivan", reason="wider")
    changed = await house.answered(RuleChangedSince, url, "Changed")
    assert (changed.judged_by, changed.now, changed.author, changed.reason) == (1, 2, "Ivan", "wider")
    await house.save_rule("New", "relos")
    assert (await house.answered(RuleIsNewer, url, "New")).matches

    await house.sql(
        "INSERT INTO verdicts (verdict_id, article_id, relevant, relevance, language, findings, classifier, judged_at) "
        "SELECT gen_random_uuid(), article_id, relevant, relevance, language, "
        'jsonb_set(findings, \'{sectors}\', \'[{"id": "tourism", "score": 0.9, "evidence": "x"}]\'), \'next\', now() '
        "FROM verdicts WHERE article_id = :id",
        id=await house.article_at(url),
    )
    again = await house.answered(JudgedAgainSince, url, "Fails")
    assert again.classifier == "next"


async def test_what_was_told_already(house: AskingHouse):
    await house.save_rule("Stories", "relos")
    await house.save_rule("Facts", "agreement:relos", policy="new_facts")
    await house.save_rule("Articles", "relos", policy="each_article")
    first = await house.newsstand(an_item("lead", "India and Russia sign a RELOS protocol"), source="Courier")
    await house.start("scraper", "classifier", "notifier")
    lead = first.url("/lead")
    for rule in ("Stories", "Facts", "Articles"):
        await house.answered(NoSubscriber, lead, rule)

    second = await house.newsstand(an_item("copy", "RELOS: a protocol is signed by Russia and India"), source="Herald")
    copy = second.url("/copy")
    told = await house.answered(CopyOfStory, copy, "Stories")
    assert (told.source, told.article_url) == ("Courier", lead)
    fact = await house.answered(FactTold, copy, "Facts")
    assert fact.fact.startswith("claim:relos:")
    assert fact.article_url == lead
    await house.answered(NoSubscriber, copy, "Articles")


async def test_an_alert_on_its_way(house: AskingHouse):
    rule = await house.save_rule("Pact", "relos")
    await house.save_rule("Unheard", "relos")
    async with a_receiver() as receiver:
        receiver.scripts |= {"/later": [503], "/gone": [410], "/ended": [503], "/slow": [HANG], "/maybe": [RESET]}
        heard = {
            path: await house.subscribe(rule, "webhook", receiver.url(f"/{path}"))
            for path in ("taken", "later", "gone", "ended", "slow", "maybe")
        }
        inbox = await house.subscribe(rule, "inbox")
        stand = await house.newsstand(an_item("relos", "RELOS protocol signed"), source="Courier")
        await house.start("scraper", "classifier", "notifier")
        url = stand.url("/relos")

        def of(path: str) -> str:
            return f"webhook:{receiver.url(f'/{path}')}"

        assert (await house.answered(NoSubscriber, url, "Unheard")).asked_for is None
        assert (await house.answered(NoSubscriber, url, "Pact", "mailto:x@example.org")).asked_for
        assert (await house.answered(Sent, url, "Pact", "inbox")).sent_at is not None
        assert (await house.answered(Sent, url, "Pact", str(inbox)[:8])).to == "inbox"
        taken = await house.answered(Sent, url, "Pact", of("taken"))
        assert (taken.attempts, "204" in taken.answer, receiver.url("/taken") in taken.sentence) == (1, True, False)
        later = await house.answered(SentAgainLater, url, "Pact", of("later"))
        assert (later.attempts, "503" in later.why, later.next_try_at > now()) == (1, True, True)
        gone = await house.answered(SendingFailed, url, "Pact", of("gone"))
        assert (gone.maybe_sent, "410" in gone.why, "alerts replay" in gone.mend) == (False, True, True)
        slow = await house.answered(NotSentYet, url, "Pact", of("slow"))
        assert slow.under_way

        await house.answered(SentAgainLater, url, "Pact", of("ended"))
        await house.answered(SentAgainLater, url, "Pact", of("maybe"))
        await house.unsubscribe(heard["ended"])
        due = "UPDATE deliveries SET next_try_at = now() WHERE state = 'retry' AND subscription_id = ANY(:ids)"
        await house.sql(due, ids=[heard["ended"], heard["maybe"]])
        cancelled = await house.answered(SendingCancelled, url, "Pact", of("ended"))
        assert cancelled.ended_at is not None
        assert (await house.answered(SendingFailed, url, "Pact", of("maybe"))).maybe_sent
        assert isinstance((await house.ask(url, "Pact")).outcome, SendingFailed)  # of all, the worst
        steps = [step.what for step in (await house.ask(url, "Pact", of("gone"))).steps]
        assert [what.split(" ")[0] for what in steps][-2:] == ["alert", "attempt"]
        receiver.released.set()
        await asyncio.sleep(0)
