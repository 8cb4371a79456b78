"""Rules and lists in YAML: read with the line of every entry, and written so that reading gives the same again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml

from services.desk.domain.rule_list import ListedRule, ListedWords, RuleFile
from services.desk.domain.rules import Rule
from services.desk.domain.source_list import BadEntry, spelled_wrong
from services.desk.domain.word_lists import WordList
from services.desk.parsing.yaml_nodes import clipped, composed, glimpse, line_of, name_in, switch_in, text_in
from shared.kit.errors import WrongInput

LARGEST_FILE_BYTES = 20_000_000  # some 100,000 rules
_SECTIONS = ("rules", "lists")
_MEND = "Give YAML in UTF-8 with `rules:` and `lists:`, as `pactwatch rule export` writes it."
_HEAD = """\
# Watch rules and named lists of a Pactwatch desk: `pactwatch rule import FILE` reads them.
#   lists   name, members (each a term of the rule language), note
#   rules   name, query; the rest may be left out: watches (an agreement's id), policy (each_article | each_story |
#           new_facts), severity (low | normal | high), owner, note, paused, allow_broad;
#           agreement: the catalogue's own rule of this agreement, as people changed it
"""


def read_rules(body: bytes, *, name: str) -> RuleFile:
    """Read a mapping with `rules` and `lists`, or a list of rules. Raises WrongInput for what is neither."""
    if len(body) > LARGEST_FILE_BYTES:
        why = f"has {len(body):,} bytes, more than {LARGEST_FILE_BYTES:,}"
        raise WrongInput("file", name, why, mend="Split it into smaller ones.")
    sections = _sections(composed(body, name, noun="rules", mend=_MEND), name)
    bad: list[BadEntry] = []
    lists = _taken(sections["lists"], _listed_words, bad)
    rules = _taken(sections["rules"], _listed_rule, bad)
    return RuleFile(tuple(lists), tuple(rules), tuple(bad))


def write_rules(rules: Iterable[Rule], lists: Iterable[WordList]) -> str:
    """Return the rules and lists as a file that `read_rules` reads back to the same."""
    return _HEAD + _section("lists", map(_written_list, lists)) + _section("rules", map(_written_rule, rules))


def _section(name: str, entries: Iterable[Mapping[str, Any]]) -> str:
    written = [dict(each) for each in entries]
    if not written:
        return f"{name}: []\n"
    listed = yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False)
    return f"{name}:\n{listed}"


def _sections(node: yaml.Node, name: str) -> dict[str, list[yaml.Node]]:
    if isinstance(node, yaml.SequenceNode):
        return {"rules": list(node.value), "lists": []}
    if not isinstance(node, yaml.MappingNode):
        raise WrongInput("file", name, "holds no list of rules", mend=_MEND)
    sections: dict[str, list[yaml.Node]] = {each: [] for each in _SECTIONS}
    for key, value in node.value:
        section = str(key.value)
        if section not in sections:
            why = f"has {clipped(section)!r}, which we do not know"
            raise WrongInput("file", f"{line_of(key)} of {name}", why, mend=_MEND)
        if isinstance(value, yaml.SequenceNode):
            sections[section] += value.value
        elif text_in(section, value) is not None:
            raise WrongInput(section, glimpse(value), "is not a list", mend="Begin each entry with `- name:`.")
    return sections


def _taken(nodes: Iterable[yaml.Node], read: Callable[[yaml.Node, str], Any], bad: list[BadEntry]) -> list[Any]:
    """Return what can be read; what cannot goes among the bad, as does a second entry of one name."""
    entries = []
    seen: dict[str, str] = {}
    for node in nodes:
        where = line_of(node)
        try:
            entry = read(node, where)
            _refuse_second(entry.name, where, seen)
            entries.append(entry)
        except WrongInput as wrong:
            bad.append(BadEntry(where, name_in(node), spelled_wrong(wrong, where)))
    return entries


def _refuse_second(name: str, where: str, seen: dict[str, str]) -> None:
    first = seen.setdefault(" ".join(name.split()).casefold(), where)
    if first != where:
        mend = "Keep one of the two entries, or give the other its own name."
        raise WrongInput("name", name, f"is that of {first} already", mend=mend)


def _fields(node: yaml.Node, readers: Mapping[str, Callable[[str, yaml.Node], Any]], needed: str) -> dict[str, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise WrongInput("entry", glimpse(node), "is not a mapping", mend="Write it as `field: value` lines.")
    fields: dict[str, Any] = {}
    for key, value in node.value:
        field = str(key.value)
        if field not in readers:
            mend = f"Use {', '.join(readers)}."
            raise WrongInput(clipped(field), glimpse(value), "is not a field we know", mend=mend)
        if field in fields:
            raise WrongInput(field, glimpse(value), "is there twice", mend="Keep one of the two lines.")
        read = readers[field](field, value)
        if read is not None:
            fields[field] = read
    for each in ("name", needed):
        if not fields.get(each):
            raise WrongInput(each, None, "is missing", mend=f"Add a line `{each}: …`.")
    return fields


def _texts(field: str, node: yaml.Node) -> tuple[str, ...]:
    if not isinstance(node, yaml.SequenceNode):
        raise WrongInput(field, glimpse(node), "is not a list", mend="Write one `- member` on each line.")
    return tuple(filter(None, (text_in(field, each) for each in node.value)))


_OF_A_RULE: Mapping[str, Callable[[str, yaml.Node], Any]] = {
    "name": text_in,
    "query": text_in,
    "agreement": text_in,
    "watches": text_in,
    "policy": text_in,
    "severity": text_in,
    "owner": text_in,
    "note": text_in,
    "paused": switch_in,
    "allow_broad": switch_in,
}
_OF_A_LIST: Mapping[str, Callable[[str, yaml.Node], Any]] = {"name": text_in, "members": _texts, "note": text_in}


def _listed_rule(node: yaml.Node, where: str) -> ListedRule:
    fields = _fields(node, _OF_A_RULE, "query")
    agreement = fields.pop("agreement", None)
    return ListedRule(where, fields, agreement)


def _listed_words(node: yaml.Node, where: str) -> ListedWords:
    fields = _fields(node, _OF_A_LIST, "members")
    return ListedWords(where, fields["name"].strip().removeprefix("@"), fields["members"], fields.get("note"))


def _written_rule(rule: Rule) -> dict[str, Any]:
    fields = {
        "name": rule.name,
        "query": rule.query,
        "agreement": rule.watches if rule.origin == "agreement" else None,
        "watches": rule.watches if rule.origin == "custom" else None,
        "policy": rule.policy,
        "severity": rule.severity,
        "owner": rule.owner or None,
        "note": rule.note or None,
        "paused": True if rule.paused else None,
        "allow_broad": True if rule.broad_allowed else None,
    }
    return {field: value for field, value in fields.items() if value is not None}


def _written_list(words: WordList) -> dict[str, Any]:
    fields = {"name": words.name, "members": list(words.members), "note": words.note or None}
    return {field: value for field, value in fields.items() if value is not None}
