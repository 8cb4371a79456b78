"""Proposals to change rules, where two people must agree: what each would change, and its decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.desk.domain.list_proposals import is_of_a_list, list_content_of
from services.desk.domain.proposals import Proposal
from services.desk.domain.rule_versions import content_of
from services.desk.domain.signatures import Signature, same_person
from services.desk.domain.word_changes import word_changes
from services.desk.domain.word_lists import WordList
from services.desk.pages.account_pages import go_on
from services.desk.pages.complaints import WrongField, on_page
from services.desk.pages.guard import form_of
from services.desk.pages.rule_room import RuleRoom, author_of, signed_by
from services.desk.pages.rule_version_pages import FieldChange, told
from services.desk.pages.templates import Templates
from services.desk.use_cases.proposals import WaitingProposal
from shared.kit.errors import WrongInput

_SAID = ("proposed", "approved", "rejected", "withdrawn")
_OF_A_NEW_LIST: tuple[str, ...] = ("name", "members", "note")
_OF_A_NEW_RULE: tuple[str, ...] = ("name", "query", "watches", "policy", "severity", "owner", "note")


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """A proposal with what it would change, word by word; `own`: of whoever looks at it."""

    waiting: WaitingProposal
    changes: tuple[FieldChange, ...]
    own: bool
    of_a_list: bool

    @property
    def proposal(self) -> Proposal:
        """The proposal."""
        return self.waiting.proposal


def proposal_routes(room: RuleRoom, templates: Templates) -> APIRouter:
    """Return the routes of proposals."""
    router = APIRouter()

    async def show(
        request: Request, wrong: WrongField | None = None, about: UUID | None = None, status: int = HTTPStatus.OK
    ) -> Response:
        waiting = [_shown(each, author_of(request)) for each in await room.proposals.waiting()]
        said = request.query_params.get("said", "")
        values = {"wrong": wrong, "about": about, "said": said if said in _SAID else ""}
        house = room.drafting.house
        return templates.page(
            request, "rules/proposals.html", status=status, waiting=waiting, four_eyes=house.four_eyes, **values
        )

    @router.get("/rules/proposals")
    async def proposals(request: Request) -> Response:
        """List what waits for a decision."""
        return await show(request)

    @router.post("/rules/proposals/{proposal_id}")
    async def decide(proposal_id: UUID, request: Request) -> Response:
        """Approve, refuse or withdraw a proposal."""
        form = form_of(request)
        try:
            by = signed_by(request, form.get("note", ""))
            said = await _decided(room, proposal_id, form.get("decision", ""), by)
        except WrongInput as wrong:
            return await show(request, on_page(wrong), proposal_id, HTTPStatus.UNPROCESSABLE_ENTITY)
        return go_on(f"/rules/proposals?said={said}")

    return router


async def _decided(room: RuleRoom, proposal_id: UUID, decision: str, by: Signature) -> str:
    """Decide so; returns the word for it. Raises WrongInput."""
    match decision:
        case "approve":
            await room.proposals.approve(proposal_id.hex, by)
            return "approved"
        case "reject":
            await room.proposals.reject(proposal_id.hex, by, _answered(by.reason))
            return "rejected"
        case "withdraw":
            await room.proposals.withdraw(proposal_id.hex, by)
            return "withdrawn"
    raise WrongInput("decision", decision, "is not known", mend="Use the buttons of this page.")


def _answered(note: str) -> str:
    if not note:
        mend = "Say in a sentence why, so that its author can do better."
        raise WrongInput("note", note, "is empty", mend=mend)
    return note


def _shown(waiting: WaitingProposal, reader: str) -> ShownProposal:
    wanted, present = waiting.proposal.change, waiting.present
    match present:
        case None:
            now: Mapping[str, object] = {}
            fields = _OF_A_NEW_LIST if is_of_a_list(waiting.proposal) else _OF_A_NEW_RULE
        case WordList():
            now = list_content_of(present)
            fields = tuple(now)
        case _:
            now = content_of(present)
            fields = tuple(now)
    changes = tuple(
        FieldChange(field, word_changes(told(now[field]) if now else "", told(wanted[field])))
        for field in fields
        if (wanted[field] != now[field] if now else wanted[field])
    )
    own = same_person(reader, waiting.proposal.author)
    return ShownProposal(waiting, changes, own, is_of_a_list(waiting.proposal))
