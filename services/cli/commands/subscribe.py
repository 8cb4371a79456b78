"""`pactwatch subscribe …`: who hears of what, and where."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.cancelled import cancelled_deliveries
from services.cli.definitions import open_definitions
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import run, say, say_json, say_table
from services.desk.domain.rules import AgreementTarget, OperatorsTarget, RuleTarget, SectorTarget, Target
from services.desk.domain.views import Ended, SubscriptionView
from shared.kit.errors import WrongInput

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
    channel: Annotated[str, typer.Option("--channel", help="webhook:URL, mailto:ADDRESS or inbox.")],
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
        async with open_definitions(data_dir) as definitions:
            return await definitions.subscribe(target, channel)

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
