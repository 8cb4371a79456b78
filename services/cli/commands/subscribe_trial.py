"""`pactwatch subscribe test` and `subscribe rotate-secret`: a sample through the channel, and its signing secret."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.definitions import open_definitions, open_secrets
from services.cli.engine_urls import DataDirOption, JsonOption, find_engines, settings_for
from services.cli.output import give_up, run, say, say_json
from services.desk.domain.lookup import one_by_prefix
from services.desk.domain.names import in_shell
from services.desk.domain.views import SubscriptionView
from services.desk.use_cases.secret_keeping import NewSecret
from services.notifier.domain.delivery import Delivered, Outcome
from shared.kit.errors import PactwatchError, WrongInput


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
        if view.team is not None and view.channel == "mailto" and not view.address:
            mend = f"See who they are: pactwatch team show {in_shell(view.team)}; test a subscription of one of them."
            raise WrongInput("subscription", subscription, "goes to each member of a team", mend=mend)
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
