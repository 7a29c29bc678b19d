# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Two things from the C library that native code understands: a stop signal and a stream over a descriptor."""

import contextlib
import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_C = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
_fdopen = _C._fdopen if os.name == "nt" else _C.fdopen
_fdopen.restype = ctypes.c_void_p
_fdopen.argtypes = [ctypes.c_int, ctypes.c_char_p]
_C.fclose.argtypes = [ctypes.c_void_p]


class StopSignal:
    """Something that native code can look at cheaply, thousands of times per token.

    llama.cpp asks a callback before each node of its graph whether to stop. That callback is the C library's own
    ``strlen``, and what it measures is a text of ours: empty, it returns 0 and the computation goes on; one character
    long, it returns 1 and the computation ends. So no Python runs, and no lock is taken, until somebody stops.
    """

    def __init__(self) -> None:
        self._text = ctypes.create_string_buffer(2)
        self._lock = threading.Lock()
        self._current: int | None = None
        self._stopped: int | None = None
        self._guard: object = None

    @property
    def is_set(self) -> bool:
        """Whether the current request is to stop."""
        return self._current is not None and self._stopped == self._current

    @property
    def is_raised(self) -> bool:
        """Whether native code is being told to stop, for good or by :meth:`interrupt_after`."""
        return self._text.raw[0] != 0

    @property
    def text_address(self) -> int:
        """What the native function is to look at."""
        return ctypes.addressof(self._text)

    @property
    def function_address(self) -> int:
        """The native function, ``size_t strlen(const char *)``; its result fits the ``bool`` that is asked for."""
        address = ctypes.cast(_C.strlen, ctypes.c_void_p).value
        assert address is not None  # noqa: S101  # every C library has it
        return address

    def begin(self, request: int) -> None:
        """Make ``request`` the current one; it may have been stopped already."""
        with self._lock:
            self._current = request
            self._write()

    def stop(self, request: int) -> None:
        """Stop ``request``, now or as soon as it begins. Safe to call from any thread."""
        with self._lock:
            self._stopped = request
            self._write()

    @contextmanager
    def interrupt_after(self, seconds: float) -> Iterator[None]:
        """Interrupt a computation that takes longer than this; the request itself goes on."""
        guard = object()
        with self._lock:
            self._guard = guard
        timer = threading.Timer(seconds, self._interrupt, (guard,))
        timer.daemon = True
        with contextlib.suppress(RuntimeError):
            # No memory for another thread: then it takes as long as it takes.
            timer.start()
        try:
            yield
        finally:
            timer.cancel()
            with self._lock:
                self._guard = None
                self._write()

    def _interrupt(self, guard: object) -> None:
        with self._lock:
            # A timer that fires too late must not touch the next computation.
            if self._guard is guard:
                self._text[0] = b"\x01"

    def _write(self) -> None:
        self._text[0] = b"\x01" if self.is_set else b"\x00"


@contextmanager
def c_stream(descriptor: int) -> Iterator[int]:
    """Give the address of a ``FILE`` that reads ``descriptor`` from its beginning; it is closed afterwards.

    Raises:
        OSError: The C library made none.
    """
    own = os.dup(descriptor)
    os.lseek(own, 0, os.SEEK_SET)
    stream = _fdopen(own, b"rb")
    if not stream:
        os.close(own)
        raise OSError("the C library opened no stream")
    try:
        yield stream
    finally:
        _C.fclose(stream)
