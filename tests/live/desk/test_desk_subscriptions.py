"""Subscriptions in a real database: for whom, to what, with which wishes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from services.desk.domain.following import Follows
from services.desk.domain.receivers import NOBODY, For
from services.desk.domain.rules import AgreementTarget, FollowTarget, OperatorsTarget, SectorTarget
from services.desk.domain.sources import NewSource
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.rules import Rules
from shared.kit.errors import WrongInput
from shared.store.definitions import RuleRow, SubscriptionRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.conftest import ASHA as SIGNED
from tests.live.desk.people_desk import PeopleDesk, people_desk_on

pytestmark = pytest.mark.live

RELOS = AgreementTarget("relos")
ASHA, DEFENCE = For(person="Asha"), For(team="Defence")
SIGNED_PACTS = FollowTarget(agreements=("relos", "inr-rub"), stages=("signed",))


@pytest.fixture
async def desk(database: Database, writing) -> PeopleDesk:
    desk = people_desk_on(database, writing)
    await desk.people.add("Asha", email="asha@example.org", time_zone="Asia/Kolkata")
    await desk.people.add("Ravi")
    await desk.teams.add("Defence")
    await desk.teams.join("Defence", "Asha")
    return desk


async def test_one_wish_has_one_rule_however_it_is_said(desk: PeopleDesk, rules: Rules):
    first = await desk.hearing.subscribe(SIGNED_PACTS, "inbox", by=SIGNED)
    again = FollowTarget(agreements=("INR-RUB", "relos", "relos"), stages=("signed",))
    second = await desk.hearing.subscribe(again, "mailto:desk@example.org")
    assert (second.rule_id, second.follows) == (first.rule_id, Follows(("inr-rub", "relos"), stages=("signed",)))
    (rule,) = await rules.views()
    assert (rule.name, rule.query, rule.origin, rule.subscriptions, rule.broken) == (
        "Follows: Rupee–rouble settlement or RELOS; signed",
        "(agreement:inr-rub OR agreement:relos) AND stage:signed",
        "sector",
        2,
        None,
    )
    assert [(each.author, each.reason) for each in await rules.history(rule.name)] == [("Asha", "A test.")]
    with pytest.raises(WrongInput, match="comes with the subscriptions"):
        await rules.remove(rule.name, SIGNED)


async def test_one_agreement_or_sector_alone_has_the_rule_that_it_always_had(desk: PeopleDesk):
    one = await desk.hearing.subscribe(FollowTarget(agreements=("relos",)), "inbox")
    assert one.already is False
    assert (await desk.hearing.subscribe(RELOS, "inbox")).subscription_id == one.subscription_id
    sector = await desk.hearing.subscribe(FollowTarget(sectors=("health",)), "inbox")
    assert (await desk.hearing.subscribe(SectorTarget("health"), "inbox")).already
    assert (one.rule_name, sector.rule_name) == ("Agreement: RELOS", "Sector: Health")


async def test_a_source_is_followed_by_its_name_for_news_of_both_countries(
    desk: PeopleDesk, definitions: Definitions, rules: Rules
):
    await definitions.add_source(NewSource("The Hindu", "https://example.org/feed.xml"))
    await desk.hearing.subscribe(FollowTarget(sources=("the  hindu",), countries=("in",)), "inbox")
    assert [rule.query for rule in await rules.views()] == ['source:"The Hindu" AND country:IN AND relevance:>=0.5']


async def test_a_source_that_is_renamed_is_followed_on(desk: PeopleDesk, definitions: Definitions, rules: Rules):
    await definitions.add_source(NewSource("The Hindu", "https://example.org/feed.xml"))
    view = await desk.hearing.subscribe(FollowTarget(sources=("The Hindu",), stages=("in force",)), "inbox", ASHA)
    await definitions.edit_source("The Hindu", new_name="Hindu Today")
    (rule,) = await rules.views()
    assert (rule.rule_id, rule.version, rule.query) == (view.rule_id, 2, 'stage:in_force AND source:"Hindu Today"')
    assert (await desk.hearing.view(view.subscription_id)).follows == Follows(
        stages=("in_force",), sources=("Hindu Today",)
    )
    again = await desk.hearing.subscribe(FollowTarget(sources=("Hindu Today",), stages=("in_force",)), "inbox", ASHA)
    assert again.already
    with pytest.raises(WrongInput, match="cannot stand in the 1 rules that follow it"):
        await definitions.edit_source("Hindu Today", new_name='The "Hindu"')
    await definitions.add_source(NewSource("The Hindu", "https://example.org/other.xml"))
    other = await desk.hearing.subscribe(FollowTarget(sources=("The Hindu",), stages=("in_force",)), "inbox", ASHA)
    assert other.rule_id != view.rule_id


@pytest.mark.parametrize(
    ("target", "says"),
    [
        (FollowTarget(stages=("sined",)), "--stage: 'sined'.*Did you mean signed"),
        (FollowTarget(sectors=("helth", "health")), "--sector: 'helth'.*Did you mean health"),
        (FollowTarget(sources=("The Hindu",)), "--source: 'The Hindu' is no source.*There is no source yet"),
        (FollowTarget(countries=("India",)), "--country: 'India'.*IN or RU"),
        (FollowTarget(), "names nothing to hear of"),
    ],
)
async def test_what_nobody_could_follow_is_answered_with_the_nearest(desk: PeopleDesk, target, says):
    with pytest.raises(WrongInput, match=says):
        await desk.hearing.subscribe(target, "inbox")


async def test_a_person_is_reached_at_their_own_mail_and_inbox(desk: PeopleDesk):
    mail = await desk.hearing.subscribe(RELOS, "mailto", ASHA)
    inbox = await desk.hearing.subscribe(RELOS, "inbox", ASHA)
    common = await desk.hearing.subscribe(RELOS, "inbox")
    asha = (await desk.people.details("Asha")).person
    assert {(row.channel, row.address, row.person_id) for row in await desk.rows()} == {
        ("mailto", "asha@example.org", asha.person_id),
        ("inbox", str(asha.person_id), asha.person_id),
        ("inbox", "", None),
    }
    assert (mail.person, mail.masked_address, inbox.masked_address, common.person) == (
        "Asha",
        "a…@example.org",
        "",
        None,
    )
    own = {each.subscription_id for each in await desk.hearing.views(ASHA)}
    assert own == {mail.subscription_id, inbox.subscription_id}
    with pytest.raises(WrongInput, match="Ravi has no e-mail.*person change 'Ravi' --email"):
        await desk.hearing.subscribe(RELOS, "mailto", For(person="Ravi"))
    with pytest.raises(WrongInput, match="Did you mean Asha"):
        await desk.hearing.subscribe(RELOS, "mailto", For(person="Ash"))
    with pytest.raises(WrongInput, match="is not a mail address"):
        await desk.hearing.subscribe(RELOS, "mailto")


async def test_a_team_shares_an_address_or_each_member_has_their_own(desk: PeopleDesk):
    shared = await desk.hearing.subscribe(RELOS, "mailto:defence@example.org", DEFENCE)
    each = await desk.hearing.subscribe(RELOS, "mailto", DEFENCE)
    assert [(view.team, view.address) for view in (shared, each)] == [
        ("Defence", "defence@example.org"),
        ("Defence", ""),
    ]
    assert (await desk.hearing.subscribe(RELOS, "mailto:", DEFENCE)).already
    with pytest.raises(WrongInput, match="Give --person or --team"):
        await desk.hearing.subscribe(RELOS, "mailto", For("Asha", "Defence"))


async def test_an_address_that_was_nobodys_becomes_theirs_and_is_not_told_twice(desk: PeopleDesk):
    before = await desk.hearing.subscribe(RELOS, "mailto:asha@example.org")
    theirs = await desk.hearing.subscribe(RELOS, "mailto", ASHA, digest="daily")
    assert (theirs.subscription_id, theirs.person, theirs.already) == (before.subscription_id, "Asha", False)
    (row,) = await desk.rows()
    assert (row.person_id is not None, row.schedule) == (True, "daily")
    assert (await desk.hearing.subscribe(RELOS, "mailto:asha@example.org")).already


async def test_a_webhook_that_becomes_somebodys_keeps_its_secret(desk: PeopleDesk):
    await desk.hearing.subscribe(RELOS, "webhook:https://example.org/hook")
    (secret,) = [row.secret for row in await desk.rows()]
    await desk.hearing.subscribe(RELOS, "webhook:https://example.org/hook", ASHA)
    view = (await desk.hearing.views())[0]
    await desk.hearing.change(view.subscription_id, min_severity="high")
    await desk.hearing.mute(view.subscription_id, span="1h")
    assert [row.secret for row in await desk.rows()] == [secret]


async def test_wishes_are_stored_changed_and_taken_back(desk: PeopleDesk):
    view = await desk.hearing.subscribe(
        RELOS, "mailto", ASHA, digest="weekly", at="07:30", on="friday", languages=["ru", "hi"], urgent=True
    )
    (row,) = await desk.rows()
    assert (row.schedule, row.at_time, row.weekday, row.languages, row.urgent, row.min_severity) == (
        "weekly",
        time(7, 30),
        5,
        ["ru", "hi"],
        True,
        "low",
    )
    short = view.subscription_id.hex[:8]
    changed = await desk.hearing.change(short, digest="immediate", min_severity="high", languages=["all"])
    assert await desk.hearing.view(short) == changed
    assert (changed.wishes.schedule, changed.wishes.min_severity, changed.wishes.languages) == ("immediate", "high", ())
    with pytest.raises(WrongInput, match="is given nothing to change"):
        await desk.hearing.change(short)
    with pytest.raises(WrongInput, match=r"--time-zone: 'UTC' stands beside that of Asha, which is Asia/Kolkata"):
        await desk.hearing.change(short, time_zone="UTC")


async def test_a_mute_is_meant_in_the_time_of_whom_it_is_for(desk: PeopleDesk, clock):
    view = await desk.hearing.subscribe(RELOS, "mailto", ASHA)
    muted = await desk.hearing.mute(view.subscription_id, until="2026-12-01")
    assert muted.wishes.muted_until == datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
    nobodys = await desk.hearing.subscribe(RELOS, "mailto:desk@example.org", NOBODY, time_zone="Europe/Moscow")
    muted = await desk.hearing.mute(nobodys.subscription_id, until="2026-12-01")
    assert muted.wishes.muted_until == datetime(2026, 11, 30, 21, tzinfo=UTC)
    assert (await desk.hearing.unmute(nobodys.subscription_id)).wishes.muted_until is None
    assert (await desk.hearing.mute(view.subscription_id, span="90m")).wishes.muted_until == clock.at + timedelta(
        minutes=90
    )


async def test_operators_are_told_at_once_at_an_address_of_their_own(desk: PeopleDesk):
    with pytest.raises(WrongInput, match="hears of alerts, not of troubles"):
        await desk.hearing.subscribe(OperatorsTarget(), "mailto", ASHA)
    with pytest.raises(WrongInput, match="always at once"):
        await desk.hearing.subscribe(OperatorsTarget(), "mailto:ops@example.org", digest="daily")
    view = await desk.hearing.subscribe(OperatorsTarget(), "mailto:ops@example.org")
    for refused in (
        desk.hearing.mute(view.subscription_id, span="1h"),
        desk.hearing.change(view.subscription_id, on="monday"),
    ):
        with pytest.raises(WrongInput, match="always at once"):
            await refused


async def test_who_was_there_before_there_were_people_stays(desk: PeopleDesk, database: Database):
    """As the version before stored it: with what the columns of today are by themselves."""
    view = await desk.hearing.subscribe(SectorTarget("health"), "inbox")
    async with database.begin(Work) as work:
        row = await work.session.scalar(select(SubscriptionRow))
        rule = await work.session.scalar(select(RuleRow))
        plain = SubscriptionRow(
            subscription_id=rule.rule_id,
            rule_id=row.rule_id,
            channel="mailto",
            address="old@example.org",
            created_at=row.created_at,
        )
        work.session.add(plain)
    old, _ = sorted(await desk.hearing.views(), key=lambda each: each.address, reverse=True)
    assert (old.person, old.team, old.follows, old.wishes) == (None, None, None, view.wishes)
    assert (await desk.hearing.change(old.subscription_id, digest="daily", at="09:00")).wishes.at_time == time(9)
