# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Processes of the app: started, heard, ended, and held back by rules of the operating system.

In: a role (window, worker, hub helper) and what it must still reach. Out: which barriers hold, what the kernel says
about them, and what the process tried in vain.
It never calls a barrier in force that was not put up, never fails because one is missing, and knows nothing of models,
chats or hubs.
"""
