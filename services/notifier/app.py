"""The notifier, wired."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from services.notifier.adapters.apprise_channel import AppriseChannel
from services.notifier.adapters.channels import Channels
from services.notifier.adapters.chat_door import ChatDoor
from services.notifier.adapters.letters import Letters, names_in
from services.notifier.adapters.links import Links
from services.notifier.adapters.mail import MailChannel, MailServer, NoteMail
from services.notifier.adapters.mail_page import MailPages
from services.notifier.adapters.slack import SlackChannel
from services.notifier.adapters.telegram import TelegramChannel
from services.notifier.adapters.way_queries import WayQueries
from services.notifier.adapters.webhook import WebhookChannel
from services.notifier.adapters.work import DatabaseWork
from services.notifier.domain.delivery import Outcome
from services.notifier.domain.room import Bounds, Pace, Room
from services.notifier.handlers import handlers
from services.notifier.ports import Begin
from services.notifier.schedule import dispatch_forever, follow_rules_forever, gather_forever, measure_forever
from services.notifier.use_cases import (
    AlertRaiser,
    Corrector,
    Dispatcher,
    Notifier,
    OperatorTeller,
    Patience,
    Rulebook,
    Settler,
)
from services.notifier.use_cases.addressing import Addresser, Bursts
from services.notifier.use_cases.gathering import Gatherer
from services.notifier.use_cases.trying import ChannelTrial
from shared.catalogue.entries import Catalogue
from shared.catalogue.loader import load_catalogue
from shared.hosting.service import Ground, Loop, Service
from shared.kit.clock import Clock
from shared.kit.sealing import Seals
from shared.kit.settings import Settings
from shared.rules import RuleSet
from shared.store.unit_of_work import Database, is_outage
from shared.web.client import WebClient

# Sends at once in one process. Those that last no longer than a second share 64 places, so that they are never waited
# for longer; those that last go on beside them, each with a connection for at most 15 s. One server is asked by at most
# 16 (a mail server's usual limit is 20), one address by 4.
BOUNDS = Bounds(quick=64, in_all=256, per_target=16, per_lane=4)
# Messages a second to one address, for each notifier; the limits that Slack and Telegram state (one a second), and for
# the others what a small receiver stands.
PACES = {"slack": Pace(1, 1), "telegram": Pace(1, 1), "apprise": Pace(1, 1), "mailto": Pace(5, 20)}
USUAL_PACE = Pace(20, 40)
MOST_SECONDS_OF_A_TRIAL = 15.0  # as long as a send has
_LONGEST_LEASE_SECONDS = 40.0  # over twice a send's limit; what a dead notifier held goes out again after it
_MOST_OUTAGE_WAIT_SECONDS = 1.0  # a send that is not yet recorded is worth asking often


def build_notifier(
    settings: Settings,
    database: Database,
    clock: Clock,
    web_client: WebClient,
    catalogue: Catalogue | None = None,
    seals: Seals | None = None,
) -> Notifier:
    """Return the notifier; `catalogue` is the one that ships with the program unless another is given.

    Without `seals` no sealed secret can be opened, and mails have no link to unsubscribe.
    """
    known = catalogue or load_catalogue()
    patience = Patience(
        retry_waits=settings.delivery_waits_seconds,
        lease=min(settings.lease_seconds, _LONGEST_LEASE_SECONDS),
        outage_wait=min(settings.outage_wait_seconds, _MOST_OUTAGE_WAIT_SECONDS),
    )

    stages = {stage.id: stage.severity for stage in known.stages.values()}
    compile_rules = partial(
        RuleSet, agreements=known.agreements.keys(), sectors=known.sectors.keys(), stages=known.stages.keys()
    )
    begin: Begin = partial(database.begin, DatabaseWork)
    corrector = Corrector(begin, compile_rules)
    dispatcher = Dispatcher(
        begin,
        _channels(settings, clock, web_client, known, seals, patience.send).send,
        Room(BOUNDS, PACES, USUAL_PACE),
        patience,
        clock,
        Settler(begin, patience, clock, random.random),
    )
    return Notifier(
        begin,
        AlertRaiser(
            begin, Rulebook(begin, compile_rules), corrector, clock, Addresser(clock, _bursts(settings)), stages
        ),
        corrector,
        OperatorTeller(begin),
        dispatcher,
        gatherer_on(settings, database),
    )


def _bursts(settings: Settings) -> Bursts | None:
    if not settings.burst_messages:
        return None
    return Bursts(settings.burst_messages, timedelta(seconds=settings.burst_seconds))


def notifier(ground: Ground) -> Service:
    """Return the notifier as a service, standing on this ground."""
    use_cases = notifier_on(ground)
    loops: tuple[tuple[str, Loop], ...] = (
        ("dispatch", partial(dispatch_forever, use_cases)),
        ("gather", partial(gather_forever, use_cases)),
        ("measure", partial(measure_forever, use_cases)),
        ("rules", partial(follow_rules_forever, use_cases)),
    )
    return Service("notifier", handlers=handlers(use_cases), loops=loops)


def notifier_on(ground: Ground) -> Notifier:
    """Return the notifier's use cases on this ground."""
    return build_notifier(ground.settings, ground.database, ground.clock, ground.web, ground.catalogue, ground.seals)


def gatherer_on(settings: Settings, database: Database) -> Gatherer:
    """Return what gathers, for a look at what waits."""
    window = timedelta(seconds=settings.burst_seconds)
    return Gatherer(partial(database.begin, DatabaseWork), window, is_outage)


def channel_trial_on(ground: Ground) -> ChannelTrial:
    """Return what tries channels on this ground."""
    channels = _channels(
        ground.settings, ground.clock, ground.web, ground.catalogue, ground.seals, MOST_SECONDS_OF_A_TRIAL
    )
    return ChannelTrial(partial(ground.database.begin, WayQueries), channels.send, ground.clock)


def note_mail(settings: Settings, clock: Clock) -> Callable[[str, str, str], Awaitable[Outcome]]:
    """Return what mails a plain note: to whom, under which subject, with which text."""
    return NoteMail(_mail_server(settings), clock, limit_seconds=MOST_SECONDS_OF_A_TRIAL).send


def _channels(
    settings: Settings,
    clock: Clock,
    web_client: WebClient,
    catalogue: Catalogue,
    seals: Seals | None,
    limit_seconds: float,
) -> Channels:
    links = Links(settings.base_url, seals)
    letters = Letters(links, names_in(catalogue))
    user_agent = f"Pactwatch/1 (+{settings.contact})"
    webhook = WebhookChannel(web_client, links, clock, user_agent=user_agent, limit_seconds=limit_seconds)
    mail = MailChannel(_mail_server(settings), letters, MailPages(), clock, limit_seconds=limit_seconds)
    chats = ChatDoor(web_client, limit_seconds=limit_seconds)
    slack = SlackChannel(chats, letters)
    telegram = TelegramChannel(chats, letters, api_url=settings.telegram_api_url)
    apprise = AppriseChannel(web_client.proxy(), letters, clock, limit_seconds=limit_seconds)
    by_name = {
        "webhook": webhook.send,
        "mailto": mail.send,
        "slack": slack.send,
        "telegram": telegram.send,
        "apprise": apprise.send,
    }
    return Channels(by_name, seals)


def _mail_server(settings: Settings) -> MailServer:
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        tls=settings.smtp_tls,
        sender=settings.mail_from,
    )
