"""`pactwatch up --demo`, as a newcomer meets it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import urllib.request
from pathlib import Path

import pytest

from services.cli.engines.datadir import DataDir
from tests.journeys.house import House, gone, stopped_at_the_end
from tests.waiting import eventually

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]


def children_of(house: House) -> list[int]:
    return [int(file.read_text().split()[0]) for file in (house.data / "engines").glob("*.pid")]


def page_at(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as response:
        page: str = response.read().decode()
        return page


async def test_the_demo_is_ready_in_one_line_and_its_alerts_say_why(tmp_path: Path) -> None:
    house = House(tmp_path / "house", allowed_private_hosts="")
    with stopped_at_the_end(house.up("--demo")) as running:
        ready = [line for line in running.lines if line.startswith("pactwatch ready")]
        assert len(ready) == 1
        address = ready[0].removeprefix("pactwatch ready ")
        assert address.startswith("http://127.0.0.1:")

        async def enough() -> list[dict[str, object]]:
            alerts: list[dict[str, object]] = house.json("alerts", "list")
            return alerts if len(alerts) >= 10 else []

        for alert in await eventually(enough, within_seconds=60):
            assert alert["rule"]
            assert str(alert["evidence"]).strip()
            assert alert["source"]
            assert alert["time"]

        async def shown() -> bool:  # whichever of the papers is read last
            return "RELOS" in await asyncio.to_thread(page_at, address)

        assert await eventually(shown, within_seconds=60)
        assert running.stop() == 0
    assert all(gone(pid) for pid in children_of(house))


def test_a_second_start_on_the_same_folder_says_so_and_a_later_one_goes_on(tmp_path: Path) -> None:
    house = House(tmp_path / "house")
    with stopped_at_the_end(house.up()) as running:
        house.run("rule", "add", "Pacts", "pact")
        second = house.start("up")
        assert second.process.wait(30) == 1
        assert any("already runs" in line for line in second.lines)
        assert running.stop() == 0
    with stopped_at_the_end(house.up()) as later:
        assert [rule["name"] for rule in house.json("rule", "list", "--origin", "custom")] == ["Pacts"]
        assert later.stop() == 0


def test_a_killed_house_leaves_no_child_behind_and_starts_again(tmp_path: Path) -> None:
    house = House(tmp_path / "house")
    with stopped_at_the_end(house.up("--demo")) as running:
        children = children_of(house)
        assert len(children) == 2
        running.kill()
    assert all(gone(pid) for pid in children)
    with stopped_at_the_end(house.up("--demo")) as again:
        assert again.stop() == 0


def test_commands_find_the_house_by_its_folder_and_say_so_when_none_runs(tmp_path: Path) -> None:
    house = House(tmp_path / "house")
    stopped = house.start("alerts", "list")
    assert stopped.process.wait(30) == 1
    assert any("No Pactwatch runs in" in line for line in stopped.lines)


def test_doctor_is_content_with_a_running_house_and_names_what_is_away(tmp_path: Path) -> None:
    house = House(tmp_path / "house")
    with stopped_at_the_end(house.up()) as running:
        findings = {finding["check"]: finding["state"] for finding in house.json("doctor")}
        assert findings["database"] == findings["schema"] == findings["bus"] == "ok"
        assert running.stop() == 0
    told = house.start("doctor", database_url="postgresql://x@127.0.0.1:1/x", nats_url="nats://127.0.0.1:1")
    assert told.process.wait(60) == 1
    assert any(line.startswith("failed   database") for line in told.lines)


def test_a_terminal_that_closes_stops_the_house_cleanly(tmp_path: Path) -> None:
    house = House(tmp_path / "house")
    with stopped_at_the_end(house.up()) as running:
        os.kill(running.process.pid, signal.SIGTERM)
        assert running.process.wait(30) == 0
    assert DataDir(house.data).find() is None
    assert json.dumps(running.lines).count("stopped") == 1
