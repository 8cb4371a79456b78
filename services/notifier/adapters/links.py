"""Links into the desk."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Links:
    """Makes links that start with the desk's public address; none where it has no such address."""

    base_url: str | None

    def why(self, alert_id: UUID) -> str | None:
        """Return the page that tells why an alert fired."""
        return f"{self.base_url.rstrip('/')}/alerts/{alert_id}" if self.base_url else None
