"""Sources in YAML: read with the line of every entry, and written as people would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from typing import Any

import yaml

from services.desk.domain.source_list import BadEntry, ListedSource, SourceList, spelled_wrong
from services.desk.domain.sources import Source
from services.desk.parsing.yaml_nodes import clipped, composed, glimpse, line_of, name_in, switch_in, text_in
from shared.kit.errors import WrongInput

_NOT_OURS = frozenset({"id", "alt_urls", "frequency"})  # the catalogue's own, so that its file can be imported too
_OTHER_NAMES = {"every": "every_seconds", "feed_confidence": "confidence"}
_HEAD = """\
# Sources of a Pactwatch desk: `pactwatch source import FILE` reads them, each field but name and url may be left out.
#   kind         rss | atom | json | page | sitemap | telegram | watch (found out when left out)
#   every        seconds between two looks (adaptive when left out)
#   alert_since  articles published since then alert: a date, or all (seven days ago when left out)
"""


def read_yaml(body: bytes, *, name: str) -> SourceList:
    """Read a list of sources, or a mapping that has one under `sources`. Raises WrongInput for what is neither."""
    entries: list[ListedSource] = []
    bad: list[BadEntry] = []
    seen: dict[tuple[str, str], str] = {}
    mend = "Give YAML in UTF-8, or OPML; mind quotes and indentation."
    for node in _list_in(composed(body, name, noun="sources", mend=mend), name):
        where = line_of(node)
        called = ""
        try:
            fields = _fields(node)
            called = str(fields.get("name") or "")
            _refuse_second(fields, where, seen)
            entries.append(ListedSource(where, fields))
        except WrongInput as wrong:
            bad.append(BadEntry(where, called or name_in(node), spelled_wrong(wrong, where)))
    return SourceList(tuple(entries), tuple(bad))


def write_yaml(sources: Iterable[Source]) -> str:
    """Return the sources as a file that `read_yaml` reads back to the same."""
    written = [_written(source) for source in sources]
    listed = yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False)
    return _HEAD + (f"sources:\n{listed}" if written else "sources: []\n")


def _list_in(node: yaml.Node, name: str) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        under = [value for key, value in node.value if key.value == "sources"]
        node = under[0] if under else node
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    raise WrongInput("file", name, "holds no list of sources", mend="Begin each source with `- name:`.")


def _fields(node: yaml.Node) -> dict[str, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise WrongInput("entry", glimpse(node), "is not a mapping", mend="Write it as `field: value` lines.")
    fields: dict[str, Any] = {}
    for key, value in node.value:
        field = _OTHER_NAMES.get(str(key.value), str(key.value))
        if field in _NOT_OURS:
            continue
        if field not in _READERS:
            mend = f"Use name, url, {', '.join(_shown_names())}."
            raise WrongInput(clipped(field), glimpse(value), "is not a field we know", mend=mend)
        if field in fields:
            raise WrongInput(field, glimpse(value), "is there twice", mend="Keep one of the two lines.")
        read = _READERS[field](str(key.value), value)
        if read is not None:
            fields[field] = read
    for needed in ("name", "url"):
        if needed not in fields:
            raise WrongInput(needed, None, "is missing", mend=f"Add a line `{needed}: …`.")
    return fields


def _refuse_second(fields: Mapping[str, Any], where: str, seen: dict[tuple[str, str], str]) -> None:
    keys = [("name", fields["name"].casefold()), ("url", fields["url"])]
    for key in keys:
        if key in seen:
            mend = "Keep one of the two entries, or give the other its own."
            raise WrongInput(key[0], fields[key[0]], f"is that of {seen[key]} already", mend=mend)
    seen.update(dict.fromkeys(keys, where))


def _number(field: str, node: yaml.Node) -> int | None:
    text = text_in(field, node)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise WrongInput(field, text, "is not a number of seconds", mend="Give whole seconds, for example 300.")
    return int(text)


def _codes(field: str, node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.SequenceNode):
        return text_in(field, node)
    return ",".join(text_in(field, each) or "" for each in node.value) or None


def _selectors(field: str, node: yaml.Node) -> dict[str, str] | None:
    if not isinstance(node, yaml.MappingNode):
        if text_in(field, node) is None:
            return None
        raise WrongInput(field, glimpse(node), "is not a mapping", mend="Write `selectors: {item: article}`.")
    return {text_in(field, key) or "": text_in(field, value) or "" for key, value in node.value} or None


_READERS: dict[str, Callable[[str, yaml.Node], Any]] = {
    "name": text_in,
    "url": text_in,
    "kind": text_in,
    "every_seconds": _number,
    "country": text_in,
    "language": _codes,
    "alert_since": text_in,
    "selectors": _selectors,
    "owner": text_in,
    "confidence": text_in,
    "quirks": text_in,
    "paused": switch_in,
}


def _shown_names() -> list[str]:
    spelled = {ours: theirs for theirs, ours in _OTHER_NAMES.items() if theirs == "every"}
    return [spelled.get(field, field) for field in _READERS if field not in ("name", "url")]


def _written(source: Source) -> dict[str, Any]:
    languages = source.language.split(",") if source.language else []
    fields = {
        "name": source.name,
        "url": source.url,
        "kind": source.kind,
        "every": source.every_seconds,
        "country": source.country,
        "language": languages if len(languages) > 1 else source.language,
        "alert_since": source.alert_since.astimezone(UTC).isoformat() if source.alert_since else "all",
        "selectors": source.selectors,
        "owner": source.owner,
        "confidence": source.confidence,
        "quirks": source.quirks,
        "paused": True if source.paused else None,
    }
    return {field: value for field, value in fields.items() if value is not None}
