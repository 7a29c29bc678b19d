# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Processes of the app: started, and held back by rules of the operating system.

In: a role (window, worker, hub helper) and what it must still reach. Out: which barriers hold, what the kernel says
about them, and what the process tried in vain.
It never calls a barrier in force that was not put up, never fails because one is missing, and knows nothing of models,
chats or hubs.

Whoever starts a process needs ``choosing`` (its spawner), ``observing`` (what the kernel confirms) and ``levels``
(whether that is enough); the process itself is heard and ended with the kit of ``strongroom.processes``. A process that
confines itself needs ``confining``, the order of the barriers, and answers with ``attempts``. ``session_bus``
keeps libraries from starting programs of their own. All else is how one system does it: ``landlock``, ``seccomp``,
``call_*`` and ``limits`` on Linux, ``sandbox_profile`` and ``macos``, ``windows*`` and ``inherited_handles``. Nothing
is imported here, so that a process loads only its own side.
"""
