"""The desk's accounts on the house's database: for the desk itself, and for commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from services.cli.account_mail import link_mail
from services.cli.engine_urls import find_engines, open_database, settings_for
from services.desk.adapters.account_records import SqlAccountWork
from services.desk.domain.sessions import SessionLimits
from services.desk.use_cases.account_links import AccountLinks
from services.desk.use_cases.accounts import Accounts
from services.desk.use_cases.code_reader import CodeReader
from services.desk.use_cases.coming_in import ComingIn
from services.desk.use_cases.doors import Doors
from services.desk.use_cases.password_check import PasswordCheck
from services.desk.use_cases.second_factor import SecondFactor
from services.desk.use_cases.signing_in import SigningIn
from shared.kit.clock import Clock, SystemClock
from shared.kit.passwords import PasswordHashes
from shared.kit.sealing import Seals
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database

_USUAL_HOME = "http://127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class AccountDesk:
    """Everything about accounts: signing in, coming in by links, and deciding who may."""

    signing_in: SigningIn
    coming_in: ComingIn
    accounts: Accounts
    second_factor: SecondFactor

    @property
    def doors(self) -> Doors:
        """What lets people in at the desk."""
        return Doors(self.signing_in, self.coming_in, self.second_factor)


def accounts_on(
    database: Database,
    settings: Settings,
    *,
    seals: Seals | None = None,
    home_url: str | None = None,
    clock: Clock | None = None,
    hashes: PasswordHashes | None = None,
) -> AccountDesk:
    """Return accounts on this database.

    Without `seals` nobody can have a second factor; `home_url` is where links lead to, `hashes` the work of a password.
    """
    begin, clock = partial(database.begin, SqlAccountWork), clock or SystemClock()
    limits = SessionLimits(
        idle=timedelta(seconds=settings.session_idle_seconds), most=timedelta(seconds=settings.session_most_seconds)
    )
    passwords = PasswordCheck(begin, clock, hashes or PasswordHashes())
    codes = CodeReader(seals) if seals is not None else None
    signing_in = SigningIn(begin, clock, passwords, limits, codes)
    home = home_url or settings.base_url or _USUAL_HOME
    links = AccountLinks(begin, clock, home_url=home, mail=link_mail(settings, clock))
    return AccountDesk(
        signing_in,
        ComingIn(links, passwords, signing_in),
        Accounts(links, passwords),
        SecondFactor(links, passwords, signing_in, codes),
    )


@asynccontextmanager
async def open_accounts(data_dir: Path | None) -> AsyncIterator[AccountDesk]:
    """Open the house's accounts. Raises PactwatchError when its database is away."""
    settings = settings_for(data_dir)
    async with open_database(data_dir) as database:
        yield accounts_on(database, settings, home_url=find_engines(settings).desk_url)
