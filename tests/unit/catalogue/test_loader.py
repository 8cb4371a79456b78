"""The catalogue is whole, and a wrong line in it is named."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from shared.catalogue.loader import FILES, catalogue_from, load_catalogue, shipped_files
from shared.kit.errors import WrongInput


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    here = files("shared.catalogue")
    return {name: (here / name).read_text(encoding="utf-8") for name in FILES}


def test_everything_watched_is_there() -> None:
    catalogue = load_catalogue()
    assert len(catalogue.agreements) == 68
    assert len(catalogue.sectors) == 21
    assert len(catalogue.sources) == 62
    assert len(catalogue.stages) == 27
    assert len(catalogue.version) == 12


def test_every_agreement_has_a_name_in_each_language_or_a_script_neutral_one() -> None:
    for agreement in load_catalogue().agreements.values():
        assert agreement.aliases["en"], agreement.id
        assert (
            any(agreement.aliases[language] for language in ("ru", "hi")) or agreement.id == "customs-pre-arrival-2007"
        )


def test_every_sector_speaks_three_languages() -> None:
    for sector in load_catalogue().sectors.values():
        for language in ("en", "ru", "hi"):
            assert sum(term.language == language for term in sector.terms) >= 8, (sector.id, language)


def test_no_local_traces_remain(texts: dict[str, str]) -> None:
    for text in texts.values():
        assert "file:/" not in text
        assert "seed 0" not in text


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("agreements.yaml", "current_stage: ratified_russia", "current_stage: ratfied", "relos current_stage"),
        ("agreements.yaml", "- id: health-jwg", "- id: relos", "relos id"),
        ("agreements.yaml", "kind: agreement", "kind: treaty", "health-agreement-2025 kind"),
        ("agreements.yaml", "sectors: [pharma]", "sectors: [pharmacy]", "sectors"),
        ("agreements.yaml", "background: true", "backgruond: true", "backgruond"),
        ("sectors.yaml", "threshold: 4.2", "threshold: high", "health threshold"),
        ("sources.yaml", "kind: page", "kind: html", "mea-in kind"),
        ("sources.yaml", "url: https://www.pmindia", "url: ftp://www.pmindia", "pmindia url"),
        ("sources.yaml", "language: [en, ru]", "language: [en, russian]", "indian-embassy-moscow language"),
        ("sources.yaml", "name: DD News", "name: Prime Minister's Office", "ddnews name"),
        ("sources.yaml", "https://ddnews.gov.in/en/feed/", "https://www.pmindia.gov.in/en/feed/", "ddnews url"),
        ("stages.yaml", "severity: 1", "severity: 9", "proposed severity"),
        ("agreements.yaml", "companions: [iran,", "companions: [persia,", "instc companions"),
        ("agreements.yaml", "    health-agreement-2025: [joint", "    health-agrement: [joint", "health-jwg generic"),
        ("parties.yaml", "bloc_members: [armenia,", "bloc_members: [armeniia,", "bloc_members"),
    ],
)
def test_a_wrong_line_is_named_by_file_entry_and_field(
    texts: dict[str, str], file: str, old: str, new: str, named: str
) -> None:
    broken = {**texts, file: texts[file].replace(old, new, 1)}
    assert broken[file] != texts[file]
    with pytest.raises(WrongInput) as caught:
        catalogue_from(broken)
    assert file in str(caught.value)
    assert named in str(caught.value)
    assert caught.value.mend


def test_only_sources_whose_address_is_sure_are_of_high_confidence() -> None:
    sources = load_catalogue().sources.values()
    assert Counter(source.feed_confidence for source in sources) == {"high": 22, "medium": 19, "low": 21}
    assert {source.kind for source in sources if source.url.startswith("https://t.me/s/")} == {"telegram"}


def test_a_file_that_is_no_yaml_is_named_with_its_line(texts: dict[str, str]) -> None:
    with pytest.raises(WrongInput, match="parties.yaml"):
        catalogue_from({**texts, "parties.yaml": "india: [\n"})


def test_the_version_follows_the_content(texts: dict[str, str]) -> None:
    changed = {**texts, "sources.yaml": texts["sources.yaml"] + "\n# a remark\n"}
    assert catalogue_from(changed).version != load_catalogue().version


def test_ones_own_file_stands_in_for_the_shipped_one_and_makes_another_version(tmp_path: Path) -> None:
    own = shipped_files()["sectors.yaml"].replace("name: {en: Health,", "name: {en: Medicine,")
    (tmp_path / "sectors.yaml").write_text(own, "utf-8")
    catalogue = load_catalogue(tmp_path)
    assert catalogue.sectors["health"].name["en"] == "Medicine"
    assert catalogue.agreements == load_catalogue().agreements
    assert catalogue.version != load_catalogue().version


def test_an_empty_folder_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Nothing yet.")
    assert load_catalogue(tmp_path).version == load_catalogue().version


@pytest.mark.parametrize(
    ("name", "content", "value"),
    [("sector.yaml", b"[]", "sector.yaml"), ("sectors.yml", b"[]", "sectors.yml"), ("stages.yaml", b"\xff\xfe", None)],
)
def test_a_file_that_would_do_nothing_is_refused(name: str, content: bytes, value: str | None, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WrongInput) as wrong:
        load_catalogue(tmp_path)
    assert wrong.value.field == "PACTWATCH_CATALOGUE_DIR"
    assert wrong.value.value == (value or str(tmp_path))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongInput) as wrong:
        load_catalogue(tmp_path / "none")
    assert "--copy-to" in wrong.value.mend


@pytest.mark.parametrize(
    ("file", "old", "new", "named", "value"),
    [
        ("agreements.yaml", "en: [RELOS,", "en: [the, RELOS,", "relos aliases.en", "the"),
        ("agreements.yaml", "en: [RELOS,", "en: [of the and, RELOS,", "relos aliases.en", "of the and"),
        ("agreements.yaml", "en: [RELOS,", "en: ['*', RELOS,", "relos aliases.en", "*"),
        ("agreements.yaml", "en: [RELOS,", "en: [R, RELOS,", "relos aliases.en", "R"),
        ("agreements.yaml", "en: [RELOS,", "en: ['—', RELOS,", "relos aliases.en", "—"),
        ("agreements.yaml", "en: [RELOS,", "en: [re*, RELOS,", "relos aliases.en", "re*"),
        ("agreements.yaml", "en: [RELOS,", "en: [rec*cal, RELOS,", "relos aliases.en", "rec*cal"),
        ("agreements.yaml", "en: [RELOS,", "en: [Russia, RELOS,", "relos aliases.en", "Russia"),
        ("agreements.yaml", "en: [RELOS,", "en: [Beijing, RELOS,", "relos aliases.en", "Beijing"),
        ("agreements.yaml", "hi: [रेलोस,", "hi: [है, रेलोस,", "relos aliases.hi", "है"),
        ("agreements.yaml", "unless: [LEMOA,", "unless: [a, LEMOA,", "relos unless", "a"),
        ("agreements.yaml", "- - [logistics,", "- - [s, logistics,", "relos patterns", "s"),
        ("stages.yaml", "en: [propose*,", "en: ['*', propose*,", "proposed cues", "*"),
        ("sectors.yaml", "3: [", "3: [and, ", "terms", "and"),
        ("parties.yaml", "en: [India,", "en: [I, India,", "india words", "I"),
        ("parties.yaml", "us: [United States,", "us: [it, United States,", "third", "it"),
        ("wordgroups.yaml", "deal: [agreement,", "deal: ['...', agreement,", "deal", "..."),
    ],
)
def test_a_word_that_any_text_holds_or_none_is_named_with_its_mend(
    texts: dict[str, str], file: str, old: str, new: str, named: str, value: str
) -> None:
    broken = {**texts, file: texts[file].replace(old, new, 1)}
    assert broken[file] != texts[file]
    with pytest.raises(WrongInput) as caught:
        catalogue_from(broken)
    assert caught.value.field.startswith(file)
    assert caught.value.field.endswith(named)
    assert caught.value.value == value
    assert caught.value.mend


@pytest.mark.parametrize("date", ["2025-02-30", "2025-13", "1025-02-18", "2925", "18.02.2025", "2025-2-18", "soon"])
def test_a_date_of_no_calendar_is_named(texts: dict[str, str], date: str) -> None:
    broken = {**texts, "agreements.yaml": texts["agreements.yaml"].replace("'2025-02-18'", f"'{date}'", 1)}
    assert broken["agreements.yaml"] != texts["agreements.yaml"]
    with pytest.raises(WrongInput) as caught:
        catalogue_from(broken)
    assert caught.value.field == "agreements.yaml relos dates date"
    assert caught.value.value == date
    assert "2025-12-05" in caught.value.mend


@pytest.mark.parametrize("name", ["My pact", "RELOS", "relos-", "договор", "a,b", "../relos", "relos:signed"])
@pytest.mark.parametrize(("file", "own"), [("agreements.yaml", "health-jwg"), ("sources.yaml", "ddnews")])
def test_an_id_that_no_rule_could_ask_for_is_named(texts: dict[str, str], file: str, own: str, name: str) -> None:
    broken = {**texts, file: texts[file].replace(f"- id: {own}\n", f"- id: '{name}'\n", 1)}
    assert broken[file] != texts[file]
    with pytest.raises(WrongInput) as caught:
        catalogue_from(broken)
    assert caught.value.field == f"{file} {name} id"
    assert caught.value.value == name
    assert caught.value.mend
