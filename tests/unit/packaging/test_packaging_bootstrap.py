"""The way to uv on a machine that has nothing but Python: `.ci/uv`, tried with programs that only say what they are."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BOOTSTRAP = Path(__file__).resolve().parents[3] / ".ci" / "uv"
SYSTEM_PATH = "/usr/bin:/bin"


class Checkout:
    """A checkout of its own, with programs of our making in front of the PATH."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.programs = root / "programs"
        for folder in (root / ".ci", self.programs, root / ".boot", root / "home"):
            folder.mkdir(parents=True)
        shutil.copy(BOOTSTRAP, root / ".ci" / "uv")
        self.program("python3", f'exec "{sys.executable}" "$@"')

    def program(self, name: str, script: str, *, folder: Path | None = None) -> None:
        path = (folder or self.programs) / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def uv(self, version: str, *, folder: Path | None = None) -> None:
        """A uv that says its version, and otherwise its environment and arguments."""
        say = f'echo "THIS={version}"; echo "ARGUMENTS=$*"; env'
        self.program("uv", f'[ "$1" = --version ] && {{ echo "uv {version}"; exit; }}\n{say}', folder=folder)

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{self.programs}:{SYSTEM_PATH}", "HOME": str(self.root / "home"), **variables}
        script = str(self.root / ".ci" / "uv")
        return subprocess.run(["sh", script, *arguments], env=environment, capture_output=True, text=True, check=False)

    def said(self, *arguments: str, **variables: str) -> dict[str, str]:
        lines = self.run(*arguments, **variables).stdout.splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "a checkout")  # with a space, as people have them


def test_a_new_enough_uv_on_the_path_is_used_for_the_environment_of_this_checkout(checkout: Checkout):
    checkout.uv("0.9.3")
    said = checkout.said("sync", "--frozen", VIRTUAL_ENV="/somewhere/else")
    assert said["ARGUMENTS"] == "sync --frozen"
    assert said["UV_PROJECT_ENVIRONMENT"] == str(checkout.root / ".venv")
    assert said["UV_PYTHON"] == sys.executable
    assert "VIRTUAL_ENV" not in said


@pytest.mark.parametrize("version", ["0.8.24", "0.4.30", "nonsense", "0.x"])
def test_an_old_uv_on_the_path_is_left_alone(checkout: Checkout, version: str):
    checkout.uv(version)
    checkout.uv("0.13.9", folder=checkout.root / ".boot")
    assert checkout.said("sync")["THIS"] == "0.13.9"


@pytest.mark.parametrize("version", ["0.9.0", "0.13.9", "1.0.0"])
def test_newer_versions_are_told_by_their_numbers_and_not_by_their_letters(checkout: Checkout, version: str):
    checkout.uv(version)
    assert checkout.said("sync")["THIS"] == version


def test_a_python_that_is_too_old_is_named_with_what_to_do(checkout: Checkout):
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        checkout.program(name, '[ "$1" = --version ] && echo "Python 3.9.2" && exit\nexit 1')
    checkout.uv("0.13.9")
    done = checkout.run("sync")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer, but python3 is: Python 3.9.2" in done.stderr
    assert "PYTHON=" in done.stderr


def test_an_interpreter_can_be_named(checkout: Checkout):
    checkout.uv("0.13.9")
    checkout.program("python3", "exit 1")
    assert checkout.said("sync", PYTHON=sys.executable)["UV_PYTHON"] == sys.executable


def test_an_environment_that_works_keeps_its_python(checkout: Checkout):
    checkout.uv("0.13.9")
    (checkout.root / ".venv" / "bin").mkdir(parents=True)
    checkout.program("python", f'exec "{sys.executable}" "$@"', folder=checkout.root / ".venv" / "bin")
    assert "UV_PYTHON" not in checkout.said("sync")


@pytest.mark.parametrize("home", ["", os.devnull])
def test_without_a_home_the_cache_is_in_the_checkout(checkout: Checkout, home: str):
    checkout.uv("0.13.9")
    assert checkout.said("sync", HOME=home)["UV_CACHE_DIR"] == str(checkout.root / ".boot" / "cache" / "uv")


def test_with_a_home_the_cache_is_where_uv_keeps_it(checkout: Checkout):
    checkout.uv("0.13.9")
    assert checkout.said("sync")["UV_CACHE_DIR"] == str(checkout.root / "home" / ".cache" / "uv")
