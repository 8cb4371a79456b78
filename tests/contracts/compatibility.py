"""What a change to an event would do to readers and to messages that are already on the stream."""

from __future__ import annotations

from typing import Any

_WORDS = ("title", "description")  # prose, which no reader depends on


def breaks(promised: dict[str, Any], said: dict[str, Any]) -> list[str]:
    """Return a sentence for each way in which the schema `said` breaks what was `promised`; an addition breaks nothing.

    A field may be added when it is not required: an old message, which lacks it, must still be read.
    """
    found = []
    for name, field in promised["properties"].items():
        if name not in said["properties"]:
            found.append(f"{name} is gone or renamed")
        elif _plain(field) != _plain(said["properties"][name]):
            found.append(f"{name} has changed from {_plain(field)} to {_plain(said['properties'][name])}")
    required_before, required_now = set(promised.get("required", ())), set(said.get("required", ()))
    found += [f"{name} is required now; give it a default" for name in sorted(required_now - required_before)]
    found += [f"{name} may be missing now; its readers count on it" for name in sorted(required_before - required_now)]
    return found


def _plain(schema: object) -> object:
    if isinstance(schema, dict):
        return {key: _plain(value) for key, value in sorted(schema.items()) if key not in _WORDS}
    return [_plain(each) for each in schema] if isinstance(schema, list) else schema
