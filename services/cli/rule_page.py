"""A rule and its versions as lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from services.cli.moments import since_words
from services.cli.rule_told import short
from services.desk.domain.names import in_shell
from services.desk.domain.proposals import Proposal
from services.desk.domain.rule_versions import CONTENT, Difference, RuleVersion, differences
from services.desk.domain.views import RuleView
from services.desk.use_cases.rules import RuleDetails

POLICY_WORDS = {
    "each_article": "each article",
    "each_story": "each story once",
    "new_facts": "new facts only",
}
_VERSIONS_SHOWN = 5
_LABEL = 14


def rule_lines(details: RuleDetails, now: datetime) -> list[str]:
    """Return everything about a rule."""
    view = details.view
    subscriptions = f"{view.subscriptions}" if view.subscriptions else f"none: {_how_to_hear(view)}"
    lines = [
        f"{view.name} ({view.state})",
        _line("query", view.query),
        _line("broken", view.broken),
        _line("watches", view.watches or "anything"),
        _line("alerts for", POLICY_WORDS.get(view.policy, view.policy)),
        _line("severity", view.severity),
        _line("owner", view.owner),
        _line("note", view.note),
        _line("origin", _origin(view)),
        _line("subscriptions", subscriptions),
    ]
    if view.offered_query is not None:
        lines.append(_line("conflict", f"the catalogue says by now: {view.offered_query}"))
        lines.append(_line("", f"end it: pactwatch rule resolve {in_shell(view.name)} --take theirs | ours | QUERY"))
    lines += [_line("waits", _waiting(each, now)) for each in details.proposals]
    rows = version_rows(details.versions)[-_VERSIONS_SHOWN:]
    lines += [_line("versions" if row is rows[-1] else "", _version(row)) for row in reversed(rows)]
    if len(details.versions) > _VERSIONS_SHOWN:
        lines.append(_line("", f"{len(details.versions)} in all: pactwatch rule history {in_shell(view.name)}"))
    return [line for line in lines if line]


def version_rows(versions: Sequence[RuleVersion]) -> list[tuple[object, ...]]:
    """Return version, moment, author, what it did, and reason of each."""
    what = [_first(versions[0]), *(_did(old, new) for old, new in pairwise(versions))] if versions else []
    return [
        (each.version, each.saved_at, each.author or "–", did, each.reason)
        for each, did in zip(versions, what, strict=True)
    ]


def difference_lines(old: RuleVersion, new: RuleVersion, found: Sequence[Difference]) -> list[str]:
    """Return two versions' differences: - as the one has it, + as the other."""
    lines = [f"{new.name}, version {old.version} → {new.version}"]
    if not found:
        return [*lines, "They say the same."]
    for each in found:
        lines += [f"{each.field}:", f"  - {_told(each.old)}", f"  + {_told(each.new)}"]
        lines += [f"    lost    {clause}" for clause in each.lost]
        lines += [f"    gained  {clause}" for clause in each.gained]
    by = f"saved by {new.author or 'nobody known'}" + (f": {new.reason}" if new.reason else "")
    return [*lines, f"Version {new.version} was {by}"]


def _line(label: str, text: str | None) -> str:
    indented = (text or "").replace("\n", "\n" + " " * (_LABEL + 2))
    return f"  {label:<{_LABEL}}{indented}" if text else ""


def _origin(view: RuleView) -> str:
    return {"custom": "people's own", "agreement": "the catalogue", "sector": "subscriptions"}[view.origin]


def _how_to_hear(view: RuleView) -> str:
    return f"pactwatch subscribe add --rule {in_shell(view.name)} --channel inbox"


def _waiting(proposal: Proposal, now: datetime) -> str:
    when = since_words(proposal.created_at, now)
    why = f" ({proposal.reason})" if proposal.reason else ""
    return f"{short(proposal)}, proposed {when} by {proposal.author}{why}: {proposal.change['query']}"


def _version(row: tuple[object, ...]) -> str:
    version, saved_at, author, did, reason = row
    moment = f"{saved_at.astimezone():%Y-%m-%d %H:%M}" if isinstance(saved_at, datetime) else ""
    return f"{version:>3}  {moment}  {author}: {did}" + (f" ({reason})" if reason else "")


def _first(version: RuleVersion) -> str:
    return "made" if version.version == 1 else "as kept"


def _did(old: RuleVersion, new: RuleVersion) -> str:
    if old.removed != new.removed:
        return "removed" if new.removed else "restored"
    fields = [each.field for each in differences(old, new) if each.field in CONTENT]
    if fields == ["paused"]:
        return "paused" if new.paused else "resumed"
    return ", ".join(fields) or "saved again"


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value else "–"
