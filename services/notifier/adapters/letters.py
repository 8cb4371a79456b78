"""Puts what is to be told into words: names from the catalogue, links into the desk."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.notifier.adapters.links import Links
from services.notifier.domain.alert import Alert
from services.notifier.domain.correction import Corrected
from services.notifier.domain.correction_letter import changed_since, corrected_story, letter_of_correction
from services.notifier.domain.letter import Letter, Names, WaysOn, letter_for_operators, letter_of_alert
from services.notifier.domain.letter_together import letter_of_together
from services.notifier.domain.marks import Vocabulary
from services.notifier.domain.parcel import Parcel, Reason, Together
from services.notifier.domain.trouble import Tidings
from shared.catalogue.entries import Catalogue


class Letters:
    """Writes the letter of each parcel."""

    def __init__(self, links: Links, names: Names) -> None:
        self._links = links
        self._names = names

    def of(self, parcel: Parcel) -> Letter:
        """Return what the parcel's reader is told."""
        message = parcel.message
        match message:
            case Alert():
                ways = self._ways(message, parcel.subscription_id, shared=parcel.shared, member=parcel.member)
                if not parcel.shared:
                    ways = replace(ways, follow=self._links.follow(message, parcel.subscription_id))
                letter = letter_of_alert(message, self._names, ways, parcel.lists, shared=parcel.shared)
                correction = parcel.corrections.get(message.alert_id)
                if correction is None:
                    return letter
                changed = corrected_story(letter.stories[0], correction, self._names)
                return replace(letter, subject=changed_since(letter.subject), stories=(changed, *letter.stories[1:]))
            case Together():
                way_out, whole = self._links.unsubscribe_from_all(parcel.delivery_id), self._links.alerts()
                return letter_of_together(
                    message,
                    self._names,
                    self._ways_of,
                    parcel.lists,
                    parcel.corrections,
                    way_out=way_out,
                    whole=whole,
                )
            case Corrected(alert):
                ways = self._ways(alert, parcel.subscription_id, shared=parcel.shared, member=parcel.member)
                return letter_of_correction(message, self._names, ways, parcel.answers)
            case Tidings():
                return letter_for_operators(message, self._links.unsubscribe(parcel.subscription_id))

    def _ways_of(self, reason: Reason) -> WaysOn:
        subscription = reason.subscription
        shared = subscription.wishes.shared
        member = subscription.person_id if shared else None
        return self._ways(reason.alert, subscription.subscription_id, shared=shared, member=member)

    def _ways(self, alert: Alert, subscription_id: UUID | None, *, shared: bool, member: UUID | None) -> WaysOn:
        """Return where a reader of an alert may go; what a team `shared` a `member` ends for himself alone."""
        ends = None if shared and member is None else subscription_id
        unsubscribe = self._links.unsubscribe(ends, member)
        return WaysOn(self._links.why(alert), self._links.agreement(alert.agreement), unsubscribe)


def names_in(catalogue: Catalogue) -> Names:
    """Return what messages call the catalogue's agreements, sectors and stages, and by which names rules are marked."""
    agreements = catalogue.agreements.values()
    spellings = {
        each.id: [each.short_name, *(alias for aliases in each.aliases.values() for alias in aliases)]
        for each in agreements
    }
    return Names(
        agreements={each.id: each.short_name for each in agreements},
        sectors={each.id: each.name["en"] for each in catalogue.sectors.values()},
        stages={each.id: each.label["en"] for each in catalogue.stages.values()},
        vocabulary=Vocabulary(spellings, catalogue.sectors.keys(), catalogue.stages.keys()),
    )
