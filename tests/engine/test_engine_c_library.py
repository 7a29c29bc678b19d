# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The stop signal as native code sees it, and a C stream over a descriptor."""

import ctypes
import os
import threading

import pytest

from strongroom.engine.c_library import StopSignal, c_stream


def as_native_code_sees(signal: StopSignal) -> bool:
    look = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p)(signal.function_address)
    return look(signal.text_address)


def test_native_code_sees_a_stop_of_the_current_request_only():
    signal = StopSignal()
    assert not as_native_code_sees(signal)
    signal.begin(1)
    signal.stop(2)
    assert not as_native_code_sees(signal)
    signal.stop(1)
    assert as_native_code_sees(signal)
    assert signal.is_set
    signal.begin(3)
    assert not as_native_code_sees(signal)


def test_a_request_that_was_stopped_before_it_began_is_stopped():
    signal = StopSignal()
    signal.begin(1)
    signal.stop(2)
    signal.begin(2)
    assert as_native_code_sees(signal)


def test_an_interruption_is_no_stop_and_leaves_nothing_behind():
    signal = StopSignal()
    signal.begin(1)
    with signal.interrupt_after(0.01):
        waited = threading.Event()
        while not as_native_code_sees(signal):
            waited.wait(0.001)
        assert not signal.is_set
    assert not as_native_code_sees(signal)
    with signal.interrupt_after(60):
        signal.stop(1)
    assert as_native_code_sees(signal)


def test_a_stream_reads_from_the_beginning_and_leaves_the_descriptor_open(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"content")
    descriptor = os.open(file, os.O_RDONLY)
    os.lseek(descriptor, 3, os.SEEK_SET)
    library = ctypes.CDLL(None)
    library.fread.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p]
    buffer = ctypes.create_string_buffer(20)
    with c_stream(descriptor) as stream:
        assert library.fread(buffer, 1, 20, stream) == 7
    assert buffer.value == b"content"
    os.close(descriptor)
    with pytest.raises(OSError, match="Bad file"), c_stream(descriptor):
        pass
