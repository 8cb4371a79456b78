"""For whom a subscription is, and where that person or team is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.desk.domain.channels import FIELD, Channel, parse_channel
from services.desk.domain.names import in_shell
from services.desk.domain.people import Person, Team
from shared.kit.errors import WrongInput


@dataclass(frozen=True, slots=True)
class For:
    """The name of a person or of a team that a subscription is for; both None for nobody that the house knows."""

    person: str | None = None
    team: str | None = None


NOBODY = For()


@dataclass(frozen=True, slots=True)
class Receiver:
    """The person or team that a subscription is for, with the team's members; nobody where both are None."""

    person: Person | None = None
    team: Team | None = None
    members: Sequence[Person] = ()

    @property
    def zone(self) -> str | None:
        """The time zone of theirs; None for nobody."""
        known = self.person or self.team
        return None if known is None else known.time_zone

    @property
    def name(self) -> str | None:
        """Their name; None for nobody."""
        known = self.person or self.team
        return None if known is None else known.name


def way_to(receiver: Receiver, channel: str) -> Channel:
    """Return the channel as it leads to this person or team. Raises WrongInput.

    A person's `mailto` without an address is their e-mail, their inbox is named by their id. A team's `mailto` and
    `inbox` without an address go to each member.
    """
    kind = channel.strip().lower().removesuffix(":")
    if kind == "inbox" and receiver.person is not None:
        return Channel("inbox", str(receiver.person.person_id))
    if kind != "mailto":
        return parse_channel(channel)
    if receiver.team is not None:
        return Channel("mailto", "")
    if receiver.person is None:
        return parse_channel(channel)
    if not receiver.person.email:
        name = receiver.person.name
        mend = f"Give mailto:ADDRESS, or the e-mail: pactwatch person change {in_shell(name)} --email ADDRESS"
        raise WrongInput(FIELD, channel, f"has no address: {name} has no e-mail", mend=mend)
    return Channel("mailto", receiver.person.email)


def goes_to_each_member(receiver: Receiver, way: Channel) -> bool:
    """Tell whether messages go to the members of a team one by one."""
    return receiver.team is not None and not way.address and way.kind in ("mailto", "inbox")


def unreached(members: Sequence[Person], kind: str) -> list[str]:
    """Return the names of those whom messages of a team's channel of this kind, without an address, cannot reach."""
    return [each.name for each in members if kind == "mailto" and not each.email]
