"""Says in words what the parser stumbled over, where it is, and what mends it."""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput

from shared.rules.complaints import WrongQuery
from shared.rules.field_values import EXAMPLES
from shared.rules.fields import known_field

_CLOSING = {'"': '"', "“": "”", "„": "“", "«": "»"}
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_OPERATORS = {"_AND": "AND", "_OR": "OR", "NOT": "NOT", "MINUS": "-", "NEAR": "NEAR", "EQUALS": "="}
_END = "$END"


def complaint_about(text: str, error: UnexpectedInput, tokens: Iterator[Token]) -> WrongQuery:
    """The complaint for what Lark raised; `tokens` lexes the same text again, from its beginning."""
    if isinstance(error, UnexpectedCharacters):
        _refuse_unknown_fields(text, _tokens_before(tokens, error.pos_in_stream or 0))
        return _bad_character(text, error.pos_in_stream or 0)
    token: Token = getattr(error, "token", Token(_END, ""))
    at = len(text.rstrip()) if token.type == _END else token.start_pos or 0
    before = _tokens_before(tokens, at)
    _refuse_unknown_fields(text, [*before, token])
    return _bad_token(text, token, at, before)


def _tokens_before(tokens: Iterator[Token], at: int) -> list[Token]:
    before: list[Token] = []
    try:
        for token in tokens:
            if (token.start_pos or 0) >= at:
                break
            before.append(token)
    except UnexpectedCharacters:  # the one that is being complained about
        pass
    return before


def _refuse_unknown_fields(text: str, tokens: list[Token]) -> None:
    for token in tokens:
        if token.type == "FIELD":
            known_field(text, token[:-1], token.start_pos or 0)


def _bad_character(text: str, at: int) -> WrongQuery:
    character = text[at]
    if (closing := _CLOSING.get(character)) is not None:
        return WrongQuery(text, at, "has an unclosed quote", mend=f"Close the phrase with {closing}.")
    if character in "”»":
        return WrongQuery(text, at, "closes a quote that was not opened", mend='Put the phrase in quotes: "visa free".')
    if character == ":":
        return WrongQuery(text, at, "has a colon without a field before it", mend="Write it like agreement:relos.")
    if character in _DASHES:
        mend = "Let it touch what it excludes (-tourist), or take it out."
        return WrongQuery(text, at, "has a dash that stands alone", mend=mend)
    return WrongQuery(text, at, f"cannot be read, because of {character!r}", mend="Delete it.")


def _bad_token(text: str, token: Token, at: int, before: list[Token]) -> WrongQuery:
    previous = before[-1] if before else None
    if previous is not None and previous.type == "FIELD":
        return _missing_value(text, previous, token, at)
    if previous is not None and previous.type in _OPERATORS:
        return _missing_operand(text, previous, token, at)
    if token.type in {"_AND", "_OR", "NEAR"} and (previous is None or previous.type == "LPAR"):
        mend = f'Write a term before it, or take it out; to look for the word itself, put it in quotes: "{token}".'
        return WrongQuery(text, at, f"has nothing before {token}", mend=mend)
    if token.type == "_RPAR":
        return _bad_closing(text, at, previous)
    if token.type == _END:
        return _unclosed_parenthesis(text, at, before)
    why, mend = f"cannot be read from {str(token)[:40]!r} on", "Write terms with AND, OR, NOT between."
    if token.type == "NEAR":
        why, mend = f"has a second {token} in a row", "Join two with AND: (visa NEAR/8 free) AND (free NEAR/8 group)"
    return WrongQuery(text, at, why, mend=mend)


def _missing_operand(text: str, operator: Token, token: Token, at: int) -> WrongQuery:
    """What is missing between an operator and the token behind it."""
    if operator.type == "NEAR" and token.type in {"NOT", "MINUS"}:
        mend = "Exclude beside the two that must be near: visa NEAR/8 free AND NOT tourist"
        return WrongQuery(text, at, f"has an exclusion beside {operator}", mend=mend)
    if operator.type == "EQUALS":
        mend = f'To look for the word itself, put it in quotes: "{token}".'
        return WrongQuery(text, at, "has an operator where a word should stand", mend=mend)
    named = str(operator) if operator.type == "NEAR" else _OPERATORS[operator.type]
    mend = "Write a term after it, or take it out."
    return WrongQuery(text, operator.start_pos or 0, f"has nothing after {named}", mend=mend)


def _missing_value(text: str, field: Token, token: Token, at: int) -> WrongQuery:
    name = field.casefold()
    mend = f"Write it directly after the colon, like {EXAMPLES[name[:-1]]}."
    if token.type == "MINUS":
        mend = f"To exclude it, put the dash before the field: -{name}…"
    return WrongQuery(text, at, f"has no value after {name}", mend=mend)


def _bad_closing(text: str, at: int, previous: Token | None) -> WrongQuery:
    if previous is not None and previous.type == "LPAR":
        return WrongQuery(
            text, previous.start_pos or 0, "has empty parentheses", mend="Write terms in them, or take them out."
        )
    mend = "Take it out, or open one before it."
    return WrongQuery(text, at, "closes a parenthesis that was not opened", mend=mend)


def _unclosed_parenthesis(text: str, at: int, before: list[Token]) -> WrongQuery:
    open_at: list[int] = []
    for token in before:
        if token.type == "LPAR":
            open_at.append(token.start_pos or 0)
        elif token.type == "_RPAR":
            open_at.pop()
    if not open_at:
        return WrongQuery(text, at, "is empty", mend="Write at least one word.")
    return WrongQuery(text, open_at[-1], "has an unclosed parenthesis", mend="Close it with ) where the group ends.")
