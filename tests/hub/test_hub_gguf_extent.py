# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Where a GGUF header ends, however its bytes arrive."""

import struct
from itertools import pairwise

import numpy
import pytest
from gguf import GGUFValueType, GGUFWriter
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.hub import FaultKind, HubFault
from strongroom.hub.gguf_extent import HeaderExtent
from support.refusals import raises_saying


def made(path) -> bytes:
    writer = GGUFWriter(path, "llama")
    writer.add_name("a model with a name")
    writer.add_context_length(2048)
    writer.add_token_list(["one", "two", "", "drei"])
    writer.add_token_scores([0.5, 1.0, 2.0, 3.0])
    writer.add_bool("some.flag", True)
    writer.add_float64("some.number", 1.5)
    writer.add_key_value("some.byte", 7, GGUFValueType.UINT8)
    writer.add_tensor("a.weight", numpy.zeros((4, 8), dtype=numpy.float32))
    writer.add_tensor("b.weight", numpy.zeros(32, dtype=numpy.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> bytes:
    return made(tmp_path_factory.mktemp("gguf") / "made.gguf")


@pytest.fixture(scope="module")
def end(content) -> int:
    # The last thing of the header is the second tensor's offset.
    return content.index(b"b.weight") + len(b"b.weight") + 4 + 8 + 4 + 8


def test_the_header_ends_after_the_last_tensor(content, end):
    extent = HeaderExtent()
    extent.feed(content)
    assert extent.end == end


def test_the_end_is_known_at_the_last_byte_and_not_before(content, end):
    extent = HeaderExtent()
    for offset in range(end):
        assert extent.end is None
        extent.feed(content[offset : offset + 1])
    assert extent.end == end
    extent.feed(b"more")
    assert extent.end == end


@settings(deadline=None)
@given(st.data())
def test_how_the_bytes_are_cut_changes_nothing(content, end, data):
    cuts = sorted(data.draw(st.sets(st.integers(0, len(content)), max_size=8)) | {0, len(content)})
    extent = HeaderExtent()
    for start, stop in pairwise(cuts):
        extent.feed(content[start:stop])
    assert extent.end == end


def start(*, magic=b"GGUF", version=3, tensors=0, keys=0) -> bytes:
    return struct.pack("<4sIQQ", magic, version, tensors, keys)


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        (start(magic=b"GGML"), "not a GGUF file"),
        (start(version=1), "version"),
        (start(version=3 << 24), "version"),
        (start(tensors=2**63), "longer than"),
        (start(keys=2**32), "longer than"),
        (start(keys=1) + struct.pack("<Q", 2**63), "longer than"),
        (start(keys=1) + text(b"k") + struct.pack("<I", 13), "damaged"),
        (start(keys=1) + text(b"k") + struct.pack("<IIQ", 9, 9, 1), "damaged"),
        (start(keys=1) + text(b"k") + struct.pack("<IIQ", 9, 8, 2**60), "longer than"),
        (start(keys=1) + text(b"k") + struct.pack("<IIQ", 9, 12, 2**61), "longer than"),
        (start(tensors=1) + text(b"t") + struct.pack("<I", 9), "damaged"),
    ],
)
def test_a_header_that_cannot_be_is_refused_at_once(header, detail):
    with raises_saying(HubFault, detail) as caught:
        HeaderExtent().feed(header)
    assert caught.value.kind is FaultKind.BAD_ANSWER


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_header_or_a_fault(untrusted_bytes):
    extent = HeaderExtent()
    try:
        extent.feed(start(tensors=1, keys=2) + untrusted_bytes)
    except HubFault:
        return
    assert extent.end is None or extent.end <= 24 + len(untrusted_bytes)
