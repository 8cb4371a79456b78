"""The engines: each is given the rows to learn from, and answers a text with its first sector or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from services.classifier.domain.judge import Judge
from shared.catalogue.entries import Catalogue
from shared.catalogue.head_file import head_from, load_head, packed_from
from shared.catalogue.sector_head import OTHER
from training.sector_head.fitting import fitted_head
from training.sector_head.rows import Row, article_of

Answers = Callable[[Sequence[Mapping[str, Any]]], list[str | None]]


@dataclass(frozen=True)
class Lesson:
    """What may be learnt from: for the peer all other rows as the sets have them, for the head those with a licence."""

    raw: Sequence[Mapping[str, Any]]
    read: Sequence[Row]
    shipped: bool = False  # all that the shipped head learnt from: it need not be trained again


def ours(catalogue: Catalogue, lesson: Lesson) -> Answers:
    """The whole classifier, with a head trained on the lesson."""
    fitted = None if lesson.shipped else packed_from(fitted_head(lesson.read, tuple(catalogue.sectors)))
    head = load_head() if fitted is None else head_from(fitted)
    return _first_of(Judge(catalogue, head))


def without_head(catalogue: Catalogue, _lesson: Lesson) -> Answers:
    """The classifier by its words alone, with its thresholds."""
    return _first_of(Judge(catalogue))


def bare_keywords(catalogue: Catalogue, _lesson: Lesson) -> Answers:
    """The plain baseline: the largest sum of words' weights, no thresholds, no lead, no conditions on length."""
    from services.classifier.domain.lexicon import Lexicon
    from services.classifier.domain.reading import Reading

    lexicon = Lexicon(catalogue)

    def first(row: Mapping[str, Any]) -> str | None:
        sums: dict[str, float] = {}
        for line in Reading(article_of(row), lexicon).lines:
            for hit in line.sectors:
                sums[hit.sector] = sums.get(hit.sector, 0.0) + hit.weight
        return max(sums, key=lambda sector: (sums[sector], sector)) if sums else None

    return lambda rows: [first(row) for row in rows]


def tfidf(_catalogue: Catalogue, lesson: Lesson, *, always: bool = False) -> Answers:
    """TF-IDF of words and pairs of words with logistic regression; it learns the sets' labels and OTHER.

    `always`: it never answers OTHER, so that its top-1 can be held against engines that answer more readily.
    """
    vectors, model = _vectors(), _linear()
    model.fit(vectors.fit_transform(map(_text, lesson.raw)), list(map(_label, lesson.raw)))

    def answers(rows: Sequence[Mapping[str, Any]]) -> list[str | None]:
        sure = model.decision_function(vectors.transform(map(_text, rows)))
        if always:
            sure[:, list(model.classes_).index(OTHER)] = float("-inf")
        found = model.classes_[sure.argmax(axis=1)]
        return [None if label == OTHER else str(label) for label in found]

    return answers


def self_trained(catalogue: Catalogue, _lesson: Lesson) -> Answers:
    """The words label a set's own texts, and TF-IDF with logistic regression learns from that; it always answers.

    No label of the set is seen, but its texts are, all of them before the first answer.
    """
    by_words = without_head(catalogue, _lesson)

    def answers(rows: Sequence[Mapping[str, Any]]) -> list[str | None]:
        found: dict[int, str] = {}
        for name in sorted({row["set"] for row in rows}):
            places = [place for place, row in enumerate(rows) if row["set"] == name]
            labels = by_words([rows[place] for place in places])
            vectors, model = _vectors(), _linear()
            texts = vectors.fit_transform([_text(rows[place]) for place in places])
            taught = [at for at, label in enumerate(labels) if label is not None]
            model.fit(texts[taught], [labels[at] for at in taught])
            found |= dict(zip(places, map(str, model.predict(texts)), strict=True))
        return [found[place] for place in range(len(rows))]

    return answers


ENGINES: Mapping[str, Callable[[Catalogue, Lesson], Answers]] = {
    "pactwatch": ours,
    "pactwatch, words alone": without_head,
    "bare keyword sums": bare_keywords,
    "words, self-trained": self_trained,
    "TF-IDF + logistic regression": tfidf,
    "TF-IDF + logistic regression, always answers": partial(tfidf, always=True),
}


def _first_of(judge: Judge) -> Answers:
    def first(row: Mapping[str, Any]) -> str | None:
        sectors = judge.judge(article_of(row)).sectors
        return sectors[0].id if sectors else None

    return lambda rows: [first(row) for row in rows]


def _vectors() -> TfidfVectorizer:
    return TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"[^\W\d_][\w\u0900-\u097f]+")


def _linear() -> OneVsRestClassifier:
    return OneVsRestClassifier(LogisticRegression(C=10, solver="liblinear", class_weight="balanced"))


def _text(row: Mapping[str, Any]) -> str:
    return f"{row['title'] or ''}\n{row['text'] or ''}"


def _label(row: Mapping[str, Any]) -> str:
    return OTHER if row["out_of_scope"] else str(row["sectors"][0])
