"""The demo: a sample newsroom on this machine, and something that watches it."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from services.cli.engines.ports import kept_port
from services.cli.engines.private_file import write_private
from services.cli.newsroom.site import RULES, SOURCES, SUBSCRIPTIONS, SampleSource
from services.desk.domain.rules import AgreementTarget, OperatorsTarget, RuleTarget, SectorTarget
from services.desk.domain.signatures import Signature
from services.desk.domain.sources import NewSource
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.rules import Rules

LOOK_EVERY_SECONDS = 5  # an article that appears while the viewer is looking should be there within seconds
BY_THE_DEMO = Signature("demo", "The sample newsroom moves it.")
OPERATORS = (OperatorsTarget(),)  # sources in trouble are told of in the inbox


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Where the sample newsroom is, and the moment its articles are dated from; both kept from start to start.

    `defined` tells whether a start came so far as to define everything that the demo watches; `memory` is the file
    that keeps it.
    """

    port: int
    started_at: datetime
    memory: Path = field(compare=False)
    defined: bool = False

    @property
    def host(self) -> str:
        """Its host and port, as the guard's allow-list spells it."""
        return f"127.0.0.1:{self.port}"

    def url_of(self, sample: SampleSource) -> str:
        """Return the address of one of its sources."""
        return f"http://{self.host}{sample.path}"

    def remember(self) -> None:
        """Keep this newsroom for the next start."""
        kept = {"started_at": self.started_at.isoformat(), "defined": self.defined}
        write_private(self.memory, json.dumps(kept))


def kept_newsroom(data_dir: Path, now: datetime) -> Newsroom:
    """Return the newsroom of this data folder: made at the first start, the same at the next ones."""
    port = kept_port(data_dir / "newsroom.port")
    file = data_dir / "newsroom.json"
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        kept = json.loads(file.read_text(encoding="utf-8"))
        # Memories of the first versions say nothing of it; what people changed since then must stay as it is.
        return Newsroom(port, datetime.fromisoformat(kept["started_at"]), file, kept.get("defined", True) is True)
    newsroom = Newsroom(port, now, file)
    newsroom.remember()
    return newsroom


async def watch_newsroom(definitions: Definitions, rules: Rules, newsroom: Newsroom) -> tuple[int, int]:
    """Define what the demo watches of the newsroom; return how many sources and subscriptions that are.

    A start that was cut off is taken up where it ended. Once everything is defined, what a person changed (a removed
    source, another query) is left as it is; only in an empty house the demo begins anew.
    """
    standing = {view.source.name: view.source for view in await definitions.sources()}
    # The catalogue's rules are in any house; one that somebody subscribed to is in use.
    used = {view.name for view in await rules.views() if view.origin != "agreement" or view.subscriptions}
    if not newsroom.defined or not (standing or used):
        await _define(definitions, rules, newsroom, standing.keys(), used)
        replace(newsroom, defined=True).remember()
    for sample in SOURCES:
        url = newsroom.url_of(sample)
        if sample.name in standing and standing[sample.name].url != url:
            await definitions.edit_source(sample.name, url=url)
    return len(SOURCES), len(RULES) + len(SUBSCRIPTIONS) + len(OPERATORS)


async def _define(
    definitions: Definitions, rules: Rules, newsroom: Newsroom, standing: Collection[str], used: Collection[str]
) -> None:
    """Define the sources, rules and subscriptions that are not there yet; names are compared as the desk does."""
    taken_sources, taken_rules = ({name.casefold() for name in names} for names in (standing, used))
    for sample in SOURCES:
        if sample.name.casefold() not in taken_sources:
            await definitions.add_source(
                NewSource(
                    name=sample.name,
                    url=newsroom.url_of(sample),
                    kind=sample.kind,
                    every_seconds=LOOK_EVERY_SECONDS,
                    country=sample.country,
                    language=sample.language,
                )
            )
    for rule in RULES:
        if rule.name.casefold() not in taken_rules:
            await rules.add(rule.name, rule.query, BY_THE_DEMO)
        await definitions.subscribe(RuleTarget(rule.name), "inbox")
    for each in SUBSCRIPTIONS:
        target = AgreementTarget(each.id) if each.kind == "agreement" else SectorTarget(each.id)
        await definitions.subscribe(target, "inbox")
    for operators in OPERATORS:
        await definitions.subscribe(operators, "inbox")
