"""What people changed of an agreement, laid over the catalogue that ships: names, confusables and milestones.

An edit holds what was added and what was taken away, never the whole: names that a later catalogue brings stand beside
it. Pure; whatever an edit asks for is checked as the files are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from shared.catalogue.checks import check_date, check_naming, check_sure_names
from shared.catalogue.entries import Agreement, Catalogue, DatedStage, Naming
from shared.catalogue.shelf import LANGUAGES, Shelf
from shared.contracts.catalogue_edits import Edit, Texts
from shared.kit.errors import WrongInput
from shared.kit.text import one_line, storable

_FILE = "agreements.yaml"
FIELDS = (*(f"aliases.{each}" for each in LANGUAGES), *(f"weak.{each}" for each in LANGUAGES), "confusable", "dates")
MOST_TEXTS = 200  # of one field: the longest of the shipped catalogue has some thirty
LONGEST_TEXT_CHARACTERS = 600
_SEPARATOR = " | "  # between date, stage, source and note of a milestone
_NO_DATE = "?"


def texts_of(item: Agreement) -> dict[str, tuple[str, ...]]:
    """Return what can be edited of an agreement."""
    names = {f"aliases.{each}": item.naming.aliases.get(each, ()) for each in LANGUAGES}
    weak = {f"weak.{each}": item.naming.weak.get(each, ()) for each in LANGUAGES}
    return {**names, **weak, "confusable": item.confusable, "dates": tuple(map(_line_of, item.dates))}


def edit_between(item: Agreement, wanted: Mapping[str, Iterable[str]]) -> Edit:
    """Return what makes of the agreement what somebody wants; a field that is left out stays. Raises WrongInput."""
    added: dict[str, tuple[str, ...]] = {}
    dropped: dict[str, tuple[str, ...]] = {}
    for name, known in texts_of(item).items():
        if name in wanted:
            texts = _cleaned(item.id, name, wanted[name])
            added[name] = tuple(each for each in texts if each not in known)
            dropped[name] = tuple(each for each in known if each not in texts)
    return Edit(item.id, _without_empty(added), _without_empty(dropped))


def overlaid(catalogue: Catalogue, edits: Iterable[Edit]) -> Catalogue:
    """Return the catalogue with these edits; its version names them. Raises WrongInput for what no file may hold.

    An edit of an agreement that the catalogue has no more is left aside.
    """
    ours = [each for each in edits if each.agreement_id in catalogue.agreements and not each.is_empty]
    if not ours:
        return catalogue
    agreements = dict(catalogue.agreements)
    for edit in ours:
        agreements[edit.agreement_id] = _edited(agreements[edit.agreement_id], edit, catalogue)
    check_sure_names(_FILE, agreements.values(), catalogue.parties)
    return replace(catalogue, agreements=agreements, version=_version(catalogue.version, ours))


def overlaid_as_far(catalogue: Catalogue, edits: Sequence[Edit]) -> tuple[Catalogue, tuple[WrongInput, ...]]:
    """Return the catalogue with the edits that it takes, and what is wrong with the others.

    An edit that was right may be wrong with a newer catalogue; what is judged must not stop for it.
    """
    try:
        return overlaid(catalogue, edits), ()
    except WrongInput:
        taken: list[Edit] = []
        wrong: list[WrongInput] = []
        for edit in edits:
            try:
                overlaid(catalogue, [*taken, edit])
                taken.append(edit)
            except WrongInput as complaint:
                wrong.append(complaint)
        return overlaid(catalogue, taken), tuple(wrong)


def _edited(item: Agreement, edit: Edit, catalogue: Catalogue) -> Agreement:
    shelf = Shelf(_FILE, item.id, {})
    texts = {name: _with(known, edit, name) for name, known in texts_of(item).items()}
    aliases = {each: texts[f"aliases.{each}"] for each in LANGUAGES}
    weak = {each: texts[f"weak.{each}"] for each in LANGUAGES}
    naming = _naming(item.naming, aliases, weak)
    every = {each: (*aliases[each], *weak[each]) for each in LANGUAGES}
    if not any(every.values()):
        shelf.wrong("aliases", every, "are empty", "Give at least one name.")
    check_naming(shelf, naming)
    dates = tuple(_milestone(shelf, line, catalogue.stages.keys()) for line in texts["dates"])
    in_order = tuple(sorted(dates, key=lambda each: each.date or ""))
    return replace(item, naming=naming, aliases=every, confusable=texts["confusable"], dates=in_order)


def _naming(old: Naming, aliases: Texts, weak: Texts) -> Naming:
    """Return the naming with other names; what is said of a name goes with it."""
    names = {name for texts in (*aliases.values(), *weak.values()) for name in texts}
    return replace(
        old,
        aliases=aliases,
        weak=weak,
        exact_case=old.exact_case & names,
        near={name: words for name, words in old.near.items() if name in names},
    )


def _with(known: tuple[str, ...], edit: Edit, name: str) -> tuple[str, ...]:
    kept = (each for each in known if each not in edit.dropped.get(name, ()))
    return tuple(dict.fromkeys([*kept, *edit.added.get(name, ())]))


def _line_of(dated: DatedStage) -> str:
    parts = [dated.date or _NO_DATE, dated.stage, dated.source, dated.note]
    return _SEPARATOR.join(one_line(each) for each in parts if each)


def _milestone(shelf: Shelf, line: str, stages: Iterable[str]) -> DatedStage:
    parts = [each.strip() for each in line.split("|", 3)]
    if len(parts) < 3 or not parts[2]:
        mend = "Write date | stage | source | note, as 2025-12-05 | signed | https://example.org/news | in Moscow"
        shelf.wrong("dates", line, "is no milestone", mend)
    date, stage, source, note = (*parts, "")[:4]
    if stage not in set(stages):
        shelf.wrong("dates", stage, "is no stage", f"Use one of: {', '.join(sorted(stages))}.")
    if date != _NO_DATE:
        check_date(shelf, date)
    return DatedStage(None if date == _NO_DATE else date, stage, source, note)


def _cleaned(item_id: str, name: str, texts: Iterable[str]) -> tuple[str, ...]:
    clean = tuple(dict.fromkeys(filter(None, (one_line(storable(each)) for each in texts))))
    shelf = Shelf(_FILE, item_id, {})
    if len(clean) > MOST_TEXTS:
        shelf.wrong(name, len(clean), "are too many", f"Give at most {MOST_TEXTS}.")
    for each in clean:
        if len(each) > LONGEST_TEXT_CHARACTERS:
            shelf.wrong(name, each, "is too long", f"Give at most {LONGEST_TEXT_CHARACTERS} characters.")
    return clean


def _without_empty(texts: Texts) -> Texts:
    return {name: each for name, each in texts.items() if each}


def _version(base: str, edits: Iterable[Edit]) -> str:
    told = sorted((each.agreement_id, sorted(each.added.items()), sorted(each.dropped.items())) for each in edits)
    return f"{base}-{hashlib.sha256(repr(told).encode()).hexdigest()[:6]}"
