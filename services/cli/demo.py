"""The demo: a sample newsroom on this machine, and something that watches it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.cli.engines.ports import kept_port
from services.cli.newsroom.site import RULES, SOURCES, SUBSCRIPTIONS
from services.desk.domain.rules import AgreementTarget, RuleTarget, SectorTarget
from services.desk.domain.sources import NewSource
from services.desk.use_cases import Definitions

LOOK_EVERY_SECONDS = 5  # an article that appears while the viewer is looking should be there within seconds


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Where the sample newsroom is, and the moment its articles are dated from; both kept from start to start."""

    port: int
    started_at: datetime

    @property
    def host(self) -> str:
        """Its host and port, as the guard's allow-list spells it."""
        return f"127.0.0.1:{self.port}"


def kept_newsroom(data_dir: Path, now: datetime) -> Newsroom:
    """Return the newsroom of this data folder: made at the first start, the same at the next ones."""
    port = kept_port(data_dir / "newsroom.port")
    file = data_dir / "newsroom.json"
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        return Newsroom(port, datetime.fromisoformat(json.loads(file.read_text(encoding="utf-8"))["started_at"]))
    file.write_text(json.dumps({"started_at": now.isoformat()}), encoding="utf-8")
    return Newsroom(port, now)


async def watch_newsroom(definitions: Definitions, newsroom: Newsroom) -> tuple[int, int]:
    """Define the newsroom's sources, rules and subscriptions where they are not yet; return how many there are.

    What a person changed since (a removed source, another query) is left as it is: only the first start defines.
    """
    standing = {view.source.name: view.source for view in await definitions.sources()}
    rules = {view.name for view in await definitions.rules()}
    first = not standing and not rules
    for sample in SOURCES:
        url = f"http://{newsroom.host}{sample.path}"
        if first:
            await definitions.add_source(
                NewSource(
                    name=sample.name,
                    url=url,
                    kind=sample.kind,
                    every_seconds=LOOK_EVERY_SECONDS,
                    country=sample.country,
                    language=sample.language,
                )
            )
        elif sample.name in standing and standing[sample.name].url != url:
            await definitions.edit_source(sample.name, url=url)
    if first:
        for rule in RULES:
            await definitions.add_rule(rule.name, rule.query)
            await definitions.subscribe(RuleTarget(rule.name), "inbox")
        for each in SUBSCRIPTIONS:
            target = AgreementTarget(each.id) if each.kind == "agreement" else SectorTarget(each.id)
            await definitions.subscribe(target, "inbox")
    return len(SOURCES), len(RULES) + len(SUBSCRIPTIONS)
