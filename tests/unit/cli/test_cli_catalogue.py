"""`pactwatch catalogue`: what can be watched, and the way to files of one's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.app import app
from services.cli.engines.datadir import DataDir, House
from shared.catalogue.loader import FILES


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["catalogue", *arguments])


def test_a_copy_can_be_changed_checked_and_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    own = tmp_path / "own"
    assert "PACTWATCH_CATALOGUE_DIR" in run("--copy-to", str(own)).stdout
    assert sorted(path.name for path in own.iterdir()) == sorted(FILES)
    sectors = own / "sectors.yaml"
    sectors.write_text(sectors.read_text("utf-8").replace("{en: Health,", "{en: Medicine,"), "utf-8")
    checked = run("--check", str(own))
    assert (checked.exit_code, "Sectors: 21; added: none; gone: none; changed: 1." in checked.stdout) == (0, True)
    monkeypatch.setenv("PACTWATCH_CATALOGUE_DIR", str(own))
    assert "sector\thealth\tMedicine" in run("health").stdout


def test_commands_judge_by_the_catalogue_of_the_house_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PACTWATCH_CATALOGUE_DIR", raising=False)
    monkeypatch.setenv("PACTWATCH_DATA_DIR", str(tmp_path / "house"))
    own = tmp_path / "own"
    run("--copy-to", str(own))
    sectors = own / "sectors.yaml"
    sectors.write_text(sectors.read_text("utf-8").replace("{en: Health,", "{en: Medicine,"), "utf-8")
    house = DataDir(tmp_path / "house")
    house.prepare()
    house.lock()
    try:
        where = {"nats_url": "nats://n", "database_url": "postgresql://d", "desk_url": "http://x", "pid": os.getpid()}
        house.announce(House(**where, catalogue_dir=own))
        assert "Medicine" in run("health").stdout
        monkeypatch.setenv("PACTWATCH_CATALOGUE_DIR", str(tmp_path))  # what the shell names wins
        assert "Medicine" not in run("health").stdout
    finally:
        house.unlock()
    monkeypatch.delenv("PACTWATCH_CATALOGUE_DIR")
    assert "Medicine" not in run("health").stdout  # the house is gone


def test_a_copy_overwrites_nothing(tmp_path: Path):
    (tmp_path / "stages.yaml").write_text("mine")
    ran = run("--copy-to", str(tmp_path))
    assert (ran.exit_code, "is there already" in " ".join(ran.stderr.split())) == (2, True)
    assert (tmp_path / "stages.yaml").read_text() == "mine"


def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "sectors.yaml").write_text("- id: health\n  nmae: {en: Health}\n")
    ran = run("--check", str(tmp_path))
    assert (ran.exit_code, "sectors.yaml health" in " ".join(ran.stderr.split())) == (2, True)
    monkeypatch.setenv("PACTWATCH_CATALOGUE_DIR", str(tmp_path))
    assert run().exit_code == 2


def test_a_query_of_ones_own_for_an_agreements_rule_is_checked(tmp_path: Path):
    shipped = run("--print", "agreements.yaml").stdout
    with_one = shipped.replace("- id: relos\n", "- id: relos\n  watch: agreement:relos AND (port\n")
    (tmp_path / "agreements.yaml").write_text(with_one, "utf-8")
    ran = run("--check", str(tmp_path))
    assert (ran.exit_code, "relos watch: 'agreement:relos AND (port' has an unclosed parenthesis" in ran.stderr) == (
        0,
        True,
    )
    assert "Close it with )" in ran.stderr


def test_one_shipped_file_is_printed_as_it_is():
    assert run("--print", "stages.yaml").stdout.startswith("#")
    assert run("--print", "other.yaml").exit_code == 2
