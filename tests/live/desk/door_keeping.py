"""The desk's doors for tests: accounts on a real database, with passwords that cost next to nothing."""

from __future__ import annotations

from services.cli.account_desk import AccountDesk, accounts_on
from services.desk.use_cases.doors import Doors
from shared.kit.clock import Clock
from shared.kit.passwords import PasswordHashes
from shared.kit.sealing import Seals
from shared.kit.settings import load_settings
from shared.store.unit_of_work import Database

QUICK = PasswordHashes(memory_kib=64, passes=1, lanes=1)
SEALS = Seals((b"k" * 32,))
HOME = "http://127.0.0.1:8080"


def account_desk(
    database: Database,
    *,
    home_url: str = HOME,
    clock: Clock | None = None,
    seals: Seals | None = SEALS,
    **settings: object,
) -> AccountDesk:
    """Everything about accounts on this database."""
    return accounts_on(database, load_settings(**settings), seals=seals, home_url=home_url, clock=clock, hashes=QUICK)


def doors_on(database: Database) -> Doors:
    """The doors of a desk on this database; nobody owns it, so that this machine reads it."""
    return account_desk(database).doors
