"""The keys that seal secrets: from the setting, else from a file of the data folder, made at the first start."""

from __future__ import annotations

from pathlib import Path

from services.cli.engines.private_file import write_private
from shared.kit.errors import PactwatchError
from shared.kit.sealing import SETTING, Seals, new_key
from shared.kit.settings import Settings

FILE_NAME = "secret.key"
_MEND = f"Give {SETTING} the output of `openssl rand -hex 32`, the same for all services, and keep it with the backup."


def seals_of(settings: Settings) -> Seals:
    """Return the seals; without the setting the key is kept in the data folder, and made at the first call.

    Raises WrongInput for a key that is too short, PactwatchError for a folder that cannot be read or written.
    """
    if settings.secret_key is not None:
        return Seals.parse(settings.secret_key.get_secret_value())
    path = settings.data_dir / FILE_NAME
    try:
        return Seals.parse(_kept(path))
    except OSError as error:
        raise PactwatchError(f"{path} cannot be read or made ({error.strerror}).", mend=_MEND) from error


def seals_if_any(settings: Settings) -> Seals | None:
    """Return the seals of the setting or of the house in the data folder; None where there is no key. Makes none."""
    if settings.secret_key is None and not (settings.data_dir / FILE_NAME).exists():
        return None
    return seals_of(settings)


def _kept(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = new_key()
    offered = path.with_name(f".{path.name}.{fresh[:8]}")
    write_private(offered, fresh + "\n")
    try:
        path.hardlink_to(offered)  # whoever is first makes it; two first starts agree on one key
    except FileExistsError:
        return path.read_text(encoding="utf-8")
    finally:
        offered.unlink()
    return fresh
