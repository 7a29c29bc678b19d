# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the filter costs for each token of ordinary answers, how long text waits, and what long lists add."""

import gc
import random
import re
import statistics
import string
import time
from collections.abc import Iterator

from quality.scores import Figure, quantile
from strongroom.chat.filtering import PolicyFilter
from strongroom.core.findings import Direction
from strongroom.core.paths import resource_path
from strongroom.filter import GuardedStream, StreamFilter
from strongroom.policy import load_policy

DECODING_SPEED = 80
"""Tokens per second that the share of the filter is stated for."""
MANY_TERMS = 100_000
MANY_PATTERNS = 200
FEW_TERMS = 10


def tokens_of(text: str) -> list[str]:
    """Return ``text`` in pieces of up to five letters, as a tokenizer would cut it."""
    return re.findall(r" ?\w{1,5}|\s|[^\w\s]{1,3}", text)


def figures(policy: PolicyFilter, answers: list[str], *, most_terms: int = MANY_TERMS) -> Iterator[Figure]:
    """Yield time per token, its share of decoding, waiting, and the ratio for long lists."""
    cut = [tokens_of(answer) for answer in answers]
    # What other parts of the sheet left in memory would be walked by each garbage collection, and is in no app.
    gc.collect()
    gc.freeze()
    times = [seconds for tokens in cut for seconds in _times(policy, tokens)]
    milliseconds = [seconds * 1e3 for seconds in times]
    p99, share = quantile(milliseconds, 0.99), statistics.mean(times) * DECODING_SPEED
    note = (
        f"{len(times):,} tokens; median {statistics.median(milliseconds):.3f}, mean {share / DECODING_SPEED * 1e3:.3f}"
    )
    yield Figure("cost per token, ms, p99", p99, "<= 0.5", is_reached=p99 <= 0.5, note=note)
    yield Figure("share of decoding at 80 tokens/s", share, "<= 0.02", is_reached=share <= 0.02)
    yield from _waiting(policy, cut)
    yield _long_lists(cut, most_terms)


def _times(policy: PolicyFilter, tokens: list[str]) -> list[float]:
    stream = policy.stream(Direction.ANSWER)
    times = []
    for token in tokens:
        began = time.perf_counter()
        stream.feed(token)
        times.append(time.perf_counter() - began)
    stream.finish()
    return times


def _waiting(policy: PolicyFilter, cut: list[list[str]]) -> Iterator[Figure]:
    waits: list[int] = []
    held: list[int] = []
    for tokens in cut:
        of_answer = waits_of(policy.stream(Direction.ANSWER), tokens)
        waits += of_answer[0]
        held += of_answer[1]
    p99 = quantile(waits, 0.99)
    note = f"median {statistics.median(waits):g}, longest {max(waits)}"
    yield Figure("extra wait, tokens, p99", p99, "<= 3", is_reached=p99 <= 3, note=note)
    yield Figure(
        "characters held, p99", quantile(held, 0.99), note=f"median {statistics.median(held):g}, most {max(held)}"
    )


def waits_of(stream: GuardedStream | StreamFilter, tokens: list[str]) -> tuple[list[int], list[int]]:
    """Return for each token how many further ones came before its last character was shown, and what was held."""
    waits, held = [], []
    given, waiting = 0, []
    for number, token in enumerate(tokens):
        given += len(token)
        waiting.append((given, number))
        stream.feed(token)
        held.append(stream.held)
        while waiting and waiting[0][0] <= given - stream.held:
            waits.append(number - waiting.pop(0)[1])
    waits += [len(tokens) - number for _, number in waiting]
    return waits, held


def _long_lists(cut: list[list[str]], most_terms: int) -> Figure:
    few, many = _with_lists(FEW_TERMS, 0), _with_lists(most_terms, MANY_PATTERNS)
    ratios = []
    for number in range(5):
        tokens = [token for answer in cut[number::5] for token in answer]
        first = sum(_times(few, tokens))
        ratios.append(sum(_times(many, tokens)) / first if first else 1.0)
    ratio = statistics.median(ratios)
    return Figure(
        f"{most_terms:,} terms and {MANY_PATTERNS} patterns against {FEW_TERMS} terms, cost ratio",
        ratio,
        "<= 1.5",
        min(ratios),
        max(ratios),
        ratio <= 1.5,
        "median, least and most of 5 rounds",
    )


def _with_lists(terms: int, patterns: int) -> PolicyFilter:
    """Return the built-in policy with so many invented terms and patterns."""
    chance = random.Random(11)
    words = {"".join(chance.choices(string.ascii_lowercase, k=chance.randint(6, 12))): None for _ in range(terms)}
    listed = ", ".join(f'"{word}"' for word in words)
    text = resource_path("policies/default.toml").read_text(encoding="utf-8")
    text += '\n[[rules]]\nid = "benchmark-terms"\ncategory = "term.benchmark"\naction = "mask"\n'
    text += f'detector = {{ type = "terms", terms = [{listed}] }}\n'
    for number in range(patterns):
        letters = "".join(chance.choices(string.ascii_uppercase, k=3))
        text += f'\n[[rules]]\nid = "benchmark-pattern-{number}"\ncategory = "term.pattern"\naction = "mask"\n'
        text += f"detector = {{ type = \"pattern\", pattern = '\\b{letters}-[0-9]{{3,8}}(?:-[A-Z]{{2}})?\\b' }}\n"
    return PolicyFilter(load_policy(text, "benchmark"))
