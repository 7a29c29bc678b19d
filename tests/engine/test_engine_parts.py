# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A model in several files, and LoRA adapters: what is loaded is behind the descriptors, whatever lies on the disk."""

import os
import shutil
import struct
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy
import pytest
from gguf import GGUFValueType, GGUFWriter

from strongroom.engine import Adapter, EngineClient, EngineFault, FaultKind, LoadOptions
from strongroom.models.gguf_file import GgufHeader, Tensor, read_header
from strongroom.words import explain

PARTS = 3
QUESTION = "Tell me about lighthouses"
LONG = 24

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="parts are loaded through /proc")


def write(writer: GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def header_of(model: Path) -> GgufHeader:
    with model.open("rb") as stream:
        return read_header(stream.fileno())


def infos(tensors: Iterable[tuple[Tensor, int]]) -> bytes:
    """Return the part of a header that lists tensors, with their offsets."""
    written = b""
    for tensor, offset in tensors:
        name = tensor.name.encode()
        written += struct.pack("<Q", len(name)) + name + struct.pack("<I", len(tensor.dimensions))
        written += struct.pack(f"<{len(tensor.dimensions)}QIQ", *tensor.dimensions, tensor.type, offset)
    return written


def key(name: str, kind: GGUFValueType, form: str, *value: int | bytes) -> bytes:
    return struct.pack("<Q", len(name)) + name.encode() + struct.pack("<I" + form, kind, *value)


def split(model: Path, folder: Path) -> list[Path]:
    """Write a model as three parts with the names and keys of llama.cpp's own gguf-split.

    The model's keys are copied as they are: the gguf package takes seconds to read its words one by one.
    """
    content, header = model.read_bytes(), header_of(model)
    count = len(header.tensors)
    key_count = int.from_bytes(content[16:24], "little")
    keys = content[24 : header.length - len(infos((tensor, 0) for tensor in header.tensors))]
    ends = [*(tensor.offset for tensor in header.tensors[1:]), len(content) - header.data_offset]
    paths = [folder / f"model-{number:05d}-of-{PARTS:05d}.gguf" for number in range(1, PARTS + 1)]
    share = -(-count // PARTS)
    for number, path in enumerate(paths):
        mine = range(number * share, min((number + 1) * share, count))
        begin = header.tensors[mine[0]].offset
        written = struct.pack("<4sIQQ", b"GGUF", 3, len(mine), (key_count if number == 0 else 1) + 3)
        written += keys if number == 0 else key("general.architecture", GGUFValueType.STRING, "Q5s", 5, b"llama")
        written += key("split.no", GGUFValueType.UINT16, "H", number)
        written += key("split.count", GGUFValueType.UINT16, "H", PARTS)
        written += key("split.tensors.count", GGUFValueType.INT32, "i", count)
        written += infos((header.tensors[place], header.tensors[place].offset - begin) for place in mine)
        written += bytes(-len(written) % header.alignment)
        path.write_bytes(written + content[header.data_offset + begin : header.data_offset + ends[mine[-1]]])
    return paths


def damage_weights(part: Path) -> None:
    """Change the bytes of one tensor: still a sound file for llama.cpp, but another model."""
    header = header_of(part)
    place = next(place for place, one in enumerate(header.tensors) if "ffn_down" in one.name)
    begin, end = (header.data_offset + header.tensors[number].offset for number in (place, place + 1))
    with part.open("r+b") as stream:
        stream.seek(begin)
        weights = bytearray(stream.read(end - begin))
        weights.reverse()
        stream.seek(begin)
        stream.write(weights)


def write_adapter(path: Path, embedding: int = 576) -> Path:
    """Write a LoRA adapter of rank 4 with random weights."""
    chance = numpy.random.default_rng(1)
    writer = GGUFWriter(path, "llama")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 4.0)
    for name in ("blk.0.attn_output.weight", "blk.15.attn_output.weight"):
        writer.add_tensor(f"{name}.lora_a", chance.normal(0, 0.5, (4, embedding)).astype(numpy.float32))
        writer.add_tensor(f"{name}.lora_b", chance.normal(0, 0.5, (embedding, 4)).astype(numpy.float32))
    write(writer)
    return path


@pytest.fixture(scope="module")
def sound_parts(starter_model, tmp_path_factory):
    return split(starter_model, tmp_path_factory.mktemp("parts"))


@pytest.fixture
def parts(sound_parts, tmp_path):
    """The parts, free to be changed."""
    return [Path(shutil.copy(part, tmp_path)) for part in sound_parts]


@pytest.fixture
def open_files():
    """Opens files as a verification does; they are closed after the clients of the test."""
    with ExitStack() as stack:

        def open_all(paths: Sequence[Path]) -> list[int]:
            return [stack.enter_context(path.open("rb")).fileno() for path in paths]

        yield open_all


@pytest.fixture
def load_files(open_files):
    with ExitStack() as stack:

        def load(descriptors: Sequence[int], adapters: Sequence[Adapter] = (), **more) -> EngineClient:
            arguments = {"on_progress": lambda _: None, "cancel": threading.Event()} | more
            return stack.enter_context(
                EngineClient.load(descriptors, LoadOptions(context_length=512), adapters=adapters, **arguments)
            )

        yield load


@pytest.fixture
def whole_answer(shared_client, ask, text_of):
    """What the model says when it is one file."""
    return text_of(ask(shared_client, QUESTION, max_tokens=LONG))


@linux_only
def test_a_model_in_three_parts_answers_as_the_single_file(
    sound_parts, open_files, load_files, ask, text_of, whole_answer
):
    steps = []
    client = load_files(open_files(sound_parts), on_progress=steps.append)
    assert text_of(ask(client, QUESTION, max_tokens=LONG)) == whole_answer
    assert steps == sorted(set(steps))
    assert steps[-1] == 1000
    assert client.facts.architecture == "llama"
    assert client.facts.has_template


@linux_only
def test_the_worker_keeps_no_descriptor_of_any_part(sound_parts, open_files, load_files, tmp_path):
    adapter = write_adapter(tmp_path / "adapter.gguf")
    client = load_files(open_files(sound_parts), [Adapter(*open_files([adapter]))])
    targets = {os.readlink(link) for link in Path(f"/proc/{client.process_id}/fd").iterdir()}
    assert not {target for target in targets if target.endswith(".gguf")}


@linux_only
def test_a_tampered_sibling_on_the_disk_is_not_read(parts, open_files, load_files, ask, text_of, whole_answer):
    descriptors = open_files(parts)
    for sibling in parts[1:]:
        tampered = Path(shutil.copy(sibling, sibling.with_suffix(".new")))
        damage_weights(tampered)
        tampered.replace(sibling)
    # The very same call with the tampered files, to know that they would be noticed.
    other = text_of(ask(load_files(open_files(parts)), QUESTION, max_tokens=LONG))
    assert other != whole_answer
    assert text_of(ask(load_files(descriptors), QUESTION, max_tokens=LONG)) == whole_answer


def refused(load_files, *arguments, **more) -> FaultKind:
    with pytest.raises(EngineFault) as caught:
        load_files(*arguments, **more)
    return caught.value.kind


@linux_only
def test_a_part_alone_is_refused_though_its_siblings_lie_beside_it(sound_parts, open_files, load_files):
    for part in sound_parts:
        assert refused(load_files, open_files([part])) is FaultKind.NOT_A_MODEL


@linux_only
def test_parts_that_are_missing_or_in_another_order_are_refused(sound_parts, open_files, load_files):
    first, second, third = sound_parts
    for wrong in ([first, second], [first, third, second], [second, first, third], [first, second, second]):
        assert refused(load_files, open_files(wrong)) is FaultKind.NOT_A_MODEL


def test_without_a_proc_file_system_parts_are_refused_in_plain_words(sound_parts, open_files, load_files):
    blind = (
        "import os, os.path\n"
        "exists = os.path.exists\n"
        "os.path.exists = lambda path: not os.fsdecode(path).startswith('/proc/') and exists(path)\n"
        "from strongroom.engine import worker\n"
        "os._exit(worker.main())\n"
    )
    descriptors = open_files(sound_parts)
    with pytest.raises(EngineFault) as caught:
        load_files(descriptors, command=[sys.executable, "-I", "-c", blind])
    assert caught.value.kind is FaultKind.NO_PARTS_HERE
    assert "/proc" in explain(caught.value).message
    assert explain(caught.value).next_step


def test_an_adapter_changes_the_answer_as_much_as_its_scale_says(
    starter_model, open_files, load_files, ask, text_of, whole_answer, tmp_path
):
    adapter = write_adapter(tmp_path / "adapter.gguf")

    def answer(scale: float) -> str:
        client = load_files(open_files([starter_model]), [Adapter(*open_files([adapter]), scale)])
        return text_of(ask(client, QUESTION, max_tokens=LONG))

    assert answer(0.0) == whole_answer
    assert answer(1.0) == answer(1.0) != whole_answer


@linux_only
def test_parts_and_two_adapters_whose_paths_became_something_else(
    sound_parts, open_files, load_files, ask, text_of, whole_answer, tmp_path
):
    path = write_adapter(tmp_path / "adapter.gguf")
    first, second = open_files([path, path])
    path.unlink()
    path.write_bytes(b"something else")
    client = load_files(open_files(sound_parts), [Adapter(first, 0.5), Adapter(second, 0.5)])
    assert text_of(ask(client, QUESTION, max_tokens=LONG)) != whole_answer


@pytest.mark.parametrize("what", ["for another model", "a model", "not GGUF", "cut short"])
def test_what_is_no_adapter_for_this_model_is_refused(starter_model, open_files, load_files, tmp_path, what):
    path = tmp_path / "adapter.gguf"
    if what == "for another model":
        write_adapter(path, embedding=640)
    elif what == "a model":
        path = starter_model
    elif what == "not GGUF":
        path.write_bytes(b"\xff" * 5_000)
    else:
        path.write_bytes(write_adapter(path).read_bytes()[:-1_000])
    wrong = Adapter(*open_files([path]))
    assert refused(load_files, open_files([starter_model]), [wrong]) is FaultKind.NOT_AN_ADAPTER
