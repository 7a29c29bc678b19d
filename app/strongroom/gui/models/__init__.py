# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The models of this computer and of the hub: verifying, loading, importing, downloading.

Out to other features: which models there are and which one is loaded, and how the network was used.
"""
