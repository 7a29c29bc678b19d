# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The only room with a network: search models and download them to the shelf, in a process of its own.

In: what the user or the policy asked to fetch. Out: bytes on the shelf, and a ledger of every request.
It never knows a chat, a key or the log. Nothing lives here yet: this version opens no connection.
"""
