"""A file of sources, read by what is in it and not by its name."""

from __future__ import annotations

from services.desk.domain.source_list import SourceList
from services.desk.parsing.opml import read_opml
from services.desk.parsing.source_yaml import read_yaml
from shared.kit.errors import WrongInput

LARGEST_FILE_BYTES = 10_000_000  # some 40,000 feeds
_XML_STARTS = (b"<", b"<\x00", b"\x00<")  # UTF-8 and its like, UTF-16 of either end
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_source_file(body: bytes, *, name: str) -> SourceList:
    """Read a YAML or OPML file. Raises WrongInput, naming the file, when it is neither or holds no list."""
    if len(body) > LARGEST_FILE_BYTES:
        mend = "Split it into smaller ones."
        raise WrongInput("file", name, f"has {len(body):,} bytes, more than {LARGEST_FILE_BYTES:,}", mend=mend)
    start = body
    for mark in _MARKS:
        start = start.removeprefix(mark)
    start = start.lstrip()
    if not start:
        raise WrongInput("file", name, "is empty", mend="Give a YAML or OPML file with at least one source.")
    return read_opml(body, name=name) if start.startswith(_XML_STARTS) else read_yaml(body, name=name)
