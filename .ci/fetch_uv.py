#!/usr/bin/env python3
"""Fetches the program uv to a path, with nothing but Python: `fetch_uv.py .boot/uv`.

By pip where there is one, else by a pip that is fetched first: Debian's Python comes without pip and without the
means to make a virtual environment. pip installs into a folder of its own, so an "externally managed" system
(PEP 668) is left alone, and pip's own settings (a company's index, its certificates) count.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

WANTED = "uv>=0.9,<0.14"  # the newest series that this project's lock file was made and tried with
PATIENCE_SECONDS = 60
# Settings of a person's pip that would get in the way of installing into a folder.
PIP_ENVIRONMENT = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_ROOT_USER_ACTION": "ignore"}


def main(target: Path) -> str | None:
    """Put uv at `target`, whole or not at all; return what went wrong, for `sys.exit`."""
    sys.stderr.write(f"Fetching uv into {target.parent.name}/ …\n")
    target.parent.mkdir(parents=True, exist_ok=True)
    troubles: list[str] = []
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name)
        for pip in pips(folder, troubles):
            trouble = install(pip, folder / "installed")
            if trouble is None:
                (folder / "installed" / "bin" / "uv").replace(target)
                return None
            troubles.append(trouble)
    troubles += ["Error: uv could not be fetched.", "Check the network, or install it: https://docs.astral.sh/uv/"]
    return "\n".join(troubles)


def install(pip: list[str], folder: Path) -> str | None:
    """Let this pip install uv into the folder; return what went wrong."""
    quietly = ["--quiet", "--no-input", "--no-cache-dir", "--disable-pip-version-check"]
    done = subprocess.run(  # noqa: S603  # our own command, no shell
        [*pip, "install", *quietly, "--target", str(folder), WANTED],
        env={**os.environ, **PIP_ENVIRONMENT},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.stderr.strip() if done.returncode else None


def pips(folder: Path, troubles: list[str]) -> Iterator[list[str]]:
    """Give the ways to call pip, the likeliest first; the second is fetched only when the first did not do."""
    yield [sys.executable, "-m", "pip"]
    try:
        yield [sys.executable, str(fetch_pip(folder) / "pip")]
    except (OSError, ValueError, LookupError) as trouble:
        troubles.append(f"pip could not be fetched: {type(trouble).__name__}: {trouble}")


def fetch_pip(folder: Path) -> Path:
    """Return the newest pip as a wheel, which Python can run as it is. Raises OSError, ValueError and LookupError."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    listing = json.loads(read(index, accept="application/vnd.pypi.simple.v1+json"))
    newest = [each for each in listing["files"] if is_release(each["filename"]) and not each.get("yanked")][-1]
    body = read(urljoin(index, newest["url"]))
    if hashlib.sha256(body).hexdigest() != newest["hashes"]["sha256"]:
        raise ValueError(f"{newest['url']} is not what the index says it is")
    wheel = folder / str(newest["filename"])
    wheel.write_bytes(body)
    return wheel


def is_release(filename: str) -> bool:
    """Tell whether this is the wheel of a finished version: `pip-25.1-py3-none-any.whl`, not `pip-25.1b1-…`."""
    return filename.endswith("-py3-none-any.whl") and filename.split("-")[1].replace(".", "").isdigit()


def read(url: str, *, accept: str = "*/*") -> bytes:
    """Return what is at the address. Raises OSError."""
    request = urllib.request.Request(url, headers={"Accept": accept})  # noqa: S310  # an address of the index
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
        return bytes(answer.read())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
