"""Named lists: the members of one as terms of the language, checked."""

from __future__ import annotations

from collections.abc import Collection

from shared.kit.errors import WrongInput
from shared.language.tokens import tokenise
from shared.rules.complaints import WrongQuery
from shared.rules.leaves import bare_term, exact, phrase, quoted, words_of
from shared.rules.limits import MAX_LIST_MEMBERS
from shared.rules.terms import Exact, Phrase, Prefix, Term, Word

_MAX_MEMBER_CHARS = 400
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}


def members_of(name: str, members: Collection[str]) -> tuple[Term, ...]:
    """The members of a list, each a word, several words (a phrase), a beginning (pharma*) or an exact form (=RELOS).

    Raises WrongInput (field "list") that names the member and the mend.
    """
    if not members:
        raise WrongInput("list", name, "has no members, so that it matches nothing", mend="Give it at least one name.")
    if len(members) > MAX_LIST_MEMBERS:
        why = f"has {len(members)} members"
        raise WrongInput("list", name, why, mend=f"At most {MAX_LIST_MEMBERS} are taken; make two lists of it.")
    return tuple(dict.fromkeys(_member(name, member) for member in members))


def words_in(terms: Collection[Term]) -> int:
    """How many words the terms have together: what they cost."""
    return sum(len(tokenise(term.text)) for term in terms)


def _member(name: str, written: str) -> Term:
    words = words_of(written) if '"' not in written else written.strip()
    if len(words) > _MAX_MEMBER_CHARS:
        why = f"has a member of {len(words)} characters, {words[:40]!r}…,"
        raise WrongInput("list", name, why, mend=f"At most {_MAX_MEMBER_CHARS} are taken.")
    try:
        term = _term(words)
    except WrongQuery as complaint:
        why = f"has the member {words[:40]!r}, which {complaint.why.rpartition(' at character')[0].rstrip(',')},"
        raise WrongInput("list", name, why, mend=complaint.advice) from None
    return term


def _term(words: str) -> Term:
    is_exact = words.startswith("=")
    rest = words[1:].strip() if is_exact else words
    if len(rest) > 1 and _QUOTES.get(rest[0]) == rest[-1]:
        return exact(words, quoted(rest), 0) if is_exact else phrase(words, quoted(rest), 0)
    if is_exact:
        return exact(words, rest, 0)
    if " " in rest or rest.startswith("@"):
        return phrase(words, words_of(rest.lstrip("@")), 0)
    found = bare_term(words, rest, 0)
    if isinstance(found, Word | Phrase | Prefix | Exact):
        return found
    raise TypeError(found)  # pragma: no cover - the @ of a list within a list is taken off above
