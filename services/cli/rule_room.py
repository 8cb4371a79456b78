"""The pages of rules on the house's database."""

from __future__ import annotations

from functools import partial

from services.cli.asking import asking_on
from services.cli.backtests import backtest_on
from services.cli.definitions import house_rules, language_of, names_of, rules_on, writing_on
from services.desk.adapters.catalogue_edit_records import CatalogueEditRecords
from services.desk.adapters.rule_page_queries import RulePageQueries
from services.desk.app import Pages
from services.desk.pages.catalogue_pages import catalogue_pages
from services.desk.pages.list_pages import list_pages
from services.desk.pages.rule_pages import rule_pages
from services.desk.pages.rule_room import RuleRoom
from services.desk.use_cases.catalogue_keeping import CatalogueKeeping
from services.desk.use_cases.drafting import Drafting
from services.desk.use_cases.rule_browsing import RuleBrowsing
from shared.catalogue.entries import Catalogue
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database


def keeping_pages(room: RuleRoom, catalogue: CatalogueKeeping) -> list[Pages]:
    """Return the pages of what admins keep: rules, lists and the catalogue."""
    return [rule_pages(room), list_pages(room), catalogue_pages(catalogue)]


def catalogue_on(database: Database, catalogue: Catalogue) -> CatalogueKeeping:
    """Return what keeps what people change of the catalogue."""
    return CatalogueKeeping(partial(database.begin, CatalogueEditRecords), catalogue, SystemClock())


def rule_room_on(database: Database, catalogue: Catalogue, settings: Settings) -> RuleRoom:
    """Return the use cases behind the pages of rules and lists."""
    desk = rules_on(database, catalogue, settings)
    browsing = RuleBrowsing(partial(database.begin, RulePageQueries), writing_on(database), language_of(catalogue))
    agreements, _ = names_of(catalogue)
    return RuleRoom(
        rules=desk.rules,
        proposals=desk.proposals,
        lists=desk.lists,
        files=desk.files,
        browsing=browsing,
        drafting=Drafting(desk.keeping, backtest_on(database, catalogue), house_rules(settings)),
        asking=asking_on(database, catalogue),
        agreements=agreements,
    )
