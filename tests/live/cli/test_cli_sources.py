"""Sources by the file, and how they fare: import, export, catalogue, list and show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from shared.store.harvest import EntryRow, HostRow, HubSubscriptionRow, SourceStateRow
from shared.store.unit_of_work import Database
from tests.live.cli.conftest import Pactwatch
from tests.live.desk.desk_rows import Story, an_article, save

pytestmark = pytest.mark.live
OPML = Path(__file__).parents[2] / "data" / "opml"
NOW = datetime.now(UTC)


def test_the_catalogue_comes_in_whole_and_a_second_time_changes_nothing(pactwatch: Pactwatch):
    assert len(pactwatch("source", "catalogue", "--json").json) == 62
    dry = pactwatch("source", "import", "--catalogue", "--dry-run")
    assert "Would be: 62 added." in dry.out
    assert pactwatch("source", "list", "--json").json == []
    first = pactwatch("source", "import", "--catalogue")
    assert "Done: 62 added." in first.out
    assert "40 of the added are paused" in first.out
    listed = pactwatch("source", "list", "--json").json
    assert len(listed) == 62
    assert {each["confidence"] for each in listed if not each["paused"]} == {"high"}
    assert sum(not each["paused"] for each in listed) == 22
    assert "Done: 62 the same." in pactwatch("source", "import", "--catalogue").out
    assert pactwatch("source", "list", "--json").json == listed


def test_an_admins_own_edits_survive_an_import_until_an_update_is_asked_for(pactwatch: Pactwatch):
    pactwatch("source", "import", "--catalogue")
    pactwatch("source", "edit", "NDTV", "--every", "600", "--kind", "atom", "--quirks", "Ours.")
    kept = pactwatch("source", "import", "--catalogue")
    assert "61 the same, 1 left as they are" in kept.out
    assert "left     NDTV: differs in kind, quirks" in kept.out
    changed = pactwatch("source", "import", "--catalogue", "--update", "--json").json
    assert changed["changed"] == [{"name": "NDTV", "fields": ["kind", "quirks"]}]
    (ndtv,) = [each for each in pactwatch("source", "list", "--json").json if each["name"] == "NDTV"]
    assert (ndtv["kind"], ndtv["every_seconds"]) == ("rss", 600)


@pytest.mark.parametrize("ending", ["yaml", "opml"])
def test_what_is_exported_is_imported_to_the_same(ending: str, pactwatch: Pactwatch, tmp_path: Path):
    pactwatch("source", "import", "--catalogue")
    pactwatch(
        "source", "add", "Вести", "https://vesti.example/news?a=1&b=2", "--kind", "page", "--every", "60",
        "--selector", "item=li.news", "--selector", "link=a[href*='=']", "--language", "ru,en", "--owner", "state",
        "--alert-since", "all",
    )  # fmt: skip
    before = pactwatch("source", "list", "--json").json
    file = tmp_path / f"sources.{ending}"
    assert "Wrote 63 sources" in pactwatch("source", "export", str(file)).out
    assert pactwatch("source", "export", "--format", ending).out == file.read_text(encoding="utf-8")
    pactwatch.with_database(_remove_all)
    assert "Done: 63 added." in pactwatch("source", "import", str(file)).out
    assert pactwatch("source", "list", "--json").json == before


def test_a_peers_list_comes_in_with_its_good_entries_and_ends_with_1_for_the_bad(pactwatch: Pactwatch):
    ran = pactwatch("source", "import", str(OPML / "freshrss.opml"), code=1)
    assert "Done: 5 added, 1 not taken." in ran.out
    assert ran.err.startswith("Dotted: Not taken: line 15: type: 'JSON+DotNotation' is a kind of source")
    assert "Done: 1 added, 1 the same." in pactwatch("source", "import", str(OPML / "miniflux.opml")).out
    feedly = pactwatch("source", "import", "-", given=(OPML / "feedly.opml").read_bytes())
    assert "Done: 3 added, 1 repeated in the list." in feedly.out
    bad = pactwatch("source", "import", str(OPML / "mixed.opml"), "--json", code=1).json
    assert [each["name"] for each in bad["added"]] == ["Atom here", "Good after bad"]
    assert {(each["where"], each["name"]) for each in bad["bad"]} == {("line 7", "Another list"), ("line 8", "A file")}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "is not exactly one list"),
        (("x.yaml", "--catalogue"), "is not exactly one list"),
        (("no-such-file.yaml",), "cannot be read (No such file"),
        ((str(OPML),), "cannot be read (Is a directory)"),
        ((str(OPML / "entities.opml"),), "declares entities"),
    ],
)
def test_an_import_of_nothing_is_wrong_use(arguments: tuple[str, ...], told: str, pactwatch: Pactwatch):
    assert told in pactwatch("source", "import", *arguments, code=2).err


def test_an_export_to_where_nothing_can_be_written_or_in_no_format_is_wrong_use(pactwatch: Pactwatch, tmp_path: Path):
    assert "cannot be written" in pactwatch("source", "export", str(tmp_path), code=2).err
    assert "--format: 'csv'" in pactwatch("source", "export", "--format", "csv", code=2).err


def test_an_address_that_is_not_public_is_taken_with_a_caution(pactwatch: Pactwatch, monkeypatch: pytest.MonkeyPatch):
    ran = pactwatch("source", "add", "Inside", "http://10.0.0.5:8080/feed")
    assert "Added Inside" in ran.out
    assert "Caution: 10.0.0.5:8080 is not on the public internet" in ran.err
    assert "Caution" in pactwatch("source", "edit", "Inside", "--url", "http://localhost:8080/feed").err
    monkeypatch.setenv("PACTWATCH_ALLOWED_PRIVATE_HOSTS", "10.0.0.0/8")
    assert pactwatch("source", "edit", "Inside", "--url", "http://10.0.0.6/feed").err == ""


def test_single_selectors_are_changed_and_fields_are_emptied(pactwatch: Pactwatch):
    pactwatch(
        "source", "add", "A", "https://a.example/", "--kind", "page", "--selector", "item=li", "--selector", "date=b"
    )
    pactwatch("source", "edit", "A", "--selector", "date=", "--selector", "title=h2", "--kind", "")
    (listed,) = pactwatch("source", "list", "--json").json
    assert (listed["selectors"], listed["kind"]) == ({"item": "li", "title": "h2"}, None)
    assert "--selector item: 'li['" in pactwatch("source", "edit", "A", "--selector", "item=li[", code=2).err
    assert "is not name=CSS" in pactwatch("source", "edit", "A", "--selector", "li", code=2).err


async def _remove_all(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE sources SET removed_at = now()")


async def _source_id(database: Database, name: str) -> UUID:
    async with database.engine.connect() as connection:
        rows = await connection.exec_driver_sql("SELECT source_id FROM sources WHERE name = $1", (name,))
        source_id: UUID = rows.scalar_one()
        return source_id


async def _troubled(database: Database) -> None:
    source_id = await _source_id(database, "Courier")
    state = SourceStateRow(
        source_id=source_id,
        state="blocked",
        state_since=NOW - timedelta(hours=3),
        last_look_at=NOW,
        next_look_at=NOW + timedelta(minutes=5),
        last_new_at=NOW - timedelta(days=2),
        last_error="The site asks robots to stay away.",
        failures=3,
        interval_seconds=300,
    )
    host = HostRow(host="courier.example", robots="", robots_status=200, robots_at=NOW, delay_seconds=5)
    hub = HubSubscriptionRow(
        source_id=source_id,
        token="t",
        hub="https://hub.example/",
        topic="https://courier.example/feed",
        secret="s",
        state="active",
        next_try_at=NOW,
    )
    entry = EntryRow(
        entry_id=uuid4(),
        source_id=source_id,
        url="https://courier.example/soon",
        canonical_url="https://courier.example/soon",
        title="Soon",
        summary="",
        content="",
        found_at=NOW,
        next_try_at=NOW,
        correlation_id=uuid4(),
    )
    await save(database, state, host, hub, entry)
    await an_article(database, source_id, "Courier", Story())


def test_a_source_in_trouble_is_found_shown_and_says_why(pactwatch: Pactwatch):
    pactwatch("source", "add", "Courier", "https://courier.example/feed")
    pactwatch("source", "add", "Gazette", "https://gazette.example/feed")
    pactwatch.with_database(_troubled)
    for chosen in (("--trouble",), ("--state", "trouble"), ("--state", "blocked")):
        ((name, state, *_, why, url),) = pactwatch("source", "list", *chosen).rows
        assert (name, state, why) == ("Courier", "blocked", "The site asks robots to stay away.")
        assert url == "https://courier.example/feed"
    assert pactwatch("source", "list", "--state", "silent").out == ""
    assert "Did you mean blocked" in pactwatch("source", "list", "--state", "bloked", code=2).err
    shown = pactwatch("source", "show", "courier").out
    for words in (
        "blocked for 3 h", "The site asks robots to stay away.", "5 s between two requests", "active at https://hub",
        "India and Russia sign RELOS", "Waiting to be read: 1", "Soon", "3 in a row", "adaptive, now every 5 min",
    ):  # fmt: skip
        assert words in shown, words
    told = pactwatch("source", "show", "Courier", "--json").json
    assert (told["state"], told["in_trouble"], told["waiting_count"]) == ("blocked", True, 1)
    assert told["host"]["delay_seconds"] == 5
    assert told["hub_subscription"]["state"] == "active"
    assert "secret" not in told["hub_subscription"]
    assert told["last_articles"][0]["title"] == "India and Russia sign RELOS logistics pact"
    assert "source: 'Nobody' is not known" in pactwatch("source", "show", "Nobody", code=2).err
