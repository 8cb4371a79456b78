"""`pactwatch subscribe …`: who hears of what, and where."""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from services.cli.cancelled import cancelled_deliveries
from services.cli.definitions import open_definitions, open_secrets
from services.cli.engine_urls import DataDirOption, JsonOption, find_engines, settings_for
from services.cli.output import give_up, run, say, say_json, say_table
from services.desk.domain.lookup import one_by_prefix
from services.desk.domain.rules import AgreementTarget, OperatorsTarget, RuleTarget, SectorTarget, Target
from services.desk.domain.views import Ended, SubscriptionView
from services.desk.use_cases.secret_keeping import NewSecret
from services.notifier.domain.delivery import Delivered, Outcome
from shared.kit.errors import PactwatchError, WrongInput

CHANNEL_HELP = (
    "mailto:ADDRESS, webhook:URL, slack:URL, telegram:BOT_TOKEN/CHAT, apprise:ADDRESS, feed (or feed:NAME) or inbox. "
    "KIND:- reads what follows the colon from standard input, so that no list of commands keeps it."
)

app = typer.Typer(help="Subscriptions to rules, agreements, sectors and operator alerts.", no_args_is_help=True)


def _target(rule: str | None, agreement: str | None, sector: str | None, *, operators: bool) -> Target:
    options = (("--rule", rule), ("--agreement", agreement), ("--sector", sector), ("--operators", operators))
    given = [name for name, value in options if value]
    if len(given) != 1:
        raise WrongInput(
            "subscribe add",
            " ".join(given),
            "is not exactly one thing to hear of",
            mend="Give one of --rule NAME, --agreement ID, --sector ID and --operators.",
        )
    if operators:
        return OperatorsTarget()
    if rule:
        return RuleTarget(rule)
    return AgreementTarget(agreement) if agreement else SectorTarget(sector or "")


@app.command()
def add(
    channel: Annotated[str, typer.Option("--channel", help=CHANNEL_HELP)],
    rule: Annotated[str | None, typer.Option("--rule", help="A rule's name.")] = None,
    agreement: Annotated[str | None, typer.Option("--agreement", help="An agreement's id, for example relos.")] = None,
    sector: Annotated[str | None, typer.Option("--sector", help="A sector's id, for example health.")] = None,
    operators: Annotated[
        bool, typer.Option("--operators", help="What operators should know: which source is in trouble, and why.")
    ] = False,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hear of a rule, an agreement, a sector, or of what operators should know, on a channel."""

    async def work() -> SubscriptionView:
        target = _target(rule, agreement, sector, operators=operators)
        way = _read_channel(channel)
        async with open_definitions(data_dir) as definitions:
            return await definitions.subscribe(target, way)

    view = run(work)
    if as_json:
        say_json(view)
        return
    say(
        f"{'Already subscribed' if view.already else 'Subscribed'}: {view.rule_name} to {view.channel}"
        f"{':' + view.masked_address if view.masked_address else ''} ({view.subscription_id})"
    )
    if not view.already:
        what = "troubles that begin" if operators else "articles judged"
        say(f"It hears of {what} from now on.")
    if view.secret:
        say(f"Messages are signed (Standard Webhooks). Secret, shown this once: {view.secret}")
    if view.feed_token:
        for kind in ("atom", "json"):
            say(f"{kind}: {_desk_url(data_dir)}/feeds/{view.feed_token}.{kind}")
        say("Whoever has the address reads the feed. End the subscription to close it.")


def _read_channel(given: str) -> str:
    """Return the channel as given, or with its address from standard input."""
    kind, colon, address = given.partition(":")
    if not colon or address != "-":
        return given
    typed = getpass(f"{kind}:") if sys.stdin.isatty() else sys.stdin.readline()
    return f"{kind}:{typed.strip()}"


def _desk_url(data_dir: Path | None) -> str:
    settings = settings_for(data_dir)
    return (settings.base_url or find_engines(settings).desk_url or "").rstrip("/")


@app.command("list")
def list_subscriptions(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List the subscriptions."""

    async def work() -> list[SubscriptionView]:
        async with open_definitions(data_dir) as definitions:
            return await definitions.subscriptions()

    views = run(work)
    if as_json:
        say_json(views)
        return
    say_table(
        ["Id", "Rule", "Channel", "Address", "Since"],
        [(v.subscription_id, v.rule_name, v.channel, v.masked_address, v.created_at) for v in views],
        empty="No subscriptions yet. Add one: pactwatch subscribe add --agreement relos --channel inbox",
    )


@app.command()
def remove(
    subscription: Annotated[str, typer.Argument(help="The subscription's id, or the beginning of it.")],
    data_dir: DataDirOption = None,
) -> None:
    """End a subscription."""

    async def work() -> Ended:
        async with open_definitions(data_dir) as definitions:
            return await definitions.unsubscribe(subscription)

    ended = run(work)
    say(f"Ended: {ended.subscription.rule_name} to {ended.subscription.channel}.")
    if ended.cancelled:
        say(cancelled_deliveries(ended.cancelled))


@app.command("rotate-secret")
def rotate_secret(
    subscription: Annotated[str, typer.Argument(help="The id of a webhook's subscription, or the beginning of it.")],
    keep_old_hours: Annotated[
        float, typer.Option("--keep-old-hours", help="How long the old secret signs beside the new one.")
    ] = 24.0,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a webhook a new signing secret; for a time the old one signs, too, so that its receiver can change over."""

    async def work() -> NewSecret:
        async with open_secrets(data_dir) as secrets:
            return await secrets.change(subscription, keep_old_hours)

    new = run(work)
    if as_json:
        say_json(new)
        return
    say(f"New secret, shown this once: {new.secret}")
    overlap = f"for {keep_old_hours:g} hours more" if keep_old_hours else "no longer"
    say(f"{new.subscription.rule_name} to {new.subscription.masked_address}: the old secret signs {overlap}.")


@app.command("test")
def send_test(
    subscription: Annotated[str, typer.Argument(help="The subscription's id, or the beginning of it.")],
    data_dir: DataDirOption = None,
) -> None:
    """Send a sample through the real channel, and say what came back."""
    from services.cli.process import stand_on  # late: a test needs the notifier, a list does not
    from services.notifier.app import channel_trial_on

    async def work() -> tuple[SubscriptionView, Outcome | None]:
        async with open_definitions(data_dir) as definitions:
            view = one_by_prefix(subscription, await definitions.subscriptions())
        settings = settings_for(data_dir)
        engines = find_engines(settings)
        settings = settings.model_copy(update={"base_url": settings.base_url or engines.desk_url})
        async with stand_on(settings, engines.database_url, application="pactwatch-cli") as ground:
            return view, await channel_trial_on(ground).send_sample(view.subscription_id)

    view, outcome = run(work)
    address = f":{view.masked_address}" if view.masked_address else ""
    match outcome:
        case Delivered(detail):
            say(f"{view.channel}{address} took the sample. {detail}")
        case None:
            give_up(
                PactwatchError("The subscription has ended meanwhile.", mend="`pactwatch subscribe list` shows all.")
            )
        case _:
            say(f"{view.channel}{address} did not take the sample: {type(outcome).__name__.lower()}.")
            give_up(
                PactwatchError(outcome.sentence, mend="Alerts are tried again by themselves; nothing else was kept.")
            )
