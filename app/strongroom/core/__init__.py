# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Values that cross borders, and the few facts that every room needs.

In: nothing but the standard library. Out: frozen dataclasses, enums, paths, clocks, settings and the one
error class that may speak to the user. It never opens a database, a model, a window or a socket.
"""
