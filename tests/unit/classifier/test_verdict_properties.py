"""Any text gets a verdict, in a time that grows with its length only, and its evidence stands in the text."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.domain.judge import Judge
from services.classifier.domain.labels import Labelled
from shared.catalogue.head_file import load_head
from shared.catalogue.loader import load_catalogue
from shared.contracts.verdict import ArticleText, Verdict
from tests.unit.classifier.scoring import labelled_in

JUDGE = Judge(load_catalogue(), load_head())
WRITTEN = datetime(2025, 12, 5, tzinfo=UTC)
ENDS = frozenset(".!?…।॥\"'”’»)]:-–—/,")  # marks that a sentence, or the dateline before it, may end with

# Sentences that make findings of every kind, to be strewn among whatever hypothesis thinks of.
TELLING = (
    "India and Russia signed the labour mobility agreement in New Delhi on 5 December.",
    "Russia's State Duma approved the RELOS pact with India, TASS said.",
    "Россия и Индия провели 22-е заседание межправкомиссии по военно-техническому сотрудничеству.",
    "Подписан протокол.",
    "Путин подписал закон о ратификации соглашения с Индией.",
    "भारत और रूस ने स्वास्थ्य समझौते पर हस्ताक्षर किए।",
    "रूस मई तक भारत को एस-400 की चौथी खेप देगा।",
    "IndiaRussia Business Forum opens; Putins visit on December 45",
)
words = st.lists(
    st.sampled_from([*TELLING, "भारत", "Россия", "22nd", "RELOS", "(PTI)", "Also Read |"]) | st.text(max_size=40)
)
texts = st.one_of(st.text(max_size=600), words.map(" ".join), words.map("\n".join), words.map("".join))


def judged(title: str, text: str) -> Verdict:
    return JUDGE.judge(ArticleText(id="t", title=title, text=text, published=WRITTEN))


def evidence_of(verdict: Verdict) -> Iterator[str]:
    yield verdict.relevance_evidence
    yield from (finding.evidence for finding in verdict.sectors)
    for finding in verdict.agreements:
        yield finding.evidence
        yield from (claim.evidence for claim in finding.claims)


def assert_stands_in(evidence: str, title: str, text: str) -> None:
    """The evidence is a whole sentence of title or text, or a piece of one cut at a word, with … where it is cut."""
    places = [
        (source, at)
        for source in (title, text)
        for bare in {evidence, evidence.removeprefix("…"), evidence.removesuffix("…"), evidence.strip("…")}
        if bare and (at := source.find(bare)) >= 0
    ]
    assert places, evidence
    assert any(begins_well(evidence, source, at) for source, at in places), evidence
    assert any(ends_well(evidence, source, at) for source, at in places), evidence


def begins_well(evidence: str, source: str, at: int) -> bool:
    before = source[:at].rstrip()
    return evidence.startswith("…") or not before or "\n" in source[len(before) : at] or is_bound(before[-1])


def ends_well(evidence: str, source: str, at: int) -> bool:
    end = at + len(evidence.removeprefix("…").removesuffix("…"))
    after = source[end:]
    return evidence.endswith("…") or not after.strip() or is_bound(evidence[-1]) or is_line_end(after)


def is_bound(mark: str) -> bool:
    return mark in ENDS


def is_line_end(after: str) -> bool:
    return any(mark in "\n\r\u2028\u2029" for mark in after[: len(after) - len(after.lstrip())])


@settings(max_examples=150, deadline=None)
@given(title=st.text(max_size=120) | st.sampled_from(TELLING), text=texts)
def test_any_text_gives_a_verdict_whose_evidence_is_its_own(title: str, text: str) -> None:
    verdict = judged(title, text)
    assert 0 <= verdict.relevance <= 1
    for evidence in filter(None, evidence_of(verdict)):
        bare = evidence.removeprefix("…").removesuffix("…")
        assert bare in title or bare in text


@settings(max_examples=100, deadline=None)
@given(order=st.permutations(TELLING), joint=st.sampled_from([" ", "\n", "\n\n"]))
def test_evidence_reads_as_whole_sentences(order: list[str], joint: str) -> None:
    title, text = order[0], joint.join(order[1:])
    for evidence in filter(None, evidence_of(judged(title, text))):
        assert_stands_in(evidence, title, text)


@pytest.mark.parametrize("row", labelled_in(), ids=lambda row: row.article.id)
def test_evidence_in_the_labelled_digests_reads_as_whole_sentences(row: Labelled) -> None:
    for evidence in filter(None, evidence_of(JUDGE.judge(row.article))):
        assert_stands_in(evidence, row.article.title, row.article.text)


# Pages without marks, of one thing over and over: what each reader of the text would stumble over.
MONOTONES = (
    "India Russia agreement signed RELOS logistics military pact ",
    "समझौता रसद सैन्य भारत रूस हस्ताक्षर ",
    "соглашение Россия Индия подписали военное ",
    "India, Russia and China, Pakistan with ",
    "India and Russia sign RELOS. ",
    "IndiaRussia",
    "O\u00ef",
    "2+2 ",
    "S-400 ",
    "Also read ",
    "22nd session ",
    "a.b.",
    "(",
    " ",
    "\n",
    "e\u0301",
)
SHORT_CHARS, TIMES = 6_000, 4
SLACK_SECONDS, GENEROUS = 0.15, 3.0  # a busy machine, a cold cache: only a growth with the square must fail


def seconds_for(text: str) -> float:
    """Processor seconds of the better of two judgements."""
    best = float("inf")
    for _ in range(2):
        begun = time.process_time()
        judged("India, Russia sign pact", text)
        best = min(best, time.process_time() - begun)
    return best


def assert_grows_with_length(piece: str) -> None:
    short = (piece * (SHORT_CHARS // len(piece) + 1))[:SHORT_CHARS]
    assert seconds_for(short * TIMES) <= GENEROUS * TIMES * seconds_for(short) + SLACK_SECONDS, piece


@pytest.mark.parametrize("piece", MONOTONES)
def test_time_grows_with_the_length_only(piece: str) -> None:
    assert_grows_with_length(piece)


@settings(max_examples=10, deadline=None)
@given(
    piece=st.text(min_size=1, max_size=30) | st.lists(st.sampled_from(TELLING), min_size=1, max_size=4).map(" ".join)
)
def test_time_grows_with_the_length_only_whatever_is_repeated(piece: str) -> None:
    assert_grows_with_length(piece)


def test_a_very_long_title_is_read_like_any_other() -> None:
    verdict = judged("India and Russia sign RELOS " * 5_000, "")
    assert verdict.relevant
    assert all(len(evidence) <= 402 for evidence in evidence_of(verdict))
