"""The family of errors: what went wrong, what mends it, and what should happen to the message in hand.

PactwatchError
├── WrongInput   a person or a file gave a value we cannot take; names the field, the value and the mend
├── Later        the outside is not ready (database down, broker away): try again, it is nobody's fault
└── Never        trying again cannot help: set the message aside and show it
"""

from __future__ import annotations


class PactwatchError(Exception):
    """Something a person can meet: a sentence, and what to do about it.

    `mend` is empty where there is nothing a reader could do.
    """

    def __init__(self, sentence: str, *, mend: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.sentence} {self.mend}".strip()


class WrongInput(PactwatchError):
    """A value that cannot be taken: `field` names it, `value` shows it, `mend` says what would be taken."""

    def __init__(self, field: str, value: object, why: str, *, mend: str) -> None:
        shown = repr(value) if len(repr(value)) <= 120 else repr(value)[:117] + "…"
        super().__init__(f"{field}: {shown} {why}.", mend=mend)
        self.field = field
        self.value = value
        self.why = why


class Later(PactwatchError):
    """The outside is not ready: the same attempt may succeed later, and this one does not count."""


class Never(PactwatchError):
    """Trying again cannot help: the message goes to quarantine with this sentence as its reason."""
