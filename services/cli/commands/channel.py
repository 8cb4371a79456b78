"""`pactwatch channel …`: how each address stands, and sending nothing to one for a while."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import run, say, say_json, say_table
from services.cli.sending_desk import ByOption, decider, open_sending
from services.notifier.domain.overview import ChannelGlance, channel_id, shown_lane
from services.notifier.domain.standing import Lane

app = typer.Typer(help="Channels: the addresses that messages go to, and how they stand.", no_args_is_help=True)

WhichArgument = Annotated[
    str,
    typer.Argument(help="An id of `channel list` or its beginning, mailto:ADDRESS, webhook:URL, or mailto."),
]


@app.command("list")
def list_channels(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List every address that somebody subscribes with, or that something waits for."""

    async def work() -> tuple[ChannelGlance, ...]:
        async with open_sending(data_dir) as sending:
            return await sending.channels()

    glances = run(work)
    if as_json:
        say_json([_shown(glance) for glance in glances])
        return
    say_table(
        ["Channel", "State", "Since", "Subscriptions", "Waiting", "Held", "Next probe", "Why"],
        [
            (
                shown_lane(glance.lane),
                _state(glance),
                glance.standing.disabled_at or glance.standing.failing_since,
                glance.subscriptions,
                glance.waiting,
                glance.held,
                glance.standing.probe_at,
                _why(glance),
            )
            for glance in glances
        ],
        empty="Nobody is sent anything yet. Begin: pactwatch subscribe add --agreement relos --channel mailto:ADDRESS",
    )


@app.command()
def disable(
    which: WhichArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is shown to others.")],
    by: ByOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Send nothing to an address until somebody enables it; what is for it is held."""

    async def work() -> Lane:
        async with open_sending(data_dir) as sending:
            return await sending.disable_channel(which, by=decider(by), reason=reason)

    lane = run(work)
    say(f"Disabled {shown_lane(lane)}. What is for it is held until: pactwatch channel enable {channel_id(lane)}")


@app.command()
def enable(which: WhichArgument, data_dir: DataDirOption = None) -> None:
    """Send to an address again; what was held for it goes out."""

    async def work() -> tuple[Lane, int]:
        async with open_sending(data_dir) as sending:
            return await sending.enable_channel(which)

    lane, released = run(work)
    say(f"Enabled {shown_lane(lane)}. {released} held messages go out.")


def _state(glance: ChannelGlance) -> str:
    if glance.standing.disabled:
        return "disabled"
    return "failing" if glance.standing.failures else "well"


def _why(glance: ChannelGlance) -> str:
    standing = glance.standing
    by = f"By {standing.disabled_by}: " if standing.disabled_by else ""
    parts = (f"{by}{standing.disabled_why}", standing.last_error or "")
    return " ".join(part for part in parts if part)


def _shown(glance: ChannelGlance) -> dict[str, Any]:
    standing = glance.standing
    return {
        "channel_id": channel_id(glance.lane),
        "channel": shown_lane(glance.lane),
        "state": _state(glance),
        "failures": standing.failures,
        "failing_since": standing.failing_since,
        "last_error": standing.last_error,
        "quiet_until": standing.quiet_until,
        "disabled_at": standing.disabled_at,
        "disabled_by": standing.disabled_by,
        "disabled_why": standing.disabled_why,
        "probe_at": standing.probe_at,
        "subscriptions": glance.subscriptions,
        "waiting": glance.waiting,
        "held": glance.held,
    }
