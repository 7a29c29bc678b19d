# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A translator's catalog, from the extracted texts to what a user reads."""

import gettext
import io

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from strongroom.core.errors import UserFacingError
from strongroom.words import explain, install_language, translate, use_catalog
from strongroom.words import translation as translation_module


@pytest.fixture
def german(tmp_path, monkeypatch):
    """A folder of catalogs that has a German one."""
    catalog = Catalog(locale="de")
    catalog.add("Not overwritten", "Nicht überschrieben")
    catalog.add("{path} exists already.", "{path} gibt es schon.")
    catalog.add("Details", "Einzelheiten", context="Banner")
    folder = tmp_path / "i18n" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    content = io.BytesIO()
    write_mo(content, catalog)
    (folder / "strongroom.mo").write_bytes(content.getvalue())
    monkeypatch.setattr(translation_module, "resource_path", lambda name: tmp_path / name)
    yield
    use_catalog(gettext.NullTranslations())


def test_a_catalog_is_found_by_the_users_language(german):
    assert install_language(["de_DE"]) == "de"
    assert translate("Banner", "Details") == "Einzelheiten"
    text = explain(UserFacingError("storage.exists", path="/x"))
    # What the translator left out stays English.
    assert (text.title, text.message) == ("Nicht überschrieben", "/x gibt es schon.")
    assert text.next_step == "Move it away first."


def test_a_language_without_a_catalog_is_english(german):
    install_language(["de_DE"])
    assert install_language(["fr_FR"]) is None
    assert explain(UserFacingError("storage.exists", path="/x")).title == "Not overwritten"


def test_a_catalog_whose_placeholder_is_none_of_the_facts_hides_nothing(german):
    class Wrong(gettext.NullTranslations):
        def gettext(self, message):
            return "{never_given}"

    use_catalog(Wrong())
    assert "storage.exists (path=/x)" in explain(UserFacingError("storage.exists", path="/x")).message
