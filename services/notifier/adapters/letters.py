"""Puts what is to be told into words: names from the catalogue, links into the desk."""

from __future__ import annotations

from uuid import UUID

from services.notifier.adapters.links import Links
from services.notifier.domain.alert import Alert
from services.notifier.domain.letter import Letter, Names, WaysOn, letter_for_operators, letter_of_alert
from services.notifier.domain.letter_together import letter_of_together
from services.notifier.domain.marks import Vocabulary
from services.notifier.domain.parcel import Parcel, Reason, Together
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
                ways = self._ways(message, parcel.subscription_id)
                return letter_of_alert(message, self._names, ways, parcel.lists, shared=parcel.shared)
            case Together():
                return letter_of_together(message, self._names, self._ways_of, parcel.lists, whole=self._links.alerts())
            case _:
                return letter_for_operators(message, self._links.unsubscribe(parcel.subscription_id))

    def _ways_of(self, reason: Reason) -> WaysOn:
        return self._ways(reason.alert, reason.subscription.subscription_id)

    def _ways(self, alert: Alert, subscription_id: UUID | None) -> WaysOn:
        links = self._links
        return WaysOn(links.why(alert), links.agreement(alert.agreement), links.unsubscribe(subscription_id))


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
