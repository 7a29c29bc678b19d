# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The kit of which every child process of the app is made: started, greeted, heard, asked, ended.

In: a command, what it inherits, and what may be said on its pipes. Out: its lines, one by one and bounded, and why it
ended. It knows no model and no hub: what a child does is its own room's.

The app's side: ``child`` supervises a process that a spawner of ``confinement`` has started; ``forking`` splits off a
launcher before the app confines itself, and ``launcher_spawner`` starts the one program that a ``launcher`` starts
(``launched_program``, ``launcher_protocol``). The child's side: ``app_channel``, with the greeting that comes before
anything else. ``messages`` is what every child can be asked about its confinement. Nothing is imported here, so that a
process loads only its own side.
"""
