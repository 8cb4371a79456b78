"""Messages that are held or wait while their reader leaves, moves, or ends one of two subscriptions."""

from __future__ import annotations

import pytest

from services.desk.adapters.work import desk_transactions
from services.desk.use_cases.people import People
from services.desk.use_cases.teams import Teams
from services.desk.use_cases.writing import Writing
from services.notifier.adapters.work import DatabaseWork
from services.notifier.domain.holding import Scope
from services.notifier.use_cases.sending import Sending
from shared.kit.clock import SystemClock
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import send_all_due
from tests.live.notifier.edited_articles import TO_BE, a_verdict_of, an_edit_of
from tests.live.notifier.mail_server import serving

pytestmark = pytest.mark.live


@pytest.fixture
def writing(database) -> Writing:
    return Writing(desk_transactions(database), SystemClock())


@pytest.fixture
def sending(database) -> Sending:
    return Sending(lambda: database.begin(DatabaseWork))


@pytest.fixture
async def mail_server():
    async with serving() as one:
        yield one


@pytest.fixture
def notifier(make_notifier, mail_server):
    return make_notifier(smtp_host="127.0.0.1", smtp_port=mail_server.port)


@pytest.fixture
async def held_mail(database, notifier, sending):
    """A mail to each member of a team, Asha and Ravi, which a stop switch holds."""
    asha = await rows.a_person(database, "Asha", email="asha@old.example")
    ravi = await rows.a_person(database, "Ravi", email="ravi@desk.example")
    team = await rows.a_team(database, asha, ravi)
    await rows.a_subscription(database, await rows.a_rule(database), channel="mailto", address="", team_id=team)
    await notifier.raise_alerts(await rows.a_classified_article(database))
    await sending.pause(Scope.ALL, "", reason="a test", by="tester")


async def test_who_has_left_the_team_gets_no_mail_that_was_held_for_it(
    database, notifier, sending, held_mail, writing, mail_server
):
    await Teams(writing).leave("Ports desk", "Asha")
    await sending.resume(Scope.ALL, "", by="tester")
    await notifier.gather_due()
    await send_all_due(notifier)
    assert [mail["To"] for mail in mail_server.mails] == ["ravi@desk.example"]


async def test_who_was_removed_gets_no_mail_that_was_held_for_a_team(
    database, notifier, sending, held_mail, writing, mail_server
):
    await People(writing).remove("Asha")
    await sending.resume(Scope.ALL, "", by="tester")
    await notifier.gather_due()
    await send_all_due(notifier)
    assert [mail["To"] for mail in mail_server.mails] == ["ravi@desk.example"]


async def test_a_members_mail_that_was_held_goes_to_their_new_address(
    database, notifier, sending, held_mail, writing, mail_server
):
    await People(writing).change("Asha", email="asha@new.example")
    await notifier.gather_due()
    await sending.resume(Scope.ALL, "", by="tester")
    await send_all_due(notifier)
    assert sorted(mail["To"] for mail in mail_server.mails) == ["asha@new.example", "ravi@desk.example"]


@pytest.mark.parametrize("ended", [0, 1])
async def test_who_ended_one_of_two_subscriptions_hears_of_the_correction_by_the_other(
    database, notifier, mail_server, ended
):
    mine = {"channel": "mailto", "address": "officer@desk.example"}
    pact = await rows.a_rule(database, name="Logistics pact")
    words = await rows.a_rule(database, name="Words", query="agreement")
    subscriptions = [await rows.a_subscription(database, rule, **mine) for rule in (pact, words)]
    event = await rows.a_classified_article(database, verdict=a_verdict_of(rows.SENTENCE))
    await notifier.raise_alerts(event)
    await send_all_due(notifier)
    assert len(mail_server.mails) == 1
    await rows.end_subscription(database, subscriptions[ended])
    await notifier.raise_alerts(await an_edit_of(database, event, TO_BE, a_verdict_of("Nothing.", about=None)))
    await send_all_due(notifier)
    assert len(mail_server.mails) == 2
