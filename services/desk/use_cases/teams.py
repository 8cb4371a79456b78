"""Teams: who is in them, and what they follow together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.desk.domain.channels import Channel
from services.desk.domain.local_times import checked_zone
from services.desk.domain.lookup import named
from services.desk.domain.names import checked_name, in_shell
from services.desk.domain.people import Person, Team, new_team, refuse_known_team
from services.desk.domain.receivers import For, Receiver, goes_to_each_member, unreached
from services.desk.domain.views import SubscriptionView
from services.desk.ports import DeskWork
from services.desk.use_cases.handing_over import Gone, hand_over, refuse_undecided
from services.desk.use_cases.subscriptions import receiver_of
from services.desk.use_cases.writing import Writing
from shared.kit.errors import WrongInput
from shared.kit.text import storable


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a team, and since when."""

    person: Person
    since: datetime


@dataclass(frozen=True, slots=True)
class TeamDetails:
    """A team with its members and its subscriptions.

    `deaf` are members whom subscriptions that go to each member's e-mail cannot reach: they have none.
    """

    team: Team
    members: tuple[Member, ...]
    subscriptions: tuple[SubscriptionView, ...]

    @property
    def to_each_member(self) -> tuple[SubscriptionView, ...]:
        """The subscriptions that go to the members one by one."""
        whom = Receiver(team=self.team)
        return tuple(each for each in self.subscriptions if goes_to_each_member(whom, _way(each)))

    @property
    def opted_out(self) -> dict[str, tuple[str, ...]]:
        """Return what the members do not want, by member: the names of rules."""
        found: dict[str, tuple[str, ...]] = {}
        for view in self.to_each_member:
            for name in view.opted_out:
                found[name] = (*found.get(name, ()), view.rule_name)
        return dict(sorted(found.items()))

    @property
    def deaf(self) -> tuple[str, ...]:
        """Who has no e-mail although something goes to it."""
        kinds = {each.channel for each in self.to_each_member}
        people = [each.person for each in self.members]
        return tuple(sorted({name for kind in kinds for name in unreached(people, kind)}))


class Teams:
    """Adds, changes, shows and removes teams."""

    def __init__(self, writing: Writing) -> None:
        self._begin = writing.begin
        self._writing = writing.writing
        self._now = writing.now

    async def add(self, name: str, time_zone: str = "UTC") -> Team:
        """Define a team. Raises WrongInput, also for a name in use."""
        team = new_team(name, time_zone, self._now())
        async with self._writing() as work:
            refuse_known_team(team.name, await work.live_teams())
            await work.save_team(team)
        return team

    async def change(self, name: str, *, new_name: str | None = None, time_zone: str | None = None) -> Team:
        """Change what is given. Raises WrongInput."""
        async with self._writing() as work:
            live = await work.live_teams()
            team = old = named(name, live, "team")
            if new_name is not None:
                team = replace(team, name=checked_name(storable(new_name), field="--name"))
                refuse_known_team(team.name, [each for each in live if each is not old])
            if time_zone is not None:
                team = replace(team, time_zone=checked_zone(time_zone))
            if team == old and new_name is None and time_zone is None:
                mend = "Give --name or --time-zone."
                raise WrongInput("team change", old.name, "is given nothing to change", mend=mend)
            await work.save_team(team)
        return team

    async def join(self, name: str, person: str) -> TeamDetails:
        """Put a person into the team. Raises WrongInput for unknown names, and for somebody who is in it."""
        async with self._writing() as work:
            whom = await receiver_of(For(team=name), work)
            joining = named(person, await work.live_people(), "person")
            if whom.team is None or joining in whom.members:
                mend = f"See who is: pactwatch team show {in_shell(name)}"
                raise WrongInput("person", joining.name, "is in the team already", mend=mend)
            await work.join_team(whom.team.team_id, joining.person_id, self._now())
            await work.opt_in(whom.team.team_id, joining.person_id)
            return await _details(whom.team, work)

    async def leave(self, name: str, person: str) -> TeamDetails:
        """Take a person out of the team. Raises WrongInput for unknown names, and for somebody who is not in it."""
        async with self._writing() as work:
            whom = await receiver_of(For(team=name), work)
            leaving = named(person, await work.live_people(), "person")
            if whom.team is None or leaving not in whom.members:
                mend = f"See who is: pactwatch team show {in_shell(name)}"
                raise WrongInput("person", leaving.name, "is not in the team", mend=mend)
            await work.leave_teams(leaving.person_id, whom.team.team_id)
            return await _details(whom.team, work)

    async def remove(self, name: str, *, to: str | None = None, end: bool = False) -> Gone:
        """Remove a team; its subscriptions go `to` another one, or `end`.

        Raises WrongInput where it has some and neither is said.
        """
        now = self._now()
        async with self._writing() as work:
            live = await work.live_teams()
            team = named(name, live, "team")
            heir = None if to is None else named(to, live, "team")
            own = [each for each in await work.live_subscriptions() if each.team_id == team.team_id]
            refuse_undecided("team", team, len(own), heir, end=end)
            new_id = None if heir is None else heir.team_id
            gone = await hand_over(work, own, now, heir, lambda each: replace(each, team_id=new_id, secret=None))
            for each in (await receiver_of(For(team=team.name), work)).members:
                await work.leave_teams(each.person_id, team.team_id)
            await work.save_team(replace(team, removed_at=now))
        return replace(gone, name=team.name)

    async def all(self) -> list[TeamDetails]:
        """Return the teams, by name."""
        async with self._begin() as work:
            return [await _details(team, work) for team in await work.live_teams()]

    async def details(self, name: str) -> TeamDetails:
        """Return everything about one team. Raises WrongInput for an unknown name."""
        async with self._begin() as work:
            return await _details(named(name, await work.live_teams(), "team"), work)


async def _details(team: Team, work: DeskWork) -> TeamDetails:
    people = {each.person_id: each for each in await work.live_people()}
    inside = [each for each in await work.memberships() if each.team_id == team.team_id and each.person_id in people]
    views = [each for each in await work.subscription_views() if each.team == team.name]
    members = sorted((Member(people[each.person_id], each.since) for each in inside), key=lambda m: m.person.name)
    return TeamDetails(team, tuple(members), tuple(views))


def _way(view: SubscriptionView) -> Channel:
    return Channel(view.channel, view.address)
