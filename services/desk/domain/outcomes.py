"""How a question "why was I not told?" can be answered: one type for each answer, with its sentence and its mend."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar


class Outcome(ABC):
    """What stopped an article on its way to a reader, or that nothing did.

    `code` names it to programs. Each outcome is a frozen dataclass whose fields are the facts that it rests on.
    """

    __slots__ = ()
    code: ClassVar[str]

    @property
    @abstractmethod
    def sentence(self) -> str:
        """Say what happened."""

    @property
    def mend(self) -> str:
        """Say what can be done about it; empty where there is nothing to do."""
        return ""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to the article before; `at` None where nobody wrote down when."""

    at: datetime | None
    what: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an address for a rule: the first thing that stopped it, and what happened before that."""

    url: str
    rule: str
    outcome: Outcome
    steps: tuple[Step, ...]


def as_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as programs read it; `facts` are those that its outcome rests on."""
    outcome = answer.outcome
    facts: dict[str, Any] = asdict(outcome)  # type: ignore[call-overload]  # each outcome is a dataclass
    return {
        "url": answer.url,
        "rule": answer.rule,
        "told": outcome.code == "sent",
        "outcome": outcome.code,
        "sentence": outcome.sentence,
        "mend": outcome.mend,
        "facts": facts,
        "steps": [asdict(step) for step in answer.steps],
    }
