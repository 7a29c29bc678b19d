# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom models search | show | download | token``, against a hub on this machine and with the real client."""

import hashlib
import json
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from strongroom.core.settings import Settings, save_settings
from strongroom.models import ModelLibrary
from support.loopback_hub import HubRepository, LoopbackHub, Misbehavior

REPOSITORY = "acme/tiny-GGUF"
SMALL = b"GGUF" + b"small" * 4_000
LARGE = b"GGUF" + b"large" * 9_000


@pytest.fixture(scope="module")
def lasting_hub():
    with LoopbackHub() as hub:
        yield hub


@pytest.fixture
def hub(lasting_hub, paths):
    lasting_hub.reset()
    lasting_hub.add(HubRepository(REPOSITORY, {"tiny-Q4_K_M.gguf": SMALL, "tiny-Q8_0.gguf": LARGE}, license="mit"))
    lasting_hub.add(HubRepository("acme/other-GGUF", {"other-Q4_K_M.gguf": SMALL + b"!"}, downloads=99))
    paths.ensure()
    save_settings(paths.settings, Settings(hub_endpoint=lasting_hub.endpoint))
    return lasting_hub


def test_search_lists_repositories_as_a_table_and_as_json(run, hub):
    assert REPOSITORY in run("models", "search", "tiny").stdout
    found = json.loads(run("models", "search", "--json").stdout)
    assert [one["repository"] for one in found] == ["acme/other-GGUF", REPOSITORY]
    assert found[1]["license"] == "mit"
    assert json.loads(run("models", "search", "nothing-of-this-name", "--json").stdout) == []


def test_show_tells_the_commit_and_every_file(run, hub):
    shown = run("models", "show", REPOSITORY).stdout
    for fact in ("c0ffee" + "0" * 34, "license mit", "tiny-Q4_K_M.gguf", "Q8_0"):
        assert fact in shown
    told = json.loads(run("models", "show", REPOSITORY, "--json").stdout)
    assert told["repository"]["commit"] == "c0ffee" + "0" * 34
    assert [row["files"][0]["sha256"] for row in told["rows"] if row["quantization"] == "Q8_0"] == [
        hashlib.sha256(LARGE).hexdigest()
    ]


def test_download_verifies_and_puts_the_model_on_the_shelf(run, hub, paths):
    ended = run("models", "download", REPOSITORY, "q8_0", "--json")
    assert ended.exit_code == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["state"] == "verified"
    entry = ModelLibrary(paths).get(told["model_id"])
    assert Path(entry.path).read_bytes() == LARGE
    assert entry.expected_digest == hashlib.sha256(LARGE).hexdigest() == Path(entry.path).parent.name
    assert entry.source == f"{REPOSITORY}@c0ffee000000"
    assert f"on the shelf: {told['model_id']}" in run("models", "show", REPOSITORY).stdout


@pytest.mark.parametrize("name", ["tiny-Q4_K_M.gguf", "tiny-Q4_K_M", "Q4_K_M"])
def test_a_file_is_named_by_path_name_or_quantization(run, hub, name):
    assert "verified" in run("models", "download", REPOSITORY, name).stdout


def test_a_file_that_is_not_there_is_refused_with_those_that_are(run, hub):
    ended = run("models", "download", REPOSITORY, "Q2_K", "--json")
    assert ended.exit_code == 1
    assert json.loads(ended.stderr)["error"]["code"] == "hub.which_file"
    assert "Q4_K_M, Q8_0" in json.loads(ended.stderr)["error"]["next_step"]


def test_a_download_refused_for_a_wrong_digest_exits_with_4_and_leaves_nothing_on_the_shelf(run, hub, paths):
    hub.misbehave("/blobs/", Misbehavior(corrupt_at=10))
    ended = run("models", "download", REPOSITORY, "Q4_K_M", "--json")
    assert ended.exit_code == 4
    assert json.loads(ended.stderr.splitlines()[-1])["error"]["code"] == "hub.mismatch"
    assert [entry.model_id for entry in ModelLibrary(paths).entries()] == ["smollm2-135m-instruct"]
    assert list(paths.quarantine.iterdir())
    assert not list(paths.models.glob("sha256/*/*"))


