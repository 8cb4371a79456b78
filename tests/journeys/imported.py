"""What every run of `pactwatch up` imports and compiles, for a process that others are forked from."""

from __future__ import annotations

import gc
from importlib import import_module

from services.classifier.domain.lexicon import lexicon_of
from shared.catalogue.head_file import load_head
from shared.catalogue.loader import load_catalogue

for module in (
    "services.classifier.app",
    "services.cli.account_desk",
    "services.cli.commands.up",
    "services.cli.desk_page",
    "services.notifier.app",
    "services.scraper.app",
):
    import_module(module)
lexicon_of(load_catalogue())
load_head()
gc.freeze()
