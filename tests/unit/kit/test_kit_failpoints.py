"""Failpoints: the named process dies where it is told, at that passing, and nowhere else."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from shared.kit.failpoints import Step, passing

WALK = """
from shared.kit.failpoints import Step, passing
for step in [*Step, *Step]:
    passing(step)
    print(step, flush=True)
"""


def walked(fail_at: str) -> tuple[int, list[str]]:
    """Walk past every step twice; return how the process ended and what it passed."""
    done = subprocess.run(
        [sys.executable, "-c", WALK], env={"PACTWATCH_FAIL_AT": fail_at}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize(("fail_at", "passed"), [("notifier.alert_saved", 10), ("notifier.alert_saved:2", 25)])
def test_the_process_is_killed_at_that_passing(fail_at: str, passed: int):
    code, steps = walked(fail_at)
    assert code == -signal.SIGKILL
    assert steps == [*Step, *Step][:passed]


@pytest.mark.parametrize("fail_at", ["", "nowhere.at_all", "notifier.alert_saved:3"])
def test_a_process_that_was_not_told_lives(fail_at: str):
    code, steps = walked(fail_at)
    assert code == 0
    assert steps == [*Step, *Step]


def test_every_step_names_its_service_and_what_has_just_happened():
    for step in Step:
        service, _, happened = step.value.partition(".")
        assert service in ("scraper", "relay", "classifier", "notifier")
        assert happened == step.name.lower()
        assert happened.endswith(("ed", "sent", "taken"))


def test_passing_is_nothing_in_production():
    for step in Step:
        passing(step)
