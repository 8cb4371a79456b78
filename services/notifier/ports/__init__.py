"""What the use cases need of the outside: a transaction with these queries, and a way to send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from services.notifier.domain.delivery import Outcome
from services.notifier.domain.parcel import Parcel
from services.notifier.ports.delivering import LedgerWork, LettingGoWork, ReasonWork, WaitingWork
from services.notifier.ports.overseeing import OverviewWork, StandingWork
from services.notifier.ports.telling import CorrectionWork, OperatorWork, WatchWork

__all__ = ["Begin", "CorrectionWork", "NotifierWork", "OperatorWork", "Send", "WatchWork"]


Send = Callable[[Parcel], Awaitable[Outcome]]


class NotifierWork(
    WatchWork,
    OperatorWork,
    LedgerWork,
    ReasonWork,
    WaitingWork,
    LettingGoWork,
    StandingWork,
    OverviewWork,
    Protocol,
):
    """A transaction of the notifier."""


Begin = Callable[[], AbstractAsyncContextManager[NotifierWork]]
