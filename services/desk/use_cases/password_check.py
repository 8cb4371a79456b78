"""The one place where a password is looked at: slowed down, with the same work whether or not there is such an account.

A try counts before the password is looked at; the count is taken back when it was right.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.desk.domain.accounts import Account
from services.desk.domain.sessions import Device
from services.desk.domain.throttling import PATIENCE, Tries, counted, keys, taken_back, wait
from services.desk.domain.trail import Actor, Deed
from services.desk.use_cases.account_work import AccountWork, BeginKeeping
from shared.kit.clock import Clock
from shared.kit.passwords import PasswordHashes
from shared.kit.text import clip, one_line, storable

_AT_ONCE = 2  # hashes: 64 MiB each, and the desk must go on answering
_LONGEST_LOGIN_CHARACTERS = 320
NOBODY = "(nobody we know)"


@dataclass(frozen=True, slots=True)
class Passed:
    """The password was right."""

    account: Account


@dataclass(frozen=True, slots=True)
class Failed:
    """The password was wrong, or nobody may sign in so: the answer does not say which."""


@dataclass(frozen=True, slots=True)
class MustWait:
    """Too many tries; the next may be made after this time."""

    remaining: timedelta


Checked = Passed | Failed | MustWait
StepOf = Callable[[Account, str, datetime], int | None]
"""Tells the step of an account's code, or None for a wrong one."""


class PasswordCheck:
    """Checks passwords, and makes their hashes."""

    def __init__(self, begin: BeginKeeping, clock: Clock, hashes: PasswordHashes) -> None:
        self._begin = begin
        self._clock = clock
        self._hashes = hashes
        self._decoy = hashes.decoy()
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def check(self, claimed: str | UUID, password: str, device: Device) -> Checked:
        """Check the password of the account of this id, or of the person of this name or mail address."""
        async with self._begin() as work:
            account = await self._claimed(work, claimed)
            counts = keys(str(account.account_id) if account else _made_up_id(claimed), device.address)
            remaining = await self._count(work, counts)
            if remaining:
                return MustWait(remaining)
        usable = account is not None and account.may_sign_in
        stored = account.password_hash if account is not None and usable else None
        right = await self._holds(stored or self._decoy, password)
        async with self._begin() as work:
            if account is None or not usable or not right:
                name, now = account.name if account else NOBODY, self._clock.now()
                await work.write(Deed(Actor(name, device.address), "sign-in refused", name, now))
                return Failed()
            return await self._pass(work, account, counts, await self._fresh(stored, password))

    async def check_code(self, account_id: UUID, code: str, device: Device, step_of: StepOf) -> Checked:
        """Check the code of an account; `step_of` tells its step, or None for a wrong one."""
        counts = keys(str(account_id), device.address)
        async with self._begin() as work:
            remaining = await self._count(work, counts)
        if remaining:
            return MustWait(remaining)
        async with self._begin() as work:
            await work.only_keeper()
            account, now = await work.account(account_id), self._clock.now()
            step = step_of(account, code, now) if account is not None and account.may_sign_in else None
            if account is None or step is None:
                name = account.name if account else NOBODY
                await work.write(Deed(Actor(name, device.address), "code refused", name, now))
                return Failed()
            used = replace(account, code_step=step)
            await work.save_account(used)
            await self._take_back(work, counts)
            return Passed(used)

    async def hash_of(self, password: str) -> str:
        """Return the hash to store of a password."""
        async with self._room:
            return await asyncio.to_thread(self._hashes.make, password)

    async def forget(self, work: AccountWork, account_id: UUID) -> None:
        """Forget what counts against an account: its person has shown in another way that it is theirs."""
        await work.forget_tries(holding=f"account {account_id}")
        await work.forget_tries(holding=f"pair {account_id} ")

    async def forget_old(self, work: AccountWork, now: datetime) -> None:
        """Forget tries that count no more, whoever made them."""
        await work.forget_tries(before=now - max(each.forgotten for each in PATIENCE.values()))

    async def _claimed(self, work: AccountWork, claimed: str | UUID) -> Account | None:
        if isinstance(claimed, UUID):
            return await work.account(claimed)
        return await work.account_for(_login(claimed))

    async def _holds(self, stored: str, password: str) -> bool:
        async with self._room:
            return await asyncio.to_thread(self._hashes.holds, stored, password)

    async def _fresh(self, stored: str | None, password: str) -> str | None:
        """Return a hash with today's work where the stored one was made with another."""
        return await self.hash_of(password) if stored and self._hashes.is_stale(stored) else None

    async def _pass(
        self, work: AccountWork, account: Account, counts: Mapping[str, str], fresh: str | None
    ) -> Passed | Failed:
        await work.only_keeper()
        now = await work.account(account.account_id)
        if now is None or not now.may_sign_in or now.password_hash != account.password_hash:
            return Failed()  # it changed while we looked
        if now.code_secret is None:  # else the code is still to come: only then it was right
            await self._take_back(work, counts)
        if fresh is not None:
            now = replace(now, password_hash=fresh)
            await work.save_account(now)
        return Passed(now)

    async def _count(self, work: AccountWork, counts: Mapping[str, str]) -> timedelta:
        """Count a try, unless it has to wait; returns how long."""
        now = self._clock.now()
        tries = await work.tries(counts)
        remaining = max(wait(tries[key], now, PATIENCE[kind]) for key, kind in counts.items())
        if not remaining:
            await work.save_tries({k: counted(tries[k], now, PATIENCE[kind]) for k, kind in counts.items()})
        return remaining

    async def _take_back(self, work: AccountWork, counts: Mapping[str, str]) -> None:
        tries = await work.tries(counts)
        kept = {key: Tries() if kind == "pair" else taken_back(tries[key]) for key, kind in counts.items()}
        await work.save_tries(kept)


def _login(text: str) -> str:
    return clip(one_line(storable(text)), _LONGEST_LOGIN_CHARACTERS)


def _made_up_id(claimed: str | UUID) -> str:
    """Return what counts for a name that nobody has: as long as an id, and the same for each spelling."""
    return hashlib.sha256(_login(str(claimed)).casefold().encode()).hexdigest()[:36]
