"""Which watch rules and lists count now: read by whoever matches articles."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Uuid, and_, cast, func, literal, null, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.contracts.saved_rules import ORIGIN_OF_SUBSCRIPTIONS, SavedList, SavedRule, SavedRules
from shared.store.definitions import DefinitionsRevisionRow, RuleRow, SubscriptionRow, WordListRow
from shared.store.unit_of_work import Work

_RULE, _LIST = "rule", "list"
_SavedRow: TypeAlias = "Row[*tuple[Any, ...]]"  # with the columns of `_rules` by name
_SavedRows: TypeAlias = "Select[*tuple[Any, ...]]"


class RulesInForce(Work):
    """Reads the rules in force, and the number that tells when to read them again."""

    async def definitions_revision(self) -> int | None:
        """Return the number of the newest change to rules and subscriptions, None where changes are not counted."""
        return await self.session.scalar(select(DefinitionsRevisionRow.revision))

    async def saved_rules(self, since: int | None = None, implied: Collection[UUID] = ()) -> SavedRules:
        """Return what was saved after a revision, and these implied rules as they stand; with None all that counts.

        All that counts: rules and lists in force, and implied rules that are not, since a subscription may bring them
        back. One statement reads both, so that they are of one moment.
        """
        statement = union_all(_rules(since, implied), _lists(since)).order_by("kind", "id")
        rules: list[SavedRule] = []
        lists: list[SavedList] = []
        for row in await self.session.execute(statement):
            if row.kind == _RULE:
                rules.append(_rule_of(row))
            else:
                lists.append(SavedList(row.id, row.name, tuple(row.members), row.live))
        return SavedRules(tuple(rules), tuple(lists))


def _rules(since: int | None, implied: Collection[UUID]) -> _SavedRows:
    in_force = and_(RuleRow.removed_at.is_(None), RuleRow.paused.is_(False), _is_asked_for())
    is_implied = RuleRow.origin == ORIGIN_OF_SUBSCRIPTIONS
    if since is None:
        wanted = and_(RuleRow.removed_at.is_(None), or_(in_force, is_implied))
    else:
        named = literal(list(implied), ARRAY(Uuid()))
        wanted = or_(RuleRow.revision > since, RuleRow.rule_id == func.any(named))
    return select(
        literal(_RULE).label("kind"),
        RuleRow.rule_id.label("id"),
        RuleRow.name.label("name"),
        RuleRow.query.label("query"),
        RuleRow.version.label("version"),
        RuleRow.policy.label("policy"),
        RuleRow.severity.label("severity"),
        cast(null(), JSONB()).label("members"),
        in_force.label("live"),
        is_implied.label("implied"),
    ).where(wanted)


def _lists(since: int | None) -> _SavedRows:
    in_force = WordListRow.removed_at.is_(None)
    return select(
        literal(_LIST),
        WordListRow.list_id,
        WordListRow.name,
        literal(""),
        WordListRow.version,
        literal(""),
        literal(""),
        WordListRow.members,
        in_force,
        literal(value=False),
    ).where(in_force if since is None else WordListRow.revision > since)


def _rule_of(row: _SavedRow) -> SavedRule:
    return SavedRule(
        rule_id=row.id,
        name=row.name,
        query=row.query,
        version=row.version,
        policy=row.policy,
        severity=row.severity,
        live=row.live,
        implied=row.implied,
    )


def _is_asked_for() -> ColumnElement[bool]:
    listened_to = (
        select(SubscriptionRow.subscription_id)
        .where(SubscriptionRow.rule_id == RuleRow.rule_id, SubscriptionRow.removed_at.is_(None))
        .exists()
    )
    return or_(RuleRow.origin != ORIGIN_OF_SUBSCRIPTIONS, listened_to)
