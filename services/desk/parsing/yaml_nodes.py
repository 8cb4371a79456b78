"""YAML as nodes with their lines: every value is read as the text that it is, and what is wrong is named by its place.

YAML 1.1 would make `country: NO` a false, and `name: 1945` a number.
"""

from __future__ import annotations

from typing import Any

import yaml

from shared.kit.errors import WrongInput

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOTHING = "tag:yaml.org,2002:null"
_LONGEST_GLIMPSE_CHARACTERS = 60


def composed(body: bytes, name: str, *, noun: str, mend: str) -> yaml.Node:
    """Return the document of a file called `name` that should hold `noun`. Raises WrongInput with this mend."""
    try:
        found: yaml.Node | None = yaml.compose(body, Loader=_LOADER)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        line = f"line {place.line + 1} of {name}" if place is not None else name
        raise WrongInput("file", line, f"is not YAML ({_problem(error)})", mend=mend) from error
    if found is None:
        raise WrongInput("file", name, f"holds no {noun}", mend="Begin each with `- name:`.")
    return found


def line_of(node: yaml.Node) -> str:
    """Return where the node stands, for people."""
    return f"line {node.start_mark.line + 1}"


def text_in(field: str, node: yaml.Node) -> str | None:
    """Return a text; None for nothing. Raises WrongInput for what is nested."""
    if not isinstance(node, yaml.ScalarNode):
        raise WrongInput(field, glimpse(node), "is not a text", mend=f"Write `{field}: …` on one line, in quotes.")
    return None if node.tag == _NOTHING else str(node.value)


def switch_in(field: str, node: yaml.Node) -> bool | None:
    """Return a yes or no. Raises WrongInput for anything else."""
    text = (text_in(field, node) or "false").lower()
    if text in ("true", "yes", "false", "no"):
        return text in ("true", "yes")
    raise WrongInput(field, text, "is not true or false", mend="Write true, or leave the line out.")


def glimpse(node: yaml.Node) -> str:
    """Return a value for a message: what is nested is named, not shown (it may be endless)."""
    if isinstance(node, yaml.ScalarNode):
        return clipped(str(node.value))
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"


def clipped(text: str) -> str:
    """Return the beginning of a text, for a message."""
    limit = _LONGEST_GLIMPSE_CHARACTERS
    return text if len(text) <= limit else text[: limit - 1] + "…"


def name_in(node: yaml.Node) -> str:
    """Return what an entry calls itself, where it does; it may be wrong in any other way."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    names = [value.value for key, value in pairs if key.value == "name" and isinstance(value, yaml.ScalarNode)]
    return clipped(str(names[0])) if names else ""


def _problem(error: Exception) -> str:
    return str(getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__)
