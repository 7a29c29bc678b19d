# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The form of an error's words, as they are written down and as a person reads them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """The English words of one code, each marked with ``translatable``; facts stand in braces, as in ``{path}``.

    A fact may be formatted: ``{size:,}`` with its thousands apart, ``{size:GB}`` in gigabytes, ``{size:MiB}`` in whole
    mebibytes; everything else is Python's format. ``{files:and}``, ``{reasons:;}`` and ``{problems:lines}`` say what
    stands between several values; a comma otherwise. ``{reason:marked}`` is an English text that was marked where it
    was written down.

    A statement among the facts is put into words. ``{reason:inner}`` leaves out its full stop, ``{detail:parenthesis}``
    puts it, or any other fact, into parentheses where there is one, and ``{refusal:clause}`` makes a part of a sentence
    of an error: "keyring locked (the reason)".
    """

    title: str
    message: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class ErrorText:
    """An error as a person reads it."""

    title: str
    """What happened, in a few words ("Model refused")."""
    message: str
    """The fact, one or two sentences, naming the file, rule or limit."""
    next_step: str = ""
    """What the user can do now; empty when there is nothing to do."""

    @property
    def explanation(self) -> str:
        """The fact, and what to do."""
        return one_after_the_other(self.message, self.next_step)

    @property
    def sentence(self) -> str:
        """All of it, one after the other."""
        return f"{self.title}. {self.explanation}".strip()

    @property
    def line(self) -> str:
        """Title and message, as a line of a report says them."""
        return f"{self.title}: {self.message}"

    @property
    def line_with_next_step(self) -> str:
        """All of it, as a line of a report says it."""
        return f"{self.title}: {self.explanation}".strip()


def one_after_the_other(text: str, next_text: str) -> str:
    """Return two texts as one; the first gets the full stop that a list of problems does not end with."""
    if not text or not next_text:
        return text or next_text
    if "\n" in text:
        return f"{text}\n{next_text}"
    return f"{text}. {next_text}" if text[-1].isalnum() or text[-1] in "\"')]" else f"{text} {next_text}"
