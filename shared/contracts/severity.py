"""How loud an alert is: as loud as its rule, and louder where the stage is one that people wait for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from shared.contracts.saved_rules import Severity

StageSeverities = Mapping[str, int]
NO_STAGES: StageSeverities = MappingProxyType({})
LOUDNESS: Mapping[Severity, int] = MappingProxyType({"low": 0, "normal": 1, "high": 2})
_WAITED_FOR = 3  # of the catalogue's stages (`severity` in stages.yaml): signed, ratified, in force, postponed, …


def severity_of(own: Severity, stage: str | None, stages: StageSeverities) -> Severity:
    """Return the alert's severity: high at a stage that is waited for, else the rule's own."""
    return "high" if stage is not None and stages.get(stage, 0) >= _WAITED_FOR else own
