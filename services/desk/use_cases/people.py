"""People who hear of alerts: who they are, when they want to be left alone, and what becomes of what they follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Unpack
from uuid import UUID

from services.desk.domain.channels import Channel, Subscription
from services.desk.domain.local_times import moment_of
from services.desk.domain.lookup import named
from services.desk.domain.names import in_shell
from services.desk.domain.people import Person, PersonFields, Team, changed_person, new_person, refuse_known_person
from services.desk.domain.views import SubscriptionView
from services.desk.ports import DeskWork
from services.desk.use_cases.handing_over import Gone, hand_over, refuse_undecided
from services.desk.use_cases.subscriptions import until_when
from services.desk.use_cases.writing import Writing
from shared.kit.errors import WrongInput


@dataclass(frozen=True, slots=True)
class PersonGlance:
    """A person with their teams, and how many subscriptions are theirs or reach them by a team."""

    person: Person
    teams: tuple[str, ...]
    subscriptions: int


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """A person with what they follow themselves, and what reaches them by each of their teams."""

    person: Person
    own: tuple[SubscriptionView, ...]
    by_team: tuple[tuple[str, tuple[SubscriptionView, ...]], ...]


class People:
    """Adds, changes, shows and removes people."""

    def __init__(self, writing: Writing) -> None:
        self._begin = writing.begin
        self._writing = writing.writing
        self._now = writing.now

    async def add(self, name: str, **given: Unpack[PersonFields]) -> Person:
        """Define a person. Raises WrongInput, also for a name or an e-mail that somebody has."""
        person = new_person(name, given, self._now())
        async with self._writing() as work:
            refuse_known_person(person, await work.live_people())
            await work.save_person(person)
        return person

    async def change(self, name: str, **given: Unpack[PersonFields]) -> tuple[Person, int]:
        """Change what is given; return the person, and how many subscriptions follow them to their new e-mail.

        Raises WrongInput, also for taking an e-mail away that something goes to.
        """
        async with self._writing() as work:
            live = await work.live_people()
            old = named(name, live, "person")
            if not given:
                mend = "Give --name, --email, --time-zone or --quiet (`pactwatch person change --help`)."
                raise WrongInput("person change", old.name, "is given nothing to change", mend=mend)
            new = changed_person(old, given)
            refuse_known_person(new, live)
            await work.save_person(new)
            return new, await _follow_to(new, old.email, work)

    async def mute(self, name: str, *, until: str | None = None, span: str | None = None) -> Person:
        """Keep what comes for the person until a moment, or for a span of time. Raises WrongInput."""
        now = self._now()
        return await self._change(
            name, lambda person: replace(person, muted_until=until_when(until, span, person.time_zone, now))
        )

    async def unmute(self, name: str) -> Person:
        """Let go on what was muted. Raises WrongInput."""
        return await self._change(name, lambda person: replace(person, muted_until=None))

    async def away(self, name: str, *, until: str, begins: str | None = None) -> Person:
        """Keep what comes while the person is on vacation; by default from now on. Raises WrongInput."""
        now = self._now()
        return await self._change(name, lambda person: _away(person, begins, until, now))

    async def back(self, name: str) -> Person:
        """End, or call off, a vacation. Raises WrongInput."""
        return await self._change(name, lambda person: replace(person, away_from=None, away_until=None))

    async def remove(self, name: str, *, to: str | None = None, end: bool = False) -> Gone:
        """Remove a person; their subscriptions go `to` somebody else, or `end`.

        Raises WrongInput where they have some and neither is said, where the heir has no e-mail for them, and for the
        only owner of the house.
        """
        now = self._now()
        async with self._writing() as work:
            person = named(name, await work.live_people(), "person")
            if await work.is_only_owner(person.person_id):
                mend = "Make somebody else an owner first: pactwatch account role NAME owner"
                raise WrongInput("person", person.name, "is the only owner of the house", mend=mend)
            gone = await _let_go(person, work, now, to=to, end=end)
            await work.save_person(replace(person, removed_at=now))
        return gone

    async def let_go(self, name: str, *, to: str | None = None, end: bool = False) -> Gone:
        """Have a person hear of nothing more: their subscriptions go `to` somebody else, or `end`; they leave teams.

        Raises WrongInput as `remove` does.
        """
        async with self._writing() as work:
            person = named(name, await work.live_people(), "person")
            return await _let_go(person, work, self._now(), to=to, end=end)

    async def glances(self) -> list[PersonGlance]:
        """Return the people, by name."""
        async with self._begin() as work:
            people, views = await work.live_people(), await work.subscription_views()
            teams = {each.team_id: each.name for each in await work.live_teams()}
            memberships = await work.memberships()
        found = []
        for person in people:
            mine = {teams[each.team_id] for each in memberships if each.person_id == person.person_id}
            count = sum(each.person == person.name or each.team in mine for each in views)
            found.append(PersonGlance(person, tuple(sorted(mine)), count))
        return found

    async def details(self, name: str) -> PersonDetails:
        """Return everything about one person. Raises WrongInput for an unknown name."""
        async with self._begin() as work:
            person = named(name, await work.live_people(), "person")
            views = await work.subscription_views()
            teams = await _teams_of(person.person_id, work)
        by_team = tuple((team.name, tuple(each for each in views if each.team == team.name)) for team in teams)
        return PersonDetails(person, tuple(each for each in views if each.person == person.name), by_team)

    async def _change(self, name: str, changed: Callable[[Person], Person]) -> Person:
        async with self._writing() as work:
            person = changed(named(name, await work.live_people(), "person"))
            await work.save_person(person)
        return person


def refuse_undecided_messages(details: PersonDetails, *, to: str | None, end: bool, keep: bool) -> None:
    """Raise WrongInput unless it is said what becomes of what a person hears who may sign in no more."""
    given = (to is not None) + end + keep
    if given > 1:
        raise WrongInput("--to, --end, --keep", None, "stand beside each other", mend="Give one of them.")
    if given or not (details.own or details.by_team):
        return
    teams = ", ".join(team for team, _ in details.by_team)
    inside = f", and is in {teams}" if teams else ""
    mend = "Hand it over (--to NAME), end it (--end), or let messages go on to them all the same (--keep)."
    raise WrongInput("account", details.person.name, f"has {len(details.own)} subscriptions{inside}", mend=mend)


async def _follow_to(person: Person, old_email: str, work: DeskWork) -> int:
    """Let what goes to the old e-mail go to the new one; return how many subscriptions those are."""
    if not old_email or old_email == person.email:
        return 0
    there = Channel("mailto", old_email)
    mine = [each for each in await work.live_subscriptions() if each.person_id == person.person_id]
    moving = [each for each in mine if each.channel == there]
    if moving and not person.email:
        mend = "Give another e-mail, or end them first: `pactwatch subscribe list --person NAME` shows them."
        raise WrongInput("--email", "", f"would leave {len(moving)} subscriptions without an address", mend=mend)
    for each in moving:
        await work.save_subscription(replace(each, channel=Channel("mailto", person.email), secret=None))
    return len(moving)


async def _let_go(person: Person, work: DeskWork, now: datetime, *, to: str | None, end: bool) -> Gone:
    heir = None if to is None else named(to, await work.live_people(), "person")
    if heir == person:
        heir = person
    own = [each for each in await work.live_subscriptions() if each.person_id == person.person_id]
    refuse_undecided("person", person, len(own), heir, end=end)
    gone = await hand_over(work, own, now, heir, lambda each: _of_heir(each, person, heir))
    inside = await _teams_of(person.person_id, work)
    await work.leave_teams(person.person_id)
    emptied = [team.name for team in inside if not await _members(team.team_id, work)]
    left = tuple(team.name for team in inside)
    return replace(gone, name=person.name, emptied=tuple(emptied), left=left)


def _away(person: Person, begins: str | None, until: str, now: datetime) -> Person:
    first = None if begins is None else moment_of(begins, person.time_zone, now, field="--from")
    last = moment_of(until, person.time_zone, now)
    if first is not None and last <= first:
        raise WrongInput("--until", until, "is not after --from", mend="Give a later day, or leave --from out: now.")
    return replace(person, away_from=first, away_until=last)


def _of_heir(subscription: Subscription, person: Person, heir: Person | None) -> Subscription:
    """Return the subscription as the heir's: what went to the person's own e-mail or inbox goes to theirs."""
    if heir is None:
        return subscription
    way = subscription.channel
    if way == Channel("inbox", str(person.person_id)):
        way = Channel("inbox", str(heir.person_id))
    elif way == Channel("mailto", person.email):
        if not heir.email:
            mend = f"Give it first: pactwatch person change {in_shell(heir.name)} --email ADDRESS"
            raise WrongInput("--to", heir.name, "has no e-mail for what goes to one", mend=mend)
        way = Channel("mailto", heir.email)
    return replace(subscription, person_id=heir.person_id, channel=way, secret=None)


async def _teams_of(person_id: UUID, work: DeskWork) -> list[Team]:
    mine = {each.team_id for each in await work.memberships() if each.person_id == person_id}
    return [each for each in await work.live_teams() if each.team_id in mine]


async def _members(team_id: UUID, work: DeskWork) -> list[Person]:
    inside = {each.person_id for each in await work.memberships() if each.team_id == team_id}
    return [each for each in await work.live_people() if each.person_id in inside]
