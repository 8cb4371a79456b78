"""`pactwatch subscribe …`: who hears of what, where and when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli import subscribe_options as given
from services.cli.cancelled import cancelled_deliveries
from services.cli.commands.subscribe_preview import preview
from services.cli.commands.subscribe_trial import rotate_secret, send_test
from services.cli.commands.subscribe_wishes import Which, change, mute, show_subscription, unmute
from services.cli.definitions import open_definitions
from services.cli.engine_urls import DataDirOption, JsonOption, find_engines, settings_for
from services.cli.once import OnceCommand
from services.cli.output import run, say, say_json, warn
from services.cli.subscription_page import place_of, tell_table
from services.desk.domain.channels import Channel
from services.desk.domain.receivers import For, Receiver, goes_to_each_member, unreached
from services.desk.domain.rules import Target
from services.desk.domain.views import Ended, SubscriptionView
from services.desk.domain.wishes import PLAIN, WishesGiven, spelled
from shared.kit.errors import PactwatchError

app = typer.Typer(
    help="Subscriptions to rules, agreements, sectors, stages, sources and operator alerts.", no_args_is_help=True
)


@app.command(cls=OnceCommand)
def add(
    channel: given.Channel,
    rule: given.Rule = None,
    agreement: given.Agreements = None,
    sector: given.Sectors = None,
    stage: given.Stages = None,
    source: given.Sources = None,
    country: given.Countries = None,
    operators: given.Operators = False,
    person: given.Person = None,
    team: given.Team = None,
    min_severity: given.MinSeverity = None,
    language: given.Languages = None,
    digest: given.Digest = None,
    at: given.At = None,
    on: given.On = None,
    time_zone: given.TimeZone = None,
    urgent: given.Urgent = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hear of a rule, of any agreements, sectors, stages, sources and countries together, or of operators' troubles."""
    follow = given.follow_of(agreement, sector, stage, source, country)
    wishes = given.wishes_given(
        min_severity=min_severity, languages=language, digest=digest, at=at, on=on, time_zone=time_zone, urgent=urgent
    )

    async def work() -> tuple[SubscriptionView, Receiver]:
        target = given.target_of(rule, follow, operators=operators)
        way, whom = given.read_channel(channel), For(person, team)
        async with open_definitions(data_dir) as definitions:
            view = await definitions.hearing.subscribe(target, way, whom, given.subscriber(person, team), **wishes)
            return view, await definitions.hearing.receiver(For(view.person, view.team))

    view, whom = run(work)
    if as_json:
        say_json(view)
        return
    _tell_made(view, whom, wishes)
    if not view.already and not operators:
        _tell_pace(data_dir, given.target_of(rule, follow, operators=operators), For(person, team), wishes)
    _tell_secrets(view, data_dir)


def _tell_made(view: SubscriptionView, whom: Receiver, asked: WishesGiven) -> None:
    done = "Already subscribed" if view.already else "Subscribed"
    say(f"{done}: {view.rule_name} to {place_of(view)} ({view.subscription_id})")
    wishes = spelled(view.wishes, whom.zone)
    if view.already:
        if asked:
            say(f"It stays as it is ({wishes or 'every alert, at once'}).")
            say(f"Change it: pactwatch subscribe change {view.subscription_id.hex[:8]} --digest …")
        return
    what = "troubles that begin" if view.rule_id is None else "articles judged"
    say(f"It hears of {what} from now on.")
    if view.wishes != PLAIN:
        say(f"It wants: {wishes}.")
    _tell_members(view, whom)


def _tell_pace(data_dir: Path | None, target: Target, whom: For, wishes: WishesGiven) -> None:
    """Say in a line how much it will bring, as far as a glance tells; that it cannot be told is no error."""
    from services.cli.preview_report import in_a_line  # late: only here the archive is asked
    from services.cli.previews import open_previews
    from services.desk.use_cases.previewing import GLANCE

    async def work() -> str:
        try:
            async with open_previews(data_dir) as previews:
                return in_a_line(await previews.preview(target, whom, patience=GLANCE, **wishes))
        except PactwatchError as error:
            return f"How much it brings cannot be told: {error.sentence}"

    say(run(work))


def _tell_members(view: SubscriptionView, whom: Receiver) -> None:
    if whom.team is None or not goes_to_each_member(whom, Channel(view.channel, view.address)):
        return
    deaf = unreached(whom.members, view.channel)
    reached = [each.name for each in whom.members if each.name not in deaf]
    say(f"It goes to each member: {', '.join(reached) or 'nobody yet'}.")
    if deaf:
        warn(f"{', '.join(deaf)}: no e-mail is known. Give it: pactwatch person change NAME --email ADDRESS")


def _tell_secrets(view: SubscriptionView, data_dir: Path | None) -> None:
    if view.secret:
        say(f"Messages are signed (Standard Webhooks). Secret, shown this once: {view.secret}")
    if view.feed_token:
        for kind in ("atom", "json"):
            say(f"{kind}: {_desk_url(data_dir)}/feeds/{view.feed_token}.{kind}")
        say("Whoever has the address reads the feed. End the subscription to close it.")


def _desk_url(data_dir: Path | None) -> str:
    settings = settings_for(data_dir)
    return (settings.base_url or find_engines(settings).desk_url or "").rstrip("/")


@app.command("list")
def list_subscriptions(
    person: Annotated[str | None, typer.Option("--person", help="Only this person's own.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Only this team's.")] = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the subscriptions."""

    async def work() -> list[SubscriptionView]:
        async with open_definitions(data_dir) as definitions:
            return await definitions.hearing.views(For(person, team))

    views = run(work)
    if as_json:
        say_json(views)
    else:
        tell_table(views)


@app.command()
def show(subscription: Which, data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """Show everything about one subscription."""
    if not as_json:
        _tell_secrets(show_subscription(data_dir, lambda hearing: hearing.view(subscription)), data_dir)
        return

    async def work() -> SubscriptionView:
        async with open_definitions(data_dir) as definitions:
            return await definitions.hearing.view(subscription)

    say_json(run(work))


@app.command()
def remove(
    subscription: Which,
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


app.command("preview", cls=OnceCommand)(preview)
app.command("change", cls=OnceCommand)(change)
app.command("mute", cls=OnceCommand)(mute)
app.command("unmute")(unmute)
app.command("rotate-secret")(rotate_secret)
app.command("test")(send_test)
