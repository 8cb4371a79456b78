"""The data folder belongs to one Pactwatch at a time, and tells where to find it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.cli.engines.datadir import DataDir, House
from shared.kit.errors import PactwatchError

pytestmark = pytest.mark.live

HOLDER = """
import sys
from pathlib import Path
from services.cli.engines.datadir import DataDir, House
data = DataDir(Path(sys.argv[1]))
data.prepare()
data.lock()
import os
data.announce(House(nats_url="nats://t@h:1", database_url="postgresql://u:p@h/d", desk_url="http://h", pid=os.getpid()))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "data")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def house(pid: int) -> House:
    return House(nats_url="nats://token@h:1", database_url="postgresql://u:pw@h/d", desk_url="http://h", pid=pid)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_we_make_is_ours_alone_and_one_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    there.chmod(0o755)
    for path in (there, tmp_path / "above" / "new"):
        DataDir(path).prepare()
    assert mode_of(there) == 0o755
    assert mode_of(tmp_path / "above" / "new") == 0o700


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_data_dir_that_is_a_file_is_refused_with_a_mend(tmp_path: Path, below: str) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    with pytest.raises(PactwatchError, match="--data-dir"):
        DataDir(file / below).prepare()


def test_a_second_pactwatch_on_the_folder_is_refused_and_told_who_holds_it(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    second = DataDir(tmp_path / "data")
    with pytest.raises(PactwatchError) as refused:
        second.lock()
    assert refused.value.sentence == f"A Pactwatch already runs on {tmp_path / 'data'} (process {holder.pid})."
    assert refused.value.mend == "Stop it first, or give another --data-dir."


def test_a_killed_holder_leaves_the_folder_free(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    second = DataDir(tmp_path / "data")
    second.lock()
    second.unlock()


def test_children_do_not_keep_the_folder_locked(data: DataDir, tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)
    with child:
        data.unlock()
        data.lock()
        child.kill()


def test_a_running_house_is_found_and_a_killed_one_is_not(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    looking = DataDir(tmp_path / "data")
    found = looking.find()
    assert found is not None
    assert (found.pid, found.nats_url, found.desk_url) == (holder.pid, "nats://t@h:1", "http://h")
    holder.kill()
    holder.wait()
    assert (tmp_path / "data" / "house.json").exists()
    assert looking.find() is None


def test_an_announcement_is_for_the_owner_alone_and_can_be_taken_back(data: DataDir) -> None:
    data.announce(house(os.getpid()))
    assert mode_of(data.path / "house.json") == 0o600
    assert data.find() == house(os.getpid())
    data.withdraw()
    data.withdraw()
    assert data.find() is None


@pytest.mark.parametrize("written", ["", "{", "[]", '{"pid": 1}', "\x00" * 20])
def test_a_spoilt_announcement_is_none(data: DataDir, written: str) -> None:
    (data.path / "house.json").write_text(written)
    assert data.find() is None


def test_the_announcement_of_another_process_than_the_holder_is_none(data: DataDir) -> None:
    data.announce(house(os.getpid() + 1))
    assert data.find() is None


def test_nobody_is_found_where_there_is_no_folder(tmp_path: Path) -> None:
    assert DataDir(tmp_path / "missing" / "folder").find() is None


def test_printing_a_house_shows_no_secret() -> None:
    assert "token" not in repr(house(1))
    assert "pw" not in repr(house(1))
