"""How loud an alert is, as `shared.contracts.severity` says: the desk's previews must say the same."""

from __future__ import annotations

from shared.contracts.severity import NO_STAGES, StageSeverities, severity_of

__all__ = ["NO_STAGES", "StageSeverities", "severity_of"]
