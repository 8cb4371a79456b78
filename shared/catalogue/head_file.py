"""Reads and writes the sector head's data file, checking everything in it, and gives one immutable SectorHead.

The file is gzip'd JSON: {"format": 3, "labels": [...], "lexicon_weight": n, "other_bias": n, "stems": {stem: [...]},
"beginnings": {letters: [...]}, "habits": {form: [...]}}. A stem's or beginning's list is its idf, then label number and
weight in turn; a form's list has a number for each label. All are hundredths. The same head is always the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import zlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from shared.catalogue.sector_head import OTHER, SectorHead, StemWeights
from shared.kit.errors import WrongInput

FILE = "sector_head.json.gz"
FORMAT = 3
SCALE = 100  # hundredths: a weight's third digit changes no verdict, and doubles the file
_MAX_BYTES = 2_000_000
_MAX_UNPACKED_BYTES = 20_000_000  # ten times ours; what unpacks to more is no head
_MAX_HUNDREDTHS = 100_000  # a weight of a thousand is none that training gives
_MEND = "Put back the file that came with the program, or train one with `python -m training.sector_head`."


@lru_cache(maxsize=1)
def load_head() -> SectorHead:
    """The head that ships with the program, read once per process; raises WrongInput if its file is damaged."""
    return head_from((files("shared.catalogue") / FILE).read_bytes())


def head_from(packed: bytes, name: str = FILE) -> SectorHead:
    """A head out of the bytes of its file; raises WrongInput naming what is wrong with it."""
    given = _unpacked(packed, name)
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        found = given.get("format") if isinstance(given, dict) else type(given).__name__
        raise WrongInput(f"{name} format", found, f"is not format {FORMAT}", mend=_MEND)
    labels = given.get("labels")
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels) or OTHER not in labels:
        raise WrongInput(f"{name} labels", labels, f"is no list of labels with {OTHER!r}", mend=_MEND)
    return SectorHead(
        version=hashlib.sha256(packed).hexdigest()[:12],
        labels=tuple(labels),
        stems=_said(name, given, "stems", len(labels)),
        lexicon_weight=_number(name, given, "lexicon_weight", least=0.1),
        other_bias=_number(name, given, "other_bias", least=-100.0),
        beginnings=_said(name, given, "beginnings", len(labels)),
        habits=_habits(name, given, len(labels)),
    )


def packed_from(head: SectorHead) -> bytes:
    """The bytes of a head's file; `head_from` gives the head back, to the hundredth."""
    whole = {
        "format": FORMAT,
        "labels": list(head.labels),
        "lexicon_weight": head.lexicon_weight,
        "other_bias": head.other_bias,
        "stems": _numbers_of(head.stems),
        "beginnings": _numbers_of(head.beginnings),
        "habits": {form: [_hundredths(each) for each in habit] for form, habit in sorted(head.habits.items())},
    }
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)


def _numbers_of(said: Mapping[str, StemWeights]) -> dict[str, list[int]]:
    return {
        key: [_hundredths(each.idf), *(n for label, weight in each.weights for n in (label, _hundredths(weight)))]
        for key, each in sorted(said.items())
    }


def _hundredths(number: float) -> int:
    return round(number * SCALE)


def _unpacked(packed: bytes, name: str) -> Any:  # noqa: ANN401 - whatever the JSON holds; looked at by the caller
    if len(packed) > _MAX_BYTES:
        raise WrongInput(name, f"{len(packed)} bytes", f"is larger than {_MAX_BYTES} bytes", mend=_MEND)
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = unpacker.decompress(packed, _MAX_UNPACKED_BYTES)
        if not unpacker.eof:
            raise WrongInput(name, f"{len(packed)} bytes", "is cut short or too large", mend=_MEND)
        return json.loads(text)
    except (zlib.error, ValueError, RecursionError) as error:
        raise WrongInput(name, f"{len(packed)} bytes", f"cannot be read ({error})", mend=_MEND) from error


def _number(name: str, given: dict[str, Any], field: str, least: float) -> float:
    value = given.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < least:
        raise WrongInput(f"{name} {field}", value, f"is not a number from {least}", mend=_MEND)
    return float(value)


def _said(name: str, given: dict[str, Any], field: str, labels: int) -> dict[str, StemWeights]:
    said = given.get(field)
    if not isinstance(said, dict):
        raise WrongInput(f"{name} {field}", type(said).__name__, "is not a mapping", mend=_MEND)
    return {key: _stem(name, key, numbers, labels) for key, numbers in said.items()}


def _habits(name: str, given: dict[str, Any], labels: int) -> dict[str, tuple[float, ...]]:
    habits = given.get("habits")
    if not isinstance(habits, dict) or not all(
        isinstance(habit, list)
        and len(habit) == labels
        and all(type(number) is int and abs(number) <= _MAX_HUNDREDTHS for number in habit)
        for habit in habits.values()
    ):
        raise WrongInput(f"{name} habits", habits, "do not have a number for each label", mend=_MEND)
    return {form: tuple(number / SCALE for number in habit) for form, habit in habits.items()}


def _stem(name: str, stem: str, numbers: object, labels: int) -> StemWeights:
    if (
        not isinstance(numbers, list)
        or len(numbers) % 2 == 0
        or not all(type(number) is int and abs(number) <= _MAX_HUNDREDTHS for number in numbers)
        or not all(0 <= label < labels for label in numbers[1::2])
        or numbers[0] <= 0
    ):
        raise WrongInput(f"{name} stem {stem!r}", numbers, "is not an idf and pairs of label and weight", mend=_MEND)
    pairs = zip(numbers[1::2], numbers[2::2], strict=True)
    return StemWeights(numbers[0] / SCALE, tuple((label, weight / SCALE) for label, weight in pairs))