def test_a_download_that_does_not_match_is_an_incident(run, hub):
    hub.misbehave("/blobs/", Misbehavior(corrupt_at=10))
    run("models", "download", REPOSITORY, "Q4_K_M")
    records = json.loads(run("incidents", "list", "--event", "verify.mismatch", "--json").stdout)
    assert [record["details"]["repository"] for record in records] == [REPOSITORY]
    assert run("incidents", "verify").exit_code == 0


def test_an_imported_file_is_looked_up_on_the_hub_on_request(run, hub, tmp_path):
    mine = tmp_path / "found-on-a-stick.gguf"
    mine.write_bytes(LARGE)
    entry = json.loads(run("models", "import", mine, "--hub", REPOSITORY, "--json").stdout)
    assert (entry["state"], entry["source"]) == ("verified", f"{REPOSITORY}@c0ffee000000")
    assert entry["commit"] == "c0ffee" + "0" * 34


def test_an_imported_file_that_the_hub_does_not_have_is_refused_and_stays(run, hub, tmp_path):
    mine = tmp_path / "changed.gguf"
    mine.write_bytes(LARGE + b"?")
    ended = run("models", "import", mine, "--hub", REPOSITORY, "--json")
    assert ended.exit_code == 4
    assert "none of the files" in json.loads(ended.stderr)["error"]["message"]
    assert mine.read_bytes() == LARGE + b"?"


def test_offline_is_obeyed_by_every_command(run, hub, paths):
    save_settings(paths.settings, Settings(hub_endpoint=hub.endpoint, offline=True))
    for command in (("search", "tiny"), ("show", REPOSITORY), ("download", REPOSITORY, "Q8_0")):
        ended = run("models", *command)
        assert ended.exit_code == 1
        assert "Offline" in ended.stderr
    assert not hub.log


def test_a_policy_that_allows_no_hub_is_obeyed(run, hub, policy_file):
    policy = policy_file("rules = []\n[hub]\nis_allowed = false\n")
    ended = run("--policy", policy, "models", "search", "tiny")
    assert ended.exit_code == 1
    assert "policy" in ended.stderr
    assert not hub.log


def test_plain_http_is_refused_beyond_this_machine(run, paths):
    paths.ensure()
    save_settings(paths.settings, Settings(hub_endpoint="http://hub.example.org"))
    ended = run("models", "search", "tiny")
    assert ended.exit_code == 1
    assert "https" in ended.stderr


class KeepingKeyring(KeyringBackend):
    """Keeps what it is given; stands in for the system's keyring, which a test must not touch."""

    priority = 9

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


RealKeyring = type("Keyring", (KeepingKeyring,), {"__module__": "keyring.backends.SecretService"})


def test_a_gated_model_is_downloaded_with_the_token_of_the_keyring(run, hub):
    keyring.set_keyring(RealKeyring())
    hub.add(HubRepository("acme/gated-GGUF", {"gated-Q4_0.gguf": SMALL + b"g"}, gated="manual"))
    hub.allow("hf_right", "acme/gated-GGUF")
    assert run("models", "download", "acme/gated-GGUF", "Q4_0").exit_code == 1
    kept = run("models", "token", stdin="hf_right\n")
    assert "keyring" in kept.stdout
    assert "hf_right" not in kept.output
    assert "verified" in run("models", "download", "acme/gated-GGUF", "Q4_0").stdout
    assert "forgotten" in run("models", "token", "--remove").stdout
    assert "no token" in run("models", "token", "--remove").stdout


def test_a_token_is_refused_where_there_is_no_keyring(run):
    ended = run("models", "token", stdin="hf_right\n")
    assert ended.exit_code == 1
    assert "keyring" in ended.stderr
