"""How a rule is kept: its query is looked at, and its save becomes a version, or a proposal where two must agree."""

from __future__ import annotations

from dataclasses import replace

from services.desk.domain.lookup import live_or_told_how
from services.desk.domain.proposals import proposal_of
from services.desk.domain.rule_versions import next_version, says_the_same
from services.desk.domain.rules import Rule
from services.desk.domain.saving import HouseRules, Kept, Proposed, Saved, Unchanged, refuse_too_broad
from services.desk.domain.signatures import Signature
from services.desk.domain.word_lists import members_by_name
from services.desk.ports import ArchiveHits, DeskWork, Members, RuleLanguage
from services.desk.use_cases.writing import Writing


async def rule_called(work: DeskWork, name: str) -> Rule:
    """Return the live rule of this name, compared without case.

    Raises WrongInput that names the nearest, and for a rule that was removed how it is had back.
    """
    found = await work.rule_spelt(name.strip())
    if found is None:
        found = live_or_told_how(name, await work.rule_names(), await work.removed_rule_names())
    rule = await work.rule(found.rule_id)
    if rule is None:
        raise LookupError(found.rule_id)
    return rule


class RuleKeeping:
    """Saves rules, by whatever way they come. `archive` None: what a query would match is not known."""

    def __init__(
        self, writing: Writing, language: RuleLanguage, house: HouseRules, archive: ArchiveHits | None = None
    ) -> None:
        self.desk = writing
        self.language = language
        self._house = house
        self._archive = archive

    async def lists(self, work: DeskWork) -> Members:
        """Return the members of the live lists."""
        return members_by_name(await work.live_lists())

    async def examined(self, query: str, *, allow_broad: bool) -> tuple[str, ...]:
        """Return what there is to say of a query before it is saved.

        Raises WrongInput for one outside the language, and for one that matches very much unless that is allowed.
        """
        async with self.desk.begin() as work:
            lists = await self.lists(work)
        return (*self.language.check(query, lists), *await self.asked_of_the_archive(query, allow_broad=allow_broad))

    async def asked_of_the_archive(self, query: str, *, allow_broad: bool) -> tuple[str, ...]:
        """Return what the archive has to say of a query; nothing where there is none to ask.

        Raises WrongInput for a query that matches very much unless that is allowed.
        """
        if self._archive is None:
            return ()
        cautions = await self.asked_for_its_pace(query, allow_broad=allow_broad)
        unseen = await self._archive.terms_never_seen(query)
        return (*cautions, *(f"{term} never occurred in the archive." for term in unseen))

    async def asked_for_its_pace(self, query: str, *, allow_broad: bool) -> tuple[str, ...]:
        """Return the caution of a query of which the archive cannot tell how much it matches.

        Raises WrongInput for a query that matches very much unless that is allowed.
        """
        if self._archive is None or allow_broad:
            return ()
        return refuse_too_broad(query, await self._archive.pace(query), self._house)

    async def keep(
        self,
        work: DeskWork,
        old: Rule | None,
        wanted: Rule,
        by: Signature,
        *,
        cautions: tuple[str, ...] = (),
        settles: str | None = None,
        even_unchanged: bool = False,
    ) -> Kept:
        """Save `wanted` over `old` (None: a new rule), or propose to, where two must agree."""
        now = self.desk.now()
        if old is not None and not even_unchanged and says_the_same(old, wanted):
            return Unchanged(old, cautions)
        if self._house.four_eyes:
            proposal = proposal_of(old, wanted, by, now, settles=settles)
            await work.save_proposal(proposal)
            return Proposed(proposal, cautions)
        rule = wanted if old is None else next_version(old, wanted, now)
        return replace(await self.put(work, old, rule, by), cautions=cautions)

    async def put(self, work: DeskWork, old: Rule | None, rule: Rule, by: Signature) -> Saved:
        """Save a version, with what follows from it: the subscriptions of a removed rule end."""
        if rule.offered_query is not None and rule.query == rule.offered_query:
            rule = replace(rule, taken_query=rule.offered_query, offered_query=None)
        await work.save_rule(rule, by)
        if not rule.removed or (old is not None and old.removed):
            return Saved(rule)
        hearing = [each for each in await work.subscription_views() if each.rule_id == rule.rule_id]
        ids = [each.subscription_id for each in hearing]
        cancelled = await work.waiting_deliveries(ids)
        await work.end_subscriptions(ids, rule.changed_at)
        return Saved(rule, cancelled=cancelled)
