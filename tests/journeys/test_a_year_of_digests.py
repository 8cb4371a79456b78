"""The labelled digests replayed in the order of their dates: who hears how often, what is folded, what is new."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from services.classifier.adapters.work import ClassifierWork
from services.classifier.domain.judge import Judge
from services.classifier.use_cases.classifying import Classifier
from services.classifier.use_cases.judges import OneJudge
from services.notifier.app import build_notifier
from services.notifier.use_cases import Notifier
from services.scraper.adapters.work import ScraperWork
from services.scraper.domain.article import content_fingerprint
from services.scraper.ports import NewArticle
from shared.catalogue.head_file import load_head
from shared.catalogue.loader import load_catalogue
from shared.contracts.events import ArticleClassified, ArticlePublished
from shared.kit.ids import id_for
from shared.kit.settings import Settings
from shared.store.alerts import AlertRow, DeliveryRow
from shared.store.definitions import SourceRow
from shared.store.outbox import OutboxRow
from shared.store.unit_of_work import Database, Work
from shared.web.client import make_client
from shared.web.guard import AllowedHosts
from tests.architecture.tree import ROOT
from tests.live.notifier import notifier_rows as rows

pytestmark = pytest.mark.live

PUSHED = [
    ("d024", "bilateral-investment-treaty:negotiation_started"),
    ("d024", "trade-target-100bn-2030:target_set"),
    ("d035", "labour-mobility-2025:negotiation_started"),  # November: a paper's story; two copies are silent
    ("d044", "india-eaeu-fta:tor_signed"),
    ("d016", "relos:submitted_for_ratification"),  # 28 November, TASS; two retellings in the next days are silent
    ("d034", "cadila-kuzbass:postponed"),
    ("d007", "labour-mobility-2025:approved_internally:2025-12-02"),
    ("d050", "relos:duma_ratified"),  # 2 December; retold in English and Hindi on the 3rd
    ("d018", "kudankulam:delivery_started"),
    ("d022", "irigc-mmtc:meeting_held"),
    ("d023", "irigc-mmtc-22-protocol:signed"),  # a copy of d022 that adds a fact
    ("d032", "urea-plant-uralchem:negotiation_started:2025-12-05"),  # to be signed, and the next day:
    ("d009", "health-agreement-2025:signed"),
    ("d009", "health-jwg:announced"),
    ("d012", "urea-plant-uralchem:signed:2025-12-05"),  # the Hindi copy and the company's release are silent
    ("d013", "fertiliser-supply:signed"),
    ("d028", "kudankulam:operational"),
    ("d030", "annual-summit:meeting_held"),
    ("d030", "joint-statement-2025:adopted"),
    ("d038", "customs-pre-arrival-2025:signed"),
    ("d038", "fssai-rospotrebnadzor:signed"),
    ("d038", "irregular-migration-2025:signed"),
    ("d038", "labour-mobility-2025:signed"),  # said again two days later (d004): silent
    ("d038", "programme-2030:announced"),
    ("d040", "story"),  # the forum met, but no sentence claims it
    ("d047", "media-prasar-bharati:signed"),
    ("d047", "pb-nmg:signed"),
    ("d025", "su-57:negotiation_started"),
    ("d003", "hal-uac-sj100:signed"),
    ("d008", "relos:duma_ratified"),  # undated: it comes two months later, when it may be of another round
    ("d042", "s-400:delivery_expected:2026"),
    ("d048", "media-prasar-bharati:signed"),  # undated, as d008
    ("d048", "pb-bigasia:signed"),
    ("d048", "pb-gazprom-media:signed"),
    ("d048", "pb-nmg:signed"),
    ("d048", "pb-tv-novosti:signed"),
    ("d048", "pb-tvbrics:signed"),
    ("d048", "rt-india-launch:operational"),
]

DIGESTS = ROOT / "tests" / "data" / "dev_articles.jsonl"


@dataclass
class Calendar:
    """A clock that stands at the moment at which the replay is."""

    moment: datetime = datetime(2025, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@dataclass
class Desk:
    """The services' use cases on one database."""

    database: Database
    classifier: Classifier
    notifier: Notifier
    calendar: Calendar

    async def read(self, digest: dict[str, Any]) -> None:
        """Take a digest from its publication to the inboxes."""
        noon = datetime.combine(day_of(digest), time(12), UTC)
        self.calendar.moment = max(noon, self.calendar.moment + timedelta(seconds=1))
        article = await self._article(digest)
        async with self.database.begin(ScraperWork) as work:
            saved = await work.add_article(article)
        assert saved is not None
        published = ArticlePublished(
            event_id=id_for("published", article.article_id),
            occurred_at=self.calendar.moment,
            correlation_id=article.correlation_id,
            article_id=article.article_id,
            story_id=saved.story_id,
            source_name=article.source_name,
            url=article.url,
            title=article.title,
            published_at=article.published_at,
        )
        await self.classifier.classify_article(published)
        await self.notifier.raise_alerts(await self._classified(article))

    async def _article(self, digest: dict[str, Any]) -> NewArticle:
        now = self.calendar.moment
        source_id = id_for("source", digest["outlet"])
        async with self.database.begin(Work) as work:
            if await work.session.get(SourceRow, source_id) is None:
                address = f"https://feeds.example/{source_id}"
                work.session.add(SourceRow(source_id=source_id, name=digest["outlet"], url=address, created_at=now))
        return NewArticle(
            article_id=id_for("digest", digest["id"]),
            source_id=source_id,
            source_name=digest["outlet"],
            url=digest["url"],
            canonical_url=digest["url"],
            title=digest["title"],
            text=digest["text"],
            text_from="page",
            language=digest["language"],
            published_at=now if digest["date"] else None,
            fetched_at=now,
            fingerprint=content_fingerprint(digest["text"]),
            alertable=True,
            correlation_id=id_for("walk", digest["id"]),
        )

    async def _classified(self, article: NewArticle) -> ArticleClassified:
        asked = select(OutboxRow.payload).where(
            OutboxRow.correlation_id == article.correlation_id, OutboxRow.type_name == ArticleClassified.type_name()
        )
        async with self.database.begin(Work) as work:
            return ArticleClassified.model_validate((await work.session.execute(asked)).scalar_one())


