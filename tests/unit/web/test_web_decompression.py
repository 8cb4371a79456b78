"""Bounded decompression."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.decompression import TooLarge, Undecodable, inflater_for


def unpacked(encoding: str, packed: bytes, limit: int = 1000, step: int = 7) -> bytes:
    inflater = inflater_for(encoding, limit)
    for start in range(0, len(packed), step):
        inflater.feed(packed[start : start + step])
    return inflater.finish()


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@given(st.binary(max_size=500), st.integers(1, 50))
def test_every_packing_we_ask_for_gives_the_body_back(body: bytes, step: int):
    assert unpacked("", body, step=step) == body
    assert unpacked("gzip", gzip.compress(body), step=step) == body
    assert unpacked("deflate", zlib.compress(body), step=step) == body
    assert unpacked("gzip", gzip.compress(body[:9]) + gzip.compress(body[9:]), step=step) == body


def test_raw_deflate_as_some_servers_send_it_is_understood():
    assert unpacked("deflate", raw_deflate(b"news " * 50)) == b"news " * 50


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_stopped_at_the_limit(encoding):
    packed = gzip.compress(bytes(50_000_000)) if encoding == "gzip" else zlib.compress(bytes(50_000_000))
    inflater = inflater_for(encoding, 1_000_000)
    with pytest.raises(TooLarge):
        inflater.feed(packed)
    assert len(inflater._body) <= 1_000_001


def test_a_body_of_exactly_the_limit_passes_and_one_byte_more_does_not():
    assert len(unpacked("gzip", gzip.compress(bytes(1000)))) == 1000
    with pytest.raises(TooLarge):
        unpacked("gzip", gzip.compress(bytes(1001)))


def test_endless_emptiness_is_stopped_too():
    inflater = inflater_for("gzip", 1000)
    with pytest.raises(TooLarge):
        for _ in range(200):
            inflater.feed(gzip.compress(b""))


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nonsense"])
def test_a_packing_that_was_not_asked_for_is_refused(encoding):
    with pytest.raises(Undecodable, match="not asked for"):
        inflater_for(encoding, 1000)


def test_a_body_that_breaks_off_or_is_damaged_is_refused():
    packed = gzip.compress(b"news " * 50)
    with pytest.raises(Undecodable, match="breaks off"):
        unpacked("gzip", packed[:-9])
    with pytest.raises(Undecodable):
        unpacked("gzip", b"<html>not packed at all</html>")


def test_an_empty_body_is_empty_whatever_its_header_says():
    assert unpacked("gzip", b"") == b""
