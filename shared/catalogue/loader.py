"""Reads the catalogue's YAML files, checks everything in them and gives one immutable Catalogue.

What is wrong is named by file, entry and field, with its mend (`WrongInput`), before anything runs on it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import cast, get_args

import yaml

from shared.catalogue.checks import check_cues, check_date, check_naming, check_sure_names, check_words
from shared.catalogue.entries import (
    Agreement,
    AgreementKind,
    Catalogue,
    ClaimWords,
    DatedStage,
    Naming,
    Parties,
    Side,
    Source,
    SourceKind,
    Stage,
)
from shared.catalogue.sector_entries import sector_from
from shared.catalogue.shelf import LANGUAGES, Shelf, shelves
from shared.kit.errors import WrongInput
from shared.kit.urls import checked_url

FILES = ("agreements.yaml", "sectors.yaml", "sources.yaml", "stages.yaml", "parties.yaml", "wordgroups.yaml")
# How sure a mention is of its side: a country's own name, one of its people, one of its cities or institutions.
PARTY_WEIGHTS: Mapping[str, float] = {"strong": 1.0, "person": 0.9, "body": 0.7}
_SIDES = frozenset({"india", "russia"})
_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """The catalogue, read once per process: the files of the folder, and for those that are not in it the shipped ones.

    Raises WrongInput for a folder that is none, a file in it that is no file of a catalogue, and what is wrong in one.
    """
    return _loaded(folder)


@lru_cache(maxsize=2)
def _loaded(folder: Path | None) -> Catalogue:
    return catalogue_from({**shipped_files(), **({} if folder is None else _own_files(folder))})


def shipped_files() -> dict[str, str]:
    """The texts of the files that ship with the program, by name."""
    here = files("shared.catalogue")
    return {name: (here / name).read_text(encoding="utf-8") for name in FILES}


def _own_files(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        mend = "Make it with `pactwatch catalogue --copy-to FOLDER`, or leave PACTWATCH_CATALOGUE_DIR out."
        raise WrongInput("PACTWATCH_CATALOGUE_DIR", str(folder), "is no folder", mend=mend)
    try:
        texts = {path.name: path for path in sorted(folder.iterdir()) if path.suffix in {".yaml", ".yml"}}
        for name in texts:
            if name not in FILES:
                mend = f"Name it as one of these, or take it away: {', '.join(FILES)}."
                raise WrongInput("PACTWATCH_CATALOGUE_DIR", name, "is no file of a catalogue", mend=mend)
        return {name: path.read_text(encoding="utf-8") for name, path in texts.items()}
    except (OSError, UnicodeDecodeError) as error:
        mend = "Save its files as UTF-8, readable to Pactwatch."
        raise WrongInput("PACTWATCH_CATALOGUE_DIR", str(folder), f"cannot be read ({error})", mend=mend) from error


def catalogue_from(texts: Mapping[str, str]) -> Catalogue:
    """A catalogue out of the YAML texts of all FILES; raises WrongInput naming file, entry and field."""
    parsed = {name: _parsed(name, texts[name]) for name in FILES}
    version = hashlib.sha256("\0".join(texts[name] for name in FILES).encode()).hexdigest()[:12]
    sectors = {shelf.where: sector_from(shelf) for shelf in shelves("sectors.yaml", parsed["sectors.yaml"])}
    frame = Shelf("stages.yaml", "", parsed["stages.yaml"])
    stages = {shelf.where: _stage(shelf) for shelf in shelves("stages.yaml", frame.raw("stages"))}
    group_shelf = Shelf("wordgroups.yaml", "", {"groups": parsed["wordgroups.yaml"]})
    groups = group_shelf.lists("groups")
    for name, words in groups.items():
        check_words(group_shelf, name, words)
    agreements = {
        shelf.where: _agreement(shelf, frozenset(sectors), frozenset(stages), frozenset(groups))
        for shelf in shelves("agreements.yaml", parsed["agreements.yaml"])
    }
    parties = _parties(Shelf("parties.yaml", "", parsed["parties.yaml"]))
    _check_companions(agreements, parties)
    _check_relations(agreements)
    check_sure_names("agreements.yaml", agreements.values(), parties)
    return Catalogue(
        version=version,
        agreements=agreements,
        sectors=sectors,
        sources=_sources(parsed["sources.yaml"]),
        stages=stages,
        parties=parties,
        claim_words=_claim_words(frame),
        wordgroups=groups,
    )


def _parsed(name: str, text: str) -> object:
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = "?" if place is None else place.line + 1
        raise WrongInput(name, f"line {line}", "is not YAML", mend="Mind quotes and indentation there.") from error


def _stage(shelf: Shelf) -> Stage:
    stage = Stage(
        id=shelf.where,
        label=shelf.names("label"),
        rank=int(shelf.number("rank", 0, 100)),
        severity=int(shelf.number("severity", 1, 3)),
        kinds=frozenset(shelf.texts("kinds")),
        cues=_flat(shelf.by_language("cues")),
        expected=_flat(shelf.by_language("expected")),
        patterns=shelf.patterns("patterns"),
    )
    check_cues(shelf, stage)
    unknown = stage.kinds - set(get_args(AgreementKind))
    if unknown:
        shelf.wrong("kinds", min(unknown), "is not a kind", f"Use: {', '.join(get_args(AgreementKind))}.")
    shelf.done()
    return stage


def _agreement(shelf: Shelf, sectors: frozenset[str], stages: frozenset[str], groups: frozenset[str]) -> Agreement:
    naming = _naming(shelf, groups)
    every = {language: (*naming.aliases.get(language, ()), *naming.weak.get(language, ())) for language in LANGUAGES}
    if not any(every.values()):
        shelf.wrong("aliases", every, "are empty", "Give at least one name.")
    agreement = Agreement(
        id=shelf.where,
        short_name=shelf.text("short_name"),
        official_name=shelf.text("official_name"),
        kind=cast(AgreementKind, shelf.one_of("kind", get_args(AgreementKind))),
        sectors=tuple(_known(shelf, "sectors", sector, sectors) for sector in shelf.texts("sectors")),
        aliases=every,
        current_stage=shelf.one_of("current_stage", stages),
        naming=naming,
        parties=shelf.texts("parties"),
        dates=tuple(_dated(shelf, entry, stages) for entry in shelf.raw("dates", default=[])),
        recurring=shelf.text("recurring", ""),
        status_note=shelf.text("status_note", ""),
        ratified_india=shelf.text("ratified_india", ""),
        in_force=shelf.text("in_force", ""),
        ambiguity=shelf.texts("ambiguity"),
        confusable=shelf.texts("confusable"),
        watch=" ".join(shelf.text("watch", "").split()),
        part_of=shelf.text("part_of", ""),
    )
    if not agreement.sectors:
        shelf.wrong("sectors", [], "is empty", f"Name at least one of: {', '.join(sorted(sectors))}.")
    shelf.done()
    return agreement


def _naming(shelf: Shelf, groups: frozenset[str]) -> Naming:
    naming = Naming(
        aliases=shelf.by_language("aliases"),
        weak=shelf.by_language("weak"),
        exact_case=frozenset(shelf.texts("exact_case")),
        near=shelf.lists("near"),
        unless=shelf.texts("unless"),
        patterns=shelf.patterns("patterns"),
        implies=_sides(shelf, "implies"),
        needs=_sides(shelf, "needs"),
        background=shelf.flag("background"),
        companions=frozenset(shelf.texts("companions")),
        generic=shelf.lists("generic"),
    )
    names = {*_flat(naming.aliases), *_flat(naming.weak)}
    for field, words in (("exact_case", naming.exact_case), ("near", naming.near)):
        stray = sorted(set(words) - names)
        if stray:
            shelf.wrong(field, stray[0], "is not one of its names", "Add it to aliases or weak, or drop it here.")
    check_naming(shelf, naming)
    for word in (word for pattern in naming.patterns for group in pattern for word in group):
        if word.startswith("$") and word[1:] not in groups:
            shelf.wrong("patterns", word, "is not a word group", f"Use one of: {', '.join(sorted(groups))}.")
    return naming


def _check_companions(agreements: Mapping[str, Agreement], parties: Parties) -> None:
    for agreement in agreements.values():
        for country in sorted(agreement.naming.companions - set(parties.third)):
            raise WrongInput(
                f"agreements.yaml {agreement.id} companions",
                country,
                "is not a third country",
                mend="Use a key of `third` in parties.yaml.",
            )


def _check_relations(agreements: Mapping[str, Agreement]) -> None:
    for agreement in agreements.values():
        wholes = {agreement.part_of} if agreement.part_of else set()
        for field, named in (("generic", set(agreement.naming.generic)), ("part_of", wholes)):
            for other in sorted(named - (set(agreements) - {agreement.id})):
                why = "is not another agreement"
                raise WrongInput(f"agreements.yaml {agreement.id} {field}", other, why, mend="Use the id of an entry.")


def _dated(shelf: Shelf, entry: object, stages: frozenset[str]) -> DatedStage:
    inner = Shelf(shelf.file, f"{shelf.where} dates", entry)
    date = inner.raw("date")
    if date is not None:
        check_date(inner, inner.text("date"))
    dated = DatedStage(
        date=date,
        stage=inner.one_of("stage", stages),
        source=inner.text("source"),
        note=inner.text("note", ""),
    )
    inner.done()
    return dated


def _source(shelf: Shelf) -> Source:
    source = Source(
        id=shelf.where,
        name=shelf.text("name"),
        country=shelf.text("country"),
        language=shelf.texts("language"),
        owner=shelf.text("owner"),
        kind=cast(SourceKind, shelf.one_of("kind", get_args(SourceKind))),
        url=shelf.text("url"),
        alt_urls=shelf.texts("alt_urls"),
        frequency=shelf.text("frequency", ""),
        feed_confidence=shelf.one_of("feed_confidence", ("high", "medium", "low")),
        quirks=shelf.text("quirks", ""),
    )
    for url in (source.url, *source.alt_urls):
        try:
            checked_url(url)
        except WrongInput as wrong:
            shelf.wrong("url", url, wrong.why, wrong.mend)
    for code in source.language:
        if not _LANGUAGE_CODE.fullmatch(code):
            shelf.wrong("language", code, "is no code of a language", "Use two letters, for example en, ru or hi.")
    shelf.done()
    return source


def _sources(parsed: object) -> dict[str, Source]:
    """Return the sources by id; a desk knows each by its name and its address, so both are there once."""
    sources: dict[str, Source] = {}
    seen: set[str] = set()
    for shelf in shelves("sources.yaml", parsed):
        source = _source(shelf)
        for field, value in (("name", source.name.casefold()), ("url", source.url)):
            if value in seen:
                shelf.wrong(field, value, "is another source's too", "Give each source its own.")
            seen.add(value)
        sources[source.id] = source
    return sources


def _parties(shelf: Shelf) -> Parties:
    bloc = Shelf(shelf.file, "bloc", {"bloc": shelf.raw("bloc", default={})}).by_language("bloc")
    parties = Parties(
        india=_side_words(shelf, "india"),
        russia=_side_words(shelf, "russia"),
        bloc=_flat(bloc),
        third=shelf.lists("third"),
        exact_case=frozenset(shelf.texts("exact_case")),
        mask=shelf.texts("mask"),
        bloc_members=frozenset(shelf.texts("bloc_members")),
        sport=shelf.texts("sport"),
    )
    check_words(shelf, "third", (name for names in parties.third.values() for name in names))
    check_words(shelf, "bloc", parties.bloc)
    check_words(shelf, "sport", parties.sport)
    strangers = sorted(parties.bloc_members - set(parties.third))
    if strangers:
        shelf.wrong("bloc_members", strangers[0], "is not among the third countries", "Add it to `third` or drop it.")
    shelf.done()
    return parties


def _side_words(shelf: Shelf, side: str) -> dict[str, float]:
    inner = Shelf(shelf.file, side, shelf.raw(side))
    words = {
        word: weight
        for tier, weight in reversed(list(PARTY_WEIGHTS.items()))
        for word in _flat(inner.by_language(tier))
    }
    check_words(inner, "words", words)
    inner.done()
    return words


def _claim_words(frame: Shelf) -> ClaimWords:
    tenses = Shelf(frame.file, "tenses", frame.raw("tenses"))
    words = ClaimWords(
        modal=tenses.texts("modal"),
        awaited=tenses.texts("awaited"),
        future_hi=tenses.texts("future_hi"),
        denied=tenses.texts("denied"),
        past=tenses.texts("past"),
        backdrop=frame.texts("backdrop"),
        say=frame.texts("say"),
        agencies=frame.texts("agencies"),
        made=frame.texts("made"),
    )
    tenses.done()
    frame.done()
    return words


def _sides(shelf: Shelf, field: str) -> frozenset[Side]:
    return frozenset(cast(Side, _known(shelf, field, side, _SIDES)) for side in shelf.texts(field))


def _known(shelf: Shelf, field: str, value: str, allowed: frozenset[str]) -> str:
    if value not in allowed:
        shelf.wrong(field, value, "is not known", f"Use one of: {', '.join(sorted(allowed))}.")
    return value


def _flat(by_language: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(text for texts in by_language.values() for text in texts)
