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

from shared.rules.absence import clause_true_of_nothing
from shared.rules.complaints import WrongQuery
from shared.rules.field_values import EXAMPLES, fact
from shared.rules.fields import known_field
from shared.rules.leaves import bare_term, exact, phrase, quoted
from shared.rules.legible import legible
from shared.rules.limits import MAX_CLAUSES, MAX_DEPTH, MAX_NEAR_WORDS, MAX_QUERY_CHARS
from shared.rules.query import (
    Exact,
    Field,
    Named,
    Near,
    Not,
    Or,
    Phrase,
    Place,
    Prefix,
    Published,
    Query,
    Relevance,
    Stage,
    Title,
    Word,
    all_of,
    any_of,
    parts_of,
)
from shared.rules.spelling import show
from shared.rules.syntax_errors import complaint_about

_CACHED_QUERIES = 4096  # a few hundred rules and a subscription for each catalogue item


def read_query(text: str) -> Query:
    """The tree of a query, its field values as written; places count what is visible of it. Raises WrongQuery."""
    return _read_visible(legible(text))


@lru_cache(maxsize=_CACHED_QUERIES)
def _read_visible(text: str) -> Query:
    _refuse_unreadable(text)
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise complaint_about(text, error, _parser().lex(text)) from None
    query = _build(text, tree.children[0], depth=0)
    _refuse_absence(text, query)
    _refuse_size(text, query)
    return query


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", start="query")


def _refuse_unreadable(text: str) -> None:
    if len(text) > MAX_QUERY_CHARS:
        why = f"is too long: it goes on for {len(text)} characters and is cut"
        raise WrongQuery(text, MAX_QUERY_CHARS, why, mend=f"At most {MAX_QUERY_CHARS} are taken; make two rules of it.")
    if not text.isprintable():
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


def _refuse_size(text: str, query: Query) -> None:
    if (length := len(show(query))) > MAX_QUERY_CHARS:
        why = f"is too long: written out in full it has {length} characters, beginning"
        raise WrongQuery(text, 0, why, mend=f"At most {MAX_QUERY_CHARS} are taken; make two rules of it.")
    if (count := _clauses(query)) > MAX_CLAUSES:
        mend = f"At most {MAX_CLAUSES} are taken; make a list of the names (@name), or two rules."
        raise WrongQuery(text, 0, f"asks for {count} things, beginning", mend=mend)


def _clauses(query: Query) -> int:
    if isinstance(query, Near):
        return len(query.left) + len(query.right)
    return sum(map(_clauses, parts_of(query))) or 1


def _build(text: str, node: Tree[Token] | Token, *, depth: int) -> Query:
    if isinstance(node, Token):  # pragma: no cover - the grammar leaves no bare token where a query stands
        raise TypeError(node)
    parts = node.children
    match node.data:
        case "either":
            return any_of(_build(text, part, depth=depth) for part in parts)
        case "both":
            return all_of(_build(text, part, depth=depth) for part in parts)
        case "proximity":
            return _near(text, parts[0], _token(parts[1]), parts[2], depth=depth)
        case "field":
            return _field(text, _token(parts[0]), parts[1], depth=depth)
        case "group" | "negation":
            opening = _token(parts[0])
            _refuse_depth(text, opening, depth)
            inner = _build(text, parts[1], depth=depth + 1)
            return inner if node.data == "group" else Not(inner, at=_place(opening))
        case _:
            return _leaf(text, node.data, [_token(part) for part in parts])


def _leaf(text: str, kind: str, tokens: list[Token]) -> Place:
    last = tokens[-1]
    words = quoted(last) if last.type == "PHRASE" else str(last)
    if kind == "exact":
        return exact(text, words, _place(tokens[0]))
    if kind == "phrase":
        return phrase(text, words, _place(last))
    return bare_term(text, words, _place(last))


def _near(text: str, left: Tree[Token] | Token, between: Token, right: Tree[Token] | Token, *, depth: int) -> Near:
    words = int(between.removeprefix("NEAR/"))
    if not 1 <= words <= MAX_NEAR_WORDS:
        mend = f"Take a number from 1 to {MAX_NEAR_WORDS}; wider than that, write AND."
        raise WrongQuery(text, _place(between), f"allows {words} words between two others", mend=mend)
    sides = [_places(text, _build(text, side, depth=depth), between) for side in (left, right)]
    return Near(sides[0], words, sides[1], at=_place(between))


def _places(text: str, side: Query, between: Token) -> tuple[Place, ...]:
    parts = side.parts if isinstance(side, Or) else (side,)
    places: list[Place] = []
    for part in parts:
        if not isinstance(part, Word | Phrase | Prefix | Exact | Named):
            mend = "Write words, phrases, lists, or such joined by OR in parentheses, and the rest with AND."
            raise WrongQuery(text, part.at, f"has beside {between} what is at no place of the text,", mend=mend)
        places.append(part)
    return tuple(dict.fromkeys(places))


def _field(text: str, label: Token, value: Tree[Token] | Token, *, depth: int) -> Query:
    name = known_field(text, label[:-1], _place(label))
    if isinstance(value, Token):  # pragma: no cover - a clause stands there by the grammar
        raise TypeError(value)
    if name == "title":
        part = _build(text, value, depth=depth)
        _refuse_facts_in_title(text, part)
        return Title(part, at=_place(label))
    first = _token(value.children[0])
    if value.data in {"word", "phrase"}:
        return fact(text, name, quoted(first) if value.data == "phrase" else str(first), _place(first))
    why = f"has no value after {name}:"
    mend = f"Write it directly after the colon, like {EXAMPLES[name]}."
    if value.data == "group":
        mend = f"Repeat the field for each: ({name}:… OR {name}:…)."
    raise WrongQuery(text, _place(first), why, mend=mend)


def _refuse_facts_in_title(text: str, part: Query) -> None:
    if isinstance(part, Title | Field | Stage | Relevance | Published):
        mend = "Only words stand in a title; join the field with AND: title:summit AND agreement:relos"
        raise WrongQuery(text, part.at, "asks inside title: for another field", mend=mend)
    for inner in parts_of(part):
        _refuse_facts_in_title(text, inner)


def _refuse_depth(text: str, opening: Token, depth: int) -> None:
    if depth >= MAX_DEPTH:
        why = f"is nested more than {MAX_DEPTH} deep"
        raise WrongQuery(
            text, _place(opening), why, mend="Take out parentheses that are not needed, or make two rules."
        )


def _token(node: Tree[Token] | Token) -> Token:
    if isinstance(node, Token):
        return node
    raise TypeError(node)  # pragma: no cover - the grammar puts a token there


def _place(token: Token) -> int:
    return token.start_pos or 0
