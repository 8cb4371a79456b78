"""Random queries, query-like texts and articles over a vocabulary small enough for them to meet."""

from __future__ import annotations

from hypothesis import strategies as st

from shared.kit.errors import WrongInput
from shared.rules import Document, Field, Not, Phrase, Query, Word, show
from shared.rules.query import all_of, any_of
from tests.unit.rules.rule_builders import agreement, article, parsed, sector, verdict

_WORDS = ["visa", "visas", "free", "visafree", "group", "визы", "визовый", "без", "वीज़ा", "मुक्त", "S", "400", "Moscow"]
_IDS = ["relos", "s-400", "two-plus-two"]
_SECTORS = ["energy", "trade"]
_PIECES = [
    *_WORDS,
    *(
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        "-",
        '"',
        "“",
        "”",
        "«",
        "»",
        ":",
        "agreement:",
        "sector:",
        "title:",
        "relos",
        "energy",
    ),
    *(
        " ",
        "  ",
        "\n",
        "\t",
        "*",
        "'",
        "\u200b",
        "\u2013",
        "\x00",
        "\ud800",
        ".",
        "…",
        "S-400",
        "IndiaRussia",
        "x:y",
        "NEAR",
    ),
]


def _leaves() -> st.SearchStrategy[Query]:
    phrases = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3)
    return st.one_of(
        st.sampled_from(_WORDS).map(Word),
        st.builds(lambda words, gap: Phrase(gap.join(words)), phrases, st.sampled_from([" ", "-"])),
        st.sampled_from(_IDS).map(lambda value: Field("agreement", value)),
        st.sampled_from(_SECTORS).map(lambda value: Field("sector", value)),
    )


def _is_taken(query: Query) -> bool:
    try:
        parsed(show(query))
    except WrongInput:
        return False
    return True


def queries() -> st.SearchStrategy[Query]:
    """Trees as the parser builds them, without those that match by absence."""
    trees = st.recursive(
        _leaves(),
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(all_of),
            st.lists(inner, min_size=2, max_size=3).map(any_of),
            inner.map(Not),
        ),
        max_leaves=8,
    )
    return trees.filter(_is_taken)


def query_like_text() -> st.SearchStrategy[str]:
    """Pieces of the language in any order, mostly wrong."""
    return st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)


@st.composite
def articles(draw: st.DrawFn) -> Document:
    """Articles of a few words, joined by spaces, hyphens and sentence ends, with any findings."""
    gaps = st.sampled_from([" ", " ", "-", ". ", "\n", ""])
    text = "".join(word + gap for word, gap in draw(st.lists(st.tuples(st.sampled_from(_WORDS), gaps), max_size=12)))
    title = " ".join(draw(st.lists(st.sampled_from(_WORDS), max_size=3)))
    ids = draw(st.lists(st.sampled_from(_IDS), unique=True, max_size=2))
    sectors = draw(st.lists(st.sampled_from(_SECTORS), unique=True))
    found = verdict(
        relevant=draw(st.booleans()),
        agreements=tuple(agreement(found_id, f"About {found_id}.") for found_id in ids),
        sectors=tuple(sector(found_id, f"On {found_id}.") for found_id in sectors),
    )
    return article(text, title=title, found=found)
