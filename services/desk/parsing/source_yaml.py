"""Sources in YAML: read with the line of every entry, and written as people would.

Every value is read as the text that it is: YAML 1.1 would make `country: NO` a false, and `name: 1945` a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from typing import Any

import yaml

from services.desk.domain.source_list import BadEntry, ListedSource, SourceList, spelled_wrong
from services.desk.domain.sources import Source
from shared.kit.errors import WrongInput

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOTHING = "tag:yaml.org,2002:null"
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
    for node in _list_in(_composed(body, name), name):
        where = f"line {node.start_mark.line + 1}"
        called = ""
        try:
            fields = _fields(node)
            called = str(fields.get("name") or "")
            _refuse_second(fields, where, seen)
            entries.append(ListedSource(where, fields))
        except WrongInput as wrong:
            bad.append(BadEntry(where, called or _name_in(node), spelled_wrong(wrong, where)))
    return SourceList(tuple(entries), tuple(bad))


def write_yaml(sources: Iterable[Source]) -> str:
    """Return the sources as a file that `read_yaml` reads back to the same."""
    written = [_written(source) for source in sources]
    listed = yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False)
    return _HEAD + (f"sources:\n{listed}" if written else "sources: []\n")


def _composed(body: bytes, name: str) -> yaml.Node:
    try:
        found: yaml.Node | None = yaml.compose(body, Loader=_LOADER)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        line = f"line {place.line + 1} of {name}" if place is not None else name
        mend = "Give YAML in UTF-8, or OPML; mind quotes and indentation."
        raise WrongInput("file", line, f"is not YAML ({_problem(error)})", mend=mend) from error
    if found is None:
        raise WrongInput("file", name, "holds no sources", mend="Begin each with `- name:`.")
    return found


def _problem(error: Exception) -> str:
    return str(getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__)


def _list_in(node: yaml.Node, name: str) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        under = [value for key, value in node.value if key.value == "sources"]
        node = under[0] if under else node
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    raise WrongInput("file", name, "holds no list of sources", mend="Begin each source with `- name:`.")


def _fields(node: yaml.Node) -> dict[str, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise WrongInput("entry", _glimpse(node), "is not a mapping", mend="Write it as `field: value` lines.")
    fields: dict[str, Any] = {}
    for key, value in node.value:
        field = _OTHER_NAMES.get(str(key.value), str(key.value))
        if field in _NOT_OURS:
            continue
        if field not in _READERS:
            mend = f"Use name, url, {', '.join(_shown_names())}."
            raise WrongInput(_clipped(field), _glimpse(value), "is not a field we know", mend=mend)
        if field in fields:
            raise WrongInput(field, _glimpse(value), "is there twice", mend="Keep one of the two lines.")
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


def _text(field: str, node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.ScalarNode):
        raise WrongInput(field, _glimpse(node), "is not a text", mend=f"Write `{field}: …` on one line, in quotes.")
    return None if node.tag == _NOTHING else str(node.value)


def _number(field: str, node: yaml.Node) -> int | None:
    text = _text(field, node)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise WrongInput(field, text, "is not a number of seconds", mend="Give whole seconds, for example 300.")
    return int(text)


def _switch(field: str, node: yaml.Node) -> bool | None:
    text = (_text(field, node) or "false").lower()
    if text in ("true", "yes", "false", "no"):
        return text in ("true", "yes")
    raise WrongInput(field, text, "is not true or false", mend="Write true, or leave the line out.")


def _codes(field: str, node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.SequenceNode):
        return _text(field, node)
    return ",".join(_text(field, each) or "" for each in node.value) or None


def _selectors(field: str, node: yaml.Node) -> dict[str, str] | None:
    if not isinstance(node, yaml.MappingNode):
        if _text(field, node) is None:
            return None
        raise WrongInput(field, _glimpse(node), "is not a mapping", mend="Write `selectors: {item: article}`.")
    return {_text(field, key) or "": _text(field, value) or "" for key, value in node.value} or None


_READERS: dict[str, Callable[[str, yaml.Node], Any]] = {
    "name": _text,
    "url": _text,
    "kind": _text,
    "every_seconds": _number,
    "country": _text,
    "language": _codes,
    "alert_since": _text,
    "selectors": _selectors,
    "owner": _text,
    "confidence": _text,
    "quirks": _text,
    "paused": _switch,
}


def _shown_names() -> list[str]:
    spelled = {ours: theirs for theirs, ours in _OTHER_NAMES.items() if theirs == "every"}
    return [spelled.get(field, field) for field in _READERS if field not in ("name", "url")]


def _glimpse(node: yaml.Node) -> str:
    """Return a value for a message: what is nested is named, not shown (it may be endless)."""
    if isinstance(node, yaml.ScalarNode):
        return _clipped(str(node.value))
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"


def _clipped(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _name_in(node: yaml.Node) -> str:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    names = [value.value for key, value in pairs if key.value == "name" and isinstance(value, yaml.ScalarNode)]
    return _clipped(str(names[0])) if names else ""


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
