"""Following an agreement by a reader's own link: one look changes nothing, one click follows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, update

from services.desk.adapters.reader_queries import ReaderQueries
from services.desk.app import build_desk
from services.desk.domain.receivers import For
from services.desk.domain.rules import OperatorsTarget, SectorTarget
from services.desk.domain.signatures import Signature
from services.desk.domain.sources import NewSource
from services.desk.domain.views import SubscriptionView
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.readers import Readers
from services.desk.use_cases.rules import Rules
from services.desk.use_cases.targets import Targets
from shared.contracts.reader_links import follow_path, mail_exit_path, opting_out, unsubscribe_path
from shared.kit.sealing import Seals
from shared.store.alerts import DeliveryAlertRow, DeliveryRow
from shared.store.definitions import TeamOptOutRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.desk_rows import AGREEMENTS, SECTORS, Story, a_delivery, an_alert, an_article
from tests.live.desk.door_keeping import doors_on
from tests.live.desk.people_desk import STAGES, PeopleDesk, people_desk_on
from tests.live.desk.reading_house import reading_desk

pytestmark = pytest.mark.live

SEALS = Seals.parse("the key of this desk in the tests")
HEALTH = SectorTarget("health")
ASHA = For(person="Asha")


@pytest.fixture
async def desk(database: Database, writing) -> PeopleDesk:
    desk = people_desk_on(database, writing, SEALS)
    await desk.people.add("Asha", email="asha@example.org", time_zone="Asia/Kolkata")
    return desk


@pytest.fixture
async def reader(definitions: Definitions, database: Database, writing, clock) -> AsyncIterator[httpx.AsyncClient]:
    """A reader somewhere: no cookies, no login."""
    readers = Readers(writing, partial(database.begin, ReaderQueries), SEALS, Targets(AGREEMENTS, SECTORS, STAGES))
    doors = doors_on(database)
    pages = reading_desk(database, definitions, doors, clock).pages
    app = build_desk(definitions, doors, agreements=AGREEMENTS, sectors=SECTORS, readers=readers, pages=pages)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def link(view: SubscriptionView, agreement: str = "relos") -> str:
    return f"/{follow_path(SEALS.token('follow', view.subscription_id), agreement)}"


async def test_a_click_follows_the_agreement_in_the_same_way_and_a_second_is_no_error(desk: PeopleDesk, reader):
    view = await desk.hearing.subscribe(HEALTH, "mailto", ASHA, digest="weekly", at="07:30", languages=["ru"])
    asked = await reader.get(link(view))
    assert asked.status_code == 200
    assert '<form method="post"' in asked.text
    assert "a…@example.org" in asked.text
    assert "asha@" not in asked.text
    assert (await reader.head(link(view))).status_code == 200
    assert len(await desk.rows()) == 1, "programs that scan mail look at every link"
    for _ in range(2):
        answer = await reader.post(link(view), data={"any": "thing"})
        assert answer.status_code == 200
        assert "You hear of RELOS" in answer.text
    old, new = sorted(await desk.rows(), key=lambda row: row.subscription_id != view.subscription_id)
    same = ("channel", "address", "person_id", "schedule", "at_time", "languages", "time_zone", "urgent")
    assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]
    assert new.follows == {"agreements": ["relos"]}
    assert [each.rule_name for each in await desk.hearing.views(ASHA)].count("Agreement: RELOS") == 1
    assert "You hear of RELOS" in (await reader.get(link(view))).text


async def test_a_webhooks_receiver_verifies_what_is_followed_beside_with_the_secret_that_it_has(desk, reader):
    view = await desk.hearing.subscribe(HEALTH, "webhook:https://example.org/hook")
    assert (await reader.post(link(view))).status_code == 200
    one, other = await desk.rows()
    assert one.secret == other.secret
    assert SEALS.open(other.secret) == view.secret


async def test_nobody_else_can_make_such_a_link(desk: PeopleDesk, reader):
    view = await desk.hearing.subscribe(HEALTH, "mailto", ASHA)
    unsubscribing = SEALS.token("unsubscribe", view.subscription_id)
    for wrong in (f"/f/{unsubscribing}/relos", f"/f/{view.subscription_id}/relos", link(view, "nothing"), "/f/x/relos"):
        assert (await reader.get(wrong)).status_code == 404
        assert (await reader.post(wrong)).status_code == 404
    assert len(await desk.rows()) == 1


async def test_a_link_of_an_ended_subscription_follows_nothing(desk: PeopleDesk, reader):
    view = await desk.hearing.subscribe(HEALTH, "mailto", ASHA)
    await desk.hearing.unsubscribe(view.subscription_id)
    assert "This link has ended" in (await reader.post(link(view))).text
    assert await desk.rows() == []


async def test_a_member_does_not_subscribe_the_whole_team(desk: PeopleDesk, reader):
    await desk.teams.add("Defence & allies")
    view = await desk.hearing.subscribe(HEALTH, "mailto", For(team="Defence & allies"))
    answer = await reader.post(link(view))
    assert "Your team decides what it follows" in answer.text
    assert "Defence &amp; allies" in answer.text
    assert "pactwatch subscribe add --agreement relos --channel inbox" in answer.text
    assert len(await desk.rows()) == 1


async def test_a_member_opts_out_of_a_teams_mails_for_himself_until_he_joins_anew(desk: PeopleDesk, reader):
    asha = await desk.people.add("Asha Rao", email="rao@example.org")
    await desk.teams.add("Ports desk")
    await desk.teams.join("Ports desk", "Asha Rao")
    view = await desk.hearing.subscribe(HEALTH, "mailto", For(team="Ports desk"))
    token = SEALS.token(opting_out(asha.person_id), view.subscription_id)
    way_out = f"/{unsubscribe_path(token, asha.person_id)}"
    asked = await reader.get(way_out)
    assert "the others of" in asked.text
    assert f'action="{way_out}"' in asked.text
    assert not await opted_out(desk)
    for _ in range(2):
        gone = await reader.post(way_out, data={"List-Unsubscribe": "One-Click"})
        assert (gone.status_code, "Ports desk" in gone.text) == (200, True)
    assert await opted_out(desk) == {(view.subscription_id, asha.person_id)}
    assert [row.removed_at for row in await desk.rows()] == [None]
    assert (await desk.hearing.view(view.subscription_id)).opted_out == ("Asha Rao",)
    assert (await desk.teams.details("Ports desk")).opted_out == {"Asha Rao": (view.rule_name,)}
    for wrong in (f"/u/{token}/{uuid4()}", f"/u/{token}", f"/u/{token}/nobody"):
        assert (await reader.post(wrong)).status_code in (404, 422)
    await desk.teams.leave("Ports desk", "Asha Rao")
    await desk.teams.join("Ports desk", "Asha Rao")
    assert not await opted_out(desk)
    assert (await desk.hearing.view(view.subscription_id)).opted_out == ()


@pytest.fixture
async def mail(desk: PeopleDesk, definitions: Definitions, database: Database) -> UUID:
    """A mail to Asha that names a subscription of hers, and one of each of her teams: to members, to a mailbox."""
    asha = (await desk.people.details("Asha")).person
    await desk.teams.add("Ports desk")
    await desk.teams.join("Ports desk", "Asha")
    own = await desk.hearing.subscribe(HEALTH, "mailto", ASHA)
    teams = await desk.hearing.subscribe(HEALTH, "mailto", For(team="Ports desk"))
    other = await desk.hearing.subscribe(HEALTH, "mailto:ports@example.org", For(team="Ports desk"))
    source = await definitions.add_source(NewSource("Courier", "https://example.org/feed.xml"))
    ids = []
    for stage in ("signed", "in_force", "announced"):
        story = Story(stage=stage)
        verdict_id = await an_article(database, source.source_id, source.name, story)
        ids.append(await an_alert(database, verdict_id=verdict_id, story=story, rule_id=own.rule_id))
    delivery = await a_delivery(
        database, alert_id=ids[0], subscription_id=own.subscription_id, channel="mailto", address=asha.email
    )
    async with database.begin(Work) as work:
        of_delivery = update(DeliveryRow).where(DeliveryRow.delivery_id == delivery)
        await work.session.execute(of_delivery.values(member_id=asha.person_id, kind="digest"))
        for place, (alert, by) in enumerate(zip(ids[1:], (teams, other), strict=True), 1):
            beside = {"alert_id": alert, "place": place, "subscription_id": by.subscription_id}
            work.session.add(DeliveryAlertRow(delivery_id=delivery, **beside))
    return delivery


async def test_one_click_ends_all_that_a_mail_is_for_and_a_teams_for_its_member_alone(desk, reader, mail: UUID):
    path = f"/{mail_exit_path(SEALS.token('unsubscribe mail', mail))}"
    asked = await reader.get(path)
    assert "Unsubscribe from all of these" in asked.text
    assert f'action="{path}"' in asked.text
    assert (await reader.head(path)).status_code == 200
    assert len(await desk.rows()) == 3, "looking ends nothing"
    for _ in range(2):
        gone = await reader.post(path, data={"List-Unsubscribe": "One-Click"})
        assert gone.status_code == 200
        assert "These have ended" in gone.text
        assert "ask whoever runs this desk" in gone.text
        assert "the others of" in gone.text
    theirs = await desk.rows()
    assert [(row.person_id, bool(row.team_id)) for row in theirs] == [(None, True), (None, True)]
    assert {subscription for subscription, _ in await opted_out(desk)} == {
        row.subscription_id for row in theirs if row.address == ""
    }


async def test_nobody_else_can_make_the_link_of_a_mail(desk, reader, mail: UUID):
    strangers = [
        Seals.parse("the key of another house altogether").token("unsubscribe mail", mail),
        SEALS.token("unsubscribe", mail),
        SEALS.token("unsubscribe mail", uuid4()),
        str(mail),
    ]
    for token in strangers:
        assert (await reader.post(f"/u/mail/{token}")).status_code == 404
    assert len(await desk.rows()) == 3


async def opted_out(desk: PeopleDesk) -> set[tuple[UUID, UUID]]:
    async with desk.database.begin(Work) as work:
        return {(row.subscription_id, row.person_id) for row in await work.session.scalars(select(TeamOptOutRow))}


@pytest.mark.parametrize("channel", ["feed:asha", "mailto:ops@example.org"])
async def test_what_sends_no_alerts_takes_none_beside_it(desk: PeopleDesk, reader, channel):
    target = HEALTH if channel.startswith("feed") else OperatorsTarget()
    view = await desk.hearing.subscribe(target, channel)
    assert "cannot be followed here" in (await reader.post(link(view))).text
    assert len(await desk.rows()) == 1


async def test_an_agreement_that_is_not_watched_any_more_says_so(desk: PeopleDesk, reader, rules: Rules):
    other = await desk.hearing.subscribe(SectorTarget("defence"), "inbox")
    relos = await reader.post(link(other))
    assert relos.status_code == 200
    await rules.remove("Agreement: RELOS", Signature("Asha", "A test."))
    view = await desk.hearing.subscribe(HEALTH, "mailto", ASHA)
    assert "not watched any more" in (await reader.post(link(view))).text


async def test_the_pages_of_an_agreement_and_of_an_alert_say_how_to_follow_it(desk, definitions, database, reader):
    view = await desk.hearing.subscribe(HEALTH, "inbox")
    source = await definitions.add_source(NewSource("Courier", "https://example.org/feed.xml"))
    story = Story()
    verdict_id = await an_article(database, source.source_id, "Courier", story)
    alert_id = await an_alert(database, verdict_id=verdict_id, story=story, rule_id=view.rule_id)
    command = "pactwatch subscribe add --agreement relos --channel inbox"
    agreement = (await reader.get("/agreements/relos")).text
    assert command in agreement
    assert "pactwatch subscribe preview --agreement relos" in agreement
    assert command in (await reader.get(f"/alerts/{alert_id}")).text


async def test_a_strangers_name_of_an_agreement_is_quoted_for_the_shell(desk, definitions, database, reader):
    view = await desk.hearing.subscribe(HEALTH, "inbox")
    source = await definitions.add_source(NewSource("Courier", "https://example.org/feed.xml"))
    story = Story(agreement="a; rm -rf ~")
    verdict_id = await an_article(database, source.source_id, "Courier", story)
    alert_id = await an_alert(database, verdict_id=verdict_id, story=story, rule_id=view.rule_id)
    assert "--agreement &#39;a; rm -rf ~&#39; --channel" in (await reader.get(f"/alerts/{alert_id}")).text
