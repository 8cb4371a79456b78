"""What people change of the catalogue counts with the next article, in every classifier, without a new start."""

from __future__ import annotations

from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from services.classifier.adapters.work import ClassifierWork
from services.classifier.app import judges_of
from services.classifier.use_cases.classifying import Classifier
from services.cli.known_catalogue import catalogue_in_force
from services.cli.rule_room import catalogue_on
from services.desk.domain.signatures import AnotherVersion, Signature
from services.desk.use_cases.catalogue_keeping import CatalogueKeeping
from shared.catalogue.edits import texts_of
from shared.catalogue.loader import load_catalogue
from shared.contracts.events import ArticlePublished
from shared.contracts.verdict import Verdict
from shared.kit.clock import SystemClock
from shared.kit.errors import WrongInput
from shared.store.catalogue_edits import CatalogueEditRow
from shared.store.definitions import SourceRow
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Database, Work
from shared.store.verdicts import VerdictRow

pytestmark = pytest.mark.live
ASHA, RAVI = Signature("Asha", "The papers call it so."), Signature("Ravi")
NAME = "Grey Heron accord"
TEXT = f"India and Russia signed the {NAME} in Moscow on Friday, the two governments said."


@pytest.fixture
def keeping(database: Database) -> CatalogueKeeping:
    return catalogue_on(database, load_catalogue())


def a_classifier(database: Database) -> Classifier:
    return Classifier(partial(database.begin, ClassifierWork), judges_of(load_catalogue()), SystemClock())


async def judged(database: Database, classifier: Classifier) -> tuple[list[str], str]:
    """Let the classifier judge a new article; returns the agreements that it found, and by which version."""
    now, article_id = SystemClock().now(), uuid4()
    source = SourceRow(source_id=uuid4(), name=f"S {article_id}", url=f"https://{article_id}.example", created_at=now)
    url = f"https://courier.example/{article_id}"
    told = {"source_name": "Courier", "url": url, "title": "A pact in Moscow", "published_at": now}
    ids = {"article_id": article_id, "story_id": article_id, "correlation_id": uuid4(), "alertable": True}
    kept = {"canonical_url": url, "text": TEXT, "text_from": "page", "language": "en", "fingerprint": "f"}
    async with database.begin(Work) as work:
        work.session.add(source)
        await work.session.flush()
        work.session.add(ArticleRow(source_id=source.source_id, fetched_at=now, **told, **ids, **kept))
    await classifier.classify_article(ArticlePublished(event_id=uuid4(), occurred_at=now, **told, **ids))
    return await _verdict(database, article_id)


async def _verdict(database: Database, article_id: UUID) -> tuple[list[str], str]:
    async with database.begin(Work) as work:
        row = await work.session.scalar(select(VerdictRow).where(VerdictRow.article_id == article_id))
    assert row is not None
    return [each.id for each in Verdict.model_validate(row.findings).agreements], row.classifier


def with_name(name: str) -> dict[str, list[str]]:
    return {"aliases.en": [*texts_of(load_catalogue().agreements["relos"])["aliases.en"], name]}


async def test_a_name_that_is_added_is_found_in_the_next_article_by_each_classifier(database, keeping):
    classifiers = [a_classifier(database), a_classifier(database)]
    before = [await judged(database, each) for each in classifiers]
    assert all("relos" not in found for found, _ in before)
    assert await keeping.save("relos", with_name(NAME), ASHA, at_version=0)
    after = [await judged(database, each) for each in classifiers]
    assert all("relos" in found for found, _ in after)
    changed = await catalogue_in_force(database, load_catalogue())
    assert {version for _, version in after} != {version for _, version in before}
    assert all(f"+{changed.version}+" in version for _, version in after)
    assert await keeping.roll_back("relos", 0, RAVI)
    again = [await judged(database, each) for each in classifiers]
    assert again == before


async def test_every_save_is_a_version_and_goes_over_no_other(database, keeping):
    assert await keeping.save("relos", with_name(NAME), ASHA, at_version=0)
    assert not await keeping.save("relos", with_name(NAME), RAVI, at_version=1)
    with pytest.raises(AnotherVersion):
        await keeping.save("relos", with_name("Blue Heron accord"), RAVI, at_version=0)
    assert await keeping.save("relos", with_name("Blue Heron accord"), RAVI, at_version=1)
    assert await keeping.roll_back("relos", 1, ASHA)
    kept = await keeping.agreement("relos")
    assert kept is not None
    assert [(each.version, each.author) for each in kept.versions] == [(1, "Asha"), (2, "Ravi"), (3, "Asha")]
    assert NAME in kept.stands.aliases["en"]
    with pytest.raises(WrongInput, match="is no version"):
        await keeping.roll_back("relos", 9, ASHA)
    with pytest.raises(WrongInput, match="is no agreement"):
        await keeping.save("reloz", with_name(NAME), ASHA, at_version=0)


async def test_an_edit_that_the_catalogue_does_not_take_any_more_stops_no_article(database, keeping, caplog):
    classifier = a_classifier(database)
    wrong = {"added": {"aliases.en": ["Putin"]}, "dropped": {}, "version": 1, "changed_at": SystemClock().now()}
    async with database.begin(Work) as work:
        work.session.add(CatalogueEditRow(agreement_id="relos", revision=1_000_000, **wrong))
    found, version = await judged(database, classifier)
    assert ("relos" in found, f"+{load_catalogue().version}+" in version) == (False, True)
    assert "cannot be taken" in caplog.text
    kept = await keeping.agreement("relos")
    assert kept is not None
    assert kept.left_out is not None
