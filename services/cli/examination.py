"""An examination of the house: engines, schema, clocks, sources and queues, with the mend for each trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError
from sqlalchemy import func, select, text

from migrations.upgrade import current_revision, newest_revision
from services.cli.account_desk import AccountDesk, accounts_on
from services.cli.definitions import RuleDesk, definitions_on, rules_on, secrets_on, writing_on
from services.cli.engine_urls import Engines, find_engines
from services.cli.known_catalogue import known_catalogue
from services.cli.secret_key import seals_if_any
from services.cli.sending_desk import gatherer_on
from services.desk.domain.accounts import Role
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.secret_keeping import SecretKeeper
from services.desk.use_cases.teams import Teams
from shared.contracts.streams import DURABLES, STREAM
from shared.kit.errors import PactwatchError
from shared.kit.settings import Settings
from shared.messaging.connection import connect_once
from shared.messaging.quarantine import Quarantine
from shared.store.alerts import DeliveryRow
from shared.store.outbox import OutboxRow
from shared.store.unit_of_work import Database, Work

CHECK_SECONDS = 8.0
CLOCK_SKEW_SECONDS = 2.0  # leases and due times use the database's clock; more would make ages look wrong
OLD_OUTBOX_SECONDS = 60.0
BACKLOG = 10_000
OVERDUE_SECONDS = 120.0  # a gatherer looks every few seconds


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it is, and what mends it."""

    check: str
    state: Literal["ok", "warning", "failed"]
    says: str
    mend: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """Return what is found at engines, schema, clocks, sources and queues of the house that these settings name."""
    try:
        engines = find_engines(settings)
    except PactwatchError as error:
        return [Finding("house", "failed", error.sentence, error.mend)]
    return [*await _database_findings(engines, settings), *await _bus_findings(engines)]


async def taker_counts(nats_url: str) -> list[tuple[str, int, int]]:
    """Return every taker of events, how many wait for it and how many it has in hand.

    Raises PactwatchError where the bus does not answer.
    """
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            connection = await connect_once(nats_url, name="pactwatch-desk")
            try:
                return await _takers(connection)
            finally:
                await connection.close()
    except (NatsError, TimeoutError, OSError) as error:
        said = str(error).removeprefix("nats: ") or type(error).__name__
        raise PactwatchError(f"The bus does not answer ({said}).") from error


async def _takers(connection: Client) -> list[tuple[str, int, int]]:
    js = connection.jetstream()
    found = [(durable.name, await js.consumer_info(STREAM, durable.name)) for durable in DURABLES]
    return [(name, info.num_pending or 0, info.num_ack_pending or 0) for name, info in found]


async def _guarded(check: str, mend: str, look: Callable[[], Awaitable[Sequence[Finding]]]) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await look()
    except Exception as error:  # noqa: BLE001  (a doctor reports what is wrong, whatever it is)
        return [Finding(check, "failed", f"does not answer ({type(error).__name__}: {error})"[:300], mend)]


async def _database_findings(engines: Engines, settings: Settings) -> list[Finding]:
    database = Database(engines.database_url, application="pactwatch-doctor")

    async def schema() -> Sequence[Finding]:
        revision = await current_revision(database)
        if revision != newest_revision():
            return [
                Finding("schema", "failed", f"is at {revision}, not {newest_revision()}", "Run `pactwatch migrate`.")
            ]
        return [Finding("database", "ok", await _version(database)), Finding("schema", "ok", f"is at {revision}")]

    async def inside() -> Sequence[Finding]:
        catalogue = known_catalogue(settings.data_dir)
        definitions, rules = definitions_on(database, catalogue), rules_on(database, catalogue, settings)
        return [
            await _clock(database),
            await _sources(definitions),
            await _rules(rules),
            await _mail(definitions, settings),
            await _teams(Teams(writing_on(database))),
            await _secrets(secrets_on(database, seals_if_any(settings))),
            await _operators(definitions),
            await _accounts(accounts_on(database, settings)),
            await _outbox(database),
            await _quarantine(database),
            await _deliveries(database),
            await _waiting(database, settings),
        ]

    try:
        found = [*await _guarded("database", "Check PACTWATCH_DATABASE_URL, and that Postgres runs.", schema)]
        if all(each.state == "ok" for each in found):
            found += await _guarded("database", "See the log of Postgres.", inside)
            found += await _guarded("archive", "See the log of Postgres.", partial(_archive, database))
        return found
    finally:
        await database.close()


async def _version(database: Database) -> str:
    async with database.engine.connect() as connection:
        return f"Postgres {(await connection.execute(text('SHOW server_version'))).scalar_one()}"


