"""What the pages of rules share: their use cases, who signs a change, and how a page says what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from fastapi import HTTPException, Request

from services.desk.domain.rules import Rule
from services.desk.domain.saving import Kept, Proposed, Saved
from services.desk.domain.signatures import Signature, signed
from services.desk.pages.guard import visitor_of
from services.desk.use_cases.asking import Asking
from services.desk.use_cases.drafting import Drafting
from services.desk.use_cases.proposals import Proposals
from services.desk.use_cases.rule_browsing import OpenedRule, RuleBrowsing
from services.desk.use_cases.rule_files import RuleFiles
from services.desk.use_cases.rules import Rules
from services.desk.use_cases.word_lists import WordLists


@dataclass(frozen=True, slots=True)
class RuleRoom:
    """The use cases behind the pages of rules and lists; `agreements` maps the catalogue's ids to names."""

    rules: Rules
    proposals: Proposals
    lists: WordLists
    files: RuleFiles
    browsing: RuleBrowsing
    drafting: Drafting
    asking: Asking
    agreements: Mapping[str, str]

    async def opened(self, rule_id: UUID) -> OpenedRule:
        """Return the rule of an address. Raises HTTPException for one that there is not."""
        opened = await self.browsing.opened(rule_id)
        if opened is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return opened


def author_of(request: Request) -> str:
    """Return the name of whoever made the request."""
    account = visitor_of(request).account
    return account.name if account else ""


def signed_by(request: Request, reason: str) -> Signature:
    """Return whoever made the request as the author of a save. Raises WrongInput for a long reason."""
    return signed(author_of(request), reason)


def said_of(kept: Kept) -> str:
    """Return the word for what came of a save, as an address carries it."""
    match kept:
        case Saved():
            return "saved"
        case Proposed():
            return "proposed"
        case _:
            return "same"


def address_of(rule: Rule, said: str = "") -> str:
    """Return the address of a rule's page."""
    return f"/rules/{rule.rule_id}{f'?said={said}' if said else ''}"
