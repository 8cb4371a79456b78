"""The pages of the catalogue: what can be watched, by which names it is found, and what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from services.desk.domain.rules import implied_rule_id
from services.desk.pages.templates import Templates
from shared.catalogue.entries import Agreement, Catalogue, Sector, SectorTerm, Stage

_LANGUAGE_ORDER = ("en", "ru", "hi")


def catalogue_pages(catalogue: Catalogue) -> Callable[[Templates], APIRouter]:
    """Return what makes the routes of the catalogue."""

    def routes(templates: Templates) -> APIRouter:
        router = APIRouter()

        @router.get("/catalogue")
        async def all_items(request: Request) -> Response:
            """List what can be watched, or what of it has a word."""
            words = " ".join(request.query_params.get("words", "").split())[:200]
            found: dict[str, Any] = {
                "agreements": _with(words, catalogue.agreements, _words_of_agreement),
                "sectors": _with(words, catalogue.sectors, _words_of_sector),
                "stages": _with(words, catalogue.stages, _words_of_stage),
            }
            return templates.page(request, "catalogue/all.html", words=words, version=catalogue.version, **found)

        @router.get("/catalogue/agreements/{agreement_id}")
        async def agreement(agreement_id: str, request: Request) -> Response:
            """Show one agreement: its names, what it is confused with, its dated stages."""
            item = catalogue.agreements.get(agreement_id)
            if item is None:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            parts = [each for each in catalogue.agreements.values() if each.part_of == item.id]
            values: dict[str, Any] = {
                "item": item,
                "scripts": _LANGUAGE_ORDER,
                "parts": parts,
                "whole": catalogue.agreements.get(item.part_of),
                "rule_id": implied_rule_id("agreement", item.id),
                "stages": [each for each in catalogue.stages.values() if not each.kinds or item.kind in each.kinds],
                "version": catalogue.version,
            }
            return templates.page(request, "catalogue/agreement.html", **values)

        @router.get("/catalogue/sectors/{sector_id}")
        async def sector(sector_id: str, request: Request) -> Response:
            """Show one sector: what belongs into it, and the words that speak for it."""
            item = catalogue.sectors.get(sector_id)
            if item is None:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            members = [each for each in catalogue.agreements.values() if item.id in each.sectors]
            terms = {language: _terms(item, language) for language in _LANGUAGE_ORDER}
            values: dict[str, Any] = {"item": item, "members": members, "terms": terms, "version": catalogue.version}
            return templates.page(request, "catalogue/sector.html", **values)

        return router

    return routes


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
