"""Rows of the definitions' tables as the desk's own values."""

from __future__ import annotations

from typing import cast

from services.desk.domain.channels import Channel, Subscription
from services.desk.domain.following import Follows
from services.desk.domain.proposals import Decision, Proposal
from services.desk.domain.rule_versions import RuleVersion
from services.desk.domain.rules import Origin, Rule
from services.desk.domain.sources import Source
from services.desk.domain.views import RuleView, SubscriptionView
from services.desk.domain.wishes import Schedule, Wishes
from services.desk.domain.word_lists import ListVersion, WordList
from shared.contracts.saved_rules import Policy, Severity
from shared.store.definitions import (
    PersonRow,
    RuleProposalRow,
    RuleRow,
    RuleVersionRow,
    SourceRow,
    SubscriptionRow,
    TeamRow,
    WordListRow,
    WordListVersionRow,
)


def source_of(row: SourceRow) -> Source:
    """Return the source that a row holds."""
    return Source(
        source_id=row.source_id,
        name=row.name,
        url=row.url,
        kind=row.kind,
        every_seconds=row.every_seconds,
        country=row.country,
        language=row.language,
        alert_since=row.alert_since,
        paused=row.paused,
        created_at=row.created_at,
        removed_at=row.removed_at,
        selectors=row.selectors,
        owner=row.owner,
        confidence=row.confidence,
        quirks=row.quirks,
    )


def rule_of(row: RuleRow) -> Rule:
    """Return the rule that a row holds; the table's checks keep origin, policy and severity to their words."""
    return Rule(
        rule_id=row.rule_id,
        name=row.name,
        query=row.query,
        origin=cast("Origin", row.origin),
        version=row.version,
        paused=row.paused,
        created_at=row.created_at,
        changed_at=row.changed_at,
        removed_at=row.removed_at,
        watches=row.watches,
        policy=cast("Policy", row.policy),
        severity=cast("Severity", row.severity),
        owner=row.owner,
        note=row.note,
        broad_allowed=row.broad_allowed,
        taken_query=row.taken_query,
        offered_query=row.offered_query,
    )


def version_of_row(row: RuleVersionRow) -> RuleVersion:
    """Return the version that a row keeps."""
    return RuleVersion(
        rule_id=row.rule_id,
        version=row.version,
        name=row.name,
        query=row.query,
        paused=row.paused,
        watches=row.watches,
        policy=cast("Policy", row.policy),
        severity=cast("Severity", row.severity),
        owner=row.owner,
        note=row.note,
        removed=row.removed,
        author=row.author,
        reason=row.reason,
        saved_at=row.saved_at,
    )


def proposal_of_row(row: RuleProposalRow) -> Proposal:
    """Return the proposal that a row holds."""
    return Proposal(
        proposal_id=row.proposal_id,
        rule_id=row.rule_id,
        from_version=row.from_version,
        change=row.change,
        author=row.author,
        reason=row.reason,
        created_at=row.created_at,
        decision=cast("Decision | None", row.decision),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        answer=row.answer,
    )


def list_of(row: WordListRow) -> WordList:
    """Return the list that a row holds."""
    return WordList(
        list_id=row.list_id,
        name=row.name,
        members=tuple(row.members),
        note=row.note,
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
        removed_at=row.removed_at,
    )


def list_version_of_row(row: WordListVersionRow) -> ListVersion:
    """Return the version of a list that a row keeps."""
    return ListVersion(
        list_id=row.list_id,
        version=row.version,
        name=row.name,
        members=tuple(row.members),
        note=row.note,
        removed=row.removed,
        author=row.author,
        reason=row.reason,
        saved_at=row.saved_at,
    )


def subscription_of(row: SubscriptionRow) -> Subscription:
    """Return the subscription that a row holds."""
    return Subscription(
        subscription_id=row.subscription_id,
        rule_id=row.rule_id,
        channel=Channel(row.channel, row.address),
        secret=row.secret,
        created_at=row.created_at,
        removed_at=row.removed_at,
        person_id=row.person_id,
        team_id=row.team_id,
        follows=Follows.stored(row.follows),
        wishes=Wishes(
            min_severity=cast("Severity", row.min_severity),
            languages=tuple(row.languages),
            schedule=cast("Schedule", row.schedule),
            at_time=row.at_time,
            weekday=row.weekday,
            time_zone=row.time_zone,
            urgent=row.urgent,
            muted_until=row.muted_until,
        ),
    )


def rule_view(row: RuleRow, subscriptions: int) -> RuleView:
    """Return the rule with its number of live subscriptions."""
    rule = rule_of(row)
    return RuleView(
        rule_id=rule.rule_id,
        name=rule.name,
        query=rule.query,
        origin=rule.origin,
        version=rule.version,
        paused=rule.paused,
        subscriptions=subscriptions,
        created_at=rule.created_at,
        changed_at=rule.changed_at,
        watches=rule.watches,
        policy=rule.policy,
        severity=rule.severity,
        owner=rule.owner,
        note=rule.note,
        offered_query=rule.offered_query,
    )


def subscription_view(
    row: SubscriptionRow, rule: RuleRow | None, person: PersonRow | None = None, team: TeamRow | None = None
) -> SubscriptionView:
    """Return the subscription as listed: without its secret."""
    return SubscriptionView.of(
        subscription_of(row),
        None if rule is None else rule_of(rule),
        person=None if person is None else person.name,
        team=None if team is None else team.name,
    )
