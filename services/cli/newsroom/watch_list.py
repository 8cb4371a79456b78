"""What the demo watches for its reader: subscriptions and rules that the sample articles move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SampleSubscription:
    """One thing the demo's reader is subscribed to: an agreement or a sector, by its id in the catalogue."""

    kind: Literal["agreement", "sector"]
    id: str


@dataclass(frozen=True)
class SampleRule:
    """A named query in the rule language: words, "phrases", AND, OR, NOT, brackets, agreement:ID and sector:ID."""

    name: str
    query: str


SUBSCRIPTIONS = (
    SampleSubscription("agreement", "relos"),
    SampleSubscription("agreement", "health-agreement-2025"),
    SampleSubscription("agreement", "labour-mobility-2025"),
    SampleSubscription("agreement", "india-eaeu-fta"),
    SampleSubscription("agreement", "irigc-mmtc"),
    SampleSubscription("agreement", "kudankulam"),
    SampleSubscription("agreement", "urea-plant-uralchem"),
    SampleSubscription("agreement", "rupee-rouble-settlement"),
    SampleSubscription("agreement", "chennai-vladivostok"),
    SampleSubscription("agreement", "hal-uac-sj100"),
    SampleSubscription("sector", "health"),
    SampleSubscription("sector", "defence"),
    SampleSubscription("sector", "nuclear"),
)

RULES = (
    SampleRule("Labour and migration", 'agreement:labour-mobility-2025 OR "Indian workers"'),
    SampleRule("Payments", "(rupee OR рубль OR रुपया) AND (settlement OR расчёты OR भुगतान)"),
    # LEMOA is India's pact with the United States: an article that weighs the two is background, not news of RELOS.
    SampleRule("Logistics pact, without comparisons", "(agreement:relos OR RELOS OR रेलोस) AND NOT LEMOA"),
)
