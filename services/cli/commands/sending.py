"""`pactwatch sending …`: the stop switch, for all sending, one rule or one channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import run, say, say_json, say_table
from services.cli.sending_desk import ByOption, decider, open_sending
from services.notifier.domain.holding import Scope
from services.notifier.domain.overview import ChannelGlance, channel_id, shown_lane
from shared.kit.errors import WrongInput

if TYPE_CHECKING:
    from services.notifier.use_cases.sending import HeldBack

app = typer.Typer(help="The stop switch: hold what would be sent, see it, and let it go on.", no_args_is_help=True)

RuleOption = Annotated[str | None, typer.Option("--rule", help="The alerts of this rule.")]
ChannelOption = Annotated[
    str | None, typer.Option("--channel", help="A channel: mailto, or one address: mailto:ADDRESS, webhook:URL, an id.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Everything.")]


@app.command()
def pause(
    reason: Annotated[str, typer.Option("--reason", help="Why; it is shown to others.")],
    rule: RuleOption = None,
    channel: ChannelOption = None,
    everything: AllOption = False,
    by: ByOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Send nothing of a rule, to a channel, or at all; alerts are raised all the same, and held."""

    async def work() -> HeldBack:
        scope, about = _wanted(rule, channel, everything=everything)
        async with open_sending(data_dir) as sending:
            return await sending.pause(scope, about, reason=reason, by=decider(by))

    held_back = run(work)
    say(f"Paused {held_back.hold.label}. {held_back.held} messages are held. See: pactwatch sending status")


@app.command()
def resume(
    rule: RuleOption = None,
    channel: ChannelOption = None,
    everything: AllOption = False,
    drop: Annotated[bool, typer.Option("--drop", help="Cancel what was held instead of sending it.")] = False,
    bundle: Annotated[bool, typer.Option("--bundle", help="Send each reader what was held as one message.")] = False,
    by: ByOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Let go on what was paused; what was held is sent, one by one or bundled, or dropped."""

    async def work() -> HeldBack:
        scope, about = _wanted(rule, channel, everything=everything)
        if drop and bundle:
            raise WrongInput("--bundle", None, "stands beside --drop", mend="Give one of them, or none.")
        async with open_sending(data_dir) as sending:
            return await sending.resume(scope, about, by=decider(by), drop=drop, bundle=bundle)

    held_back = run(work)
    became = "were dropped" if drop else "go out, one for each reader" if bundle else "go out"
    say(f"Resumed {held_back.hold.label}. {held_back.held} held messages {became}.")


@app.command()
def status(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """Show what is paused or disabled, and what is held by it."""

    async def work() -> tuple[tuple[HeldBack, ...], list[ChannelGlance]]:
        async with open_sending(data_dir) as sending:
            disabled = [each for each in await sending.channels() if each.standing.disabled]
            return await sending.paused(), disabled

    paused, disabled = run(work)
    if as_json:
        say_json({"paused": [_shown(each) for each in paused], "disabled": [_shown_channel(each) for each in disabled]})
        return
    rows: list[tuple[object, ...]] = [
        ("paused", each.hold.label, each.hold.placed_at, each.hold.placed_by, each.held, each.hold.reason)
        for each in paused
    ]
    rows += [
        (
            "disabled",
            shown_lane(each.lane),
            each.standing.disabled_at,
            each.standing.disabled_by or "the house",
            each.held,
            each.standing.disabled_why,
        )
        for each in disabled
    ]
    say_table(["State", "What", "Since", "By", "Held", "Why"], rows, empty="Nothing is held: all messages are sent.")


def _wanted(rule: str | None, channel: str | None, *, everything: bool) -> tuple[Scope, str]:
    """Return what the options name. Raises WrongInput unless they name one thing."""
    if (rule is not None) + (channel is not None) + everything != 1:
        raise WrongInput(
            "sending", None, "does not say of what", mend="Give one of --rule NAME, --channel CHANNEL, --all."
        )
    if rule is not None:
        return Scope.RULE, rule
    if channel is not None:
        return Scope.ADDRESS, channel  # or a whole channel: it is found by its name
    return Scope.ALL, ""


def _shown(each: HeldBack) -> dict[str, object]:
    hold = each.hold
    return {
        "scope": hold.scope,
        "what": hold.label,
        "reason": hold.reason,
        "by": hold.placed_by,
        "since": hold.placed_at,
        "held": each.held,
    }


def _shown_channel(each: ChannelGlance) -> dict[str, object]:
    return {
        "channel_id": channel_id(each.lane),
        "channel": shown_lane(each.lane),
        "since": each.standing.disabled_at,
        "by": each.standing.disabled_by or None,
        "why": each.standing.disabled_why,
        "held": each.held,
    }
