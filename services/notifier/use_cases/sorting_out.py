"""Messages of several alerts, looked through when their time has come: what is told, held by itself, or not wanted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from services.notifier.domain.alert import Alert
from services.notifier.domain.delivery import State
from services.notifier.domain.parcel import Due, Parcel, Reason, Together
from services.notifier.domain.plan import together
from services.notifier.domain.sorting import Sorted, ToldReason, sorted_out
from services.notifier.ports import NotifierWork
from shared.kit.ids import id_for

_OF_ALERTS = ("alert", "digest")


async def looked_through(work: NotifierWork, page: Sequence[Due]) -> list[Due]:
    """Return what is due as it is to be sent; what is of a stopped rule gets a message of its own, which is held."""
    several = {due.parcel.delivery_id for due in page if _needs_a_look(due)}
    if not several:
        return list(page)
    told = await work.told_by(several)
    stopped = await work.stopped_rules()
    decided = await _decided(work, told, stopped)
    found = []
    for due in page:
        delivery_id = due.parcel.delivery_id
        if delivery_id not in several:
            found.append(due)
            continue
        await _write(work, delivery_id, told[delivery_id], decided[delivery_id])
        found.append(_as_decided(due, told[delivery_id], decided[delivery_id]))
    return found


async def set_apart(work: NotifierWork, rule_id: UUID) -> None:
    """Take this rule's alerts out of messages that wait and tell of other rules too; they are held by themselves."""
    mixed = await work.mixed_with(rule_id)
    if not mixed:
        return
    told = await work.told_by(mixed.keys())
    for delivery_id, decision in (await _decided(work, told, {rule_id})).items():
        await _write(work, delivery_id, told[delivery_id], decision)


def _needs_a_look(due: Due) -> bool:
    """Tell whether more than its own line decides: one alert whose subscription lives is sent as it is."""
    return due.kind in _OF_ALERTS and (due.several or (not due.wanted and isinstance(due.parcel.message, Alert)))


async def _decided(
    work: NotifierWork, told: dict[UUID, list[ToldReason]], stopped: Collection[UUID]
) -> dict[UUID, Sorted]:
    ended = {each.reason.alert.rule_id for reasons in told.values() for each in reasons if not each.live}
    listeners = await work.live_subscriptions(ended) if ended else ()
    return {delivery_id: sorted_out(reasons, listeners, stopped) for delivery_id, reasons in told.items()}


async def _write(work: NotifierWork, delivery_id: UUID, told: Sequence[ToldReason], decision: Sorted) -> None:
    if decision.kept and decision.kept != tuple(each.reason for each in told):
        await work.retell(delivery_id, decision.kept)
    for reasons in decision.apart:
        # An id of its own: the message that it is taken out of may be named after this very alert.
        own_id = id_for("delivery-apart", delivery_id, reasons[0].alert.alert_id)
        delivery, extras = together(reasons, own_id)
        kind = "digest" if extras else "alert"
        await work.add_deliveries([replace(delivery, state=State.HELD, kind=kind)])
        await work.add_extras(extras)


def _as_decided(due: Due, told: Sequence[ToldReason], decision: Sorted) -> Due:
    if not decision.kept:
        return replace(due, wanted=False)
    lists = {name: members for each in told for name, members in each.lists.items()}
    parcel = _repacked(due, decision.kept)
    held = due.held or decision.held
    return replace(due, parcel=replace(parcel, lists=lists), wanted=True, held=held, several=len(decision.kept) > 1)


def _repacked(due: Due, kept: Sequence[Reason]) -> Parcel:
    parcel = due.parcel
    together = Together(tuple(kept), digest=due.kind == "digest", part=due.part, parts=due.parts)
    first, *others = kept
    own = first.subscription
    secrets = dict.fromkeys(each.subscription.secret for each in others)
    return replace(
        parcel,
        message=together if others else first.alert,
        subscription_id=own.subscription_id,
        secret=own.secret,
        other_secrets=tuple(each for each in secrets if each is not None and each != own.secret),
        shared=own.wishes.shared,
        member=own.person_id if own.wishes.shared else None,
    )
