"""The catalogue as people change it: names, confusables and milestones of an agreement, laid over what ships."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from services.desk.domain.catalogue_versions import EditVersion, edit_numbered, refuse_another_edit
from services.desk.domain.choices import advice
from services.desk.domain.signatures import Signature
from shared.catalogue.edits import edit_between, overlaid, overlaid_as_far
from shared.catalogue.entries import Agreement, Catalogue
from shared.contracts.catalogue_edits import Edit
from shared.kit.clock import Clock
from shared.kit.errors import WrongInput


class CatalogueWork(Protocol):
    """One transaction that keeps edits of the catalogue."""

    async def only_writer(self) -> None:
        """Wait until no other transaction changes definitions, and be the only one that does until the end."""

    async def catalogue_edits(self) -> Sequence[Edit]:
        """Return what people changed of the catalogue."""

    async def edited(self) -> Mapping[str, int]:
        """Return the agreements that people changed, with the version that each is at."""

    async def edit_versions(self, agreement_id: str) -> Sequence[EditVersion]:
        """Return the versions of what was changed of an agreement, the first one first."""

    async def save_edit(self, version: EditVersion) -> None:
        """Keep the version, which must be a new one, and have the edit be at it."""


BeginCatalogue = Callable[[], AbstractAsyncContextManager[CatalogueWork]]


@dataclass(frozen=True, slots=True)
class KeptAgreement:
    """An agreement as it ships and as it stands, with the versions of what people changed, the newest last.

    `left_out` says why an edit does not count: it was right once, and the catalogue is another by now.
    """

    shipped: Agreement
    stands: Agreement
    catalogue: Catalogue
    versions: Sequence[EditVersion]
    left_out: WrongInput | None = None

    @property
    def version(self) -> int:
        """The version that it is at; 0 for one that nobody changed."""
        return self.versions[-1].version if self.versions else 0

    @property
    def edit(self) -> Edit:
        """What is changed now."""
        return self.versions[-1].edit if self.versions else Edit(self.shipped.id)


class CatalogueKeeping:
    """Shows the catalogue as it stands, and changes it."""

    def __init__(self, begin: BeginCatalogue, catalogue: Catalogue, clock: Clock) -> None:
        self._begin = begin
        self._shipped = catalogue
        self._clock = clock

    async def stands(self) -> tuple[Catalogue, Mapping[str, int]]:
        """Return the catalogue with what people changed, and what they changed, with the version of each."""
        async with self._begin() as work:
            edits, edited = await work.catalogue_edits(), await work.edited()
        catalogue, _ = await asyncio.to_thread(overlaid_as_far, self._shipped, edits)
        return catalogue, edited

    async def agreement(self, agreement_id: str) -> KeptAgreement | None:
        """Return an agreement as it ships and as it stands; None for an unknown one."""
        shipped = self._shipped.agreements.get(agreement_id)
        if shipped is None:
            return None
        async with self._begin() as work:
            edits, versions = await work.catalogue_edits(), await work.edit_versions(agreement_id)
        catalogue, wrong = await asyncio.to_thread(overlaid_as_far, self._shipped, edits)
        mine = next((each for each in wrong if f" {agreement_id} " in each.field), None)
        return KeptAgreement(shipped, catalogue.agreements[agreement_id], catalogue, versions, mine)

    async def save(
        self, agreement_id: str, wanted: Mapping[str, Iterable[str]], by: Signature, *, at_version: int
    ) -> bool:
        """Have the agreement be so; tells whether that changes anything. Raises WrongInput."""
        shipped = self._known(agreement_id)
        edit = edit_between(shipped, wanted)
        return await self._keep(edit, by, at_version)

    async def roll_back(self, agreement_id: str, to: int, by: Signature) -> bool:
        """Save a new version that changes what version `to` changed (0: nothing). Raises WrongInput."""
        shipped = self._known(agreement_id)
        async with self._begin() as work:
            versions = await work.edit_versions(agreement_id)
        edit = Edit(shipped.id) if to == 0 else edit_numbered(to, versions).edit
        return await self._keep(edit, by, versions[-1].version if versions else 0)

    async def _keep(self, edit: Edit, by: Signature, at_version: int) -> bool:
        async with self._begin() as work:
            await work.only_writer()
            versions = await work.edit_versions(edit.agreement_id)
            stands = versions[-1] if versions else None
            refuse_another_edit(stands.version if stands else 0, at_version)
            if edit == (stands.edit if stands else Edit(edit.agreement_id)):
                return False
            others = [each for each in await work.catalogue_edits() if each.agreement_id != edit.agreement_id]
            sound, _ = overlaid_as_far(self._shipped, others)
            overlaid(sound, [edit])
            number = stands.version + 1 if stands else 1
            await work.save_edit(EditVersion(edit, number, by.author, by.reason, self._clock.now()))
        return True

    def _known(self, agreement_id: str) -> Agreement:
        known = self._shipped.agreements
        if agreement_id not in known:
            mend = advice(agreement_id, known, otherwise="See the catalogue.")
            raise WrongInput("agreement", agreement_id, "is no agreement of the catalogue", mend=mend)
        return known[agreement_id]
