"""Deliberate offences against each import rule: what is written where, and who must be named for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Offence:
    """A line in a module that should not stand there; `named` is what the check calls it, if not by the module."""

    module: str
    line: str
    named: str = ""

    def commit(self, tree: Path) -> None:
        """Write the module into this tree; a module that exists is never touched."""
        path = tree / (self.module.replace(".", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), f"{self.module} exists: choose another name for the offence"
        path.write_text(self.line + "\n", encoding="utf-8")
        if not (path.parent / "__init__.py").exists():
            (path.parent / "__init__.py").touch()


def _impure(*lines: str) -> tuple[Offence, ...]:
    return tuple(Offence(f"services.notifier.domain.offence_{n}", line) for n, line in enumerate(lines))


OFFENCES: dict[str, tuple[Offence, ...]] = {
    "strangers": (
        Offence("services.notifier.domain.offence", "from services.scraper.domain import source"),
        Offence("services.desk.adapters.offence", "from services.cli.output import say"),
        Offence("services.teller.app", "", named="services.teller"),
    ),
    "ground": (
        Offence("shared.kit.offence", "from services.notifier.domain import room"),
        Offence("shared.store.offence", "from migrations.upgrade import METADATA"),
        Offence("migrations.versions.offence", "from services.desk.app import build_desk"),
    ),
    "migrator": (Offence("services.desk.adapters.offence", "from migrations.upgrade import upgrade"),),
    "rooms": (
        Offence("services.notifier.helpers", ""),
        Offence("services.scraper.utils.text", "", named="services.scraper.utils"),
        Offence("services.classifier.domain.offence", "from services.classifier.ports import Begin"),
        Offence("services.desk.adapters.offence", "from services.desk.use_cases.definitions import Definitions"),
        Offence("services.notifier.use_cases.offence", "from services.notifier.adapters.work import DatabaseWork"),
        Offence("services.desk.pages.offence", "from services.desk.app import build_desk"),
        Offence("services.scraper.parsing.offence", "import services.scraper.ports"),
        Offence("services.scraper.domain.offence", "from services.scraper.parsing import dates"),
    ),
    "floors": (
        Offence("shared.kit.offence", "from shared.contracts.events import Event"),
        Offence("shared.contracts.offence", "from shared.store.unit_of_work import Work"),
        Offence("shared.store.offence", "from shared.messaging.broker import Handler"),
        Offence("shared.rules.offence", "from shared.store.base import Base"),
        Offence("shared.language.offence", "from shared.rules.query import Query"),
        Offence("shared.web.offence", "from shared.messaging.connection import connect"),
        Offence("shared.messaging.offence", "from shared.hosting.service import Ground"),
        Offence("shared.helpers", ""),
    ),
    "acyclic": (
        Offence("services.desk.domain.offence", "from services.desk.domain import offence_b", named=".offence"),
        Offence("services.desk.domain.offence_b", "from services.desk.domain import offence", named=".offence_b"),
    ),
    "pure": (
        Offence("services.scraper.domain.offence", "import httpx"),
        Offence("services.classifier.domain.offence", "from pathlib import Path"),
        Offence("services.desk.domain.offence", "from sqlalchemy import select"),
        Offence("shared.rules.offence", "import time"),
        Offence("shared.language.offence", "import logging"),
        Offence("shared.contracts.offence", "from shared.kit.clock import SystemClock"),
        *_impure(
            "import asyncio",
            "import os",
            "import random",
            "import nats",
            "from faststream import FastStream",
            "from shared.kit.clock import Clock",
            "from shared.kit.settings import Settings",
            "from shared.store.alerts import AlertRow",
            "from shared.messaging.broker import Handler",
            "from shared.web.client import WebClient",
            "from shared.telemetry import metrics",
            "from shared.web.looks import Fetched",
        ),
    ),
    "reading": (
        Offence("services.scraper.parsing.offence", "import httpx"),
        Offence("services.scraper.parsing.offence_b", "import asyncio"),
        Offence("services.scraper.parsing.offence_c", "from shared.web.looks import Fetched"),
        Offence("services.scraper.parsing.offence_d", "from shared.kit.clock import Clock"),
        Offence("services.scraper.parsing.offence_e", "from sqlalchemy import select"),
    ),
    "ports": (
        Offence("services.notifier.use_cases.offence", "from shared.store.unit_of_work import Database"),
        Offence("services.scraper.use_cases.offence", "from sqlalchemy import select"),
        Offence("services.desk.pages.offence", "from shared.store.alerts import AlertRow"),
        Offence("services.notifier.use_cases.offence_b", "from nats import connect"),
    ),
    "bus": (
        Offence("services.notifier.adapters.offence", "import nats"),
        Offence("shared.web.offence", "from faststream import AckPolicy"),
        Offence("services.cli.commands.offence", "from nats.js import JetStreamContext"),
    ),
    "doors": (
        Offence("services.notifier.use_cases.offence", "from shared.messaging.broker import Handler"),
        Offence("services.scraper.adapters.offence", "from shared.messaging.connection import connect"),
        Offence("services.desk.pages.offence", "from shared.messaging.quarantine import Quarantine"),
    ),
    "sql": (
        Offence("services.desk.pages.offence", "from sqlalchemy import select"),
        Offence("services.notifier.use_cases.offence", "import asyncpg"),
        Offence("services.cli.commands.offence", "from sqlalchemy import text"),
        Offence("shared.hosting.offence", "import alembic"),
    ),
    "http": (
        Offence("services.notifier.adapters.offence", "import httpx"),
        Offence("services.scraper.adapters.offence", "import httpcore"),
        Offence("services.cli.commands.offence", "from httpx import AsyncClient"),
    ),
    "mail": (Offence("services.desk.adapters.offence", "import aiosmtplib"),),
    "ciphers": (Offence("services.desk.use_cases.offence", "from cryptography.fernet import Fernet"),),
    "parsers": (
        Offence("services.scraper.adapters.offence", "import feedparser"),
        Offence("services.notifier.adapters.offence", "from bs4 import BeautifulSoup"),
        Offence("shared.catalogue.offence", "import trafilatura"),
    ),
    "definitions": (
        Offence("services.classifier.adapters.offence", "from shared.store.definitions import RuleRow"),
        Offence("services.cli.commands.offence", "from shared.store.definitions import SourceRow"),
    ),
    "harvest": (
        Offence("services.desk.adapters.offence", "from shared.store.harvest import ArticleRow"),
        Offence("shared.messaging.offence", "from shared.store.harvest import ArticleRow"),
    ),
    "verdicts": (
        Offence("services.scraper.adapters.offence", "from shared.store.verdicts import VerdictRow"),
        Offence("services.desk.adapters.offence", "from shared.store import verdicts"),
    ),
    "archive": (
        Offence("services.desk.adapters.offence", "from shared.store.archive import ArchivedArticleRow"),
        Offence("services.notifier.adapters.offence", "from shared.store import archive"),
    ),
    "catalogue-edits": (
        Offence("services.scraper.adapters.offence", "from shared.store.catalogue_edits import CatalogueEditRow"),
        Offence("services.notifier.adapters.offence", "from shared.store import catalogue_edits"),
    ),
    "feedback": (
        Offence("services.classifier.adapters.offence", "from shared.store.feedback import CorrectionRow"),
        Offence("services.notifier.adapters.offence", "from shared.store import feedback"),
    ),
    "alerts": (
        Offence("services.desk.adapters.offence", "from shared.store.alerts import DeliveryRow"),
        Offence("services.classifier.adapters.offence", "from shared.store.alerts import AlertRow"),
    ),
    "accounts": (
        Offence("services.notifier.adapters.offence", "from shared.store.accounts import AccountRow"),
        Offence("services.desk.use_cases.offence", "from shared.store import accounts"),
    ),
    "looks": (
        Offence("services.notifier.adapters.offence", "from shared.store.reading import LookRow"),
        Offence("services.desk.use_cases.offence", "from shared.store import reading"),
    ),
    "inboxes": (
        Offence("services.notifier.adapters.offence", "from shared.store.inboxes import InboxMarkRow"),
        Offence("services.desk.use_cases.offence", "from shared.store import inboxes"),
    ),
    "outbox": (
        Offence("services.notifier.adapters.offence", "from shared.store.outbox import OutboxRow"),
        Offence("services.scraper.adapters.offence", "from shared.store.outbox import InboxRow"),
    ),
}
