"""The desk's pages of one's own alerts and subscriptions, on the house's database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from services.cli.definitions import names_of, targets_of
from services.cli.previews import previews_on
from services.desk.adapters.inbox_queries import InboxQueries
from services.desk.adapters.keeping_queries import KeepingQueries
from services.desk.adapters.trail_queries import TrailQueries
from services.desk.app import Noting, Pages
from services.desk.pages.following import following_pages
from services.desk.pages.hours import hours_pages
from services.desk.pages.inbox import inbox_pages, unread_counter
from services.desk.pages.subscription_deeds import subscription_deeds
from services.desk.pages.subscriptions import House, subscription_pages
from services.desk.pages.trail import trail_pages
from services.desk.use_cases.inbox import Inbox
from services.desk.use_cases.keeping import Keeping, Tried
from services.desk.use_cases.people import People
from services.desk.use_cases.previewing import Previews
from services.desk.use_cases.secret_keeping import SecretKeeper
from services.desk.use_cases.subscriptions import Subscriptions
from services.desk.use_cases.targets import Targets
from services.desk.use_cases.trail import Trail
from services.desk.use_cases.writing import Writing
from services.notifier.domain.delivery import Delivered, Outcome
from shared.hosting.service import Ground
from shared.kit.clock import Clock
from shared.kit.sealing import Seals
from shared.store.unit_of_work import Database

SendSample = Callable[[UUID], Awaitable[Outcome | None]]


@dataclass(frozen=True, slots=True)
class OwnPages:
    """What the desk is built with, so that people have pages of their own."""

    pages: Sequence[Pages]
    noting: Sequence[Noting]


def own_pages_on(ground: Ground, writing: Writing) -> OwnPages:
    """Return the pages of one's own on this ground."""
    from services.notifier.app import channel_trial_on  # late: it brings mail and the rest of the channels along

    agreements, sectors = names_of(ground.catalogue)
    settings = ground.settings
    house = House(
        agreements,
        sectors,
        tuple(ground.catalogue.stages),
        home_url=(settings.base_url or "").rstrip("/"),
        can_mail=bool(settings.smtp_host),
    )
    return own_pages(
        ground.database,
        writing,
        ground.clock,
        house,
        targets_of(ground.catalogue),
        previews_on(ground.database, ground.catalogue),
        ground.seals,
        channel_trial_on(ground).send_sample,
    )


def own_pages(
    database: Database,
    writing: Writing,
    clock: Clock,
    house: House,
    targets: Targets,
    previews: Previews,
    seals: Seals | None,
    send_sample: SendSample | None,
) -> OwnPages:
    """Return the pages of one's own on this database; without `send_sample` no channel can be tried."""
    inbox = Inbox(partial(database.begin, InboxQueries), clock, house.agreements)
    keeping = Keeping(
        partial(database.begin, KeepingQueries),
        writing,
        Subscriptions(writing, targets, seals),
        previews,
        SecretKeeper(writing, seals),
        None if send_sample is None else partial(_tried, send_sample),
    )
    people = People(writing)
    pages = (
        inbox_pages(inbox),
        hours_pages(keeping, people),  # before the page of one subscription, whose id stands in the same place
        subscription_pages(keeping, house),
        subscription_deeds(keeping, house),
        following_pages(keeping, house),
        trail_pages(Trail(partial(database.begin, TrailQueries))),
    )
    return OwnPages(pages, (unread_counter(inbox),))


async def _tried(send_sample: SendSample, subscription_id: UUID) -> Tried | None:
    """Send a sample, and return what came back as the desk says it."""
    match await send_sample(subscription_id):
        case None:
            return None
        case Delivered(detail):
            return Tried(taken=True, answer=detail)
        case outcome:
            return Tried(taken=False, answer=outcome.sentence)