async def _clock(database: Database) -> Finding:
    async with database.engine.connect() as connection:
        theirs: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    skew = abs((datetime.now(UTC) - theirs).total_seconds())
    if skew > CLOCK_SKEW_SECONDS:
        return Finding("clocks", "warning", f"differ by {skew:.1f} s", "Run a time service (NTP) on both machines.")
    return Finding("clocks", "ok", f"differ by {skew:.2f} s")


async def _sources(definitions: Definitions) -> Finding:
    views = await definitions.sources()
    troubled = [view for view in views if view.in_trouble]
    if troubled:
        first = troubled[0]
        said = f"{len(troubled)} of {len(views)} in trouble, for example {first.source.name}: {first.last_error}"
        return Finding(
            "sources", "warning", said, "See `pactwatch source list`; try one with `pactwatch source test URL`."
        )
    if not views:
        return Finding("sources", "warning", "none", "Add one: pactwatch source add NAME URL")
    return Finding("sources", "ok", f"{len(views)}, none in trouble")


async def _rules(desk: RuleDesk) -> Finding:
    views = await desk.rules.views()
    live = [view for view in views if not view.paused and (view.origin != "sector" or view.subscriptions)]
    broken = [view for view in live if view.broken]
    if broken:
        first = broken[0]
        said = f"{len(broken)} of {len(live)} match nothing, for example {first.name}: {first.broken}"
        mend = "See `pactwatch rule list`; mend one with `pactwatch rule edit NAME --query …`, or end what implies it."
        return Finding("rules", "warning", said, mend)
    conflicts = [view.name for view in live if view.offered_query is not None]
    if conflicts:
        said = f"{len(conflicts)} were changed by people and by the catalogue, for example {conflicts[0]}"
        return Finding(
            "rules", "warning", said, "See `pactwatch rule conflicts`; end one with `pactwatch rule resolve`."
        )
    return Finding("rules", "ok", f"{len(live)}, all can be read")


async def _archive(database: Database) -> Sequence[Finding]:
    from services.classifier.app import filer  # late: it brings the classifier

    unfiled = await filer(database).unfiled()
    if unfiled:
        said = f"{unfiled:,} judged articles are not in the searchable archive, or not as they were judged last"
        return [Finding("archive", "warning", said, "Run `pactwatch reindex`.")]
    return [Finding("archive", "ok", "every judged article is in it")]


async def _mail(definitions: Definitions, settings: Settings) -> Finding:
    views = await definitions.subscriptions()
    mailed = sum(view.channel == "mailto" for view in views)
    if mailed and not settings.smtp_host:
        said = f"no mail server is set, and {mailed} subscriptions wait for mails"
        return Finding("mail", "warning", said, "Set PACTWATCH_SMTP_HOST for the notifier (and for this command).")
    return Finding("mail", "ok", f"{mailed} subscriptions" + (f", by {settings.smtp_host}" if mailed else ""))


async def _teams(teams: Teams) -> Finding:
    found = await teams.all()
    empty = [each.team.name for each in found if each.to_each_member and not each.members]
    deaf = sorted({name for each in found for name in each.deaf})
    if empty:
        said = f"what goes to the members of {', '.join(empty)} reaches nobody"
        return Finding("teams", "warning", said, "Put somebody into it: pactwatch team join TEAM PERSON")
    if deaf:
        said = f"mails of their teams do not reach {', '.join(deaf)}: no e-mail is known"
        return Finding("teams", "warning", said, "Give it: pactwatch person change NAME --email ADDRESS")
    ended = {name: rules for each in found for name, rules in each.opted_out.items()}
    if ended:
        out = "; ".join(f"{name} of {', '.join(rules)}" for name, rules in sorted(ended.items()))
        return Finding("teams", "ok", f"{len(found)}, all reached but those who ended mails for themselves: {out}")
    return Finding("teams", "ok", f"{len(found)}, all reached" if found else "none")


async def _secrets(keeper: SecretKeeper) -> Finding:
    kept = await keeper.look_over()
    if kept.shut:
        said = f"{kept.shut} of {kept.secrets} cannot be opened with the key that this command has"
        mend = "Give PACTWATCH_SECRET_KEY the key with which they were sealed, here and to every service."
        return Finding("secrets", "failed", said, mend)
    if kept.unsealed:
        said = f"{kept.unsealed} of {kept.secrets} are stored openly"
        return Finding("secrets", "warning", said, "Start the desk once with PACTWATCH_SECRET_KEY: it seals them.")
    return Finding("secrets", "ok", f"{kept.secrets}, all sealed" if kept.secrets else "none")


