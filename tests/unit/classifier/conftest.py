"""One judge for all tests of the classifier, as the service runs it: compiling the catalogue takes half a second."""

from __future__ import annotations

import pytest

from services.classifier.domain.judge import Judge
from shared.catalogue.head_file import load_head
from shared.catalogue.loader import load_catalogue


@pytest.fixture(scope="session")
def judge() -> Judge:
    return Judge(load_catalogue(), load_head())
