# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Whether it matters how a text is cut: text, marks, findings and block must be the same for every cut."""

import os
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise

from quality.scores import Figure
from strongroom.chat.filtering import PolicyFilter, open_filter
from strongroom.core.findings import Direction, FilteredText
from strongroom.policy import load_policy

_SHARE = 16
"""Texts that a process is given at once."""

_policies: dict[str, PolicyFilter] = {}


def figures(kinds: dict[str, list[str]], disguised: list[str], folding_policy: str, cuts: int) -> Iterator[Figure]:
    """Yield the number of cuts that made a difference.

    Args:
        kinds: Texts by what they are; each is cut in two at every place, under the built-in policy.
        disguised: Texts for random cuts under ``folding_policy``.
        folding_policy: A policy whose rules look behind disguises, as TOML.
        cuts: How many random cuts each stage gets.
    """
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for name, texts in kinds.items():
            shares = [texts[at : at + _SHARE] for at in range(0, len(texts), _SHARE)]
            yield _figure(f"every cut in two, {name}", list(pool.map(_cut_in_two, shares)))
        plain = [text for texts in kinds.values() for text in texts]
        for name, texts, policy in (("detection", plain, ""), ("folding and disguises", disguised, folding_policy)):
            if texts:
                tasks = [(texts, policy, seed, _SHARE) for seed in range(-(-cuts // _SHARE))]
                yield _figure(f"random cuts, {name}", list(pool.map(_cut_at_random, tasks, chunksize=4)))


def _figure(name: str, results: list[tuple[int, int]]) -> Figure:
    cuts, differences = (sum(values) for values in zip(*results, strict=True)) if results else (0, 0)
    return Figure(f"{name}: differences", differences, "0", is_reached=differences == 0, note=f"{cuts:,} cuts")


def _policy(text: str) -> PolicyFilter:
    if text not in _policies:
        _policies[text] = PolicyFilter(load_policy(text, "benchmark")) if text else open_filter()
    return _policies[text]


def _cut_in_two(texts: list[str]) -> tuple[int, int]:
    policy = _policy("")
    cuts = differences = 0
    for text in texts:
        whole = policy.filter_text(text, Direction.ANSWER)
        for at in range(1, len(text)):
            cuts += 1
            differences += filter_pieces(policy, (text[:at], text[at:])) != whole
    return cuts, differences


def _cut_at_random(task: tuple[list[str], str, int, int]) -> tuple[int, int]:
    texts, policy_text, seed, count = task
    policy = _policy(policy_text)
    chance = random.Random(seed)
    differences = 0
    for _ in range(count):
        text = "\n".join(chance.choices(texts, k=2))[:800]
        places = sorted(chance.randrange(len(text) + 1) for _ in range(chance.randint(1, 24)))
        pieces = [text[start:end] for start, end in pairwise((0, *places, len(text)))]
        differences += filter_pieces(policy, pieces) != policy.filter_text(text, Direction.ANSWER)
    return count, differences


def filter_pieces(policy: PolicyFilter, pieces: Sequence[str]) -> FilteredText:
    """Return what becomes of a text that arrives in ``pieces``."""
    stream = policy.stream(Direction.ANSWER)
    releases = [*map(stream.feed, pieces), stream.finish()]
    return FilteredText(
        "".join(release.text for release in releases),
        tuple(mark for release in releases for mark in release.marks),
        tuple(finding for release in releases for finding in release.findings),
        next((release.blocked for release in releases if release.blocked), None),
    )
