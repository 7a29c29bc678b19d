# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Everything that is printed goes through here.

Text from a model, a file name or a database may hold escape sequences that move the cursor, rename the window, answer
back as if typed, or reverse the reading order. None of them reaches a terminal: they are shown as visible symbols.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from strongroom.core.errors import UserFacingError
from strongroom.core.statement import facts_to_json
from strongroom.words import explain

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1 (0x9b alone begins a sequence)
    "\u202a-\u202e\u2066-\u2069"  # what reverses or isolates the reading order
    "\u2028\u2029\ud800-\udfff]"  # line separators that are not line feeds; halves of surrogate pairs
)

_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")


def safe_text(text: str) -> str:
    """Return ``text`` with every control character made visible: ESC becomes ``␛``, U+009B becomes ``<U+009B>``."""
    return _UNSAFE.sub(_visible, text)


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return JSON that is exact for a program and harmless on a terminal: control characters are escaped."""
    return _UNSAFE_IN_JSON.sub(
        lambda match: f"\\u{ord(match.group()):04x}", json.dumps(value, ensure_ascii=False, indent=indent)
    )


def stdout() -> Console:
    """Return a console for the current standard output; nothing in what it prints is interpreted as markup."""
    return Console(markup=False, highlight=False, emoji=False, soft_wrap=True)


def stderr() -> Console:
    """Return a console for the current standard error."""
    return Console(stderr=True, markup=False, highlight=False, emoji=False, soft_wrap=True)


def say(text: str = "", *, style: str = "") -> None:
    """Print one made-safe line on standard output."""
    stdout().print(Text(safe_text(text), style))


def notice(text: str, *, style: str = "dim") -> None:
    """Print one made-safe line on standard error: what a script that reads the output must not see."""
    stderr().print(Text(safe_text(text), style))


def say_json(value: Any) -> None:
    """Print one JSON document on standard output."""
    write_exact(json_text(value, indent=2) + "\n")


def write_exact(text: str) -> None:
    """Write ``text`` to standard output as it is, as UTF-8 and without changing line ends; made safe on a terminal."""
    if sys.stdout.isatty():
        sys.stdout.write(safe_text(text))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    sys.stdout.flush()


def say_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print aligned columns, never cut off, so that a pipe gets whole values."""
    table = [list(headers), *[[" ".join(safe_text(cell).split()) for cell in row] for row in rows]]
    widths = [max(cell_len(row[column]) for row in table) for column in range(len(headers))]
    console = stdout()
    for number, row in enumerate(table):
        cells = [cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        console.print(Text("  ".join(cells).rstrip(), "bold" if number == 0 else ""))


def show_error(error: UserFacingError, *, as_json: bool = False) -> None:
    """Say what happened, why, and what to do, on standard error; as one line of JSON for scripts."""
    text = explain(error)
    if as_json:
        fields = {
            "code": error.code,
            "title": text.title,
            "message": text.message,
            "next_step": text.next_step,
            "facts": facts_to_json(error.facts),
        }
        sys.stderr.write(json_text({"error": fields}) + "\n")
        sys.stderr.flush()
        return
    console = stderr()
    console.print(Text.assemble((safe_text(text.title), "bold red"), ": ", safe_text(text.message)))
    if text.next_step:
        console.print(Text(safe_text(text.next_step)))


def size_text(size: int) -> str:
    """Return a number of bytes for people, in decimal units as file managers and model hubs use them."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"<U+{code:04X}>"
