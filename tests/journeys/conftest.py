"""What the journeys share: a site, a receiver, and the folder of articles to serve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.house import Receiver, Site


@pytest.fixture
def site() -> Iterator[Site]:
    """A local site with an RSS feed."""
    site = Site()
    yield site
    site.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A local webhook."""
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def articles_folder(request: pytest.FixtureRequest) -> Path:
    """The folder of article texts: our own damaged ones, or the one that `--articles-folder` names."""
    given = request.config.getoption("--articles-folder")
    return Path(given) if given else Path(__file__).parents[1] / "data" / "damaged"
