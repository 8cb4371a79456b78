"""What a receiver's answer over HTTP means for a delivery."""

from __future__ import annotations

from urllib.parse import urlsplit

from services.notifier.domain.delivery import Outcome, Refused, Rejected, Unknown, outcome_of_status
from shared.kit.text import clip, one_line
from shared.web import looks

_SHOWN_CHARACTERS = 300  # of an error's answer
_SHORTEST_SECRET_CHARACTERS = 12  # shorter paths are words


def outcome_of_answer(answer: looks.Answer, address: str, shown: str) -> Outcome:
    """Return what the answer means. An address is often a password, so sentences name what is `shown` instead."""
    match answer:
        case looks.Answered(status=status):
            said = said_in(answer, address)
            return outcome_of_status(status, sentence_of(answer, shown, said), answer.retry_after_seconds, said)
        case looks.NotSent(kind=kind, permanent=permanent):
            sentence = answer.sentence.replace(address, shown)
            # What our own guard blocks is for us to mend, by a setting, while the schedule runs.
            return Rejected(sentence) if permanent and kind != "blocked" else Refused(sentence)
        case looks.Unknown():
            return Unknown(answer.sentence.replace(address, shown))


def said_in(answer: looks.Answered, address: str) -> str:
    """Return how the answer begins in its own words; where it repeats our address, it is not repeated again."""
    said = one_line(answer.body_start.decode("utf-8", "replace"))
    parts = urlsplit(address)
    for secret in (address, f"{parts.path}?{parts.query}" if parts.query else parts.path):
        if len(secret) >= _SHORTEST_SECRET_CHARACTERS:
            said = said.replace(secret, "…")
    return clip(said, _SHOWN_CHARACTERS)


def sentence_of(answer: looks.Answered, shown: str, said: str) -> str:
    """Return what came back, in a sentence."""
    if 300 <= answer.status < 400:
        said = "redirects are not followed; subscribe the address it leads to"
    return f"{shown} answered {answer.status}" + (f": {said}" if said else ".")
