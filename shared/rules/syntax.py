"""From the text of a query to its tree: what can be judged without the catalogue.

The grammar stands in `grammar.lark`; Lark's LALR parser does not recurse, and what recurses here is bounded by
MAX_DEPTH before it does.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from shared.language.tokens import tokenise
from shared.rules.absence import clause_true_of_nothing
from shared.rules.complaints import WrongQuery
from shared.rules.fields import known_field
from shared.rules.query import Field, Not, Phrase, Query, Word, all_of, any_of, show
from shared.rules.syntax_errors import complaint_about

MAX_QUERY_CHARS = 2000  # five times the longest rule seen in comparable tools; a message still fits a screen
MAX_DEPTH = 50  # parentheses and NOTs inside each other; nobody reads ten
MAX_PHRASE_WORDS = 40  # the longest official name of an agreement has 25

KEYWORDS = frozenset({"AND", "OR", "NOT"})
_RESERVED_WORDS = frozenset({"NEAR", "XOR"})
_CACHED_QUERIES = 4096  # a few hundred rules and a subscription for each catalogue item

# Characters that other query languages give a meaning; taking them for spaces would silently search something else.
_RESERVED_ANYWHERE = {
    "*": "A word matches its inflections without a star; leave it out.",
    "|": "Write OR between the terms.",
    "~": "Leave it out; a phrase matches with or without hyphens.",
    "'": 'Put a phrase in double quotes: "visa free".',
}
_RESERVED_CHARACTERS = "*~^|[]{}<>=\\"
_RESERVED_FIRST = {
    "+": "Words that stand side by side must all occur, so leave it out.",
    "&": "Write AND, or nothing: words that stand side by side must all occur.",
    "!": "Write NOT before the term, or - directly on it.",
    "/": "A rule holds words and phrases, no patterns; leave the slashes out.",
    **dict.fromkeys("'‘’`", _RESERVED_ANYWHERE["'"]),
}


@lru_cache(maxsize=_CACHED_QUERIES)
def read_query(text: str) -> Query:
    """The tree of a query, its field values as written. Raises WrongQuery."""
    _refuse_unreadable(text)
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise complaint_about(text, error, _parser().lex(text)) from None
    query = _build(text, tree.children[0], depth=0)
    _refuse_absence(text, query)
    if (length := len(show(query))) > MAX_QUERY_CHARS:
        why = f"is too long: written out in full it has {length} characters, beginning"
        raise WrongQuery(text, 0, why, mend=f"At most {MAX_QUERY_CHARS} are taken; make two rules of it.")
    return query


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", start="query")


def _refuse_unreadable(text: str) -> None:
    if len(text) > MAX_QUERY_CHARS:
        why = f"is too long: it goes on for {len(text)} characters and is cut"
        raise WrongQuery(text, MAX_QUERY_CHARS, why, mend=f"At most {MAX_QUERY_CHARS} are taken; make two rules of it.")
    for at, character in enumerate(text):
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\t\n\v\f\r":
            why = f"holds a character that is not text, U+{ord(character):04X},"
            raise WrongQuery(text, at, why, mend="Delete it.")
    if not text.strip():
        raise WrongQuery(text, 0, "is empty", mend="Write at least one word, for example: relos OR agreement:relos")


def _refuse_absence(text: str, query: Query) -> None:
    clause = clause_true_of_nothing(query)
    if clause is not None:
        raise WrongQuery(
            text,
            clause.at,
            "matches every article in which something is missing, because of the exclusion",
            mend="Say with AND what must occur besides, for example: visa AND NOT tourist",
        )


def _build(text: str, node: Tree[Token] | Token, *, depth: int) -> Query:
    if isinstance(node, Token):  # pragma: no cover - the grammar leaves no bare token where a query stands
        raise TypeError(node)
    parts = node.children
    first = parts[0]
    if node.data in {"group", "negation"} and isinstance(first, Token):
        _refuse_depth(text, first, depth)
        inner = _build(text, parts[1], depth=depth + 1)
        return inner if node.data == "group" else Not(inner, at=_place(first))
    if isinstance(first, Token):
        return _leaf(text, node.data, [part for part in parts if isinstance(part, Token)])
    queries = [_build(text, part, depth=depth) for part in parts]
    return any_of(queries) if node.data == "either" else all_of(queries)


def _leaf(text: str, kind: str, tokens: list[Token]) -> Query:
    last = tokens[-1]
    if kind == "field":
        name = known_field(text, tokens[0][:-1], _place(tokens[0]))
        value = _phrase_text(last[1:-1]) if last.type == "PHRASE" else str(last)
        return Field(name, value, at=_place(last))
    if kind == "phrase":
        return _phrase(text, _phrase_text(last[1:-1]), _place(last))
    return _word(text, str(last), _place(last))


def _word(text: str, written: str, at: int) -> Query:
    """A bare term: one word, or the phrase of its parts (visa-free, S-400)."""
    _refuse_reserved(text, written, at)
    tokens = tokenise(written)
    if len(tokens) == 1 and (surface := tokens[0].surface) not in KEYWORDS | _RESERVED_WORDS:
        alone = tokenise(surface)
        if len(alone) == 1 and alone[0].surface == surface:
            return Word(surface, at=at)
    return _phrase(text, _phrase_text(written), at)


def _phrase(text: str, words: str, at: int) -> Phrase:
    if not words:
        raise WrongQuery(
            text, at, "has an empty phrase", mend="Write words between the quotes, or take the quotes out."
        )
    count = len(tokenise(words))
    if count == 0:
        raise WrongQuery(text, at, "has a term without a letter or a digit", mend="Write a word, or take it out.")
    if count > MAX_PHRASE_WORDS:
        why = f"has a phrase of {count} words"
        raise WrongQuery(text, at, why, mend=f"At most {MAX_PHRASE_WORDS} are taken; keep the words that matter.")
    return Phrase(words, at=at)


def _phrase_text(written: str) -> str:
    """The words of a phrase on one line, without what would end it: `"` and invisible separators become spaces."""
    return " ".join(written.translate(_SPACES).split())


_SPACES = dict.fromkeys(map(ord, '"\u200b\u200e\u200f\u2060\ufeff'), " ")


def _refuse_reserved(text: str, written: str, at: int) -> None:
    if written in _RESERVED_WORDS or written.startswith("NEAR/"):
        why = f"uses {written[:8]}, which is not yet available,"
        raise WrongQuery(text, at, why, mend=f'To look for the word itself, put it in quotes: "{written[:8]}".')
    mend = _RESERVED_FIRST.get(written[0])
    place = 0
    if mend is None:
        place = next((place for place, character in enumerate(written) if character in _RESERVED_CHARACTERS), -1)
        if place < 0:
            return
        mend = _RESERVED_ANYWHERE.get(written[place], "Leave it out, or put the text in double quotes.")
    raise WrongQuery(text, at + place, f"has {written[place]!r}, which is no part of the language,", mend=mend)


def _refuse_depth(text: str, opening: Token, depth: int) -> None:
    if depth >= MAX_DEPTH:
        why = f"is nested more than {MAX_DEPTH} deep"
        raise WrongQuery(
            text, _place(opening), why, mend="Take out parentheses that are not needed, or make two rules."
        )


def _place(token: Token) -> int:
    return token.start_pos or 0
