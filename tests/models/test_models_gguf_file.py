# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""GGUF headers: real ones are read, wrong ones are refused with one typed error, and nothing costs much."""

import os
import struct
import time
import tracemalloc
from functools import cache

import numpy as np
import pytest
from gguf import GGUFReader, GGUFWriter
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.hub import FileKind
from strongroom.models.gguf_file import (
    LONGEST_HEADER,
    TENSOR_TYPES,
    Array,
    GgufFlaw,
    GgufInvalid,
    LongText,
    NeedMoreBytes,
    ValueType,
    parse_header,
    read_header,
)
from strongroom.models.model_shape import shape_of

STRING, ARRAY, UINT32, FLOAT32 = 8, 9, 4, 6


def write_model(path, *, architecture="llama", add=lambda writer: None):
    writer = GGUFWriter(path, architecture)
    writer.add_name("Tiny")
    writer.add_license("apache-2.0")
    writer.add_context_length(2048)
    writer.add_block_count(2)
    writer.add_embedding_length(64)
    writer.add_feed_forward_length(128)
    writer.add_head_count(4)
    writer.add_head_count_kv([2, 1])
    writer.add_file_type(7)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"word{number}" for number in range(200)])
    writer.add_token_scores([0.5] * 200)
    writer.add_token_merges([f"a b{number}" for number in range(80)])
    writer.add_chat_template("{{ messages[0].content }}")
    add(writer)
    kind = GGMLQuantizationType.Q8_0
    writer.add_tensor("token_embd.weight", np.zeros((200, 68), dtype=np.uint8), raw_dtype=kind)
    writer.add_tensor("output_norm.weight", np.ones(64, dtype=np.float32))
    for layer in range(2):
        writer.add_tensor(f"blk.{layer}.attn_q.weight", np.zeros((64, 68), dtype=np.uint8), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


@pytest.fixture
def model(tmp_path):
    return write_model(tmp_path / "tiny.gguf")


@cache
def model_bytes():
    """The same for hypothesis, which wants no function fixtures."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        return write_model(Path(folder) / "tiny.gguf")


def text(value: bytes | str) -> bytes:
    value = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(value)) + value


def header(pairs=(), tensors=(), *, keys=None, tensor_count=None, version=3) -> bytes:
    """A header by hand: pairs of a key and the bytes of its type and value, and whole tensor descriptions."""
    counts = (len(tensors) if tensor_count is None else tensor_count, len(pairs) if keys is None else keys)
    body = b"".join(text(key) + value for key, value in pairs) + b"".join(tensors)
    return b"GGUF" + struct.pack("<IQQ", version, *counts) + body


def tensor(name="t", dimensions=(32,), kind=0, offset=0) -> bytes:
    return text(name) + struct.pack(f"<I{len(dimensions)}QIQ", len(dimensions), *dimensions, kind, offset)


def u32(number: int) -> bytes:
    return struct.pack("<II", UINT32, number)


def array(kind: int, count: int, items: bytes = b"") -> bytes:
    return struct.pack("<IIQ", ARRAY, kind, count) + items


def flaw_of(data: bytes) -> GgufFlaw:
    with pytest.raises(GgufInvalid) as caught:
        parse_header(data, file_size=len(data))
    return caught.value.reason


def test_a_real_header_is_read_as_the_reference_reads_it(tmp_path, model):
    found = parse_header(model, file_size=len(model))
    reference = GGUFReader(tmp_path / "tiny.gguf")

    assert found.version == 3
    assert found.data_offset == reference.data_offset
    assert [(one.name, one.offset + found.data_offset, one.size) for one in found.tensors] == [
        (one.name, one.data_offset, one.n_bytes) for one in reference.tensors
    ]
    assert [one.dimensions for one in found.tensors] == [tuple(map(int, one.shape)) for one in reference.tensors]
    assert set(found.metadata) == {key for key in reference.fields if not key.startswith("GGUF.")}
    assert found.text("general.name") == "Tiny"
    assert found.whole("llama.block_count") == 2
    assert found.metadata["llama.attention.head_count_kv"] == Array(ValueType.INT32, 2, (2, 1))
    assert found.metadata["tokenizer.ggml.tokens"] == Array(ValueType.STRING, 200, None)


def test_an_open_file_is_read_and_its_offset_stays(tmp_path, model):
    descriptor = os.open(tmp_path / "tiny.gguf", os.O_RDONLY)
    try:
        os.lseek(descriptor, 5, os.SEEK_SET)
        assert read_header(descriptor) == parse_header(model)
        assert os.lseek(descriptor, 0, os.SEEK_CUR) == 5
    finally:
        os.close(descriptor)


def test_a_header_longer_than_the_first_read_is_read(tmp_path):
    words = [f"{number:060}" for number in range(40_000)]
    path = tmp_path / "long.gguf"
    write_model(path, add=lambda writer: writer.add_array("test.words", words))
    descriptor = os.open(path, os.O_RDONLY)
    try:
        assert read_header(descriptor).metadata["test.words"] == Array(ValueType.STRING, 40_000, None)
    finally:
        os.close(descriptor)


def test_a_closed_descriptor_is_a_typed_error(tmp_path):
    descriptor = os.open(tmp_path, os.O_RDONLY)
    os.close(descriptor)
    with pytest.raises(GgufInvalid) as caught:
        read_header(descriptor)
    assert caught.value.reason is GgufFlaw.UNREADABLE


def test_a_prefix_asks_for_more_until_it_is_enough(model):
    whole = parse_header(model)
    asked = []
    while (needed := needed_beyond(model[: asked[-1] if asked else 0])) is not None:
        asked.append(needed)
    assert asked == sorted(set(asked))
    assert asked[-1] == whole.length
    assert parse_header(model[: whole.length]) == whole


def needed_beyond(prefix: bytes) -> int | None:
    """What a prefix is too short for; None when it is enough."""
    try:
        parse_header(prefix)
    except NeedMoreBytes as short:
        return short.needed
    return None


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_truncated_file_is_refused(data):
    model = model_bytes()
    cut = model[: data.draw(st.integers(0, len(model) - 1))]
    with pytest.raises(GgufInvalid) as caught:
        parse_header(cut, file_size=len(cut))
    assert caught.value.reason is GgufFlaw.TRUNCATED


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_mutated_headers_raise_nothing_but_the_typed_errors(data):
    mutated = bytearray(model_bytes())
    length = parse_header(bytes(mutated)).length
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, length - 1))
        if data.draw(st.booleans()):
            mutated[place] = data.draw(st.integers(0, 255))
        else:
            large = data.draw(st.sampled_from([0, 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1]))
            mutated[place : place + 8] = large.to_bytes(8, "little")
    size = data.draw(st.sampled_from([None, len(mutated)]))
    try:
        found = parse_header(bytes(mutated), file_size=size)
    except (GgufInvalid, NeedMoreBytes):
        return
    shape_of([found])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_behind_the_magic_raise_nothing_but_the_typed_errors(data):
    try:
        found = parse_header(b"GGUF" + struct.pack("<I", 3) + data)
    except (GgufInvalid, NeedMoreBytes):
        return
    shape_of([found])


@pytest.mark.parametrize(
    ("data", "flaw"),
    [
        pytest.param(b"GGML" + bytes(60), GgufFlaw.NOT_GGUF, id="another magic"),
        pytest.param(header(version=1), GgufFlaw.VERSION, id="version 1"),
        pytest.param(header(version=4), GgufFlaw.VERSION, id="version 4"),
        pytest.param(header(version=0x03000000), GgufFlaw.VERSION, id="big endian"),
        pytest.param(header(keys=2**40), GgufFlaw.TOO_LONG, id="too many keys"),
        pytest.param(header(tensor_count=2**40), GgufFlaw.TOO_LONG, id="too many tensors"),
        pytest.param(header([("", u32(1))]), GgufFlaw.BAD_NAME, id="empty key"),
        pytest.param(header([(b"\xff\xfe", u32(1))]), GgufFlaw.BAD_NAME, id="key that is no text"),
        pytest.param(header([("k" * 5000, u32(1))]), GgufFlaw.BAD_NAME, id="long key"),
        pytest.param(header([("a", u32(1)), ("a", u32(2))]), GgufFlaw.BAD_NAME, id="key twice"),
        pytest.param(header([("a", struct.pack("<I", 13))]), GgufFlaw.BAD_TYPE, id="unknown type"),
        pytest.param(header([("a", array(ARRAY, 1))]), GgufFlaw.BAD_TYPE, id="array of arrays"),
        pytest.param(header([("a", array(UINT32, 2**61))]), GgufFlaw.TRUNCATED, id="endless array"),
        pytest.param(header([("a", array(STRING, 2**61))]), GgufFlaw.TRUNCATED, id="endless texts"),
        pytest.param(
            header([("a", array(STRING, 65, text("x") * 64 + struct.pack("<Q", 2**63)))]),
            GgufFlaw.TRUNCATED,
            id="endless text in an array",
        ),
        pytest.param(header([("general.alignment", u32(0))]), GgufFlaw.BAD_ALIGNMENT, id="alignment 0"),
        pytest.param(header([("general.alignment", u32(24))]), GgufFlaw.BAD_ALIGNMENT, id="alignment 24"),
        pytest.param(
            header([("general.alignment", struct.pack("<If", FLOAT32, 32.0))]), GgufFlaw.BAD_TYPE, id="alignment 32.0"
        ),
        pytest.param(header(tensors=[tensor("n" * 64)]), GgufFlaw.BAD_NAME, id="long tensor name"),
        pytest.param(header(tensors=[tensor(), tensor(offset=128)]), GgufFlaw.BAD_NAME, id="tensor twice"),
        pytest.param(header(tensors=[tensor(dimensions=(1,) * 5)]), GgufFlaw.TOO_LONG, id="five dimensions"),
        pytest.param(header(tensors=[tensor(dimensions=(2**40,) * 3)]), GgufFlaw.BAD_TENSOR, id="endless tensor"),
        pytest.param(header(tensors=[tensor(dimensions=(33,), kind=8)]), GgufFlaw.BAD_TENSOR, id="half a block"),
        pytest.param(header(tensors=[tensor(offset=32)]), GgufFlaw.BAD_TENSOR, id="a gap"),
        pytest.param(header(tensors=[tensor(), tensor("u", offset=96)]), GgufFlaw.BAD_TENSOR, id="overlap"),
        pytest.param(header(tensors=[tensor(dimensions=(2**40,))]), GgufFlaw.TRUNCATED, id="tensor beyond the file"),
    ],
)
def test_a_wrong_header_is_refused(data, flaw):
    assert flaw_of(data) is flaw


def test_a_count_that_lies_costs_neither_memory_nor_time():
    """Of a downloader, which does not know the file's size: the limits must hold by themselves."""
    lies = [
        header([("a", array(STRING, 2**62))]),
        header([("a", array(UINT32, 2**62))]),
        header([("a", struct.pack("<IQ", STRING, 2**62))]),
        header(keys=4096),
        header(tensor_count=65_536),
    ]
    tracemalloc.start()
    try:
        for data in lies:
            with pytest.raises((GgufInvalid, NeedMoreBytes)) as caught:
                parse_header(data)
            if isinstance(caught.value, NeedMoreBytes):
                assert caught.value.needed <= LONGEST_HEADER
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()


def test_the_longest_list_of_empty_texts_is_passed_within_seconds():
    count = LONGEST_HEADER // 8 - 100
    data = header([("a", array(STRING, count, bytes(8 * count)))])
    began = time.process_time()
    assert parse_header(data).metadata["a"] == Array(ValueType.STRING, count, None)
    assert time.process_time() - began < 20


def test_a_header_beyond_the_limit_is_refused_even_when_all_of_it_is_there():
    count = LONGEST_HEADER // 8
    assert flaw_of(header([("a", array(STRING, count, bytes(8 * count)))])) is GgufFlaw.TOO_LONG


def test_a_long_text_is_passed_and_not_kept():
    length = 2 * 1024 * 1024
    found = parse_header(header([("a", struct.pack("<IQ", STRING, length) + bytes(length)), ("b", u32(7))]))
    assert found.metadata == {"a": LongText(length), "b": 7}


def test_text_that_is_no_utf_8_is_kept_readable():
    found = parse_header(header([("a", struct.pack("<I", STRING) + text(b"caf\xe9"))]))
    assert found.text("a") == "caf\N{REPLACEMENT CHARACTER}"


def test_a_newer_tensor_type_is_read_without_a_size():
    found = parse_header(header(tensors=[tensor(kind=200), tensor("u", offset=4096)]))
    assert [one.size for one in found.tensors] == [None, 128]
    assert shape_of([found]).bits_per_weight == 0.0


def test_the_types_are_the_reference_s():
    known = {int(kind): (kind.name, *GGML_QUANT_SIZES[kind]) for kind in GGMLQuantizationType}
    # The reference counts the two scales of Q8_1 as 32-bit numbers; llama.cpp's block has 16-bit ones.
    known[int(GGMLQuantizationType.Q8_1)] = ("Q8_1", 32, 36)
    assert {kind: tuple(TENSOR_TYPES[kind]) for kind in known} == known


def test_the_shape_of_a_model(model):
    shape = shape_of([parse_header(model)])
    assert (shape.kind, shape.architecture, shape.name, shape.license) == (
        FileKind.MODEL,
        "llama",
        "Tiny",
        "apache-2.0",
    )
    assert shape.quantization == "Q8_0"
    assert shape.parameters == 200 * 64 + 64 + 2 * 64 * 64
    assert 8.5 < shape.bits_per_weight < 8.7
    assert [(layer.kv_heads, layer.key_length, layer.value_length) for layer in shape.layers] == [
        (2, 16, 16),
        (1, 16, 16),
    ]
    assert (shape.context_length, shape.embedding_length, shape.heads, shape.feed_forward_length) == (2048, 64, 4, 128)
    assert (shape.vocabulary, shape.merges, shape.has_chat_template) == (200, 80, True)
    assert (shape.split_number, shape.split_count) == (1, 1)


@pytest.mark.parametrize(
    ("architecture", "kind", "expected"),
    [
        ("llama", "adapter", FileKind.ADAPTER),
        ("clip", "mmproj", FileKind.PROJECTOR),
        ("clip", "model", FileKind.PROJECTOR),
        ("llama", "model", FileKind.MODEL),
    ],
)
def test_what_a_file_is_for(tmp_path, architecture, kind, expected):
    data = write_model(tmp_path / "a.gguf", architecture=architecture, add=lambda writer: writer.add_type(kind))
    assert shape_of([parse_header(data)]).kind is expected


def test_windows_follow_the_file_or_the_architecture(tmp_path):
    def add(writer):
        writer.add_sliding_window(512)
        writer.add_array("gemma4.attention.sliding_window_pattern", [True, False])
        writer.add_uint32("gemma4.attention.key_length_swa", 8)

    told = shape_of([parse_header(write_model(tmp_path / "a.gguf", architecture="gemma4", add=add))])
    assert [(layer.is_windowed, layer.key_length) for layer in told.layers] == [(True, 8), (False, 16)]
    data = write_model(tmp_path / "b.gguf", architecture="gemma2", add=lambda writer: writer.add_sliding_window(64))
    assert [layer.is_windowed for layer in shape_of([parse_header(data)]).layers] == [True, False]


def test_a_split_says_which_part_it_is(tmp_path):
    def add(writer):
        writer.add_uint16("split.no", 1)
        writer.add_uint16("split.count", 3)

    shape = shape_of([parse_header(write_model(tmp_path / "a.gguf", add=add))])
    assert (shape.split_number, shape.split_count) == (2, 3)
