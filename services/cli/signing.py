"""Who saves, as the command line says it: by default the user of this machine."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from services.desk.domain.signatures import Signature, signed
from shared.kit.errors import WrongInput

AuthorOption = Annotated[
    str | None, typer.Option("--author", help="Who saves it (default: your user name on this machine).")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the version.")]


def signature(author: str | None, reason: str = "") -> Signature:
    """Return the signature of a save. Raises WrongInput."""
    return signed(_user() if author is None else author, reason)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:  # a container's user may have no name
        mend = "Say who you are: --author NAME"
        raise WrongInput("--author", None, "is needed: this machine has no name for you", mend=mend) from error
