"""Queries tried on the archive in a real database: what would have matched is what the rules say of each article."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update

from services.classifier.adapters.work import ClassifierWork
from services.classifier.use_cases.filing import Filer
from services.cli.backtests import open_backtest
from services.desk.adapters.work import desk_transactions
from services.desk.domain.backtests import WHOLE, Limits
from services.desk.domain.rules import Rule
from services.desk.domain.saving import Pace
from services.desk.domain.signatures import Signature
from shared.contracts.verdict import AgreementFinding, Verdict
from shared.kit.errors import WrongInput
from shared.rules import Document, Origin
from shared.rules import archived as filing
from shared.rules.matching import holds
from shared.store.archive import ArchivedArticleRow
from shared.store.definitions import SourceRow, WordListRow
from shared.store.feedback import CorrectionRow
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.archive_rows import NOW, backtest_on, publish
from tests.unit.rules.test_rules_equivalence import SECTORS, STAGES, Scribe, documents, written

pytestmark = pytest.mark.live

VOCABULARY = {"agreements": ("relos", "s-400"), "sectors": ("energy", "trade"), "stages": ("signed", "in_force")}
FOR_EVER = 3_660
RELOS = "India and Russia signed RELOS in Moscow on Friday. The working group on health met as well."
VISA = "A visa-free regime for groups of tourists was discussed by the two ministers."


def told(
    body: str, *, title: str = "News", days_old: float = 1.0, country: str = "IN", agreements=(), relevant=True
) -> Document:
    found = Verdict(
        language="en",
        relevant=relevant,
        relevance=0.8,
        agreements=[AgreementFinding(id=each, score=0.9, evidence=body[:60], stage="signed") for each in agreements],
    )
    published = NOW - timedelta(days=days_old)
    return Document(title, body, found, Origin("The Courier", country, "https://courier.example/a", published, "en"))


async def test_the_archive_answers_as_each_article_does(database: Database):
    found = documents()
    ids = await publish(database, found)
    scribe = Scribe(found, seed=20261123)
    vocabulary = {"agreements": scribe.agreements, "sectors": SECTORS, "stages": STAGES, "lists": scribe.lists}
    backtest = backtest_on(database, **vocabulary)
    matched = 0
    for query, tree in written(scribe, 250, **vocabulary).items():
        tested = await backtest.test(query, days=FOR_EVER, examples=len(found))
        expected = {article_id for article_id, document in zip(ids, found, strict=True) if holds(tree, document)}
        assert {example.article_id for example in tested.examples} == expected, query
        assert tested.hits == len(expected), query
        assert sum(count for _, count in tested.per_day) == sum(count for _, count in tested.per_source) == tested.hits
        matched += tested.hits
    assert matched > 500
    assert {document.language for document in found} == {"en", "ru", "hi"}


async def test_what_was_found_is_told_by_day_and_source_with_the_sentence(database: Database):
    await publish(database, [told(RELOS, agreements=["relos"]), told(RELOS, days_old=9), told(VISA, days_old=9)])
    tested = await backtest_on(database, **VOCABULARY).test('"working group" NEAR/3 health', days=30)
    assert (tested.hits, tested.archive.articles, tested.archive.not_filed) == (2, 3, 0)
    assert tested.per_day == ((date(2026, 11, 13), 1), (date(2026, 11, 21), 1))
    assert tested.per_source == (("The Courier", 2),)
    assert tested.examples[0].evidence == "The working group on health met as well."
    assert tested.hits_per_day == pytest.approx(2 / 9)
    assert tested.worst_day == (date(2026, 11, 21), 1)
    assert (tested.unread, tested.exact_since, tested.stopped) == (0, None, None)


async def test_terms_that_never_occurred_are_named(database: Database):
    await publish(database, [told(RELOS)])
    tested = await backtest_on(database, **VOCABULARY).test(
        'relos (zanzibar OR tanz* OR title:news OR agreement:s-400 OR moscow NEAR/3 kremlin OR "health met") -cruise'
    )
    assert tested.never_seen == ("zanzibar", "tanz*", "agreement:s-400", "kremlin", "cruise")


async def test_an_empty_archive_says_nothing_of_terms_or_pace(database: Database):
    backtest = backtest_on(database, **VOCABULARY)
    assert await backtest.terms_never_seen("zanzibar") == ()
    assert await backtest.hits_per_day("zanzibar") is None
    assert (await backtest.test("zanzibar")).archive.articles == 0


async def test_a_glance_tells_the_pace(database: Database):
    await publish(database, [told(RELOS, days_old=day) for day in range(1, 11)])
    backtest = backtest_on(database, **VOCABULARY)
    assert await backtest.hits_per_day("relos") == pytest.approx(1.0)
    assert await backtest.hits_per_day('"working group"') == pytest.approx(1.0)
    assert await backtest.hits_per_day("zanzibar") == 0


@pytest.mark.parametrize("days", [0, -3, 100_000])
async def test_a_number_of_days_that_is_none_is_refused(database: Database, days: int):
    with pytest.raises(WrongInput, match="--days"):
        await backtest_on(database, **VOCABULARY).test("visa", days=days)


async def test_the_country_is_what_the_source_says_today(database: Database):
    await publish(database, [told(RELOS)])
    backtest = backtest_on(database, **VOCABULARY)
    assert (await backtest.test("relos country:IN")).hits == 1
    async with database.begin(Work) as work:
        await work.session.execute(update(SourceRow).values(country="ru"))
    assert (await backtest.test("relos country:IN")).hits == 0
    assert (await backtest.test("relos country:RU")).hits == 1


async def test_lists_are_those_that_admins_keep(database: Database):
    await publish(database, [told(RELOS), told(VISA)])
    row = WordListRow(
        list_id=uuid4(), name="pacts", members=["relos", '"visa free"'], created_at=NOW, changed_at=NOW, removed_at=None
    )
    async with database.begin(Work) as work:
        work.session.add(row)
    assert (await backtest_on(database, **VOCABULARY).test("@pacts")).hits == 2


async def test_what_was_not_read_is_counted_and_said(database: Database):
    await publish(database, [told(RELOS if day % 2 else RELOS + VISA, days_old=day) for day in range(1, 701)])
    backtest = backtest_on(database, **VOCABULARY)
    query = '"group of tourists" OR "group on health" OR zanzibar'
    whole = await backtest.test(query, days=FOR_EVER)
    assert (whole.hits, whole.unread) == (700, 0)
    part = await backtest.test(query, days=FOR_EVER, limits=Limits(reads=500))
    assert (part.hits, part.read, part.unread) == (500, 500, 200)
    assert part.exact_since == NOW - timedelta(days=500)
    assert part.hits_per_day == pytest.approx(1.0, rel=0.01)


async def test_a_question_that_takes_too_long_is_stopped_and_said(database: Database):
    await publish(database, [told(RELOS)])
    async with database.begin(Work) as work:
        await work.session.execute(text("ALTER TABLE archived_articles RENAME TO filed"))
        await work.session.execute(
            text("CREATE VIEW archived_articles AS SELECT filed.* FROM filed CROSS JOIN pg_sleep(0.3)")
        )
    limits = Limits(statement_seconds=0.1)
    backtest = backtest_on(database, **VOCABULARY)
    tested = await backtest.test("india OR russia", limits=limits)
    assert "after 0.1 s" in (tested.stopped or "")
    assert (tested.hits_per_day, tested.examples, tested.never_seen) == (None, (), ())


async def test_a_question_that_its_asker_gave_up_is_said_as_one_that_takes_too_long(
    database: Database, database_url: str
):
    await publish(database, [told(RELOS)])
    async with database.begin(Work) as work:
        await work.session.execute(text("ALTER TABLE archived_articles RENAME TO filed"))
        await work.session.execute(
            text("CREATE VIEW archived_articles AS SELECT filed.* FROM filed CROSS JOIN pg_sleep(3)")
        )
    hasty = Database(database_url, command_seconds=0.5)
    try:
        tested = await backtest_on(hasty, **VOCABULARY).test("india OR russia", limits=Limits(statement_seconds=5))
    finally:
        await hasty.close()
    assert "told to stop" in (tested.stopped or "")


async def test_a_command_waits_for_the_archive_as_long_as_the_database_may_search_it(database_url: str, monkeypatch):
    monkeypatch.setenv("PACTWATCH_DATABASE_URL", database_url)
    monkeypatch.setenv("PACTWATCH_NATS_URL", "nats://127.0.0.1:1")
    async with open_backtest(None) as backtest, backtest._begin() as work:
        connection = (await (await work.session.connection()).get_raw_connection()).driver_connection
        assert connection._config.command_timeout > WHOLE.statement_seconds


async def test_nothing_is_said_of_terms_while_the_archive_is_not_filed(database: Database):
    await publish(database, [told(RELOS)])
    await publish(database, [told(VISA)], filed=False)
    backtest = backtest_on(database, **VOCABULARY)
    assert await backtest.terms_never_seen("visa OR zanzibar") == ()
    assert (await backtest.test("visa OR zanzibar")).never_seen == ()
    await Filer(lambda: database.begin(ClassifierWork)).file_all()
    assert await backtest.terms_never_seen("visa OR zanzibar") == ("zanzibar",)


async def test_a_glance_at_an_archive_that_is_not_filed_says_so(database: Database):
    backtest = backtest_on(database, **VOCABULARY)
    assert await backtest.pace("relos") == Pace(None)
    await publish(database, [told(RELOS)], filed=False)
    assert "pactwatch reindex" in (await backtest.pace("relos")).unchecked


async def test_an_article_with_too_many_words_is_read_whole(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(filing, "MOST_TERM_BYTES", 2_000)
    words = "".join(f" word{number}" for number in range(400))
    await publish(database, [told(RELOS + words), told(VISA)])
    backtest = backtest_on(database, **VOCABULARY)
    for query, hits in {
        "relos": 1,
        "relos -visa": 1,
        "lang:en NOT relos": 1,
        '"working group" lang:en': 1,
        "=RELOS": 1,
        "=relos": 0,
        "tourist OR relos": 2,
        'lang:en NOT "working group"': 1,
    }.items():
        assert (await backtest.test(query)).hits == hits, query


async def test_odd_words_are_filed_and_found(database: Database):
    odd = "ﷺ 'quoted\\' back\\slash " + "long" * 60 + " S-400 С-400 M&MTC India\u00adRussia end"
    await publish(database, [told(odd, title="'; DROP TABLE -- ﷺ")])
    backtest = backtest_on(database, **VOCABULARY)
    for query in ('"ﷺ"', '"quoted back"', "long" * 60, "S-400", '="С-400"', '"M&MTC"', '"ﷺ quoted"', f"{'long' * 15}*"):
        tree = (await backtest.test(query)).hits
        assert tree == 1, query
    assert (await backtest.test('=long OR "back end"')).hits == 0


async def test_a_change_of_a_rule_shows_what_it_wins_and_loses(database: Database):
    ids = await publish(
        database, [told(RELOS, agreements=["relos"]), told(RELOS, days_old=2), told(VISA, days_old=3), told("Rain.")]
    )
    await keep_rule(database, "Pacts", "relos")
    await correct(database, ids[0], relevant=True, agreements=["relos"])
    await correct(database, ids[1], relevant=False)
    compared = await backtest_on(database, **VOCABULARY).compare("pacts", 'agreement:relos OR "visa free"')
    assert (compared.gained.hits, compared.lost.hits, compared.kept.hits) == (1, 1, 1)
    assert [example.article_id for example in compared.gained.examples] == [ids[2]]
    assert [example.article_id for example in compared.lost.examples] == [ids[1]]
    assert (compared.precision_before.share, compared.precision_after.share) == (0.5, 1.0)
    with pytest.raises(WrongInput, match="Pakts"):
        await backtest_on(database, **VOCABULARY).compare("Pakts", "visa")


async def keep_rule(database: Database, name: str, query: str) -> None:
    rule = Rule(
        rule_id=uuid4(),
        name=name,
        query=query,
        origin="custom",
        version=1,
        paused=False,
        created_at=NOW,
        changed_at=NOW,
    )
    async with desk_transactions(database)() as work:
        await work.save_rule(rule, Signature("Asha"))


async def correct(database: Database, article_id: UUID, *, relevant: bool, agreements=None) -> None:
    row = CorrectionRow(
        correction_id=uuid4(),
        article_id=article_id,
        author="Asha",
        note="",
        relevant=relevant,
        agreements=agreements,
        revision=1,
        created_at=NOW,
    )
    async with database.begin(Work) as work:
        work.session.add(row)


async def test_a_rewritten_article_is_found_by_its_newest_words(database: Database):
    (article_id,) = await publish(database, [told(RELOS)])
    backtest = backtest_on(database, **VOCABULARY)
    document = told(VISA)
    async with database.begin(ClassifierWork) as work:
        row = await work.session.get(ArticleRow, article_id)
        row.text, row.revision = VISA, 2
        await work.session.flush()
        await work.file(article_id, document.verdict)
    assert (await backtest.test("relos")).hits == 0
    assert (await backtest.test('"visa free"')).hits == 1


async def test_an_earlier_version_never_takes_the_place_of_a_later_one(database: Database):
    (article_id,) = await publish(database, [told(RELOS)])
    async with database.begin(Work) as work:
        await work.session.execute(update(ArchivedArticleRow).values(revision=3))
    async with database.begin(ClassifierWork) as work:
        await work.file(article_id, told(RELOS, agreements=["relos"]).verdict)
    assert (await backtest_on(database, **VOCABULARY).test("agreement:relos")).hits == 0


async def test_what_is_held_back_is_in_no_archive(database: Database):
    (article_id,) = await publish(database, [told(RELOS)], filed=False)
    async with database.begin(ClassifierWork) as work:
        row = await work.session.get(ArticleRow, article_id)
        row.gate = "names one side only"
        await work.session.flush()
        await work.file(article_id, told(RELOS).verdict)
    async with database.begin(Work) as work:
        assert (await work.session.scalars(select(ArchivedArticleRow))).all() == []
    assert (await backtest_on(database, **VOCABULARY).test("relos")).archive.not_filed == 0


async def test_what_was_filed_in_the_form_before_is_said_not_to_be_filed_and_is_filed_again(database: Database):
    await publish(database, [told(RELOS), told(VISA)])
    async with database.begin(Work) as work:
        await work.session.execute(text("UPDATE archived_articles SET form = 1"))
    backtest = backtest_on(database, **VOCABULARY)
    tested = await backtest.test('"working group"')
    assert (tested.hits, tested.archive.not_filed) == (0, 2)
    assert (await Filer(lambda: database.begin(ClassifierWork)).file_all()).filed == 2
    tested = await backtest.test('"working group"')
    assert (tested.hits, tested.archive.not_filed) == (1, 0)


async def test_for_a_phrase_only_articles_are_read_that_have_its_words_side_by_side(database: Database):
    bodies = ["The group was working hard.", "A working visit by the group.", RELOS, "Working-group talks."]
    await publish(database, [told(body) for body in bodies])
    backtest = backtest_on(database, **VOCABULARY)
    for query, hits in {'"working group"': 2, '="working group"': 1, '"working group on" NEAR/2 met': 1}.items():
        tested = await backtest.test(query)
        assert (tested.hits, tested.unread) == (hits, 0), query
        assert tested.read <= 2, query


async def test_the_words_of_an_article_are_kept_unpacked(database: Database):
    await publish(database, [told(RELOS * 30)])
    async with database.begin(Work) as work:
        packed = await work.session.scalar(text("SELECT pg_column_compression(words) FROM archived_articles"))
    assert packed is None


async def test_articles_from_before_are_filed_in_steps_and_until_then_said(database: Database):
    await publish(database, [told(RELOS, days_old=day) for day in range(1, 131)], filed=False)
    backtest = backtest_on(database, **VOCABULARY)
    assert (await backtest.test("relos", days=FOR_EVER)).archive.not_filed == 130
    steps: list[tuple[int, int]] = []

    def broken_off(done: int, everything: int) -> None:
        steps.append((done, everything))
        if len(steps) == 2:
            raise KeyboardInterrupt

    filer = Filer(lambda: database.begin(ClassifierWork))
    with pytest.raises(KeyboardInterrupt):
        await filer.file_all(broken_off)
    assert steps == [(50, 130), (100, 130)]
    tested = await backtest.test("relos", days=FOR_EVER)
    assert (tested.hits, tested.archive.not_filed) == (100, 30)
    assert tested.per_day[-1][0] == date(2026, 11, 21)  # the newest were filed first
    assert (await filer.file_all()).filed == 30
    assert (await filer.file_all()).filed == 0
    assert (await backtest.test("relos", days=FOR_EVER)).hits == 130


async def test_an_archive_in_an_earlier_form_is_filed_anew(database: Database):
    await publish(database, [told(RELOS)])
    async with database.begin(Work) as work:
        await work.session.execute(update(ArchivedArticleRow).values(form=0, terms="", words=" other | words"))
    backtest = backtest_on(database, **VOCABULARY)
    tested = await backtest.test("relos")
    assert (tested.hits, tested.archive.not_filed) == (0, 1)
    await Filer(lambda: database.begin(ClassifierWork)).file_all()
    assert (await backtest.test("relos")).hits == 1


async def test_a_day_without_a_date_is_that_of_the_reading(database: Database):
    undated = replace(told(RELOS), origin=Origin("The Courier", "IN", "https://courier.example/a", None, "en"))
    await publish(database, [undated])
    backtest = backtest_on(database, **VOCABULARY)
    assert (await backtest.test("relos")).per_day == ((date(2026, 11, 22), 1),)
    assert (await backtest.test("relos date:2026-11-22")).hits == 0
    assert datetime(2026, 11, 22, 12, tzinfo=UTC) == NOW
