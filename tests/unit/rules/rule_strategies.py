"""Random queries, query-like texts and articles over a vocabulary small enough for them to meet."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from shared.kit.errors import WrongInput
from shared.rules import (
    Document,
    Exact,
    Field,
    Named,
    Near,
    Not,
    Origin,
    Phrase,
    Prefix,
    Published,
    Query,
    Relevance,
    Stage,
    Title,
    Word,
    show,
)
from shared.rules.query import Place, all_of, any_of
from tests.unit.rules.rule_builders import agreement, article, parsed, sector, verdict

_WORDS = ["visa", "visas", "free", "visafree", "group", "визы", "визовый", "без", "वीज़ा", "मुक्त", "S", "400", "Moscow"]
_IDS = ["relos", "s-400", "two-plus-two"]
_SECTORS = ["energy", "trade"]
_DAY, _NEXT_DAY = date(2026, 11, 1), date(2026, 11, 2)
_PIECES = [
    *_WORDS,
    *("NEAR/3", "NEAR/0", "NEAR/", "=", "@", "@ministers", "@travel", "vis*", ">", "<=", "..", "|", "~", "&", "/"),
    *("stage:", "source:", "country:RU", "lang:", "outlet:", "relevance:", ">0.7", "date:", "2026-11-01", "signed"),
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


_FACTS = (
    *(Field("agreement", value) for value in _IDS),
    *(Field("sector", value) for value in _SECTORS),
    *(Field("source", value) for value in ("The Hindu", "TASS")),
    *(Field("country", value) for value in ("IN", "RU")),
    *(Field("lang", value) for value in ("en", "ru")),
    *(Field("outlet", value) for value in ("example.org", "news.example.org", "tass.com")),
    *(Stage(value) for value in ("signed", "in_force")),
    *(Relevance(sign, bound) for sign in (">", ">=", "<", "<=") for bound in (0.0, 0.5, 0.9)),
    *(Published(first, last) for first in (None, _DAY, _NEXT_DAY) for last in (None, _NEXT_DAY) if first or last),
)


def _places() -> st.SearchStrategy[Place]:
    phrases = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3)
    gaps = st.sampled_from([" ", "-"])
    return st.one_of(
        st.sampled_from(_WORDS).map(Word),
        st.builds(lambda words, gap: Phrase(gap.join(words)), phrases, gaps),
        st.sampled_from(["vis", "визо", "gro", "वीज़", "मुक्"]).map(Prefix),
        st.builds(lambda words, gap: Exact(gap.join(words)), phrases, gaps),
        st.sampled_from(["ministers", "travel"]).map(Named),
    )


def _nears() -> st.SearchStrategy[Query]:
    sides = st.lists(_places(), min_size=1, max_size=2, unique=True).map(tuple)
    return st.builds(Near, sides, st.integers(1, 3), sides)


def _titles() -> st.SearchStrategy[Query]:
    either = st.lists(_places(), min_size=2, max_size=3).map(any_of)
    without = st.tuples(_places(), _places()).map(lambda two: all_of((two[0], Not(two[1]))))
    return st.one_of(_places(), _nears(), either, without).map(Title)


def _leaves() -> st.SearchStrategy[Query]:
    return st.one_of(_places(), _places(), st.sampled_from(_FACTS), _nears(), _titles())


def _is_taken(query: Query) -> bool:
    try:
        parsed(show(query))
    except WrongInput:
        return False
    return True


def queries() -> st.SearchStrategy[Query]:
    """Trees as the parser gives them, without those that match by absence."""
    trees = st.recursive(
        _leaves(),
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(all_of),
            st.lists(inner, min_size=2, max_size=3).map(any_of),
            inner.map(Not),
        ),
        max_leaves=8,
    )
    return trees.filter(_is_taken).map(lambda tree: parsed(show(tree)))


def query_like_text() -> st.SearchStrategy[str]:
    """Pieces of the language in any order, mostly wrong."""
    return st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)


@st.composite
def articles(draw: st.DrawFn) -> Document:
    """Articles of a few words, joined by spaces, hyphens and sentence ends, with any findings."""
    gaps = st.sampled_from([" ", " ", "-", ". ", "\n", ""])
    words = st.sampled_from([*_WORDS, "Visa", "Lavrov", "वीजा"])
    text = "".join(word + gap for word, gap in draw(st.lists(st.tuples(words, gaps), max_size=12)))
    title = " ".join(draw(st.lists(st.sampled_from(_WORDS), max_size=3)))
    ids = draw(st.lists(st.sampled_from(_IDS), unique=True, max_size=2))
    sectors = draw(st.lists(st.sampled_from(_SECTORS), unique=True))
    stages = draw(st.lists(st.sampled_from(["signed", "in_force", None]), min_size=2, max_size=2))
    found = verdict(
        relevant=draw(st.booleans()),
        agreements=tuple(
            agreement(found_id, f"About {found_id}.", stage=stage) for found_id, stage in zip(ids, stages, strict=False)
        ),
        sectors=tuple(sector(found_id, f"On {found_id}.") for found_id in sectors),
    )
    return article(text, title=title, found=found, origin=draw(origins()))


def origins() -> st.SearchStrategy[Origin]:
    """Origins known and unknown."""
    return st.builds(
        Origin,
        source=st.sampled_from(["", "The Hindu", "the  hindu", "TASS"]),
        country=st.sampled_from([None, "in", "RU"]),
        url=st.sampled_from(["", "https://www.news.example.org/a", "https://tass.com/b", "no address", "http://[bad"]),
        published=st.sampled_from([None, datetime(2026, 11, 1, 23, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)]),
        language=st.sampled_from([None, "ru"]),
    )
