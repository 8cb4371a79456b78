"""People, teams and who is in which."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from services.desk.adapters.account_records import KEEPER_LOCK
from services.desk.adapters.definition_changes import FRESH
from services.desk.domain.people import Membership, Person, Team
from shared.store.accounts import AccountRow
from shared.store.definitions import PersonRow, SubscriptionRow, TeamMemberRow, TeamOptOutRow, TeamRow
from shared.store.unit_of_work import Work


class PeopleRecords(Work):
    """Reads and writes people and teams."""

    async def live_people(self) -> list[Person]:
        """Return the people who are not removed, by name."""
        asked = select(PersonRow).where(PersonRow.removed_at.is_(None)).order_by(func.lower(PersonRow.name))
        return [person_of(row) for row in await self.session.scalars(asked, execution_options=FRESH)]

    async def live_teams(self) -> list[Team]:
        """Return the teams that are not removed, by name."""
        asked = select(TeamRow).where(TeamRow.removed_at.is_(None)).order_by(func.lower(TeamRow.name))
        return [_team_of(row) for row in await self.session.scalars(asked, execution_options=FRESH)]

    async def memberships(self) -> list[Membership]:
        """Return who is in which team, the longest first."""
        asked = select(TeamMemberRow.team_id, TeamMemberRow.person_id, TeamMemberRow.since)
        oldest_first = (TeamMemberRow.since, TeamMemberRow.team_id, TeamMemberRow.person_id)
        return [Membership(*row) for row in await self.session.execute(asked.order_by(*oldest_first))]

    async def save_person(self, person: Person) -> None:
        """Insert or update the person."""
        values = asdict(person)
        changed = {name: value for name, value in values.items() if name not in ("person_id", "created_at")}
        statement = insert(PersonRow).values(values)
        await self.session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=changed))

    async def save_team(self, team: Team) -> None:
        """Insert or update the team."""
        values = asdict(team)
        changed = {name: value for name, value in values.items() if name not in ("team_id", "created_at")}
        statement = insert(TeamRow).values(values)
        await self.session.execute(statement.on_conflict_do_update(index_elements=["team_id"], set_=changed))

    async def join_team(self, team_id: UUID, person_id: UUID, at: datetime) -> None:
        """Put the person into the team; who is in it already stays so."""
        joined = insert(TeamMemberRow).values(team_id=team_id, person_id=person_id, since=at)
        await self.session.execute(joined.on_conflict_do_nothing())

    async def opt_out(self, subscription_id: UUID, person_id: UUID, at: datetime) -> None:
        """Send this member no more mails of their team's subscription; again is no change."""
        left = insert(TeamOptOutRow).values(subscription_id=subscription_id, person_id=person_id, since=at)
        await self.session.execute(left.on_conflict_do_nothing())

    async def opt_in(self, team_id: UUID, person_id: UUID) -> None:
        """Let this member have the mails of all of the team's subscriptions again."""
        of_team = select(SubscriptionRow.subscription_id).where(SubscriptionRow.team_id == team_id)
        theirs = delete(TeamOptOutRow).where(TeamOptOutRow.person_id == person_id)
        await self.session.execute(theirs.where(TeamOptOutRow.subscription_id.in_(of_team)))

    async def opt_in_to(self, subscription_id: UUID, person_id: UUID) -> None:
        """Let this member have the mails of one of their team's subscriptions again; again is no change."""
        left = delete(TeamOptOutRow).where(TeamOptOutRow.person_id == person_id)
        await self.session.execute(left.where(TeamOptOutRow.subscription_id == subscription_id))

    async def leave_teams(self, person_id: UUID, team_id: UUID | None = None) -> None:
        """Take the person out of the team, or of every team."""
        left = delete(TeamMemberRow).where(TeamMemberRow.person_id == person_id)
        await self.session.execute(left if team_id is None else left.where(TeamMemberRow.team_id == team_id))

    async def is_only_owner(self, person_id: UUID) -> bool:
        """Tell whether they own the house and nobody else does; accounts do not change until the end."""
        await self.session.execute(select(func.pg_advisory_xact_lock(KEEPER_LOCK)))
        owners = await self.session.scalars(
            select(AccountRow.person_id)
            .join(PersonRow, PersonRow.person_id == AccountRow.person_id)
            .where(AccountRow.role == "owner", AccountRow.password_hash.is_not(None))
            .where(AccountRow.disabled_at.is_(None), PersonRow.removed_at.is_(None))
        )
        return set(owners) == {person_id}


def person_of(row: PersonRow) -> Person:
    """Return the person that a row holds."""
    return Person(
        person_id=row.person_id,
        name=row.name,
        email=row.email,
        time_zone=row.time_zone,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        created_at=row.created_at,
        muted_until=row.muted_until,
        away_from=row.away_from,
        away_until=row.away_until,
        removed_at=row.removed_at,
    )


def _team_of(row: TeamRow) -> Team:
    return Team(row.team_id, row.name, row.time_zone, row.created_at, row.removed_at)
