# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What may be seen of a text: detect, hold back, act, on a stream.

In: a checked policy, a direction, text in any pieces. Out: text that can no longer change, marks, findings, a block;
the same for every way to cut the text. It uses no engine that backtracks, keeps no text longer than it must, and if a
detector fails it gives nothing more. It never writes a log, and never decides by itself what is allowed.
"""

from strongroom.filter.again import Revision, check_whole, filter_again
from strongroom.filter.compiled import CompiledPolicy, CompiledRule, compile_policy
from strongroom.filter.failure import FilterFailure
from strongroom.filter.guarded import GuardedStream, filter_text
from strongroom.filter.scanner import Match, Scanner
from strongroom.filter.stream import Release, StreamFilter
from strongroom.filter.window import Window

__all__ = [
    "CompiledPolicy",
    "CompiledRule",
    "FilterFailure",
    "GuardedStream",
    "Match",
    "Release",
    "Revision",
    "Scanner",
    "StreamFilter",
    "Window",
    "check_whole",
    "compile_policy",
    "filter_again",
    "filter_text",
]
