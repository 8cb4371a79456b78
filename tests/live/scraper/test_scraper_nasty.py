"""A whole site of bad behaviour at once: each ends in its named state, and costs the others nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

import pytest

from services.scraper.schedule import GIVE_BACK_SECONDS, GRACE_SECONDS, TICK_SECONDS
from tests.databases import Databases
from tests.live.scraper.nasty_feeds import FEEDS
from tests.live.scraper.nasty_hosts import HOSTS
from tests.live.scraper.nasty_pages import PAGES
from tests.live.scraper.nasty_run import HEALTHY, HEALTHY_EVERY_SECONDS, Report, run_it
from tests.live.scraper.nasty_site import Behaviour

# The first test waits for the run of them all.
pytestmark = [pytest.mark.live, pytest.mark.one_long_run, pytest.mark.timeout(240)]

MOST_MEMORY_BYTES = 300_000_000
# A look begins up to a tick after it is due, and the next one is due an interval after it has ended. Beyond that, half
# an interval on average, and one and a half at the most, is what two hundred others may cost on two busy cores.
USUALLY_LATE_SECONDS = TICK_SECONDS + 0.5 * HEALTHY_EVERY_SECONDS
LATE_SECONDS = TICK_SECONDS + 1.5 * HEALTHY_EVERY_SECONDS
LONGEST_TURN_SECONDS = 0.75  # of computing without letting others go on
CLOSING_SECONDS = 5.0  # connections to servers and database, and an interpreter's end


@pytest.fixture(scope="module")
def report(databases: Databases) -> Iterator[Report]:
    lent = databases.lend()
    yield asyncio.run(run_it(databases.url_of(lent)))
    databases.take_back(lent)


def test_there_are_more_behaviours_than_sixty_and_each_has_a_name_of_its_own():
    names = [each.name for each in (*HOSTS, *FEEDS, *PAGES)]
    assert len(names) == len(set(names)) > 200


@pytest.mark.parametrize("behaviour", [*HOSTS, *FEEDS], ids=lambda each: each.name)
def test_a_source_that_misbehaves_ends_in_its_named_state(behaviour: Behaviour, report: Report):
    seen = report.seen[behaviour.name]
    assert len(seen.looks) >= behaviour.looks, f"it was looked at {len(seen.looks)} times, {behaviour.looks} are needed"
    begun = seen.states[: len(behaviour.states)]
    assert (begun, set(seen.states)) == (behaviour.states, set(behaviour.states)), seen.said
    assert behaviour.says.lower() in seen.said.lower()
    assert seen.wait_seconds >= behaviour.waits_seconds
    assert behaviour.entries in (None, len(seen.titles))
    assert not behaviour.title or behaviour.title in seen.titles, seen.titles


@pytest.mark.parametrize("behaviour", PAGES, ids=lambda each: each.name)
def test_an_article_whose_page_misbehaves_is_published_all_the_same(behaviour: Behaviour, report: Report):
    seen = report.seen[behaviour.name]
    became = "held" if seen.gate else seen.article_from
    assert became == behaviour.article, f"{seen.open_entries} waiting; {seen.said} {seen.gate} {seen.article[:200]!r}"
    assert behaviour.article_has in seen.article


def test_the_others_are_polled_on_time(report: Report):
    asked = [report.asked.get(f"{each.name}/feed", []) for each in HEALTHY]
    assert all(times[0] - report.began_at < 3 * HEALTHY_EVERY_SECONDS for times in asked if times)
    ends = [[*times, report.stopped_at] for times in asked]  # one that is never asked again is late, too
    gaps = [later - at for times in ends for at, later in pairwise(times)]
    said = f"median {median(gaps):.1f} s, worst {max(gaps):.1f} s of {len(gaps)} gaps"
    assert median(gaps) < HEALTHY_EVERY_SECONDS + USUALLY_LATE_SECONDS, said
    assert max(gaps) < HEALTHY_EVERY_SECONDS + LATE_SECONDS, said


def test_nobody_is_kept_waiting_by_what_one_answer_costs_to_take(report: Report):
    assert max(report.longest_turns) < LONGEST_TURN_SECONDS, report.longest_turns


def test_memory_stays_under_300_mb(report: Report):
    assert report.peak_bytes < MOST_MEMORY_BYTES, [round(each / 1e6) for each in report.at_peak]


def test_it_stops_within_its_grace_and_leaves_nothing_behind(report: Report):
    assert report.exit_code == 0, report.log[-2000:]
    assert report.stop_seconds < GRACE_SECONDS + GIVE_BACK_SECONDS + CLOSING_SECONDS
    ours = [task for task in report.tasks_left if "AnyIO process pool" not in task]  # the pool's own ends with the loop
    assert not ours
    assert report.children_left == 0
    assert report.leases_left == 0


def test_nothing_happens_that_nobody_expected(report: Report):
    assert "Traceback" not in report.log, report.log[report.log.index("Traceback") :][:3000]
    assert "could not be handled" not in report.log
