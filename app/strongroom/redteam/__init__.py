# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Adversarial testing of a model under a policy.

In: probes and a policy. Out: attack success rate and over-refusal, with intervals.
It never reaches a model but through ``chat``. Nothing lives here yet.
"""
