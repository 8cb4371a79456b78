"""People and teams in a real database: who is who, and what becomes of their subscriptions."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from services.desk.domain.receivers import For
from services.desk.domain.rules import AgreementTarget, SectorTarget
from services.desk.use_cases.definitions import Definitions
from shared.kit.errors import WrongInput
from shared.store.unit_of_work import Database
from tests.live.desk.desk_rows import Story, a_delivery, an_alert, an_article
from tests.live.desk.people_desk import PeopleDesk, people_desk_on

pytestmark = pytest.mark.live

RELOS, HEALTH = AgreementTarget("relos"), SectorTarget("health")
ASHA, RAVI, DEFENCE = For(person="Asha"), For(person="Ravi"), For(team="Defence")


@pytest.fixture
async def desk(database: Database, writing) -> PeopleDesk:
    desk = people_desk_on(database, writing)
    await desk.people.add("Asha", email="asha@example.org", time_zone="Asia/Kolkata", quiet="22:00-07:00")
    await desk.people.add("Ravi")
    return desk


async def test_a_person_is_kept_as_they_were_described(desk: PeopleDesk):
    asha = (await desk.people.details("asha")).person
    assert (asha.email, asha.time_zone, asha.quiet_from, asha.quiet_until) == (
        "asha@example.org",
        "Asia/Kolkata",
        time(22),
        time(7),
    )
    changed, moved = await desk.people.change("Asha", quiet="none", time_zone="europe/moscow")
    assert (changed.quiet_from, changed.time_zone, changed.email, moved) == (None, "Europe/Moscow", asha.email, 0)
    assert [each.person.name for each in await desk.people.glances()] == ["Asha", "Ravi"]


@pytest.mark.parametrize(
    ("name", "fields", "says"),
    [
        ("asha", {}, "already the name of a person"),
        ("Boris", {"email": "ASHA@example.org"}, "already the e-mail of Asha"),
        ("Boris", {"email": "boris"}, "--email: 'boris' is not a mail address"),
        ("Boris", {"time_zone": "Asia/Kolkatta"}, "Did you mean Asia/Kolkata"),
        ("Boris", {"quiet": "22"}, "--quiet"),
        (" ", {}, "name: ' ' is empty"),
    ],
)
async def test_a_person_who_cannot_be_taken_is_refused_with_the_mend(desk: PeopleDesk, name, fields, says):
    with pytest.raises(WrongInput, match=says):
        await desk.people.add(name, **fields)


async def test_muting_and_vacations_are_meant_in_their_own_time(desk: PeopleDesk, clock):
    muted = await desk.people.mute("Asha", until="2026-12-01 08:00")
    assert muted.muted_until == datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    assert (await desk.people.mute("Asha", span="3h")).muted_until == clock.at + timedelta(hours=3)
    assert (await desk.people.unmute("Asha")).muted_until is None
    away = await desk.people.away("Asha", begins="2026-12-01", until="2026-12-14")
    assert (away.away_from, away.away_until) == (
        datetime(2026, 11, 30, 18, 30, tzinfo=UTC),
        datetime(2026, 12, 13, 18, 30, tzinfo=UTC),
    )
    assert (await desk.people.back("Asha")).away_until is None
    with pytest.raises(WrongInput, match="is not after --from"):
        await desk.people.away("Asha", begins="2026-12-14", until="2026-12-01")
    with pytest.raises(WrongInput, match="is not told until when"):
        await desk.people.mute("Asha")


async def test_mails_follow_a_person_to_their_new_address(desk: PeopleDesk):
    await desk.hearing.subscribe(RELOS, "mailto", ASHA)
    await desk.hearing.subscribe(RELOS, "mailto:desk@example.org", ASHA)
    _, moved = await desk.people.change("Asha", email="asha@new.example.org")
    assert moved == 1
    assert [row.address for row in await desk.rows()] == ["asha@new.example.org", "desk@example.org"]
    with pytest.raises(WrongInput, match="would leave 1 subscriptions without an address"):
        await desk.people.change("Asha", email="")


async def test_somebody_with_subscriptions_goes_only_when_it_is_said_what_becomes_of_them(desk: PeopleDesk):
    await desk.hearing.subscribe(RELOS, "inbox", ASHA)
    with pytest.raises(WrongInput, match=r"has 1 subscriptions.*--to NAME.*--end"):
        await desk.people.remove("Asha")
    with pytest.raises(WrongInput, match="is the person who goes"):
        await desk.people.remove("Asha", to="asha")
    assert (await desk.people.remove("Ravi")).ended == ()
    gone = await desk.people.remove("Asha", end=True)
    assert [each.rule_name for each in gone.ended] == ["Agreement: RELOS"]
    assert await desk.rows() == []
    await desk.people.add("Asha", email="asha@example.org")


async def test_subscriptions_are_handed_over_to_the_heirs_own_addresses(desk: PeopleDesk):
    for target in (RELOS, HEALTH):
        await desk.hearing.subscribe(target, "mailto", ASHA, digest="daily")
    await desk.hearing.subscribe(RELOS, "inbox", ASHA)
    await desk.hearing.subscribe(RELOS, "inbox", RAVI)
    await desk.hearing.subscribe(RELOS, "webhook:https://example.org/hook", ASHA)
    with pytest.raises(WrongInput, match="has no e-mail"):
        await desk.people.remove("Asha", to="Ravi")
    await desk.people.change("Ravi", email="ravi@example.org")
    gone = await desk.people.remove("Asha", to="Ravi")
    assert (len(gone.handed), len(gone.ended)) == (3, 1)
    ravi = (await desk.people.details("Ravi")).person
    rows = await desk.rows()
    assert {row.person_id for row in rows} == {ravi.person_id}
    assert sorted((row.channel, row.address) for row in rows) == [
        ("inbox", str(ravi.person_id)),
        ("mailto", "ravi@example.org"),
        ("mailto", "ravi@example.org"),
        ("webhook", "https://example.org/hook"),
    ]
    assert [row.schedule for row in rows if row.channel == "mailto"] == ["daily", "daily"]
    assert all(row.secret for row in rows if row.channel == "webhook"), "its receiver goes on to verify"


async def test_what_waited_for_somebody_who_goes_is_counted(desk: PeopleDesk, definitions: Definitions, database):
    from services.desk.domain.sources import NewSource

    view = await desk.hearing.subscribe(RELOS, "mailto", ASHA)
    source = await definitions.add_source(NewSource("Courier", "https://example.org/feed.xml"))
    story = Story()
    verdict_id = await an_article(database, source.source_id, source.name, story)
    alert_id = await an_alert(database, verdict_id=verdict_id, story=story, rule_id=view.rule_id)
    await a_delivery(database, alert_id=alert_id, subscription_id=view.subscription_id, state="retry")
    assert (await desk.people.remove("Asha", end=True)).unsent == 1


async def test_a_team_has_members_and_knows_whom_a_mail_cannot_reach(desk: PeopleDesk):
    await desk.teams.add("Defence", "Asia/Kolkata")
    await desk.teams.join("Defence", "Asha")
    details = await desk.teams.join("defence", "ravi")
    assert ([each.person.name for each in details.members], details.deaf) == (["Asha", "Ravi"], ())
    await desk.hearing.subscribe(RELOS, "mailto", DEFENCE)
    assert (await desk.teams.details("Defence")).deaf == ("Ravi",)
    shown = await desk.people.details("Ravi")
    assert [(team, len(views)) for team, views in shown.by_team] == [("Defence", 1)]
    with pytest.raises(WrongInput, match="is in the team already"):
        await desk.teams.join("Defence", "Asha")
    assert (await desk.teams.leave("Defence", "Ravi")).deaf == ()
    with pytest.raises(WrongInput, match="is not in the team"):
        await desk.teams.leave("Defence", "Ravi")


async def test_the_last_member_who_goes_leaves_a_team_that_reaches_nobody(desk: PeopleDesk):
    await desk.teams.add("Defence")
    await desk.teams.join("Defence", "Ravi")
    assert (await desk.people.remove("Ravi")).emptied == ("Defence",)
    assert (await desk.teams.details("Defence")).members == ()


async def test_a_teams_subscriptions_go_to_another_team_or_end(desk: PeopleDesk):
    for name in ("Defence", "Energy"):
        await desk.teams.add(name)
    await desk.hearing.subscribe(RELOS, "mailto", DEFENCE)
    with pytest.raises(WrongInput, match="has 1 subscriptions"):
        await desk.teams.remove("Defence")
    gone = await desk.teams.remove("Defence", to="Energy")
    assert [each.rule_name for each in gone.handed] == ["Agreement: RELOS"]
    assert [each.team for each in await desk.hearing.views()] == ["Energy"]
    with pytest.raises(WrongInput, match="'Defence' is not known"):
        await desk.teams.details("Defence")
