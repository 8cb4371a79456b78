"""`pactwatch deliveries …`: what went to whom, each attempt with its answer, and what is sent again."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import give_up, run, say, say_json, say_table
from services.cli.sending_desk import open_gatherer, open_sending
from services.notifier.domain.delivery import State
from services.notifier.domain.overview import DeliveryGlance, DeliveryRecord, WaitingForOne, shown_lane
from services.notifier.domain.standing import Lane
from shared.kit.errors import PactwatchError, WrongInput
from shared.kit.text import one_line

app = typer.Typer(help="Deliveries: what went to whom, and what came back.", no_args_is_help=True)

ChannelOption = Annotated[
    str | None, typer.Option("--channel", help="Only those of a channel: mailto, webhook, or webhook:URL.")
]


@app.command("list")
def list_deliveries(
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help=f"Only those in this state: {', '.join(State)}. May be given again."),
    ] = None,
    channel: ChannelOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")] = 50,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """List deliveries; those whose next attempt is last, or was, come first."""

    async def work() -> tuple[DeliveryGlance, ...]:
        states = [_state(each) for each in state or ()]
        async with open_sending(data_dir) as sending:
            return await sending.deliveries(states, channel, limit)

    glances = run(work)
    if as_json:
        say_json([_shown(glance) for glance in glances])
        return
    say_table(
        ["Delivery", "State", "Tries", "To", "About", "Raised", "Next or last try", "Last error"],
        [
            (
                glance.delivery_id,
                glance.state,
                glance.attempts,
                shown_lane(_lane(glance)),
                _about(glance),
                glance.raised_at,
                glance.sent_at or glance.next_try_at,
                glance.last_error,
            )
            for glance in glances
        ],
        empty="No deliveries like that. See alerts: pactwatch alerts list",
    )


@app.command()
def waiting(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List what is told later, by reader: in a digest, after quiet hours, a mute, a vacation or a burst."""

    async def work() -> tuple[WaitingForOne, ...]:
        async with open_gatherer(data_dir) as gatherer:
            return await gatherer.waiting()

    found = run(work)
    if as_json:
        say_json(
            [
                {
                    "channel": each.lane.channel,
                    "address": shown_lane(each.lane),
                    "alerts": each.alerts,
                    "waits_for": each.waits_for,
                    "since": each.since,
                    "due_at": each.due_at,
                }
                for each in found
            ]
        )
        return
    say_table(
        ["To", "Alerts", "Wait for", "Since", "Told"],
        [
            (
                shown_lane(each.lane),
                each.alerts,
                ", ".join(each.waits_for),
                each.since,
                each.due_at or "never: unwanted",
            )
            for each in found
        ],
        empty="Nothing waits to be told later.",
    )


@app.command()
def show(
    delivery: Annotated[str, typer.Argument(help="Its id (see `deliveries list`).")],
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one delivery with all of its attempts."""

    async def work() -> DeliveryRecord:
        wanted = _uuid(delivery)
        async with open_sending(data_dir) as sending:
            return await sending.delivery(wanted)

    record = run(work)
    glance = record.glance
    if as_json:
        say_json(_shown(glance) | {"unknowns": record.unknowns, "tries": record.attempts, "tells": record.tells})
        return
    say(f"{glance.state}: {_about(glance)} to {shown_lane(_lane(glance))}")
    if len(record.tells) > 1:
        for told in record.tells:
            say(f"  {told.rule}: {one_line(told.title)}  (pactwatch why {told.alert_id})")
    else:
        say(glance.title)
    if record.unknowns:
        say(f"Of {record.unknowns} attempts nobody can tell whether they arrived.")
    if glance.state in ("pending", "retry"):
        say(f"Next attempt: {glance.next_try_at.astimezone():%Y-%m-%d %H:%M:%S}")
    say_table(
        ["Try", "Began", "Took ms", "Outcome", "What happened", "Answer"],
        [
            (each.number, each.started_at, each.latency_milliseconds, each.outcome, each.detail, each.answer)
            for each in record.attempts
        ],
        empty="Nothing was tried yet.",
    )


@app.command()
def replay(
    delivery: Annotated[str | None, typer.Argument(help="Id of a delivery that was given up.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every delivery that was given up.")] = False,
    channel: ChannelOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Send what was given up again, now, in a new round of attempts."""

    async def work() -> int:
        if every == (delivery is not None):
            raise WrongInput("deliveries replay", delivery, "does not say what to replay", mend="Give an id, or --all.")
        if channel is not None and not every:
            raise WrongInput("--channel", channel, "goes with --all", mend="Leave it out, or give --all.")
        wanted = None if delivery is None else _uuid(delivery)
        async with open_sending(data_dir) as sending:
            return await sending.replay(wanted, channel)

    count = run(work)
    if delivery is not None and not count:
        give_up(
            PactwatchError(
                f"No delivery that was given up has the id {delivery}.",
                mend="See them: pactwatch deliveries list --state failed --state unknown",
            )
        )
    say(f"{count} deliveries go out again.")


def _shown(glance: DeliveryGlance) -> dict[str, Any]:
    return {
        "delivery_id": glance.delivery_id,
        "state": glance.state,
        "channel": glance.channel,
        "address": shown_lane(_lane(glance)),
        "about": glance.about,
        "title": glance.title,
        "attempts": glance.attempts,
        "raised_at": glance.raised_at,
        "next_try_at": glance.next_try_at,
        "sent_at": glance.sent_at,
        "last_error": glance.last_error,
        "kind": glance.kind,
        "more": glance.more,
    }


def _about(glance: DeliveryGlance) -> str:
    more = f" and {glance.more} more" if glance.more else ""
    sort = "" if glance.kind == "alert" else f" ({glance.kind})"
    return f"{glance.about}{more}{sort}"


def _lane(glance: DeliveryGlance) -> Lane:
    return Lane(glance.channel, glance.address)


def _state(text: str) -> State:
    try:
        return State(text.strip().lower())
    except ValueError:
        raise WrongInput("--state", text, "is no state", mend=f"Give {', '.join(State)}.") from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise WrongInput("delivery", text, "is not an id", mend="Take it from: pactwatch deliveries list") from None
