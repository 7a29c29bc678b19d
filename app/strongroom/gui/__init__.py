# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The window door: Qt Widgets over a workspace, and the only place where Qt is imported.

In: a data folder, what a person types and clicks. Out: pictures of filtered text, facts with their reasons, and calls
to ``chat``, all of them off the GUI thread. It never touches a model or a filter itself, never opens a file or an
address that a message names, and never makes markup or a link out of a message.
"""

from strongroom.gui.main import check_toolkit, run

__all__ = ["check_toolkit", "run"]
