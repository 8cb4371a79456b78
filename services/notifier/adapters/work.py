"""The notifier's transaction."""

from __future__ import annotations

from services.notifier.adapters.lane_queries import LaneQueries
from services.notifier.adapters.ledger_queries import LedgerQueries
from services.notifier.adapters.letting_go_queries import LettingGoQueries
from services.notifier.adapters.moved_queries import MovedQueries
from services.notifier.adapters.operator_queries import OperatorQueries
from services.notifier.adapters.overview_queries import OverviewQueries
from services.notifier.adapters.reason_queries import ReasonQueries
from services.notifier.adapters.standing_queries import StandingQueries
from services.notifier.adapters.waiting_queries import WaitingQueries
from services.notifier.adapters.watch_queries import WatchQueries


class DatabaseWork(
    WatchQueries,
    OperatorQueries,
    LedgerQueries,
    LaneQueries,
    ReasonQueries,
    WaitingQueries,
    MovedQueries,
    LettingGoQueries,
    StandingQueries,
    OverviewQueries,
):
    """One transaction with all of the notifier's queries."""
