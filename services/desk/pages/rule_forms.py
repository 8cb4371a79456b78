"""The form of a rule: what stands in it, and what of it is a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.desk.domain.rules import Rule

_NOTES = ("policy", "severity", "owner", "note")
DAYS = (30, 90, 365)


@dataclass(frozen=True, slots=True)
class RuleForm:
    """The fields of the form, as somebody filled them in. `at_version` 0: a rule that is not there yet."""

    name: str = ""
    query: str = ""
    watches: str = ""
    policy: str = "each_story"
    severity: str = "normal"
    enabled: bool = True
    owner: str = ""
    note: str = ""
    reason: str = ""
    allow_broad: bool = False
    at_version: int = 0
    days: int = 90

    @classmethod
    def sent(cls, form: Mapping[str, str]) -> RuleForm:
        """Return what somebody sent."""
        texts = {name: form.get(name, "") for name in ("name", "query", "watches", "owner", "note", "reason")}
        return cls(
            **texts,
            policy=form.get("policy", "each_story"),
            severity=form.get("severity", "normal"),
            enabled="enabled" in form,
            allow_broad="allow_broad" in form,
            at_version=_number(form.get("at_version", ""), 0),
            days=days_asked(form),
        )

    @classmethod
    def of(cls, rule: Rule) -> RuleForm:
        """Return the form of a rule as it stands."""
        return cls(
            name=rule.name,
            query=rule.query,
            watches=rule.watches or "",
            policy=rule.policy,
            severity=rule.severity,
            enabled=not rule.paused,
            owner=rule.owner,
            note=rule.note,
            allow_broad=rule.broad_allowed,
            at_version=rule.version,
        )

    @property
    def notes(self) -> dict[str, Any]:
        """Everything but name and query, as a new rule takes it."""
        told: dict[str, Any] = {name: getattr(self, name) for name in _NOTES}
        return told | {"watches": self.watches or None, "paused": not self.enabled, "allow_broad": self.allow_broad}

    def changes(self, rule: Rule) -> dict[str, Any]:
        """Return what is not as the rule has it; the query also where it may match very much no longer."""
        now = RuleForm.of(rule)
        changed = {name: value for name, value in self.notes.items() if value != now.notes[name]}
        if _lines(self.note) == _lines(rule.note):
            changed.pop("note", None)  # browsers end lines in their own way
        if " ".join(self.name.split()) != rule.name:
            changed["new_name"] = self.name
        if _lines(self.query) != _lines(rule.query) or changed.get("allow_broad") is False:
            changed["query"] = self.query
        return changed


def days_asked(form: Mapping[str, str]) -> int:
    """Return how many days of the archive somebody wants to look at."""
    asked = _number(form.get("days", ""), 90)
    return asked if asked in DAYS else 90


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()
