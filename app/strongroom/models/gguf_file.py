# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the header of a GGUF file says, read with limits: the bytes come from somewhere that nobody vouches for.

The rules are those of ``ggml/src/gguf.cpp`` and of the format's description in ggml's ``docs/gguf.md``, for versions 2
and 3, little endian. What llama.cpp would refuse is refused here too; what it never uses is passed and not kept.
Nothing is allocated because a count in the file asks for it.
"""

import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple

LONGEST_HEADER = 32 * 1024 * 1024
"""Bytes. The longest ones hold a vocabulary of a quarter of a million words, its scores and its merges: about
16 MiB."""

_VERSIONS = (2, 3)
_MOST_KEYS = 4096
_MOST_TENSORS = 65_536
_LONGEST_KEY = 1024
_LONGEST_TENSOR_NAME = 63
"""Bytes: llama.cpp has room for 64, with a zero at the end (GGML_MAX_NAME)."""
_MOST_DIMENSIONS = 4
_MOST_ELEMENTS = 2**63 - 1
_LONGEST_KEPT_TEXT = 1024 * 1024
_MOST_KEPT_NUMBERS = 1024
"""Elements of an array that is kept: enough for one number per layer."""
_MOST_KEPT_TEXTS = 64
"""Languages and tags are kept, vocabularies are not."""
_MOST_ALIGNMENT = 2**20
_DEFAULT_ALIGNMENT = 32
_FIRST_READ = 1024 * 1024


class ValueType(IntEnum):
    """The types of metadata, by their numbers in the file."""

    UINT8 = 0
    INT8 = 1
    UINT16 = 2
    INT16 = 3
    UINT32 = 4
    INT32 = 5
    FLOAT32 = 6
    BOOL = 7
    STRING = 8
    ARRAY = 9
    UINT64 = 10
    INT64 = 11
    FLOAT64 = 12


_NUMBERS = {
    ValueType.UINT8: struct.Struct("<B"),
    ValueType.INT8: struct.Struct("<b"),
    ValueType.UINT16: struct.Struct("<H"),
    ValueType.INT16: struct.Struct("<h"),
    ValueType.UINT32: struct.Struct("<I"),
    ValueType.INT32: struct.Struct("<i"),
    ValueType.FLOAT32: struct.Struct("<f"),
    ValueType.BOOL: struct.Struct("<?"),
    ValueType.UINT64: struct.Struct("<Q"),
    ValueType.INT64: struct.Struct("<q"),
    ValueType.FLOAT64: struct.Struct("<d"),
}
_UINT32 = _NUMBERS[ValueType.UINT32]
_UINT64 = _NUMBERS[ValueType.UINT64]


class TensorType(NamedTuple):
    """How a tensor's numbers are stored: so many of them in so many bytes."""

    name: str
    block: int
    size: int


TENSOR_TYPES: Mapping[int, TensorType] = {
    0: TensorType("F32", 1, 4),
    1: TensorType("F16", 1, 2),
    2: TensorType("Q4_0", 32, 18),
    3: TensorType("Q4_1", 32, 20),
    6: TensorType("Q5_0", 32, 22),
    7: TensorType("Q5_1", 32, 24),
    8: TensorType("Q8_0", 32, 34),
    9: TensorType("Q8_1", 32, 36),
    10: TensorType("Q2_K", 256, 84),
    11: TensorType("Q3_K", 256, 110),
    12: TensorType("Q4_K", 256, 144),
    13: TensorType("Q5_K", 256, 176),
    14: TensorType("Q6_K", 256, 210),
    15: TensorType("Q8_K", 256, 292),
    16: TensorType("IQ2_XXS", 256, 66),
    17: TensorType("IQ2_XS", 256, 74),
    18: TensorType("IQ3_XXS", 256, 98),
    19: TensorType("IQ1_S", 256, 50),
    20: TensorType("IQ4_NL", 32, 18),
    21: TensorType("IQ3_S", 256, 110),
    22: TensorType("IQ2_S", 256, 82),
    23: TensorType("IQ4_XS", 256, 136),
    24: TensorType("I8", 1, 1),
    25: TensorType("I16", 1, 2),
    26: TensorType("I32", 1, 4),
    27: TensorType("I64", 1, 8),
    28: TensorType("F64", 1, 8),
    29: TensorType("IQ1_M", 256, 56),
    30: TensorType("BF16", 1, 2),
    34: TensorType("TQ1_0", 256, 54),
    35: TensorType("TQ2_0", 256, 66),
    39: TensorType("MXFP4", 32, 17),
    40: TensorType("NVFP4", 64, 36),
    41: TensorType("Q1_0", 128, 18),
    42: TensorType("Q2_0", 64, 18),
}
"""By ``ggml_type`` number; the sizes are those of the blocks in ``ggml-common.h``."""