@dataclass(frozen=True)
class Heard:
    """One alert that reached an inbox: its digest, and the claim that it told, if it told one."""

    digest: str
    claim: str


async def heard_by_rule(database: Database) -> dict[str, list[Heard]]:
    """Return what was heard of each rule, in the order in which it came."""
    names = {id_for("digest", each["id"]): each["id"] for each in digests()}
    asked = (
        select(AlertRow)
        .join(DeliveryRow, DeliveryRow.alert_id == AlertRow.alert_id)
        .order_by(AlertRow.raised_at, AlertRow.agreement)
    )
    async with database.begin(Work) as work:
        alerts = (await work.session.scalars(asked)).all()
    heard: dict[str, list[Heard]] = defaultdict(list)
    for alert in alerts:
        claim = alert.fact.removeprefix("claim:").partition(":undated:")[0]
        heard[alert.rule_name].append(Heard(names[alert.article_id], claim))
    return heard


def digests() -> list[dict[str, Any]]:
    read = [json.loads(line) for line in DIGESTS.read_text(encoding="utf-8").splitlines()]
    return sorted(read, key=lambda digest: (day_of(digest), digest["id"]))


def day_of(digest: dict[str, Any]) -> date:
    """The day that it came: as published, as its agency's story did, or at the end, where nobody says."""
    if digest["date"]:
        return date.fromisoformat(f"{digest['date']}-01"[:10])
    agency_day = (digest["syndicated_group"] or "").rpartition("-")[2]
    return date.fromisoformat(agency_day) if agency_day else date(2026, 2, 1)


async def a_year(database: Database) -> dict[str, list[Heard]]:
    """Return what six subscriptions to inboxes heard of all digests."""
    calendar, judge = Calendar(), Judge(load_catalogue(), load_head())
    any_agreement = " OR ".join(sorted({f"agreement:{each}" for digest in digests() for each in digest["agreements"]}))
    for name, query, policy in (
        ("New facts", any_agreement, "new_facts"),
        ("Stories", any_agreement, "each_story"),
        ("Articles", any_agreement, "each_article"),
        ("RELOS", "agreement:relos", "each_story"),
        ("Defence", "sector:defence", "each_story"),
        ("Energy", "sector:nuclear OR sector:energy", "each_story"),
    ):
        rule = await rows.a_rule(database, name=name, query=query, policy=policy)
        await rows.a_subscription(database, rule, channel="inbox")
    async with aclosing(make_client(allowed=AllowedHosts.parse(""), user_agent="Pactwatch/test")) as web:
        classifier = Classifier(partial(database.begin, ClassifierWork), OneJudge(judge), calendar)
        desk = Desk(database, classifier, build_notifier(Settings(), database, calendar, web), calendar)
        for digest in digests():
            await desk.read(digest)
    return await heard_by_rule(database)


async def test_a_year_of_digests_is_heard_story_by_story_and_fact_by_fact(database: Database):
    year = await a_year(database)
    assert {name: len(heard) for name, heard in year.items()} == {
        "Articles": 37,
        "Stories": 31,
        "New facts": 38,
        "RELOS": 7,
        "Defence": 11,
        "Energy": 4,
    }
    groups = {each["id"]: each["syndicated_group"] for each in digests()}
    told = {groups[heard.digest] for heard in year["Stories"]}
    folded = {heard.digest for heard in year["Articles"]} - {heard.digest for heard in year["Stories"]}
    # By the labels they are copies: two of one paper's story, and one each of an agency's or a ministry's.
    assert Counter(groups[copy] for copy in folded) == {
        "et-labour-20251110": 2,
        "mod-irigc22-20251204": 1,
        "pti-kudankulam-fuel-20251204": 1,
        "reuters-uralchem-20251204": 1,
        "tass-su57-20260128": 1,
    }
    assert told.issuperset(groups[copy] for copy in folded)
    # Each agreement's every stage once, whoever tells it again; and again where it comes weeks later or with a date.
    assert [(heard.digest, heard.claim) for heard in year["New facts"]] == PUSHED