async def _operators(definitions: Definitions) -> Finding:
    views = await definitions.subscriptions()
    told = sum(view.origin == "operators" for view in views)
    if not told:
        mend = "Have them told: pactwatch subscribe add --operators --channel mailto:ops@example.org (or inbox)"
        return Finding("operators", "warning", "nobody hears of sources in trouble", mend)
    return Finding("operators", "ok", f"{told} subscriptions hear of sources in trouble")


async def _accounts(desk: AccountDesk) -> Finding:
    known = await desk.accounts.listed()
    if not any(account.role is Role.OWNER and account.may_sign_in for account in known):
        mend = "Whoever sits at this machine reads the desk. Open the link of: pactwatch account setup"
        return Finding("accounts", "warning", "nobody has set up the house yet", mend)
    active = sum(account.may_sign_in for account in known)
    return Finding("accounts", "ok", f"{active} may sign in")


async def _outbox(database: Database) -> Finding:
    async with database.begin(Work) as work:
        age = func.extract("epoch", func.clock_timestamp() - func.min(OutboxRow.created_at))
        oldest = await work.session.scalar(select(age).where(OutboxRow.sent_at.is_(None)))
    if oldest is not None and float(oldest) > OLD_OUTBOX_SECONDS:
        return Finding(
            "outbox", "failed", f"oldest event waits for {oldest:.0f} s", "See that a service runs and the bus answers."
        )
    return Finding("outbox", "ok", "nothing waits for long")


async def _quarantine(database: Database) -> Finding:
    waiting = await Quarantine(database).waiting(limit=1000)
    if waiting:
        return Finding(
            "quarantine",
            "warning",
            f"{len(waiting)} messages, newest: {waiting[0].reason[:120]}",
            "See `pactwatch quarantine list`; `pactwatch quarantine replay ID` once it is mended.",
        )
    return Finding("quarantine", "ok", "empty")


async def _deliveries(database: Database) -> Finding:
    async with database.begin(Work) as work:
        found = await work.session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state))
        counts = {state: count for state, count in found}  # noqa: C416  (rows, not pairs)
    failed, unknown = counts.get("failed", 0), counts.get("unknown", 0)
    if failed or unknown:
        return Finding(
            "deliveries",
            "warning",
            f"{failed + unknown} given up" + (f", of which {unknown} may have arrived" if unknown else ""),
            "See `pactwatch deliveries list --state failed --state unknown`; once the receiver is back: "
            "`pactwatch deliveries replay --all`. "
            "Of a receiver that never comes back, end the subscription first.",
        )
    if counts.get("held"):
        return Finding(
            "deliveries",
            "warning",
            f"{counts['held']} are held: sending is paused, or a channel disabled",
            "See `pactwatch sending status`; `sending resume` or `channel enable` lets them go.",
        )
    waiting = sum(counts.get(state, 0) for state in ("pending", "sending", "retry"))
    return Finding("deliveries", "ok", f"{counts.get('sent', 0)} sent, {waiting} under way")


async def _waiting(database: Database, settings: Settings) -> Finding:
    """Look for digests that are due and do not come: nobody complains of a message that they do not know of."""
    glance = await gatherer_on(settings, database).look()
    if glance.overdue_seconds > OVERDUE_SECONDS:
        said = f"{glance.overdue} alerts were to be told {glance.overdue_seconds:.0f} s ago, and still wait"
        mend = "See that a notifier runs, and its log; `pactwatch deliveries waiting` shows for whom."
        return Finding("told later", "failed", said, mend)
    return Finding("told later", "ok", f"{glance.waiting} alerts wait for their readers' hours")


def _version_of(connection: Client) -> str:
    """Return the server's version as people write it; the client's own spelling is `<nats server v2.15.1>`."""
    return str(connection.connected_server_version).strip("<>").rpartition(" ")[2]


async def _bus_findings(engines: Engines) -> list[Finding]:
    async def look() -> Sequence[Finding]:
        connection = await connect_once(engines.nats_url, name="pactwatch-doctor")
        try:
            js = connection.jetstream()
            try:
                await js.stream_info(STREAM)
            except NotFoundError:
                return [Finding("bus", "failed", f"has no stream {STREAM}", "Start any service: it makes the stream.")]
            findings = [Finding("bus", "ok", f"nats-server {_version_of(connection)}")]
            for name, waiting, in_hand in await _takers(connection):
                state: Literal["ok", "warning"] = "warning" if waiting > BACKLOG else "ok"
                mend = f"Start more of its service, or see why `{name}` is slow." if state == "warning" else ""
                findings.append(Finding(name, state, f"{waiting} events wait, {in_hand} in hand", mend))
            return findings
        finally:
            await connection.close()

    return [*await _guarded("bus", "Check PACTWATCH_NATS_URL, and that nats-server runs.", look)]
