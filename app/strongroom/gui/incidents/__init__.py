# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The log of what the policy did, verified and exported, and the reports of what it did wrongly.

In: passages that a user calls wrongly marked. Out: facts about records; an entry for an allow-list.
"""
