"""The desk's use cases on the house's database, for commands: no web framework, which is slow to import."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from services.cli.engine_urls import open_database, settings_for
from services.cli.known_catalogue import known_catalogue
from services.cli.secret_key import seals_if_any
from services.desk.adapters.correction_queries import CorrectionQueries
from services.desk.adapters.reader_queries import ReaderQueries
from services.desk.adapters.rule_language import CatalogueLanguage
from services.desk.adapters.work import desk_transactions
from services.desk.domain.corrections import CatalogueIds
from services.desk.domain.default_rules import CatalogueItem
from services.desk.domain.saving import HouseRules
from services.desk.use_cases.correcting import Corrections
from services.desk.use_cases.default_rules import DefaultRules, TakenOver
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.people import People
from services.desk.use_cases.proposals import Proposals
from services.desk.use_cases.readers import Readers
from services.desk.use_cases.rule_files import RuleFiles
from services.desk.use_cases.rule_keeping import RuleKeeping
from services.desk.use_cases.rules import Rules
from services.desk.use_cases.secret_keeping import SecretKeeper
from services.desk.use_cases.targets import Targets
from services.desk.use_cases.teams import Teams
from services.desk.use_cases.word_lists import WordLists
from services.desk.use_cases.writing import Writing
from shared.catalogue.entries import Agreement, Catalogue
from shared.kit.clock import SystemClock
from shared.kit.errors import WrongInput
from shared.kit.sealing import Seals
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database

_NAME_CHARACTERS = 60  # of a name that fits on a button of a phone


@dataclass(frozen=True, slots=True)
class RuleDesk:
    """Everything that keeps rules: themselves, what waits to change them, their lists, and their files."""

    keeping: RuleKeeping
    rules: Rules
    proposals: Proposals
    lists: WordLists
    files: RuleFiles


def names_of(catalogue: Catalogue) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names that people read, by id: of agreements, and of sectors."""
    agreements = {item.id: item.short_name for item in catalogue.agreements.values()}
    return agreements, {item.id: item.name["en"] for item in catalogue.sectors.values()}


def local_names_of(catalogue: Catalogue) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """Return the names that people read in Russian and in Hindi, by id: of agreements, and of sectors."""
    return {
        language: (
            {item.id: name for item in catalogue.agreements.values() if (name := _local_name(item, language))},
            {item.id: item.name[language] for item in catalogue.sectors.values() if language in item.name},
        )
        for language in ("ru", "hi")
    }


def _local_name(item: Agreement, language: str) -> str:
    """Return the first name of an agreement in this language; where that is too long to read, the shortest."""
    names = [name.rstrip("*") for name in item.naming.aliases.get(language, ())]
    if not names:
        return ""
    name = names[0] if len(names[0]) <= _NAME_CHARACTERS else min(names, key=len)
    return name[:1].upper() + name[1:]


def definitions_on(database: Database, catalogue: Catalogue, seals: Seals | None = None) -> Definitions:
    """Return the desk's use cases on this database; without `seals` no secret of a chat can be stored."""
    agreements, sectors = names_of(catalogue)
    queries = {item.id: item.query for item in catalogue.agreements.values()}
    return Definitions(
        writing_on(database),
        agreements=agreements,
        sectors=sectors,
        stages=catalogue.stages.keys(),
        queries=queries,
        seals=seals,
    )


def targets_of(catalogue: Catalogue) -> Targets:
    """Return what knows the rules of the things that people can follow."""
    agreements, sectors = names_of(catalogue)
    queries = {item.id: item.query for item in catalogue.agreements.values()}
    return Targets(agreements, sectors, catalogue.stages.keys(), queries)


def secrets_on(database: Database, seals: Seals | None) -> SecretKeeper:
    """Return what keeps the secrets of subscriptions on this database."""
    return SecretKeeper(writing_on(database), seals)


def readers_on(database: Database, catalogue: Catalogue, seals: Seals | None) -> Readers:
    """Return what answers readers' own links on this database."""
    return Readers(writing_on(database), partial(database.begin, ReaderQueries), seals, targets_of(catalogue))


