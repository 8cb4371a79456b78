"""What the desk's use cases ask of the database, in their own words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, TypeAlias
from uuid import UUID

from services.desk.domain.channels import Channel, Subscription
from services.desk.domain.people import Membership, Person, Team
from services.desk.domain.proposals import Proposal
from services.desk.domain.rule_versions import RuleVersion
from services.desk.domain.rules import Origin, Rule, RuleName
from services.desk.domain.saving import Pace
from services.desk.domain.signatures import Signature
from services.desk.domain.source_views import SourceDetails, SourceView, TroubledSource
from services.desk.domain.sources import Source
from services.desk.domain.views import (
    AlertReasons,
    AlertView,
    ArticleView,
    OperatorAlertView,
    QuarantinedView,
    RuleView,
    SubscriptionView,
)
from services.desk.domain.word_lists import ListVersion, WordList

Members: TypeAlias = Mapping[str, Sequence[str]]
"""The members of each list, by its name."""


class RuleWork(Protocol):
    """The part of a transaction that keeps rules. Every save counts the definitions' revision up."""

    async def live_rules(self) -> list[Rule]:
        """Return the rules that are not removed, by name."""

    async def rule_spelt(self, name: str) -> RuleName | None:
        """Return the live rule of exactly this name, fast; names are otherwise compared without case."""

    async def rule_names(self) -> list[RuleName]:
        """Return the names of the rules that are not removed."""

    async def removed_rule_names(self) -> list[RuleName]:
        """Return the names of the removed rules, the last removed first."""

    async def rule(self, rule_id: UUID) -> Rule | None:
        """Return the rule, also a removed one."""

    async def rules_of(self, origin: Origin) -> list[Rule]:
        """Return the rules of this origin, the removed among them."""

    async def live_rules_with(self, text: str) -> list[Rule]:
        """Return the live rules in whose query this text stands, by name."""

    async def save_rule(self, rule: Rule, by: Signature) -> None:
        """Insert or update the rule, and keep the version that it is at, which must be a new one."""

    async def save_memory(self, rule: Rule) -> None:
        """Update what the rule remembers of the catalogue; it stays at its version."""

    async def rule_versions(self, rule_id: UUID) -> list[RuleVersion]:
        """Return the versions of the rule, the first one first."""

    async def save_proposal(self, proposal: Proposal) -> None:
        """Insert the proposal, or keep what became of it."""

    async def open_proposals(self) -> list[Proposal]:
        """Return the proposals that wait for a decision, oldest first."""


class ListWork(Protocol):
    """The part of a transaction that keeps named lists. Every save counts the definitions' revision up."""

    async def live_lists(self) -> list[WordList]:
        """Return the lists that are not removed, by name."""

    async def removed_lists(self) -> list[WordList]:
        """Return the removed lists, the last removed first."""

    async def list_versions(self, list_id: UUID) -> list[ListVersion]:
        """Return the versions of the list, the first one first."""

    async def save_list(self, words: WordList, by: Signature) -> None:
        """Insert or update the list, and keep the version that it is at, which must be a new one."""


class SubscriptionWork(Protocol):
    """The part of a transaction that keeps subscriptions. Every save counts the definitions' revision up."""

    async def live_subscriptions(self) -> list[Subscription]:
        """Return the subscriptions that have not ended, oldest first."""

    async def subscriptions_on(self, rule_id: UUID | None, channel: Channel) -> list[Subscription]:
        """Return the live subscriptions of this rule (None: of operators) and channel, whoever they are for."""

    async def save_subscription(self, subscription: Subscription) -> None:
        """Insert the subscription, or change what may change of it; its secret only where it is given."""

    async def stored_secrets(self) -> list[tuple[UUID, str]]:
        """Return the secrets of live subscriptions as they are stored, oldest first."""

    async def save_secret(self, subscription_id: UUID, secret: str) -> None:
        """Store the secret in the place of the subscription's former one."""

    async def end_subscriptions(self, subscription_ids: list[UUID], at: datetime) -> None:
        """End these subscriptions, and forget their secrets."""


