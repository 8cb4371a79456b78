"""Labelled articles, a JSON object on each line: what `pactwatch eval` scores, and corrections are exported as."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from services.classifier.domain.labels import Labelled, Labels
from services.classifier.parsing.article_lines import article_of, object_of
from shared.kit.errors import WrongInput

_MEND = 'Write {"id": "…", "title": "…", "text": "…", "relevant": true, "sectors": […], "agreements": […], …}.'


@dataclass(frozen=True, slots=True)
class KnownIds:
    """The ids that labels may name: those of a catalogue."""

    sectors: Collection[str]
    agreements: Collection[str]
    stages: Collection[str]


def labelled_of(line: str, known: KnownIds) -> Labelled:
    """Read one line. A label that is absent or null is not scored.

    Raises WrongInput, naming the field, its value and the mend.
    """
    row = object_of(line)
    agreements = _ids(row, "agreements", known.agreements)
    stages = _stages(row, known)
    if stages and agreements is not None and not agreements >= stages.keys():
        stray = min(stages.keys() - agreements)
        raise WrongInput("stages", stray, "is not among its agreements", mend="Add it to agreements, or drop it here.")
    relevant = row.get("relevant")
    if relevant is not None and not isinstance(relevant, bool):
        raise WrongInput("relevant", relevant, "is not true or false", mend="Write true, false, or leave it out.")
    labels = Labels(relevant, _ids(row, "sectors", known.sectors), agreements, stages)
    article = article_of(row)
    if not (article.title + article.text).strip():
        raise WrongInput("text", article.text, "is empty, and so is the title", mend=_MEND)
    return Labelled(article, labels)


def as_line(labelled: Labelled) -> str:
    """Write one line, which `labelled_of` reads as it was."""
    article, labels = labelled.article, labelled.labels
    row = {
        "id": article.id,
        "url": article.url,
        "date": article.published.isoformat() if article.published else None,
        "language": article.language,
        "title": article.title,
        "text": article.text,
        "relevant": labels.relevant,
        "sectors": None if labels.sectors is None else sorted(labels.sectors),
        "agreements": None if labels.agreements is None else sorted(labels.agreements),
        "stages": dict(sorted(labels.stages.items())),
    }
    return json.dumps(row, ensure_ascii=False)


def _ids(row: Mapping[str, Any], field: str, known: Collection[str]) -> frozenset[str] | None:
    value = row.get(field)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise WrongInput(field, value, "is not a list of ids", mend=f'Write "{field}": ["id", "id"], or leave it out.')
    for each in value:
        _check(field, each, known)
    return frozenset(value)


def _stages(row: Mapping[str, Any], known: KnownIds) -> dict[str, str]:
    value = row.get("stages")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise WrongInput("stages", value, "is not a mapping", mend='Write "stages": {"agreement": "stage"}.')
    for agreement, stage in value.items():
        _check("stages", agreement, known.agreements)
        _check(f"stages.{agreement}", stage, known.stages)
    return value


def _check(field: str, value: object, known: Collection[str]) -> None:
    if not isinstance(value, str) or value not in known:
        mend = f"Use ids of the catalogue: {', '.join(sorted(known)[:30])} … (`pactwatch catalogue` lists them)."
        raise WrongInput(field, value, "is not in the catalogue", mend=mend)
