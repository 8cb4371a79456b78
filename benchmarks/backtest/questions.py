"""The queries of the benchmark: in our language, and as far as a peer can say the same, in the peer's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LISTS: Mapping[str, tuple[str, ...]] = {
    "ministers": ("Lavrov", "Лавров", "Jaishankar", "Джайшанкар", "लावरोव", "Misri*", "Sergey Shoigu"),
}


@dataclass(frozen=True)
class Question:
    """One query; None where the peer has nothing like it."""

    kind: str
    ours: str
    websearch: str | None = None
    fts5: str | None = None


QUESTIONS = (
    Question("rare word", "kudankulam", "kudankulam", "kudankulam"),
    Question("word in half of all", "india", "india", "india"),
    Question("two common words", "india AND russia", "india russia", "india AND russia"),
    Question("three languages", "visa OR виза OR वीज़ा", "visa or виза or वीज़ा", "visa OR виза OR वीज़ा"),
    Question("NOT", "visa NOT tourist", "visa -tourist", "visa NOT tourist"),
    Question("phrase", '"working group"', '"working group"', '"working group"'),
    Question("phrase of common words", '"of the agreement"', '"of the agreement"', '"of the agreement"'),
    Question(
        "phrases, any",
        '("visa free" OR "безвизовый режим") -cruise',
        fts5='("visa free" OR "безвизовый режим") NOT cruise',
    ),
    Question("NEAR", "brahmos NEAR/8 export", fts5="NEAR(brahmos export, 8)"),
    Question("NEAR of common words", "india NEAR/8 russia", fts5="NEAR(india russia, 8)"),
    Question("beginning", "pharma*", fts5="pharma*"),
    Question("beginning near a word", "pharma* NEAR/8 export", fts5="NEAR(pharma* export, 8)"),
    Question("exact form", "=IT"),
    Question("exact phrase", '="Prime Minister"'),
    Question("title", "title:(visa -tourist)", fts5="title : (visa NOT tourist)"),
    Question("phrase in the title", 'title:"visa free"', fts5='title : "visa free"'),
    Question("list", "@ministers"),
    Question("list near words", "@ministers NEAR/10 (health OR здравоохранение)"),
    Question("agreement and stage", "agreement:relos AND stage:signed"),
    Question("facts and a word", "sector:energy AND country:RU AND relevance:>0.7 AND date:>2026-06-01 AND газ*"),
    Question("a rule", '(relos OR "logistics pact") AND (port OR порт OR बंदरगाह) -China'),
)
