"""Stories as officers read them: one line for all copies of an article, and the place of each in the stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from services.desk.domain.source_views import TroubledSource
from services.desk.domain.views import AlertCorrectionView, ArticleGlance, Finding
from shared.kit.errors import WrongInput

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a story stands in the stream: at its newest copy or alert. The last place of a page begins the next."""

    at: datetime
    story_id: UUID

    def spelt(self) -> str:
        """Return the place as it stands in an address."""
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.story_id.hex}"

    @classmethod
    def read(cls, spelt: str) -> Self:
        """Return the place that stands in an address. Raises WrongInput."""
        moment, _, story = spelt.partition("-")
        try:
            return cls(_EPOCH + int(moment) * _MICROSECOND, UUID(story))
        except (ValueError, OverflowError):
            mend = "Begin with the newest stories, and go on from there."
            raise WrongInput("before", spelt, "is no place in the stream", mend=mend) from None


class Hit(NamedTuple):
    """An article that may be what is asked for, and where it stands."""

    article_id: UUID
    place: Place
    is_overlong: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Which stories are asked for.

    `query` is in the rule language, and empty for those that are about both countries or wait to be judged;
    `everything` asks also for the rest of those. `alerted` asks for stories with an alert alone.
    """

    query: str = ""
    alerted: bool = False
    everything: bool = False


@dataclass(frozen=True, slots=True)
class StoryAlert:
    """An alert on a story; `deliveries` counts its messages by state, `corrections` come newest first."""

    alert_id: UUID
    rule_name: str
    raised_at: datetime
    agreement: str | None
    stage: str | None
    sectors: tuple[str, ...]
    evidence: str
    deliveries: tuple[tuple[str, int], ...] = ()
    corrections: tuple[AlertCorrectionView, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story in one line: the article that speaks for it, what was found in that, and who else tells it.

    `relevant` is None while no copy is judged. `outlets` counts the sources. Alerts come newest first. `first_at` is
    when its first copy came. `withdrawn`: the source of the article has taken it down.
    """

    place: Place
    article: ArticleGlance
    relevant: bool | None
    agreements: tuple[Finding, ...]
    sectors: tuple[Finding, ...]
    outlets: int
    first_at: datetime
    alerts: tuple[StoryAlert, ...]
    withdrawn: bool = False

    @property
    def evidence(self) -> str:
        """Return the sentence that says why it is here."""
        found = (*self.agreements, *self.sectors)
        kept = self.alerts[0].evidence if self.alerts else ""
        return kept or next((each.evidence for each in found if each.evidence), "")

    @property
    def correction(self) -> AlertCorrectionView | None:
        """Return what was corrected last of its alerts."""
        found = [each for alert in self.alerts for each in alert.corrections]
        return max(found, key=lambda each: each.corrected_at, default=None)

    @property
    def named(self) -> tuple[tuple[str, str | None], ...]:
        """Return the agreements, each with its stage: those of its alerts first."""
        told = {each.agreement: each.stage for each in reversed(self.alerts) if each.agreement}
        found = {each.id: each.stage for each in self.agreements}
        return tuple({**told, **{key: stage for key, stage in found.items() if key not in told}}.items())

    @property
    def subjects(self) -> tuple[str, ...]:
        """Return the sectors."""
        told = (sector for alert in self.alerts for sector in alert.sectors)
        return tuple(dict.fromkeys((*(each.id for each in self.sectors), *told)))


@dataclass(frozen=True, slots=True)
class StoryPage:
    """Some of the stories, the newest first; `older` is where the next page begins, None at the end.

    `searched_to` is how far back was looked where that was stopped before the page was full.
    """

    lines: tuple[StoryLine, ...]
    older: Place | None = None
    searched_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the house stands, for who opens it: what is wrong stands beside the news."""

    sources: int
    subscriptions: int
    articles_today: int
    alerts_today: int
    waiting: int
    given_up: int
    quarantined: int
    troubled: tuple[TroubledSource, ...]


def split_at(lines: Sequence[StoryLine], looked: datetime | None) -> int:
    """Return how many of the stories have something new since this moment; 0 where that is not known."""
    if looked is None:
        return 0
    return sum(line.place.at > looked for line in lines)
