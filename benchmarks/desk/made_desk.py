"""A desk with a full house: stories of several copies, alerts with their deliveries, and people who are signed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg
from fastapi import FastAPI

from benchmarks.backtest.made_archive import NOW
from services.cli.account_desk import AccountDesk, accounts_on
from services.cli.definitions import definitions_on, names_of, take_default_rules
from services.cli.reading_desk import reading_on
from services.desk.app import build_desk
from services.desk.domain.accounts import Role
from services.desk.domain.one_time import Purpose
from services.desk.domain.sessions import Device
from services.desk.domain.trail import Actor
from services.desk.use_cases.coming_in import NewPassword
from services.desk.use_cases.signing_in import SignedIn
from shared.catalogue.loader import load_catalogue
from shared.kit.passwords import PasswordHashes
from shared.kit.settings import load_settings
from shared.store.unit_of_work import Database

HOME = "http://127.0.0.1:8080"
_QUICK = PasswordHashes(memory_kib=64, passes=1, lanes=1)
_PASSWORD = "four ships wait for the tide"
# Every third article is a copy of the one before it; every twentieth that is relevant raised an alert, which was sent.
_COPIES = """
    WITH numbered AS (SELECT article_id, lag(article_id) OVER w AS before, row_number() OVER w AS number
                      FROM articles WINDOW w AS (ORDER BY fetched_at, article_id))
    UPDATE articles SET story_id = numbered.before FROM numbered
    WHERE numbered.article_id = articles.article_id AND number % 3 = 0 AND numbered.before IS NOT NULL
"""
_SUBSCRIPTION = """
    INSERT INTO subscriptions (subscription_id, topic, rule_id, channel, address, created_at)
    SELECT gen_random_uuid(), 'rule', rule_id, 'webhook', 'https://hooks.example.org/made', $1 FROM rules LIMIT 1
"""
_ALERTS = """
    INSERT INTO alerts (alert_id, rule_id, rule_name, rule_query, rule_version, matcher_version, story_id, fact,
                        article_id, verdict_id, agreement, stage, sectors, evidence, article, raised_at, correlation_id)
    SELECT gen_random_uuid(), r.rule_id, r.name, r.query, 1, '1', a.story_id, v.verdict_id::text, a.article_id,
           v.verdict_id, v.findings #>> '{agreements,0,id}', v.findings #>> '{agreements,0,stage}', '[]'::jsonb,
           left(a.text, 200), '{}'::jsonb, a.fetched_at + interval '2 seconds', a.article_id
    FROM articles a JOIN verdicts v ON v.article_id = a.article_id
    JOIN subscriptions s ON true JOIN rules r ON r.rule_id = s.rule_id
    WHERE v.relevant AND ('x' || right(a.article_id::text, 4))::bit(16)::int % 20 = 0
"""
_DELIVERIES = """
    INSERT INTO deliveries (delivery_id, alert_id, subscription_id, channel, address, state, attempts, next_try_at,
                            sent_at, correlation_id)
    SELECT gen_random_uuid(), alert_id, s.subscription_id, s.channel, s.address, 'sent', 1, raised_at, raised_at,
           alert_id
    FROM alerts JOIN subscriptions s ON s.rule_id = alerts.rule_id
"""


# What differs between an article and another of the same words: to make 100,000 different ones takes ten minutes.
_ID, _EARLIER = "md5({}::text || n)::uuid", "{} - n * interval '11 minutes'"
_AGAIN: Mapping[str, Mapping[str, str]] = {
    "articles": {
        "article_id": _ID.format("article_id"),
        "story_id": _ID.format("article_id"),
        "canonical_url": "canonical_url || '#' || n",
        "published_at": _EARLIER.format("published_at"),
        "fetched_at": _EARLIER.format("fetched_at"),
    },
    "verdicts": {
        "verdict_id": _ID.format("verdict_id"),
        "article_id": _ID.format("article_id"),
        "judged_at": _EARLIER.format("judged_at"),
    },
    "archived_articles": {"article_id": _ID.format("article_id"), "moment": _EARLIER.format("moment")},
}
TIMES = 5


class AtNoon:
    """The clock of the archive."""

    def now(self) -> datetime:
        return NOW


async def multiply(connection: asyncpg.Connection[Any]) -> None:
    """Put each article in so many times, under other ids and at other times."""
    index = await connection.fetchval("SELECT pg_get_indexdef('ix_archived_articles_terms'::regclass)")
    await connection.execute("DROP INDEX ix_archived_articles_terms")
    for table, other in _AGAIN.items():
        asked = "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public'"
        names = [row["column_name"] for row in await connection.fetch(asked, table)]
        values = ", ".join(other.get(name, name) for name in names)
        again = (
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table}, generate_series(1, {TIMES - 1}) n"
        )
        await connection.execute(again, timeout=1800)
    await connection.execute("SET maintenance_work_mem = '512MB'")
    await connection.execute(index, timeout=1800)
    for table in _AGAIN:
        await connection.execute(f"VACUUM ANALYZE {table}", timeout=1800)


async def furnish(connection: asyncpg.Connection[Any], database: Database) -> None:
    """Add what the archive has not: stories of several copies, alerts and their deliveries."""
    await take_default_rules(database, load_catalogue())
    await connection.execute(_COPIES, timeout=600)
    await connection.execute(_SUBSCRIPTION, NOW)
    await connection.execute(_ALERTS, timeout=600)
    await connection.execute(_DELIVERIES, timeout=600)
    for table in ("articles", "alerts", "deliveries"):
        await connection.execute(f"VACUUM ANALYZE {table}", timeout=600)


def desk_on(database: Database) -> tuple[FastAPI, AccountDesk]:
    """The pages, and everything about accounts."""
    catalogue = load_catalogue()
    house = accounts_on(database, load_settings(), home_url=HOME, clock=AtNoon(), hashes=_QUICK)
    reading = reading_on(database, catalogue, house.signing_in, AtNoon())
    agreements, sectors = names_of(catalogue)
    app = build_desk(
        definitions_on(database, catalogue),
        house.doors,
        agreements=agreements,
        sectors=sectors,
        base_url=HOME,
        pages=reading.pages,
    )
    return app, house


async def signed_in(house: AccountDesk, count: int) -> list[str]:
    """Invite so many officers; returns the token of each one's session."""
    device, tokens = Device("", "127.0.0.1"), []
    address = await house.coming_in.set_up_address()
    if address is not None:
        made = await house.coming_in.set_up(
            address.rpartition("/")[2], "Owner", "", NewPassword(_PASSWORD, _PASSWORD), device
        )
        assert isinstance(made, SignedIn)
    known = {account.name for account in await house.accounts.listed()}
    for number in range(count):
        name = f"Officer {number}"
        if name in known:
            purpose, asked = Purpose.RESET, await house.accounts.reset(name, Actor("bench"))
        else:
            purpose, asked = Purpose.INVITE, await house.accounts.invite(name, Role.OFFICER, Actor("bench"))
        token = asked.address.rpartition("/")[2]
        came = await house.coming_in.choose_password(purpose, token, NewPassword(_PASSWORD, _PASSWORD), device)
        assert isinstance(came, SignedIn)
        tokens.append(came.token)
    return tokens
