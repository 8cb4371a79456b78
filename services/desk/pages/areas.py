"""The ways through the desk: what stands in its navigation, in its order, and who sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.desk.domain.permissions import Permission
from services.desk.domain.visitors import Visitor


@dataclass(frozen=True, slots=True)
class Area:
    """One place in the navigation. `within` are the beginnings of further addresses that belong to it."""

    path: str
    name: str  # marked for translation below: _ is the template's
    needs: Permission
    within: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Tell whether this address lies in the area."""
        if path == self.path:
            return True
        starts = self.within if self.path == "/" else (f"{self.path}/", *self.within)
        return any(path.startswith(start) for start in starts)


def _(name: str) -> str:
    return name


NEWS = (
    Area("/", _("Today"), Permission.LOOK, ("/stories/", "/articles/", "/alerts/", "/agreements/")),
    Area("/inbox", _("My alerts"), Permission.LOOK),
    Area("/subscriptions", _("Subscriptions"), Permission.LOOK),
)
KEEPING: Sequence[Area] = (
    Area("/rules", _("Rules"), Permission.LOOK),
    Area("/lists", _("Lists"), Permission.LOOK),
    Area("/catalogue", _("Catalogue"), Permission.LOOK),
    Area("/trail", _("Trail"), Permission.READ_TRAIL),
)
RUNNING: Sequence[Area] = (
    Area("/sources", _("Sources"), Permission.OPERATE),
    Area("/pipeline", _("Pipeline"), Permission.OPERATE),
    Area("/quarantine", _("Set aside"), Permission.OPERATE),
    Area("/channels", _("Channels"), Permission.OPERATE),
    Area("/storage", _("Storage"), Permission.OPERATE),
)


def ways_of(visitor: Visitor) -> list[tuple[Area, ...]]:
    """Return the groups of areas that this visitor may enter: the news, what admins keep, what operators run."""
    groups = (NEWS, KEEPING, RUNNING)
    seen = (tuple(area for area in group if visitor.may(area.needs)) for group in groups)
    return [group for group in seen if group]
