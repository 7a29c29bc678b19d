# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the filter costs, for each token of a stream and for each megabyte of a whole text.

The policy is the built-in one with a list of 10 or of 10,000 terms. The text is made of English-looking words, with an
e-mail address, a card number, an IBAN or a term every few hundred words; tokens have up to five letters.

Two peers run in the same rounds, with the same engines and none of the hold-back:
``scan`` looks once through the whole text, as a filter for finished texts does; ``rescan`` looks through everything
that has arrived at each token, as a filter without a memory has to. Rounds are interleaved, figures are medians.

    python benchmarks/filter.py [--rounds 5] [--json benchmarks/results/filter.json]
"""

import argparse
import json
import os
import platform
import random
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from quality.cost import waits_of

from strongroom.core.findings import Direction
from strongroom.core.paths import resource_path
from strongroom.filter import CompiledPolicy, StreamFilter, Window, compile_policy, filter_text
from strongroom.policy import load_policy

DECODING_SPEED = 80
"""Tokens per second that the share of the filter is stated for."""

STREAM_LENGTH = 24_000
WHOLE_LENGTH = 1_000_000
TERM_COUNTS = (10, 10_000)

_LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
_PASSAGES = (
    "joe.bloggs@example.co.uk",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "2024",
    "+49 30 1234567",
    "https://www.example.org/a-b/c.html",
)


def main() -> None:
    options = _options()
    result = measure(options.rounds)
    print_table(result)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(rounds: int) -> dict[str, object]:
    """Return medians for both sizes of the term list, and their ratio."""
    chance = random.Random(7)
    terms = _terms(chance, max(TERM_COUNTS))
    policies = {count: _policy(terms[:count]) for count in TERM_COUNTS}
    whole = _text(chance, terms[:10], WHOLE_LENGTH)
    tokens = re.findall(r" ?\w{1,5}|\s+|[^\w\s]{1,3}", whole[:STREAM_LENGTH])
    runs: dict[tuple[int, str], Callable[[], list[float]]] = {}
    for count, compiled in policies.items():
        runs[count, "stream"] = lambda compiled=compiled: _stream(compiled, tokens)
        runs[count, "rescan"] = lambda compiled=compiled: _rescan(compiled, tokens)
        runs[count, "whole"] = lambda compiled=compiled: _whole(compiled, whole)
        runs[count, "scan"] = lambda compiled=compiled: _scan(compiled, whole)
    times: dict[tuple[int, str], list[list[float]]] = {name: [] for name in runs}
    for number in range(rounds):
        names = list(runs)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            times[name].append(runs[name]())
    return {
        "benchmark": "filter",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "rounds": rounds,
        "tokens": len(tokens),
        "characters_in_stream": sum(map(len, tokens)),
        "characters_in_whole_text": len(whole),
        "terms": {str(count): _figures(count, times) for count in TERM_COUNTS},
        "cost_of_10000_terms_against_10": {
            kind: round(_median_ratio(times[TERM_COUNTS[1], kind], times[TERM_COUNTS[0], kind]), 2)
            for kind in ("stream", "whole")
        },
        "hold_back": _hold_back(policies[TERM_COUNTS[1]], tokens),
    }


def _figures(count: int, times: dict[tuple[int, str], list[list[float]]]) -> dict[str, float]:
    streams = times[count, "stream"]
    mean = statistics.median(statistics.mean(one) for one in streams)
    megabytes = WHOLE_LENGTH / 1e6
    return {
        "microseconds_per_token_median": round(statistics.median(statistics.median(one) for one in streams) * 1e6, 1),
        "microseconds_per_token_mean": round(mean * 1e6, 1),
        "microseconds_per_token_p99": round(statistics.median(_quantile(one, 0.99) for one in streams) * 1e6, 1),
        "percent_of_decoding_at_80_tokens_per_second": round(mean * DECODING_SPEED * 100, 2),
        "rescan_over_stream": round(_median_ratio(times[count, "rescan"], streams), 1),
        "milliseconds_per_megabyte": round(statistics.median(map(sum, times[count, "whole"])) * 1e3 / megabytes, 1),
        "scan_milliseconds_per_megabyte": round(statistics.median(map(sum, times[count, "scan"])) * 1e3 / megabytes, 1),
        "whole_over_scan": round(_median_ratio(times[count, "whole"], times[count, "scan"]), 2),
    }


def _median_ratio(numerators: list[list[float]], denominators: list[list[float]]) -> float:
    return statistics.median(sum(over) / sum(under) for over, under in zip(numerators, denominators, strict=True))


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _stream(compiled: CompiledPolicy, tokens: list[str]) -> list[float]:
    stream = StreamFilter(compiled, Direction.ANSWER)
    times = []
    for token in tokens:
        began = time.perf_counter()
        stream.feed(token)
        times.append(time.perf_counter() - began)
    stream.finish()
    return times


def _rescan(compiled: CompiledPolicy, tokens: list[str]) -> list[float]:
    text = ""
    times = []
    for token in tokens:
        began = time.perf_counter()
        text += token
        _look_through(compiled, text)
        times.append(time.perf_counter() - began)
    return times


def _whole(compiled: CompiledPolicy, text: str) -> list[float]:
    began = time.perf_counter()
    filter_text(compiled, Direction.ANSWER, text)
    return [time.perf_counter() - began]


def _scan(compiled: CompiledPolicy, text: str) -> list[float]:
    began = time.perf_counter()
    _look_through(compiled, text)
    return [time.perf_counter() - began]


def _look_through(compiled: CompiledPolicy, text: str) -> None:
    window = Window(text)
    for entry in compiled.for_direction(Direction.ANSWER):
        entry.scanner.find(window, 0, window.length)


def _hold_back(compiled: CompiledPolicy, tokens: list[str]) -> dict[str, int]:
    """Return how many characters wait after a token, and how many further tokens a token waits for."""
    waits, held = waits_of(StreamFilter(compiled, Direction.ANSWER), tokens)
    return {
        "characters_median": int(statistics.median(held)),
        "characters_p99": int(_quantile(held, 0.99)),
        "characters_max": max(held),
        "tokens_median": int(statistics.median(waits)),
        "tokens_p99": int(_quantile(waits, 0.99)),
        "tokens_max": max(waits),
        "limit_in_characters": compiled.hold_limit(Direction.ANSWER),
    }


def _policy(terms: list[str]) -> CompiledPolicy:
    rule = '\n[[rules]]\nid = "terms"\ncategory = "term.benchmark"\naction = "mask"\n'
    rule += f'detector = {{ type = "terms", terms = {json.dumps(terms)} }}\n'
    text = resource_path("policies/default.toml").read_text(encoding="utf-8") + rule
    return compile_policy(load_policy(text, "benchmark"))


def _word(chance: random.Random) -> str:
    weights = [1 / (rank + 2) for rank in range(len(_LETTERS))]
    return "".join(chance.choices(_LETTERS, weights, k=chance.randint(2, 9)))


def _terms(chance: random.Random, count: int) -> list[str]:
    terms: dict[str, None] = {}
    while len(terms) < count:
        terms[" ".join(_word(chance).capitalize() + _word(chance) for _ in range(chance.randint(1, 3)))] = None
    return list(terms)


def _text(chance: random.Random, terms: list[str], length: int) -> str:
    vocabulary = [_word(chance) for _ in range(4_000)]
    parts: list[str] = []
    size = 0
    while size < length:
        words = [chance.choice(vocabulary) for _ in range(chance.randint(5, 18))]
        if chance.random() < 0.08:
            words[chance.randrange(len(words))] = chance.choice((*_PASSAGES, chance.choice(terms)))
        sentence = " ".join(words).capitalize() + chance.choice((". ", ".\n", "? ", ": ", ".\n\n- "))
        parts.append(sentence)
        size += len(sentence)
    return "".join(parts)[:length]


def print_table(result: dict[str, object]) -> None:
    """Print one column for each size of the term list."""
    columns: dict[str, dict[str, float]] = result["terms"]  # type: ignore[assignment]
    print(f"{result['machine']}; {result['rounds']} rounds, {result['tokens']} tokens")
    print(f"{'terms':<46}" + "".join(f"{int(count):>12,}" for count in columns))
    for row in next(iter(columns.values())):
        print(f"{row.replace('_', ' '):<46}" + "".join(f"{column[row]:>12}" for column in columns.values()))
    print(f"10,000 terms against 10: {result['cost_of_10000_terms_against_10']}")
    print(f"held back: {result['hold_back']}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
