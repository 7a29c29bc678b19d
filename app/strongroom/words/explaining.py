# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Codes and facts, put into words. Nothing here raises: an error must never hide behind a mistake in its words."""

import logging
import string
from collections.abc import Mapping
from typing import Any

from strongroom.core.chat import KEPT_TEXT
from strongroom.core.errors import UserFacingError
from strongroom.core.statement import Fact, Statement
from strongroom.words.errors import ERRORS, PHRASES
from strongroom.words.text import ErrorText
from strongroom.words.translation import translate, translate_marked

_LOG = logging.getLogger(__name__)


def explain(error: UserFacingError | Statement) -> ErrorText:
    """Return what the user reads about an error; of a code without words, the code and the facts."""
    statement = error.statement if isinstance(error, UserFacingError) else error
    words = ERRORS.get(statement.key)
    if words is None:
        return _unworded(statement)
    try:
        message = fill(words.message, statement.facts)
        also = statement.facts.get("also")
        if isinstance(also, Statement):
            message = f"{message} {say_statement(also)}"
        instead = statement.facts.get("next_step")
        next_step = say_statement(instead) if isinstance(instead, Statement) else fill(words.next_step, statement.facts)
        other_title = statement.facts.get("title")
        title = say_statement(other_title) if isinstance(other_title, Statement) else fill(words.title, statement.facts)
        return ErrorText(title, message, next_step)
    except (ValueError, TypeError, LookupError, AttributeError):
        _LOG.exception("the words of %s do not fit its facts", statement.key)
        return _unworded(statement)


def say_statement(statement: Statement | None) -> str:
    """Return the sentence, or the part of one, that a statement stands for: an error's message; nothing for None."""
    if statement is None:
        return ""
    words = PHRASES.get(statement.key)
    if words is None:
        return explain(statement).message
    try:
        return fill(words, statement.facts)
    except (ValueError, TypeError, LookupError, AttributeError):
        _LOG.exception("the words of %s do not fit its facts", statement.key)
        return str(statement)


def say_note(note: Statement) -> str:
    """Return what is said beside an answer; of an error, all of it."""
    if note.facts.get("case") == KEPT_TEXT:
        return str(note.facts.get("text", ""))
    return explain(note).sentence if note.key in ERRORS else say_statement(note)


def fill(text: str, facts: Mapping[str, Fact]) -> str:
    """Return a marked text in the user's language with its placeholders filled in."""
    return _FORMATTER.vformat(translate_marked(text), (), facts) if text else ""


def _unworded(statement: Statement) -> ErrorText:
    return ErrorText(
        translate("Error", "Something went wrong"),
        translate("Error", "The app has no words for this: {statement}.").format(statement=statement),
    )


class _FactFormatter(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return ""
        if isinstance(value, Statement):
            if format_spec == "clause":
                text = explain(value)
                return f"{text.title[:1].lower()}{text.title[1:]} ({text.message.rstrip('.')})"
            if format_spec == "inner":
                return say_statement(value).rstrip(".")
        if isinstance(value, tuple):
            joint = {";": translate("Error", "; "), "and": translate("Error", " and "), "lines": "\n"}.get(format_spec)
            return (joint or translate("Error", ", ")).join(self.format_field(item, "") for item in value)
        if format_spec == "parenthesis":
            said = self.format_field(value, "").removesuffix(".")
            return f" ({said})" if said else ""
        if isinstance(value, Statement):
            return say_statement(value)
        if format_spec == "marked":
            return translate_marked(str(value))
        if format_spec == "GB":
            return translate("Error", "{size:,.1f} GB").format(size=value / 1e9)
        if format_spec == "MiB":
            return translate("Error", "{size:,} MiB").format(size=value // 2**20)
        return str(super().format_field(value, format_spec))


_FORMATTER = _FactFormatter()
