# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the processes of the app cannot do, tried, and what left the machine, listed.

In: the reports of the processes and the ledger of requests. Out: facts; nothing here changes a protection.
"""
