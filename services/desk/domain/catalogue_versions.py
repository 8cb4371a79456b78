"""The versions of what people changed of the catalogue: each save makes the next one, and nothing is overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.desk.domain.choices import listed
from services.desk.domain.signatures import AnotherVersion
from shared.contracts.catalogue_edits import Edit
from shared.kit.errors import WrongInput


@dataclass(frozen=True, slots=True)
class EditVersion:
    """What was changed of an agreement at one version, who saved it, and why."""

    edit: Edit
    version: int
    author: str
    reason: str
    saved_at: datetime


def refuse_another_edit(version: int, expected: int) -> None:
    """Raise AnotherVersion when the agreement is no longer at the version that somebody changes."""
    if version != expected:
        mend = "See what it says now, and save again."
        raise AnotherVersion("at_version", expected, f"is not the version that stands: that is {version}", mend=mend)


def edit_numbered(number: int, versions: Sequence[EditVersion]) -> EditVersion:
    """Return the version of this number. Raises WrongInput."""
    for each in versions:
        if each.version == number:
            return each
    known = f"There are the versions {listed(str(each.version) for each in versions)}."
    raise WrongInput("version", number, "is no version of it", mend=known if versions else "It has none yet.")
