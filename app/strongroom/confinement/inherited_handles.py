# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Open files that a child inherits on Windows.

There, a descriptor is a number in a table of the C library, and only the handle behind it is inherited. So the parent
writes down which handle stands for which of its descriptors, in one variable of the child's environment; the child
opens a descriptor of its own for each, and translates the numbers that the parent sends it later.

On other systems a child has the same descriptors under the same numbers: the variable is not set, and nothing changes.
"""

import os
import sys
from collections.abc import Callable, Mapping, MutableMapping

if sys.platform == "win32":
    import msvcrt

HANDLES_VARIABLE = "STRONGROOM_HANDLES"

_LIMIT = 256
"""More files than any model has parts and adapters."""


def handles_text(handles: Mapping[int, int]) -> str:
    """Return the variable's text for descriptors of the parent and handles that the child inherits."""
    return ",".join(f"{descriptor}:{handle}" for descriptor, handle in handles.items())


def adopt_handles(environment: MutableMapping[str, str], open_descriptor: Callable[[int], int]) -> dict[int, int]:
    """Open a descriptor for each inherited handle, once; the variable is gone afterwards.

    Args:
        environment: This process's environment.
        open_descriptor: Makes a descriptor of a handle, for reading: ``msvcrt.open_osfhandle`` with
            ``O_RDONLY | O_BINARY | O_NOINHERIT``.

    Returns:
        The parent's descriptor, and this process's own. Numbers that are not in it stand for themselves.

    Raises:
        ValueError: The text was not written by :func:`handles_text`.
    """
    text = environment.pop(HANDLES_VARIABLE, "")
    if not text:
        return {}
    pairs = [pair.partition(":")[::2] for pair in text.split(",")]
    if len(pairs) > _LIMIT or not all(part.isascii() and part.isdigit() for pair in pairs for part in pair):
        raise ValueError(f"{HANDLES_VARIABLE} is not a list of handles")
    return {int(descriptor): open_descriptor(int(handle)) for descriptor, handle in pairs}


def inherited_descriptors() -> dict[int, int]:
    """Return this process's own number for each descriptor that its parent speaks of; to be called once, at the start.

    Empty where both have the same numbers.

    Raises:
        ValueError: The parent is not this app.
    """
    adopted: dict[int, int] = {}
    if sys.platform == "win32":
        flags = os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT
        adopted = adopt_handles(os.environ, lambda handle: msvcrt.open_osfhandle(handle, flags))
    return adopted
