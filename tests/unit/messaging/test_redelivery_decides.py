"""What becomes of a message whose handler failed, decided from values."""

from __future__ import annotations

import json

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from shared.kit.errors import Later, Never
from shared.messaging.redelivery import SetAside, TooSlow, TryAgain, judge
from shared.store.unit_of_work import is_outage

WAITS_SECONDS = (1.0, 5.0, 30.0)


def decided(error: BaseException, *, failures: int = 1, deliveries: int = 1) -> TryAgain | SetAside:
    return judge(error, failures=failures, deliveries=deliveries, waits_seconds=WAITS_SECONDS, outage_wait_seconds=2.0)


@pytest.mark.parametrize(("failures", "wait"), [(1, 1.0), (2, 5.0), (3, 30.0)])
def test_each_failure_waits_longer_than_the_one_before(failures: int, wait: float) -> None:
    assert decided(RuntimeError("no"), failures=failures) == TryAgain(wait)


def test_after_its_last_wait_a_message_is_set_aside_with_what_was_said() -> None:
    assert decided(RuntimeError("no"), failures=4) == SetAside("failed 4 times, at last with RuntimeError: no")


def test_deliveries_that_an_outage_used_up_do_not_count_against_the_message() -> None:
    assert decided(RuntimeError("no"), failures=1, deliveries=150) == TryAgain(1.0)


@pytest.mark.parametrize(("deliveries", "wait"), [(1, 2.0), (2, 4.0), (6, 60.0), (180, 60.0)])
def test_an_outage_is_waited_out_however_long_it_takes(deliveries: int, wait: float) -> None:
    assert decided(Later("away"), failures=0, deliveries=deliveries) == TryAgain(wait)


def test_a_handler_that_is_too_slow_failed_and_is_no_outage() -> None:
    assert decided(TooSlow("45 s"), failures=4) == SetAside("failed 4 times, at last with TooSlow: 45 s")


@pytest.mark.parametrize("error", [Never("The article is gone."), json.JSONDecodeError("no", "{", 1), RecursionError()])
def test_what_no_later_try_can_mend_is_set_aside_at_once(error: Exception) -> None:
    assert isinstance(decided(error), SetAside)


class Said(Exception):
    """Stands for the driver's own error."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize("sqlstate", ["08006", "53300", "53100", "57014", "57P01", "57P03", "25006", "40001", "40P01"])
def test_a_server_that_is_away_full_or_failing_over_is_an_outage(sqlstate: str) -> None:
    assert is_outage(DBAPIError("SELECT 1", {}, Said(sqlstate)))
    assert is_outage(Said(sqlstate))


@pytest.mark.parametrize("sqlstate", ["23505", "42601", "22P02", "54000"])
def test_a_statement_that_is_wrong_is_no_outage(sqlstate: str) -> None:
    assert not is_outage(DBAPIError("SELECT 1", {}, Said(sqlstate)))


def test_a_driver_whose_connection_is_gone_is_an_outage() -> None:
    assert is_outage(asyncpg.InterfaceError("connection is closed"))
    assert is_outage(asyncpg.CannotConnectNowError("starting up"))
