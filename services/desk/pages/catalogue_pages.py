"""The pages of the catalogue: what can be watched, by which names it is found, what is known of it, and its edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from services.desk.domain.catalogue_versions import EditVersion
from services.desk.domain.rules import implied_rule_id
from services.desk.domain.signatures import AnotherVersion
from services.desk.pages.account_pages import go_on
from services.desk.pages.complaints import WrongField, on_page
from services.desk.pages.guard import form_of
from services.desk.pages.rule_room import signed_by
from services.desk.pages.templates import Templates
from services.desk.use_cases.catalogue_keeping import CatalogueKeeping, KeptAgreement
from shared.catalogue.edits import FIELDS, texts_of
from shared.catalogue.entries import Agreement, Sector, SectorTerm, Stage
from shared.contracts.catalogue_edits import Edit
from shared.kit.errors import WrongInput

_LANGUAGE_ORDER = ("en", "ru", "hi")
_SAID = ("saved", "same")


@dataclass(frozen=True, slots=True)
class EditLine:
    """A version in the list of them: what came and went with it."""

    version: EditVersion
    came: tuple[str, ...]
    went: tuple[str, ...]


def catalogue_pages(keeping: CatalogueKeeping) -> Callable[[Templates], APIRouter]:
    """Return what makes the routes of the catalogue."""

    def routes(templates: Templates) -> APIRouter:
        router = APIRouter()
        router.include_router(_reading(keeping, templates))
        router.include_router(_editing(keeping, _AgreementPage(keeping, templates)))
        return router

    return routes


def _reading(keeping: CatalogueKeeping, templates: Templates) -> APIRouter:
    router = APIRouter()

    @router.get("/catalogue")
    async def all_items(request: Request) -> Response:
        """List what can be watched, or what of it has a word."""
        catalogue, edited = await keeping.stands()
        words = " ".join(request.query_params.get("words", "").split())[:200]
        found: dict[str, Any] = {
            "agreements": _with(words, catalogue.agreements, _words_of_agreement),
            "sectors": _with(words, catalogue.sectors, _words_of_sector),
            "stages": _with(words, catalogue.stages, _words_of_stage),
        }
        told: dict[str, Any] = {"words": words, "version": catalogue.version, "edited": edited}
        return templates.page(request, "catalogue/all.html", **told, **found)

    @router.get("/catalogue/sectors/{sector_id}")
    async def sector(sector_id: str, request: Request) -> Response:
        """Show one sector: what belongs into it, and the words that speak for it."""
        catalogue, _ = await keeping.stands()
        item = catalogue.sectors.get(sector_id)
        if item is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        members = [each for each in catalogue.agreements.values() if item.id in each.sectors]
        terms = {language: _terms(item, language) for language in _LANGUAGE_ORDER}
        values: dict[str, Any] = {"item": item, "members": members, "terms": terms, "version": catalogue.version}
        return templates.page(request, "catalogue/sector.html", **values)

    return router


class _AgreementPage:
    """Shows an agreement of the catalogue, as it is or with a complaint."""

    def __init__(self, keeping: CatalogueKeeping, templates: Templates) -> None:
        self._keeping = keeping
        self._templates = templates

    async def opened(self, agreement_id: str) -> KeptAgreement:
        """Return the agreement of an address. Raises HTTPException for one that there is not."""
        kept = await self._keeping.agreement(agreement_id)
        if kept is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return kept

    async def show(self, request: Request, kept: KeptAgreement, **told: Any) -> Response:  # noqa: ANN401
        """Return its page: names, what it is confused with, milestones, and the form to change them."""
        item, catalogue = kept.stands, kept.catalogue
        said = request.query_params.get("said", "")
        values: dict[str, Any] = {
            "kept": kept,
            "item": item,
            "scripts": _LANGUAGE_ORDER,
            "parts": [each for each in catalogue.agreements.values() if each.part_of == item.id],
            "whole": catalogue.agreements.get(item.part_of),
            "rule_id": implied_rule_id("agreement", item.id),
            "stages": [each for each in catalogue.stages.values() if not each.kinds or item.kind in each.kinds],
            "version": catalogue.version,
            "texts": {name: "\n".join(texts) for name, texts in texts_of(item).items()},
            "at_version": kept.version,
            "reason": "",
            "lines": _lines(kept.versions),
            "wrong": None,
            "clash": False,
            "said": said if said in _SAID else "",
        }
        return self._templates.page(request, "catalogue/agreement.html", **values | told)

    async def again(self, request: Request, kept: KeptAgreement, form: Mapping[str, str], **told: Any) -> Response:  # noqa: ANN401
        """Return the page with the form as somebody filled it in."""
        texts = {name: form.get(name, "") for name in FIELDS}
        return await self.show(request, kept, texts=texts, reason=form.get("reason", ""), **told)


def _editing(keeping: CatalogueKeeping, page: _AgreementPage) -> APIRouter:
    router = APIRouter()

    @router.get("/catalogue/agreements/{agreement_id}")
    async def agreement(agreement_id: str, request: Request) -> Response:
        """Show one agreement."""
        return await page.show(request, await page.opened(agreement_id))

    @router.post("/catalogue/agreements/{agreement_id}")
    async def save(agreement_id: str, request: Request) -> Response:
        """Save names, confusables and milestones over the version that was read."""
        kept, form = await page.opened(agreement_id), form_of(request)
        wanted = {name: form[name].splitlines() for name in FIELDS if name in form}
        try:
            by = signed_by(request, form.get("reason", ""))
            changed = await keeping.save(agreement_id, wanted, by, at_version=_number(form.get("at_version", "")))
        except AnotherVersion:
            newest = await page.opened(agreement_id)
            return await page.again(request, newest, form, clash=True, status=HTTPStatus.CONFLICT)
        except WrongInput as wrong:
            unfit = HTTPStatus.UNPROCESSABLE_ENTITY
            return await page.again(request, kept, form, wrong=_wrong(wrong), status=unfit)
        return go_on(f"/catalogue/agreements/{agreement_id}?said={'saved' if changed else 'same'}")

    @router.post("/catalogue/agreements/{agreement_id}/roll-back")
    async def roll_back(agreement_id: str, request: Request) -> Response:
        """Save a new version that changes what an older one changed."""
        kept, form = await page.opened(agreement_id), form_of(request)
        try:
            changed = await keeping.roll_back(agreement_id, _number(form.get("to", "")), signed_by(request, ""))
        except WrongInput as wrong:
            return await page.show(request, kept, wrong=_wrong(wrong), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return go_on(f"/catalogue/agreements/{agreement_id}?said={'saved' if changed else 'same'}")

    return router


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _wrong(wrong: WrongInput) -> WrongField:
    """Return the complaint with the field as the form calls it; the catalogue names file, entry and field."""
    said = on_page(wrong)
    field = wrong.field.rpartition(" ")[2]
    return WrongField(field, f"“{str(wrong.value)[:80]}” {wrong.why}.", said.mend)


def _lines(versions: Iterable[EditVersion]) -> list[EditLine]:
    """Return the versions, the newest first, with what each brought and took against the one before."""
    kept = list(versions)
    before = [Edit(kept[0].edit.agreement_id) if kept else Edit(""), *(each.edit for each in kept)]
    lines = [
        EditLine(version, _came(old, new), _came(new, old))
        for (old, new), version in zip(pairwise(before), kept, strict=True)
    ]
    return lines[::-1]


def _came(old: Edit, new: Edit) -> tuple[str, ...]:
    """Return what stands with the one edit and not with the other."""
    added = [each for name, texts in new.added.items() for each in texts if each not in old.added.get(name, ())]
    back = [each for name, texts in old.dropped.items() for each in texts if each not in new.dropped.get(name, ())]
    return (*added, *back)


def _with(words: str, items: Mapping[str, object], told: Callable[..., Iterable[str]]) -> list[object]:
    wanted = words.casefold().split()
    return [each for each in items.values() if all(word in " ".join(told(each)).casefold() for word in wanted)]


def _words_of_agreement(item: Agreement) -> Iterable[str]:
    yield from (item.id, item.short_name, item.official_name, *item.parties)
    for names in item.aliases.values():
        yield from names


def _words_of_sector(item: Sector) -> Iterable[str]:
    return (item.id, *item.name.values())


def _words_of_stage(item: Stage) -> Iterable[str]:
    return (item.id, *item.label.values())


def _terms(item: Sector, language: str) -> list[SectorTerm]:
    """Return the sector's terms in this language, the weightiest first."""
    return sorted(
        (each for each in item.terms if each.language == language), key=lambda each: (-each.weight, each.text)
    )
