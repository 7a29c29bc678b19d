# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Settings: what is declared is checked, and a bad file loses nothing."""

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.core.errors import UserFacingError
from strongroom.core.settings import Settings, load_settings, save_settings
from strongroom.words import explain


def test_missing_file_gives_the_defaults(tmp_path):
    assert load_settings(tmp_path / "settings.json") == Settings()


def test_only_what_differs_from_the_defaults_is_written(tmp_path):
    path = tmp_path / "settings.json"
    save_settings(path, Settings().with_values(temperature=0.2, model="mine"))
    assert json.loads(path.read_text()) == {"temperature": 0.2, "model": "mine"}
    assert load_settings(path).temperature == 0.2


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('{"temprature": 1}', "temprature"),
        ('{"temperature": 9}', "temperature"),
        ('{"temperature": true}', "temperature"),
        ('{"offline": 1}', "offline"),
        ('{"top_k": "40"}', "top_k"),
        ('{"appearance": "pink"}', "appearance"),
        ('{"context_length": 0}', "context_length"),
        ("[1]", "settings.json"),
        ("{", "settings.json"),
    ],
)
def test_a_bad_settings_file_is_refused_by_name_and_kept(tmp_path, content, named):
    path = tmp_path / "settings.json"
    path.write_text(content)
    with pytest.raises(UserFacingError) as refusal:
        load_settings(path)
    assert refusal.value.code == "settings.invalid"
    assert named in explain(refusal.value).message
    assert path.read_text() == content


def test_every_setting_has_a_sentence():
    for row in fields(Settings):
        assert row.metadata["description"].endswith(".")


@given(
    temperature=st.floats(0, 5),
    top_k=st.integers(0, 1_000_000),
    max_tokens=st.integers(1, 1_000_000),
    system_prompt=st.text(max_size=50),
)
def test_settings_survive_a_round_trip(tmp_path_factory, temperature, top_k, max_tokens, system_prompt):
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    settings = Settings().with_values(
        temperature=temperature, top_k=top_k, max_tokens=max_tokens, system_prompt=system_prompt
    )
    save_settings(path, settings)
    assert load_settings(path) == settings
    assert settings.sampling.max_tokens == max_tokens
