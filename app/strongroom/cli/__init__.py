# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The terminal door: the same use cases as the window, without Qt.

In: a command line, standard input, Ctrl+C. Out: filtered text and facts on standard output, notices and errors on
standard error, a documented exit code. It never touches a model or a filter itself (that is what ``chat`` is for), and
never prints a control character that came from a model or a file's name.
"""

from strongroom.cli.application import app, main
from strongroom.cli.exits import ExitCode
from strongroom.cli.invocation import Doors

__all__ = ["Doors", "ExitCode", "app", "main"]