class GgufFlaw(StrEnum):
    """What is wrong with a header."""

    NOT_GGUF = "not_gguf"
    VERSION = "version"
    """A version that neither this app nor llama.cpp reads, or the bytes of another kind of machine."""
    TRUNCATED = "truncated"
    """The file ends before its header does, or before its tensors do."""
    TOO_LONG = "too_long"
    """More keys, tensors, dimensions or bytes than any model has."""
    BAD_NAME = "bad_name"
    """A key or a tensor without a name, with a name that is no text, or with one that was there already."""
    BAD_TYPE = "bad_type"
    """A type of metadata that does not exist, or an array of arrays, or an alignment of the wrong type."""
    BAD_ALIGNMENT = "bad_alignment"
    BAD_TENSOR = "bad_tensor"
    """A tensor of an impossible shape or at an impossible place."""
    UNREADABLE = "unreadable"
    """The operating system could not read the file."""


class GgufInvalid(Exception):
    """The bytes are no GGUF header that this app reads.

    Args:
        reason: What is wrong.
        detail: Where, in a few words; nothing of the file's own text is in it.
    """

    def __init__(self, reason: GgufFlaw, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail


class NeedMoreBytes(Exception):
    """What was given is the beginning of a header, and no more.

    Args:
        needed: The file's first so many bytes are needed at least. The header may be longer still: what follows is not
            known yet.
    """

    def __init__(self, needed: int) -> None:
        super().__init__(f"at least the first {needed} bytes are needed")
        self.needed = needed


@dataclass(frozen=True, slots=True)
class Array:
    """An array of the metadata."""

    type: ValueType
    """Of its elements."""
    length: int
    items: tuple[int | float | str, ...] | None
    """None when it is too long to be kept."""


@dataclass(frozen=True, slots=True)
class LongText:
    """A text that is too long to be kept."""

    length: int
    """Bytes."""


Value = int | float | bool | str | Array | LongText


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor, as the header describes it."""

    name: str
    dimensions: tuple[int, ...]
    type: int
    """``ggml_type``; a number that is not in :data:`TENSOR_TYPES` is newer than this app."""
    offset: int
    """From the beginning of the data."""

    @property
    def elements(self) -> int:
        """How many numbers it has."""
        count = 1
        for dimension in self.dimensions:
            count *= dimension
        return count

    @property
    def size(self) -> int | None:
        """Bytes; None when the type is not known."""
        kind = TENSOR_TYPES.get(self.type)
        return None if kind is None else self.elements // kind.block * kind.size


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """All that a header says."""

    version: int
    metadata: Mapping[str, Value]
    tensors: tuple[Tensor, ...]
    alignment: int
    length: int
    """Bytes of the header itself, without the padding behind it."""

    @property
    def data_offset(self) -> int:
        """Where the tensors' data begin."""
        return _padded(self.length, self.alignment)

    def text(self, key: str) -> str:
        """Return a text of the metadata; empty when there is none of that name, or no text."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else ""

    def whole(self, key: str) -> int:
        """Return a whole number of the metadata; 0 when there is none of that name, or it is negative."""
        value = self.metadata.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def parse_header(untrusted_data: bytes, *, file_size: int | None = None) -> GgufHeader:
    """Return what the header at the beginning of a file says.

    Args:
        untrusted_data: The file's first bytes; more than the header does no harm.
        file_size: The whole file's size when it is known: then its tensors must fit into it.

    Raises:
        NeedMoreBytes: The header is longer than what was given, and ``file_size`` does not say that this was all.
        GgufInvalid: It is no header, or one beyond the limits.
    """
    reader = _Reader(untrusted_data, file_size)
    version, tensor_count, key_count = _read_start(reader)
    metadata = _read_metadata(reader, key_count)
    alignment = _alignment(metadata)
    tensors = _read_tensors(reader, tensor_count, alignment)
    header = GgufHeader(version, metadata, tensors, alignment, reader.at)
    end = max((tensor.offset + (tensor.size or 0) for tensor in tensors), default=0)
    if file_size is not None and tensors and header.data_offset + end > file_size:
        raise GgufInvalid(GgufFlaw.TRUNCATED, "the file ends before its tensors do")
    return header


def read_header(descriptor: int) -> GgufHeader:
    """Return what the header of an open file says. The descriptor's offset stays where it is.

    Raises:
        GgufInvalid: It is no header, one beyond the limits, or the file could not be read.
    """
    try:
        size = os.fstat(descriptor).st_size
        wanted = _FIRST_READ
        while True:
            data = _read_first(descriptor, min(wanted, size))
            try:
                return parse_header(data, file_size=size)
            except NeedMoreBytes as short:
                if len(data) < min(wanted, size):
                    raise GgufInvalid(GgufFlaw.TRUNCATED, "the file became shorter") from None
                # At least twice as much: all reads together stay below twice the longest header.
                wanted = min(max(short.needed, 2 * len(data)), LONGEST_HEADER)
    except OSError as error:
        raise GgufInvalid(GgufFlaw.UNREADABLE, error.strerror or "the file cannot be read") from error


def _read_first(descriptor: int, count: int) -> bytes:
    parts, done = [], 0
    while done < count:
        part = _pread(descriptor, count - done, done)
        if not part:
            break
        parts.append(part)
        done += len(part)
    return b"".join(parts)


if hasattr(os, "pread"):
    _pread = os.pread
else:

    def _pread(descriptor: int, count: int, offset: int, /) -> bytes:
        before = os.lseek(descriptor, 0, os.SEEK_CUR)
        try:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return os.read(descriptor, count)
        finally:
            os.lseek(descriptor, before, os.SEEK_SET)


class _Reader:
    """Takes one thing after the other from the bytes of a header."""

    def __init__(self, untrusted_data: bytes, file_size: int | None) -> None:
        self._data = untrusted_data
        self._file_size = file_size
        self.at = 0

    def skip(self, count: int) -> int:
        """Pass ``count`` bytes and return where they begin."""
        start = self.at
        self.at = start + count
        if self._file_size is not None and self.at > self._file_size:
            raise GgufInvalid(GgufFlaw.TRUNCATED, "the file ends before its header does")
        if self.at > LONGEST_HEADER:
            raise GgufInvalid(GgufFlaw.TOO_LONG, f"a header of more than {LONGEST_HEADER // 2**20} MiB")
        if self.at > len(self._data):
            raise NeedMoreBytes(self.at)
        return start

    def value(self, form: struct.Struct) -> int | float | bool:
        value: int | float | bool = form.unpack_from(self._data, self.skip(form.size))[0]
        return value

    def number(self, form: struct.Struct) -> int:
        number: int = form.unpack_from(self._data, self.skip(form.size))[0]
        return number

    def bytes(self, count: int) -> bytes:
        start = self.skip(count)
        return self._data[start : start + count]

    def name(self, longest: int, what: str) -> str:
        length = self.number(_UINT64)
        if not 0 < length <= longest:
            raise GgufInvalid(GgufFlaw.BAD_NAME, f"{what} whose name has {length} bytes")
        try:
            return self.bytes(length).decode()
        except UnicodeDecodeError:
            raise GgufInvalid(GgufFlaw.BAD_NAME, f"{what} whose name is no text") from None

    def text(self) -> str | LongText:
        length = self.number(_UINT64)
        if length > _LONGEST_KEPT_TEXT:
            self.skip(length)
            return LongText(length)
        # llama.cpp takes any bytes here, so a wrong one is no reason to refuse the file.
        return self.bytes(length).decode("utf-8", "replace")

    def skip_texts(self, count: int) -> None:
        """Pass so many texts. This is where the time goes, so it is written for speed."""
        data, end, unpack = self._data, len(self._data), _UINT64.unpack_from
        at, left = self.at, count
        while left and at + 8 <= end:
            at += 8 + unpack(data, at)[0]
            left -= 1
        self.at = at
        # Each text that is left has a length at least, so this raises unless none is.
        self.skip(8 * left)


def _read_start(reader: _Reader) -> tuple[int, int, int]:
    if reader.bytes(4) != b"GGUF":
        raise GgufInvalid(GgufFlaw.NOT_GGUF, "the file does not begin as a GGUF file does")
    version = reader.number(_UINT32)
    if version not in _VERSIONS:
        # The same number, read on a machine of the other byte order, has its digits at the other end.
        kind = "written for big-endian machines" if version and not version & 0xFFFF else f"version {version}"
        raise GgufInvalid(GgufFlaw.VERSION, kind)
    tensors, keys = reader.number(_UINT64), reader.number(_UINT64)
    if tensors > _MOST_TENSORS:
        raise GgufInvalid(GgufFlaw.TOO_LONG, f"{tensors} tensors")
    if keys > _MOST_KEYS:
        raise GgufInvalid(GgufFlaw.TOO_LONG, f"{keys} keys")
    return version, tensors, keys


def _read_metadata(reader: _Reader, count: int) -> dict[str, Value]:
    metadata: dict[str, Value] = {}
    for _ in range(count):
        key = reader.name(_LONGEST_KEY, "a key")
        if key in metadata:
            raise GgufInvalid(GgufFlaw.BAD_NAME, "a key that is there twice")
        metadata[key] = _read_value(reader)
    return metadata


def _read_value(reader: _Reader) -> Value:
    kind = _value_type(reader)
    if kind is ValueType.ARRAY:
        return _read_array(reader)
    if kind is ValueType.STRING:
        return reader.text()
    return reader.value(_NUMBERS[kind])


def _read_array(reader: _Reader) -> Array:
    kind, length = _value_type(reader), reader.number(_UINT64)
    if kind is ValueType.ARRAY:
        # The format's description allows it; no reader of the file does, and no model has one.
        raise GgufInvalid(GgufFlaw.BAD_TYPE, "an array of arrays")
    if kind is ValueType.STRING:
        if length > _MOST_KEPT_TEXTS:
            reader.skip_texts(length)
            return Array(kind, length, None)
        texts = tuple(reader.text() for _ in range(length))
        kept = tuple(text for text in texts if isinstance(text, str))
        return Array(kind, length, kept if len(kept) == length else None)
    form = _NUMBERS[kind]
    if length > _MOST_KEPT_NUMBERS:
        reader.skip(length * form.size)
        return Array(kind, length, None)
    return Array(kind, length, tuple(number for (number,) in form.iter_unpack(reader.bytes(length * form.size))))


def _value_type(reader: _Reader) -> ValueType:
    number = reader.number(_UINT32)
    try:
        return ValueType(number)
    except ValueError:
        raise GgufInvalid(GgufFlaw.BAD_TYPE, f"metadata of type {number}") from None


def _alignment(metadata: Mapping[str, Value]) -> int:
    value = metadata.get("general.alignment", _DEFAULT_ALIGNMENT)
    if not isinstance(value, int) or isinstance(value, bool):
        raise GgufInvalid(GgufFlaw.BAD_TYPE, "an alignment that is no whole number")
    if not 0 < value <= _MOST_ALIGNMENT or value & (value - 1):
        raise GgufInvalid(GgufFlaw.BAD_ALIGNMENT, f"an alignment of {value}")
    return value


def _read_tensors(reader: _Reader, count: int, alignment: int) -> tuple[Tensor, ...]:
    tensors: list[Tensor] = []
    names: set[str] = set()
    expected: int | None = 0
    for number in range(count):
        tensor = _read_tensor(reader, number)
        if tensor.name in names:
            raise GgufInvalid(GgufFlaw.BAD_NAME, "a tensor that is there twice")
        names.add(tensor.name)
        # llama.cpp wants each tensor where the one before ends. Where a newer type ends is not known.
        if tensor.offset % alignment or (expected is not None and tensor.offset != expected):
            raise GgufInvalid(GgufFlaw.BAD_TENSOR, f"tensor {number} is not where it belongs")
        expected = None if tensor.size is None else tensor.offset + _padded(tensor.size, alignment)
        tensors.append(tensor)
    return tuple(tensors)


def _read_tensor(reader: _Reader, number: int) -> Tensor:
    name = reader.name(_LONGEST_TENSOR_NAME, "a tensor")
    count = reader.number(_UINT32)
    if count > _MOST_DIMENSIONS:
        raise GgufInvalid(GgufFlaw.TOO_LONG, f"tensor {number} has {count} dimensions")
    dimensions = tuple(reader.number(_UINT64) for _ in range(count))
    kind, offset = reader.number(_UINT32), reader.number(_UINT64)
    tensor = Tensor(name, dimensions, kind, offset)
    known = TENSOR_TYPES.get(kind)
    row = dimensions[0] if dimensions else 1
    if any(dimension > _MOST_ELEMENTS for dimension in dimensions) or tensor.elements > _MOST_ELEMENTS:
        raise GgufInvalid(GgufFlaw.BAD_TENSOR, f"tensor {number} has more elements than can be counted")
    if known is not None and row % known.block:
        raise GgufInvalid(GgufFlaw.BAD_TENSOR, f"tensor {number} has rows that are no whole blocks of {known.name}")
    return tensor


def _padded(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment
