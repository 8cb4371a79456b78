"""The sector head beside the curated words: what it adds, what it refuses, and its file."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.domain.judge import Judge
from shared.catalogue.head_file import FORMAT, head_from, load_head, packed_from
from shared.catalogue.loader import load_catalogue
from shared.catalogue.sector_head import NO_HEAD, OTHER, SectorHead, StemWeights
from shared.contracts.verdict import ArticleText, Verdict
from shared.kit.errors import WrongInput

# A day in a town, told at length: words of many fields in passing, and of none in earnest.
TOWN = (
    "The parade began at noon and went on until the band was tired. A retired teacher waved from her window, a nurse "
    "on her day off bought balloons, and the old fishermen told everybody who would listen how it was in their youth. "
    "The mayor forgot his speech and made up another one on the spot, which was thought to be the better of the two. "
)
TOWN_IN_RUSSIAN = (
    "Праздник двора удался: соседи вынесли столы, дети рисовали мелом на асфальте, а дворник Степан чинил качели. "
    "Бабушки обсуждали кота, который снова залез на дерево и не хотел спускаться до самого вечера. "
    "Потом пошёл дождь, и все разошлись по подъездам, обещая собраться в следующую субботу. "
)
TOWN_IN_HINDI = (
    "मोहल्ले के लोगों ने रविवार को मिलकर आँगन साफ किया और फिर सबने साथ बैठकर गपशप की। "
    "एक बूढ़ी दादी ने अपनी बिल्ली की कहानी सुनाई, जो तीन दिन तक छत पर छिपी रही थी। "
    "शाम को बारिश आई और सब हँसते हुए अपने-अपने घर लौट गए। "
)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(load_catalogue(), load_head())


def verdict(judge: Judge, title: str, text: str = "") -> Verdict:
    return judge.judge(ArticleText(id="t", title=title, text=text))


def small_head(**changes: Any) -> SectorHead:
    parts: dict[str, Any] = {
        "version": "",
        "labels": ("health", "space", OTHER),
        "stems": {"zorblat": StemWeights(2.0, ((1, 5.0), (2, -1.5)))},
        "lexicon_weight": 2.0,
        "other_bias": 1.0,
    }
    return SectorHead(**(parts | changes))


def packed(**changes: Any) -> bytes:
    whole = json.loads(gzip.decompress(packed_from(small_head())))
    return gzip.compress(json.dumps(whole | changes).encode(), mtime=0)


@pytest.mark.parametrize("text", [TOWN, TOWN_IN_RUSSIAN, TOWN_IN_HINDI])
def test_a_long_text_of_no_sector_gets_none(judge: Judge, text: str) -> None:
    title = text.partition(".")[0].partition("।")[0][:60]
    assert verdict(judge, title, text * 3).sectors == ()


@pytest.mark.parametrize(
    ("title", "sector"),
    [
        ("Doubling of tracks between two junctions approved by the railways", "transport"),
        ("Farmers sow early as the monsoon reaches the paddy fields", "agriculture"),
        ("Учёные описали новый вид ископаемых рептилий", "science"),
        ("Процессор нового смартфона оказался быстрее прежнего", "technology"),
        ("नए हवाई अड्डे पर उड़ानें शुरू", "transport"),
        ("विश्वविद्यालय में छात्रों के दाखिले की परीक्षा", "education"),
    ],
)
def test_each_language_has_its_sectors(judge: Judge, title: str, sector: str) -> None:
    assert sector in {found.id for found in verdict(judge, title).sectors}


def test_a_sector_that_only_the_head_knows_has_the_sentence_that_weighs_most_for_it() -> None:
    judge = Judge(load_catalogue(), small_head())
    text = "Nothing to see in the first sentence. The zorblat was shown at noon. Everybody went home."
    (found,) = verdict(judge, "An afternoon", text).sectors
    assert (found.id, found.evidence) == ("space", "The zorblat was shown at noon.")


def test_the_beginning_of_a_word_speaks_where_its_form_was_never_met() -> None:
    judge = Judge(load_catalogue(), small_head(stems={}, beginnings={"zorb": StemWeights(2.0, ((1, 5.0), (2, -1.5)))}))
    assert {found.id for found in verdict(judge, "The zorblatters came back").sectors} == {"space"}
    assert verdict(judge, "The zorb came back").sectors == ()


def test_a_habit_of_the_form_lifts_what_words_name_and_names_nothing_itself() -> None:
    plain = Judge(load_catalogue(), small_head())
    used_to = Judge(load_catalogue(), small_head(habits={"sentence": (0.0, 1.0, 0.0)}))
    orbit, market = "The satellite was in orbit.", "The market was closed."
    assert score_of(used_to, orbit, "space") > score_of(plain, orbit, "space")
    assert score_of(used_to, "A satellite in orbit", "space") == score_of(plain, "A satellite in orbit", "space")
    assert score_of(used_to, market, "space") == 0.0


def test_how_usual_none_is_in_one_form_decides_for_that_form_alone() -> None:
    wary = Judge(load_catalogue(), small_head(other_bias=19.0))
    used_to = Judge(load_catalogue(), small_head(other_bias=19.0, habits={"headline": (0.0, 0.0, -18.0)}))
    headline, sentence = "A satellite in orbit", "The satellite was in orbit."
    assert score_of(wary, headline, "space") == 0.0 < score_of(used_to, headline, "space")
    assert score_of(used_to, sentence, "space") == 0.0


def score_of(judge: Judge, text: str, sector: str) -> float:
    return next((found.score for found in verdict(judge, "", text).sectors if found.id == sector), 0.0)


def test_without_a_head_the_same_text_has_no_sector() -> None:
    text = "Nothing to see in the first sentence. The zorblat was shown at noon. Everybody went home."
    assert verdict(Judge(load_catalogue(), NO_HEAD), "An afternoon", text).sectors == ()


def test_a_label_that_the_catalogue_does_not_have_is_left_out() -> None:
    judge = Judge(load_catalogue(), small_head(labels=("health", "alchemy", OTHER)))
    assert "alchemy" not in {found.id for found in verdict(judge, "The zorblat, zorblat and again zorblat").sectors}


@settings(max_examples=60, deadline=None)
@given(
    title=st.text(max_size=80),
    text=st.text(max_size=400),
    seed=st.sampled_from([TOWN, TOWN_IN_RUSSIAN, TOWN_IN_HINDI, ""]),
)
def test_evidence_lies_in_the_text_whatever_it_is(judge: Judge, title: str, text: str, seed: str) -> None:
    found = verdict(judge, title, seed + text).sectors
    whole = " ".join(f"{title}\n{seed}{text}".split())
    assert all(" ".join(finding.evidence.removesuffix("…").split()) in whole for finding in found)


def test_the_verdict_names_the_version_of_the_head(judge: Judge) -> None:
    assert load_head().version in judge.version
    assert judge.version != Judge(load_catalogue()).version


def test_the_shipped_head_is_read_once_and_knows_every_sector() -> None:
    assert load_head() is load_head()
    assert set(load_head().labels) == {*load_catalogue().sectors, OTHER}


def test_a_head_comes_back_from_its_file_as_it_was_and_always_in_the_same_bytes() -> None:
    head = small_head(beginnings={"zorb": StemWeights(1.5, ((0, -0.25),))}, habits={"sentence": (0.5, 0.0, 0.0)})
    bytes_of = packed_from(head)
    again = head_from(bytes_of)
    assert again == replace(head, version=again.version)
    assert packed_from(again) == bytes_of


@pytest.mark.parametrize(
    ("damaged", "field"),
    [
        (b"", "sector_head.json.gz"),
        (b"no gzip at all", "sector_head.json.gz"),
        (packed_from(small_head())[:-12], "sector_head.json.gz"),
        (gzip.compress(b"{", mtime=0), "sector_head.json.gz"),
        (gzip.compress(b"\xff\xfe", mtime=0), "sector_head.json.gz"),
        (gzip.compress(b"[1, 2]", mtime=0), "format"),
        (packed(format=FORMAT + 1), "format"),
        (packed(format=None), "format"),
        (packed(labels=["health"]), "labels"),
        (packed(labels="health"), "labels"),
        (packed(stems=[]), "stems"),
        (packed(stems={"zorblat": [200, 7, 100]}), "zorblat"),
        (packed(stems={"zorblat": [200, 1]}), "zorblat"),
        (packed(stems={"zorblat": [0, 1, 100]}), "zorblat"),
        (packed(stems={"zorblat": [2.5, 1, 100]}), "zorblat"),
        (packed(stems={"zorblat": [200, 1, 10**400]}), "zorblat"),
        (packed(beginnings=None), "beginnings"),
        (packed(beginnings={"zorb": [200, 7, 100]}), "zorb"),
        (packed(habits=[]), "habits"),
        (packed(habits={"sentence": [1, 2]}), "habits"),
        (packed(habits={"sentence": [1, 2, "3"]}), "habits"),
        (packed(habits={"sentence": [1, 2, 10**400]}), "habits"),
        (packed(lexicon_weight=0), "lexicon_weight"),
        (packed(other_bias="much"), "other_bias"),
        (packed(other_bias=float("nan")), "other_bias"),
        (b"\x00" * 2_000_001, "sector_head.json.gz"),
    ],
)
def test_a_damaged_file_is_refused_with_what_is_wrong_and_how_to_mend_it(damaged: bytes, field: str) -> None:
    with pytest.raises(WrongInput) as refused:
        head_from(damaged)
    assert field in refused.value.field
    assert "training.sector_head" in str(refused.value.mend)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(noise: bytes) -> None:
    for given_bytes in (noise, gzip.compress(noise, mtime=0)):
        with pytest.raises(WrongInput):
            head_from(given_bytes)