class PeopleWork(Protocol):
    """The part of a transaction that keeps people and teams."""

    async def live_people(self) -> list[Person]:
        """Return the people who are not removed, by name."""

    async def live_teams(self) -> list[Team]:
        """Return the teams that are not removed, by name."""

    async def memberships(self) -> list[Membership]:
        """Return who is in which team, the longest first."""

    async def save_person(self, person: Person) -> None:
        """Insert or update the person."""

    async def save_team(self, team: Team) -> None:
        """Insert or update the team."""

    async def join_team(self, team_id: UUID, person_id: UUID, at: datetime) -> None:
        """Put the person into the team; who is in it already stays so."""

    async def opt_out(self, subscription_id: UUID, person_id: UUID, at: datetime) -> None:
        """Send this member no more mails of their team's subscription; again is no change."""

    async def opt_in(self, team_id: UUID, person_id: UUID) -> None:
        """Let this member have the mails of all of the team's subscriptions again."""

    async def opt_in_to(self, subscription_id: UUID, person_id: UUID) -> None:
        """Let this member have the mails of one of their team's subscriptions again; again is no change."""

    async def leave_teams(self, person_id: UUID, team_id: UUID | None = None) -> None:
        """Take the person out of the team, or of every team."""

    async def is_only_owner(self, person_id: UUID) -> bool:
        """Tell whether they own the house and nobody else does; accounts do not change until the end."""


class DeskWork(RuleWork, ListWork, SubscriptionWork, PeopleWork, Protocol):
    """One transaction of the desk: definitions are written, everything else is only read.

    Saving a rule, a list or a subscription, and ending one, counts the definitions' revision up within it.
    """

    async def only_writer(self) -> None:
        """Wait until no other transaction changes definitions, and be the only one that does until the end."""

    async def live_sources(self) -> list[Source]:
        """Return the sources that are not removed, by name."""

    async def save_source(self, source: Source) -> None:
        """Insert or update the source."""

    async def source_views(self, now: datetime) -> list[SourceView]:
        """Return the live sources with how they fare, by name; `now` is what "the last day" ends with."""

    async def source_details(self, view: SourceView) -> SourceDetails:
        """Return the source with what its host, its hub, its articles and its waiting entries say."""

    async def troubled_sources(self, limit: int) -> list[TroubledSource]:
        """Return sources in trouble, the newest trouble first."""

    async def rule_views(self, rule_id: UUID | None = None) -> list[RuleView]:
        """Return the live rules, by name, or the one of this id."""

    async def subscription_views(self) -> list[SubscriptionView]:
        """Return the live subscriptions, oldest first."""

    async def waiting_deliveries(self, subscription_ids: list[UUID]) -> int:
        """Return how many deliveries to these subscriptions wait for an attempt, and how many alerts for a digest."""

    async def alert_views(self, limit: int, before: UUID | None, agreement: str | None = None) -> list[AlertView]:
        """Return alerts, newest first, of one agreement or of all; with `before`, those that stand after that alert."""

    async def operator_alert_views(self, limit: int) -> list[OperatorAlertView]:
        """Return what operators were told, newest first."""

    async def alert_reasons(self, alert_id: UUID) -> AlertReasons | None:
        """Return one alert with its verdict and every attempt to deliver it."""

    async def article_views(self, limit: int) -> list[ArticleView]:
        """Return articles with their newest verdict, last fetched first."""

    async def quarantined_views(self, limit: int) -> list[QuarantinedView]:
        """Return the messages set aside and not yet replayed, newest first."""

    async def schema_revision(self) -> str | None:
        """Return the revision that the tables are at; None for a database without tables."""


Begin = Callable[[], AbstractAsyncContextManager[DeskWork]]


class RuleLanguage(Protocol):
    """The rule language, with the names that the catalogue knows."""

    def check(self, query: str, lists: Members) -> tuple[str, ...]:
        """Return what the query says that its writer may not have meant. Raises WrongInput when it cannot be taken."""

    def complaints(self, queries: Collection[str], lists: Members) -> Mapping[str, str]:
        """Return the saved queries that cannot be read any more, each with why."""

    def check_list(self, name: str, members: Sequence[str]) -> None:
        """Raise WrongInput for a name that no rule could name, and for members that are no terms."""

    def lists_in(self, query: str) -> frozenset[str]:
        """Return the lists that the query names, case-folded; of one that cannot be read those that it seems to."""

    def clauses(self, query: str) -> tuple[str, ...]:
        """Return the clauses of the query, each once, in their order; of one that cannot be read its text."""


class ArchiveHits(Protocol):
    """What the archive says of a query before it is saved."""

    async def pace(self, query: str) -> Pace:
        """Return how many articles a day it would have matched, as far as that is known."""

    async def terms_never_seen(self, query: str) -> Sequence[str]:
        """Return its terms that no article of the archive holds."""
