# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which files of a repository belong together, and what their names tell."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.hub import FileKind, RemoteFile
from strongroom.hub.grouping import group_files, quantization_of
from strongroom.hub.remote import named_parameters


def files(*paths: str) -> list[RemoteFile]:
    return [RemoteFile(path, 100 + number, "a" * 64) for number, path in enumerate(paths)]


def rows(*paths: str) -> list[tuple[str, str, list[str]]]:
    return [(row.kind.value, row.name, [file.path for file in row.files]) for row in group_files(files(*paths))]


def test_parts_are_one_row_in_the_order_of_their_numbers():
    paths = [f"big-Q8_0-{number:05}-of-00012.gguf" for number in range(1, 13)]
    shuffled = random.Random(1).sample(paths, len(paths))
    assert rows(*shuffled) == [("model", "big-Q8_0", paths)]


@pytest.mark.parametrize(
    "paths",
    [
        ["a-00001-of-00003.gguf", "a-00003-of-00003.gguf"],
        ["a-00002-of-00002.gguf"],
        ["a-00000-of-00001.gguf", "a-00001-of-00001.gguf"],
        ["a-00001-of-00002.gguf", "a-00002-of-00003.gguf"],
        ["a-00001-of-00001.gguf", "a-00002-of-00001.gguf"],
    ],
)
def test_a_set_of_parts_that_is_not_whole_is_no_row(paths):
    assert rows(*paths) == []


def test_a_whole_model_and_a_split_one_of_the_same_name_are_two_rows():
    assert len(rows("a.gguf", "a-00001-of-00001.gguf", "a-00001-of-00002.gguf", "a-00002-of-00002.gguf")) == 3


def test_a_part_of_nothing_is_a_model_by_itself():
    assert len(rows("a.gguf", "a-00001-of-00000.gguf")) == 2


def test_parts_in_different_folders_do_not_belong_together():
    assert rows("x/a-00001-of-00002.gguf", "y/a-00002-of-00002.gguf") == []


def test_what_is_no_model_is_no_row():
    assert rows("README.md", "config.json", "imatrix.gguf", "a.imatrix.gguf", "a.gguf.part1of2", "gguf", "x.bin") == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("mmproj-model-f16.gguf", FileKind.PROJECTOR),
        ("gemma-3-4b-it-mmproj-Q8_0.GGUF", FileKind.PROJECTOR),
        ("my-lora.gguf", FileKind.ADAPTER),
        ("LoRA-adapter-f16.gguf", FileKind.ADAPTER),
        ("adapter_model.gguf", FileKind.ADAPTER),
        ("model-lora-merged-Q4_K_M.gguf", FileKind.MODEL),
        ("explorability-7b.gguf", FileKind.MODEL),
        ("lora/model-Q4_K_M.gguf", FileKind.MODEL),
    ],
)
def test_the_name_tells_what_a_file_is_for(path, kind):
    assert group_files(files(path))[0].kind is kind


def test_models_come_first_and_the_smallest_of_them_first():
    listed = [
        RemoteFile("adapter.gguf", 1, ""),
        RemoteFile("mmproj.gguf", 2, ""),
        RemoteFile("b-Q8_0.gguf", 900, ""),
        RemoteFile("b-Q4_0.gguf", 500, ""),
    ]
    assert [row.name for row in group_files(listed)] == ["b-Q4_0", "b-Q8_0", "mmproj", "adapter"]


@pytest.mark.parametrize(
    ("name", "quantization"),
    [
        ("Llama-3.2-1B-Instruct-Q4_K_M", "Q4_K_M"),
        ("llama-2-7b.Q4_0", "Q4_0"),
        ("llama-2-7b.q5_k_s", "Q5_K_S"),
        ("Phi-3-mini-4k-instruct-q4", "Q4"),
        ("model-IQ2_XXS", "IQ2_XXS"),
        ("model-IQ4_NL", "IQ4_NL"),
        ("Qwen3-30B-UD-Q4_K_XL", "UD-Q4_K_XL"),
        ("model-Q4_0_4_8", "Q4_0_4_8"),
        ("model-Q6_K_L", "Q6_K_L"),
        ("model-Q6_K", "Q6_K"),
        ("bitnet-TQ1_0", "TQ1_0"),
        ("gpt-oss-20b-MXFP4", "MXFP4"),
        ("x-MXFP4_MOE", "MXFP4_MOE"),
        ("model-bf16", "BF16"),
        ("model.fp16", "F16"),
        ("model-F32", "F32"),
        ("Q3_K_L/model-v2", "Q3_K_L"),
        ("Q3_K_L/model-Q8_0", "Q8_0"),
        ("Qwen2-7B", ""),
        ("faq16b", ""),
        ("model", ""),
    ],
)
def test_the_name_gives_the_quantization(name, quantization):
    assert quantization_of(name) == quantization


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("acme/Llama-3.2-1B-GGUF", 1.0),
        ("acme/SmolLM2-135M-Instruct", 0.135),
        ("acme/Mixtral-8x7B-v0.1", 56.0),
        ("acme/Phi-3.5-mini", 0.0),
        ("7B/model", 0.0),
        ("acme/qwen2.5-0.5b-instruct", 0.5),
        ("acme/model-4bit", 0.0),
    ],
)
def test_the_name_gives_the_size_where_the_hub_does_not(name, billions):
    assert named_parameters(name) == billions


@settings(deadline=None)
@given(st.lists(st.from_regex(r"([ab]/)?[mq](-Q4_0)?(-0000[0-3]-of-0000[0-3])?\.gguf", fullmatch=True), max_size=12))
def test_no_file_is_in_two_rows_and_each_row_is_whole(paths):
    grouped = group_files(RemoteFile(path, 1, "") for path in paths)
    listed = [file.path for row in grouped for file in row.files]
    assert len(listed) == len(set(listed))
    assert set(listed) <= set(paths)
    assert all(row.files for row in grouped)
