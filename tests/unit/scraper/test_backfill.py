"""Where a walk through an archive goes next, what it keeps of a page, and where it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scraper.domain.archive_addresses import (
    has_wordpress_pages,
    in_scope,
    is_of_month_before,
    mark_of_address,
    numbered_page,
    scope_of,
)
from services.scraper.domain.backfill import (
    KNOWN_PAGES,
    MOST_LOOKS,
    Step,
    Walk,
    Way,
    begun_walk,
    part_walked,
    position_of,
    steps_after_nothing,
    steps_after_page,
    steps_after_robots,
    worth_keeping,
)
from services.scraper.domain.backfill_order import NEWS_AGE, Order, beginning_of
from services.scraper.parsing.results import Entry, FeedKind, ParsedFeed, Part
from shared.kit.errors import WrongInput

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
FEED = "https://courier.example/rss.xml"


def entry(name: object, days_ago: float | None = None, **fields) -> Entry:
    published = None if days_ago is None else NOW - timedelta(days=days_ago)
    return Entry(f"https://courier.example/news/{name}", f"Entry {name}", published=published, **fields)


def page(*entries: Entry, kind: FeedKind = "rss", older: str | None = None, parts: tuple[Part, ...] = ()) -> ParsedFeed:
    return ParsedFeed("Courier", kind, entries, older=older, parts=parts)


def after(step: Step, read: ParsedFeed, *, new: int | None = None, head: bytes = b"") -> tuple[Step, ...]:
    known = len(read.entries) if new is None else new
    return steps_after_page(step, read, head=head, new=known, since=SINCE, now=NOW)


def walked(pages: list[ParsedFeed], *, new: int | None = None) -> int:
    """Walk these pages as far as the line goes, each leading to the next; return how many were looked at."""
    step, looks = Step(FEED, Way.START), 0
    for number, read in enumerate(pages):
        looks += 1
        older = f"{FEED}?p={number}"
        line = [each for each in after(step, page(*read.entries, older=older), new=new) if each.way is Way.OLDER]
        if not line:
            return looks
        step = line[0]
    return looks


def old_and_older(first_day: float, count: int) -> list[ParsedFeed]:
    return [page(*(entry(f"{n}-{i}", first_day + n * 10 + i) for i in range(10))) for n in range(count)]


def test_a_line_ends_with_the_second_page_of_old_news():
    assert walked(old_and_older(300, 20)) == 5  # days 300, 310, 320, then two pages before January


def test_a_pinned_post_does_not_keep_a_line_alive():
    pinned = [entry(f"pinned-{n}", n) for n in range(3)]
    assert walked([page(*pinned, *each.entries) for each in old_and_older(300, 20)]) == 5


def test_a_pinned_old_post_does_not_end_a_line():
    pinned = entry("pinned", 5000)
    assert walked([page(pinned, *each.entries) for each in old_and_older(0, 20)]) == 20


def test_one_page_of_old_news_is_passed():
    read = [page(entry("a", 1)), page(entry("old", 900)), *old_and_older(2, 3)]
    assert walked(read) == 5


def test_known_news_is_walked_through_as_long_as_it_gets_older():
    assert walked(old_and_older(0, 20), new=0) == 20


def test_a_site_that_shows_one_page_under_every_number_is_left_at_once():
    same = page(entry("a", 1), entry("b", 2))
    assert walked([same] * 20, new=0) == 2
    assert walked([page(entry("c", 0.5)), *[same] * 20], new=0) == 4


def test_two_pages_that_take_turns_are_left():
    both = [page(entry("a", 1)), page(entry("b", 2))]
    assert walked(both * 10, new=0) == 4


def test_an_undated_list_is_walked_through_what_is_known_for_long_and_not_for_ever():
    assert walked([page(entry(f"n{n}")) for n in range(100)], new=0) == KNOWN_PAGES
    assert walked([page(entry(f"n{n}")) for n in range(100)], new=1) == 100


def test_pages_without_entries_end_a_line():
    assert walked([page(entry("a", 1)), page(entry("b", 2)), page(), page(), page()]) == 4


@settings(max_examples=25)
@given(st.lists(st.lists(st.integers(0, 6), max_size=4), min_size=80, max_size=80))
def test_a_line_that_never_brings_anything_new_always_ends(pages: list[list[int]]):
    read = [page(*(entry(n, n if n % 2 else None) for n in names)) for names in pages]
    assert walked(read, new=0) < 60


def test_entries_of_the_future_do_not_say_how_far_a_page_is():
    step = Step(FEED, Way.START)
    assert position_of(step, page(entry("future", -900), entry("a", 3)), now=NOW) == NOW - timedelta(days=3)
    assert position_of(step, page(entry("future", -900)), now=NOW) is None


def test_a_feed_of_wordpress_is_asked_for_its_pages():
    (second,) = after(Step("https://courier.example/feed/?paged=1&x=1", Way.START), page(entry("a", 1)))
    assert (second.url, second.way, second.number) == ("https://courier.example/feed/?x=1&paged=2", Way.PAGED, 2)
    (third,) = after(second, page(entry("b", 2)))
    assert third.url.endswith("paged=3")
    generator = b"<channel><generator>https://wordpress.org/?v=6.8</generator>"
    assert after(Step(FEED, Way.START), page(entry("a", 1)), head=generator)[0].way is Way.PAGED


def test_a_feed_without_pages_is_looked_for_in_the_sitemaps_of_its_host():
    (robots,) = after(Step(FEED, Way.START), page(*(entry(n, 1) for n in range(6))))
    assert (robots.url, robots.way, robots.scope) == (
        "https://courier.example/robots.txt", Way.ROBOTS, "courier.example/news/",
    )  # fmt: skip
    (guess,) = steps_after_robots(robots, ["https://courier.example/maps.xml"])
    assert (guess.way, guess.kind, guess.scope) == (Way.GUESS, "sitemap", robots.scope)
    usual = [each.url.rpartition("/")[2] for each in steps_after_robots(robots, [])]
    assert usual == ["sitemap.xml", "sitemap_index.xml", "news-sitemap.xml"]
    assert steps_after_nothing(robots) == steps_after_robots(robots, [])


def test_a_second_page_that_is_no_other_one_leads_to_the_sitemaps():
    (second,) = after(Step("https://courier.example/feed/", Way.START), page(entry("a", 1)))
    for steps in (after(second, page(entry("a", 1)), new=0), after(second, page()), steps_after_nothing(second)):
        assert [each.way for each in steps] == [Way.ROBOTS]


@pytest.mark.parametrize("kind", ["telegram", "sitemap"])
def test_channels_and_sitemaps_have_no_sitemaps_guessed(kind: FeedKind):
    assert after(Step(FEED, Way.START), page(entry("a", 1), kind=kind)) == ()


def test_of_an_index_the_parts_that_are_not_too_old_are_taken():
    parts = (
        Part("https://courier.example/new.xml", NOW),
        Part("https://courier.example/old.xml", SINCE - timedelta(days=2)),
        Part("https://courier.example/unknown.xml"),
        Part("https://courier.example/posts-2019-05.xml"),
        Part("https://courier.example/posts-2025-12.xml"),
    )
    steps = after(Step(FEED, Way.START), page(kind="sitemap", parts=parts))
    assert [each.url.rpartition("/")[2] for each in steps] == ["new.xml", "unknown.xml", "posts-2025-12.xml"]
    assert {(each.way, each.kind) for each in steps} == {(Way.MAP, "sitemap")}


def test_what_is_older_than_the_walk_is_not_kept_and_what_is_undated_is():
    entries = [entry("new", 1), entry("old", 400), entry("undated"), entry("future", -900)]
    kept = worth_keeping(Step(FEED, Way.OLDER), page(*entries), entries, since=SINCE, now=NOW)
    assert [each.title for each in kept] == ["Entry new", "Entry undated", "Entry future"]


def test_of_a_guessed_sitemap_only_dated_addresses_of_the_lists_own_part_are_kept():
    step = Step(FEED, Way.GUESS, kind="sitemap", scope="courier.example/news/")
    about = Entry("https://courier.example/about/us", "About", updated=NOW)
    entries = [entry("touched", updated=NOW), entry("stale", updated=SINCE - timedelta(days=9)), entry("bare"), about]
    kept = worth_keeping(step, page(*entries, kind="sitemap"), entries, since=SINCE, now=NOW)
    assert [each.title for each in kept] == ["Entry touched"]
    own = worth_keeping(Step(FEED, Way.MAP), page(*entries, kind="sitemap"), entries, since=SINCE, now=NOW)
    assert [each.title for each in own] == ["Entry touched", "Entry bare", "About"]


def test_the_walk_goes_nowhere_twice():
    walk = begun(FEED)
    (start,) = walk.frontier
    older = Step("https://courier.example/older", Way.OLDER)
    walk = walk.after(start, [older, older, start], new=3)
    assert (walk.frontier, walk.looks, walk.entries, walk.done) == ((older,), 1, 3, False)
    assert walk.after(older, [Step(FEED + "#again", Way.OLDER)]).done


def test_the_walk_ends_after_so_many_looks():
    walk = begun(FEED)
    looks = 0
    while (step := walk.next_step()) is not None:
        looks += 1
        walk = walk.after(step, [Step(f"{FEED}?p={looks}", Way.OLDER)])
    assert (looks, walk.done) == (MOST_LOOKS, True)


def begun(url: str, since: datetime = SINCE) -> Walk:
    return begun_walk(url, None, since=since, alert_since=NOW - NEWS_AGE, now=NOW)


def test_how_far_a_walk_is_goes_by_dates_along_a_list_and_by_addresses_elsewhere():
    walk = begun(FEED, since=NOW - timedelta(days=100))
    assert part_walked(walk, None, now=NOW) == 0
    assert part_walked(walk, NOW - timedelta(days=25), now=NOW) == 0.25
    maps = walk.after(walk.frontier[0], [Step(f"{FEED}?m={n}", Way.MAP) for n in range(3)])
    assert part_walked(maps, None, now=NOW) == 0.25


@pytest.mark.parametrize(
    ("urls", "scope"),
    [
        ([f"https://www.a.example/news/world/{n}" for n in range(5)], "www.a.example/news/world/"),
        ([f"https://a.example/news/2026/11/{n}" for n in range(5)], "a.example/news/"),
        ([f"https://a.example/{n}/x" for n in "abcde"], "a.example/"),
        (["https://a.example/news/1", "https://a.example/news/2"], "a.example/"),
        ([*(f"https://a.example/{n}" for n in range(5)), "https://ads.example/x"], "a.example/"),
        ([], "feeds.example/"),
    ],
)
def test_the_part_of_a_site_that_a_list_is_of(urls: list[str], scope: str):
    assert scope_of(urls, "https://feeds.example/rss") == scope


def test_a_www_makes_no_other_site():
    assert in_scope("https://a.example/news/1", "www.a.example/news/")
    assert not in_scope("https://a.example/sport/1", "www.a.example/news/")


@given(st.text(), st.integers(2, 5000))
def test_addresses_of_any_kind_are_marked_and_numbered(query: str, number: int):
    assert len(mark_of_address(query)) == 12
    numbered = numbered_page("https://a.example/feed/?" + query.replace("#", ""), number)
    assert numbered.endswith(f"paged={number}")
    assert numbered_page(numbered, 2).count("paged=2") >= 1


@given(st.lists(st.one_of(st.text(), st.sampled_from(["http://[x/", "http://a.example/1/2", "//", "http://a..b/"]))))
def test_addresses_that_cannot_be_are_of_no_part_of_a_site(urls: list[str]):
    scope = scope_of(urls, "https://feeds.example/rss")
    assert scope.endswith("/")
    assert all(in_scope(url, scope) in (True, False) for url in urls)
    assert not in_scope("http://[x/", scope)
    assert all(is_of_month_before(url, SINCE) in (True, False) for url in urls)


def test_addresses_that_name_a_month_long_over_are_not_asked():
    since = datetime(2026, 3, 15, tzinfo=UTC)
    over = ["/sitemap-2026-01.xml", "/2019/05/map.xml", "/map.xml?yyyy=2026&mm=01&dd=03"]
    assert all(is_of_month_before(f"https://a.example{each}", since) for each in over)
    open_ = ["/sitemap-2026-02.xml", "/sitemap-2026-03.xml", "/map-20190512.xml", "/map-201905.xml", "/x?p=2019-05"]
    assert not any(is_of_month_before(f"https://a.example{each}", since) for each in open_)


def test_feeds_of_wordpress_are_known_by_address_or_generator():
    for url in ("/feed/", "/category/x/feed", "/feed/rss2/", "/?feed=rss2"):
        assert has_wordpress_pages(f"https://a.example{url}", b"")
    assert not has_wordpress_pages("https://a.example/rss.xml", b"<generator>Bitrix</generator>")


def test_an_order_begins_goes_on_or_is_done():
    order = Order(since="2026-01-01")
    beginning, bounds = beginning_of(order, None, NOW)
    assert (beginning, bounds.since, bounds.alert_since) == ("begins", SINCE, NOW - NEWS_AGE)
    walk = begun(FEED)
    later = NOW + timedelta(days=1)
    for same in (order, Order(), Order(since="2026-01-01", alerts="none")):
        beginning, bounds = beginning_of(same, walk, later)
        assert (beginning, bounds.alert_since) == ("goes on", walk.alert_since)
    done = walk.after(walk.frontier[0], [])
    assert beginning_of(order, done, later)[0] == "is done"
    assert beginning_of(Order(since="2025-01-01"), done, later)[0] == "begins"
    assert beginning_of(Order(since="2026-01-01", again=True), walk, later)[0] == "begins"


def test_what_alerts_is_as_the_order_says():
    bounds = {alerts: beginning_of(Order("2026-01-01", alerts), None, NOW)[1] for alerts in ("all", "2026-11-01")}
    assert bounds["all"].alert_since == SINCE
    assert bounds["2026-11-01"].alert_since == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (Order(), "--since: None does not say how far to go back"),
        (Order(since="yesterday"), "--since: 'yesterday' is not a date"),
        (Order(since="2026-13-01"), "--since: '2026-13-01' is not a date"),
        (Order(since="2027-01-01"), "--since: '2027-01-01' is not in the past"),
        (Order(since="0001-01-01T00:00+14:00"), "is not a date"),
        (Order(since="2026-01-01", alerts="some"), "--alerts: 'some' is not a date"),
    ],
)
def test_an_order_that_cannot_be_is_refused_with_its_mend(order: Order, told: str):
    with pytest.raises(WrongInput) as refused:
        beginning_of(order, None, NOW)
    assert told in refused.value.sentence
    assert refused.value.mend


@pytest.mark.parametrize("order", [Order(since="2025-01-01"), Order(alerts="all"), Order(alerts="2026-02-01")])
def test_an_unfinished_walk_is_not_gone_on_with_differently(order: Order):
    with pytest.raises(WrongInput, match="differs from the unfinished walk's"):
        beginning_of(order, begun(FEED), NOW)