def house_rules(settings: Settings) -> HouseRules:
    """Return what the settings ask of every save of a rule."""
    return HouseRules(settings.rules_four_eyes, settings.rules_most_hits_per_day)


def rules_on(database: Database, catalogue: Catalogue, settings: Settings) -> RuleDesk:
    """Return what keeps rules on this database, and asks its archive before it does."""
    from services.cli.backtests import backtest_on  # late: only who saves a rule needs its imports

    writing, language = writing_on(database), language_of(catalogue)
    house = house_rules(settings)
    keeping = RuleKeeping(writing, language, house, backtest_on(database, catalogue))
    lists = WordLists(writing, language, house)
    agreements = catalogue.agreements.keys()
    return RuleDesk(
        keeping=keeping,
        rules=Rules(keeping, agreements),
        proposals=Proposals(keeping),
        lists=lists,
        files=RuleFiles(keeping, lists, agreements),
    )


def language_of(catalogue: Catalogue) -> CatalogueLanguage:
    """Return the rule language with the names of this catalogue."""
    stages = catalogue.stages.values()
    return CatalogueLanguage(
        agreements=catalogue.agreements.keys(),
        sectors=catalogue.sectors.keys(),
        stages=catalogue.stages.keys(),
        stages_of={
            item.id: [each.id for each in stages if not each.kinds or item.kind in each.kinds]
            for item in catalogue.agreements.values()
        },
    )


def wrong_queries(catalogue: Catalogue) -> list[WrongInput]:
    """Return what is wrong with the queries of a catalogue's agreements; lists are in the house, and are not known."""
    language = language_of(catalogue)
    wrong: list[WrongInput] = []
    for item in catalogue.agreements.values():
        if item.watch and not language.lists_in(item.watch):
            try:
                language.check(item.watch, {})
            except WrongInput as complaint:
                wrong.append(WrongInput(f"{item.id} watch", item.watch, complaint.why, mend=complaint.mend))
    return wrong


async def take_default_rules(database: Database, catalogue: Catalogue) -> TakenOver:
    """Take the catalogue's rules over: several processes may, at once; where nothing changed it costs a few reads."""
    items = {item.id: CatalogueItem(item.id, item.short_name, item.query) for item in catalogue.agreements.values()}
    return await DefaultRules(writing_on(database), language_of(catalogue)).take_over(items)


def corrections_on(database: Database, catalogue: Catalogue) -> Corrections:
    """Return what takes and shows corrections on this database."""
    known = CatalogueIds(catalogue.sectors.keys(), catalogue.agreements.keys(), catalogue.stages.keys())
    return Corrections(partial(database.begin, CorrectionQueries), SystemClock(), known)


@asynccontextmanager
async def open_definitions(data_dir: Path | None) -> AsyncIterator[Definitions]:
    """Open the house's definitions. Raises PactwatchError when its database is away."""
    async with open_database(data_dir) as database:
        yield definitions_on(database, known_catalogue(data_dir), seals_if_any(settings_for(data_dir)))


@asynccontextmanager
async def open_people(data_dir: Path | None) -> AsyncIterator[tuple[People, Teams]]:
    """Open what keeps the house's people and teams. Raises PactwatchError when its database is away."""
    async with open_database(data_dir) as database:
        writing = writing_on(database)
        yield People(writing), Teams(writing)


@asynccontextmanager
async def open_secrets(data_dir: Path | None) -> AsyncIterator[SecretKeeper]:
    """Open what keeps the house's secrets. Raises PactwatchError when its database is away."""
    async with open_database(data_dir) as database:
        yield secrets_on(database, seals_if_any(settings_for(data_dir)))


@asynccontextmanager
async def open_rules(data_dir: Path | None) -> AsyncIterator[RuleDesk]:
    """Open what keeps the house's rules. Raises PactwatchError when its database is away."""
    async with open_database(data_dir) as database:
        yield rules_on(database, known_catalogue(data_dir), settings_for(data_dir))


def writing_on(database: Database) -> Writing:
    """Return what opens the desk's transactions on this database."""
    return Writing(desk_transactions(database), SystemClock())
