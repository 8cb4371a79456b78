"""The query of what became of alerts' articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select

from services.desk.domain.views import AlertCorrectionView
from shared.store.alerts import AlertCorrectionRow
from shared.store.unit_of_work import Work


class AlertCorrectionQueries(Work):
    """Reads corrections of alerts."""

    async def corrections_of_alerts(self, alert_ids: Collection[UUID]) -> Mapping[UUID, list[AlertCorrectionView]]:
        """Return the corrections of these alerts, the newest first."""
        found: defaultdict[UUID, list[AlertCorrectionView]] = defaultdict(list)
        if not alert_ids:
            return found
        newest_first = select(AlertCorrectionRow).order_by(AlertCorrectionRow.corrected_at.desc())
        for row in await self.session.scalars(newest_first.where(AlertCorrectionRow.alert_id.in_(list(alert_ids)))):
            found[row.alert_id].append(correction_view(row))
        return found


def correction_view(row: AlertCorrectionRow) -> AlertCorrectionView:
    """Return what a row says."""
    return AlertCorrectionView(row.correction_id, row.kind, row.sentence, row.before, row.after, row.corrected_at)
