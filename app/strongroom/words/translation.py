# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Translation by GNU gettext catalogs.

``make strings`` extracts them from the calls of :func:`translate` and from the texts that are marked ``translatable``.
Both doors use it, so that a sentence is translated once. A catalog is
``resources/i18n/LANGUAGE/LC_MESSAGES/strongroom.mo``.
"""

import gettext
import locale
from collections.abc import Sequence

from strongroom.core.paths import resource_path

DOMAIN = "strongroom"

_catalog: gettext.NullTranslations = gettext.NullTranslations()


def translate(context: str, text: str) -> str:
    """Return ``text`` in the user's language; as it is where no catalog has it.

    Args:
        context: What uses the text, to tell equal texts with different meanings apart. A literal.
        text: The English text. A literal, so that it can be extracted; placeholders are filled in afterwards.
    """
    return _catalog.pgettext(context, text)


def translate_marked(text: str) -> str:
    """Return, in the user's language, a text that was marked with ``core.translatable.translatable`` where it stands.

    Unlike :func:`translate` it is given a variable: the literal was extracted by its mark.
    """
    return _catalog.gettext(text) if text else ""


def install_language(languages: Sequence[str] | None = None) -> str | None:
    """Use the catalog of the first language that has one; return its language, or None where English stays.

    Args:
        languages: Such as ``["de_DE"]``, in order of preference; those of the environment when None.
    """
    if languages is None:
        languages = [name for name in (locale.getlocale()[0],) if name]
    try:
        folder = resource_path("i18n")
        catalog = gettext.translation(DOMAIN, str(folder), list(languages))
    except FileNotFoundError:  # also what gettext raises where there is no catalog
        use_catalog(gettext.NullTranslations())
        return None
    use_catalog(catalog)
    return catalog.info().get("language")


def use_catalog(catalog: gettext.NullTranslations) -> None:
    """Translate by this catalog from now on."""
    global _catalog  # noqa: PLW0603 - the language is a fact about the whole process, chosen once at its start
    _catalog = catalog
