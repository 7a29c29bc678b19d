# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The filter's score sheet: what it finds, what it wrongly finds, what it costs, and whether cuts matter.

    python benchmarks/filter_quality.py [--data FOLDER] [--rows MORE.jsonl.gz ...] [--quick] [--json FILE]

Labeled rows are read from a folder outside the project; what is missing there is skipped, and said. More files of rows
may be named: with "text" and "spans" (type, start, end), with "text" and "label" (1 for a secret, 0 for none), or with
"text" alone for ordinary answers. The policy is the built-in one, reached as the app reaches it. Each interval is
one of 95 %.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from quality import accuracy, cost, evasion, invariance
from quality.rows import Rows, read
from quality.scores import Figure

from strongroom.chat.filtering import PolicyFilter, open_filter

RANDOM_CUTS = 10_000
TIMED_ANSWERS = 80
QUICK_ROWS = 12
PARTS = ("accuracy", "evasion", "cost", "invariance")

_ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    options = _options()
    rows = read(options.data, options.rows)
    if options.quick:
        rows = rows.limited(QUICK_ROWS)
    for sentence in rows.missing:
        print(f"skipped: {sentence}", file=sys.stderr)
    began = time.monotonic()
    figures = []
    for figure in measure(rows, options.parts, is_quick=options.quick):
        print_figure(figure)
        figures.append(figure)
    failed = sum(figure.is_reached is False for figure in figures)
    print(f"{failed} of {sum(figure.is_reached is not None for figure in figures)} goals missed")
    if options.json and not options.quick:
        save(figures, rows, options.json, time.monotonic() - began)


def measure(rows: Rows, parts: Iterable[str] = PARTS, *, is_quick: bool = False) -> Iterator[Figure]:
    """Yield every figure that the rows are there for."""
    policy = open_filter()
    if "accuracy" in parts:
        yield from _accuracy(policy, rows)
    ordinary = rows.safe_answers + rows.ordinary
    if "evasion" in parts:
        yield from evasion.figures(ordinary, most_terms=4 if is_quick else evasion.TERM_COUNT)
    if "cost" in parts and ordinary:
        answers = (rows.safe_answers or rows.ordinary)[: 2 if is_quick else TIMED_ANSWERS]
        yield from cost.figures(policy, answers, most_terms=1_000 if is_quick else cost.MANY_TERMS)
    if "invariance" in parts:
        yield from _invariance(rows, is_quick=is_quick)


def _accuracy(policy: PolicyFilter, rows: Rows) -> Iterator[Figure]:
    if rows.personal:
        yield from accuracy.personal_data(policy, rows.personal)
    yield from accuracy.secrets(policy, rows)
    yield from accuracy.harmless_text(policy, rows)


def _invariance(rows: Rows, *, is_quick: bool) -> Iterator[Figure]:
    kinds = {
        "sample secrets": [row["text"] for row in rows.secrets if row["label"]],
        "sentences with personal data": [row["text"] for row in rows.personal if row["spans"]],
    }
    if is_quick:
        kinds = {name: [text[:80] for text in texts[:3]] for name, texts in kinds.items()}
    disguised = evasion.disguised_sentences(40 if is_quick else 1_000)
    policy = evasion.policy_text(evasion.terms(), evasion=True)
    present = {name: texts for name, texts in kinds.items() if texts}
    yield from invariance.figures(present, disguised, policy, 32 if is_quick else RANDOM_CUTS)


def print_figure(figure: Figure) -> None:
    """Print one line: name, goal, figure, interval, whether the goal is reached."""
    interval = "" if figure.low is None else f"[{figure.low:.3f}, {figure.high:.3f}]"
    reached = {True: "reached", False: "MISSED", None: ""}[figure.is_reached]
    print(
        f"{figure.name:<66}{figure.goal:>8}{figure.value:>10.3f}  {interval:<18}{reached:<9}{figure.note}", flush=True
    )


def save(figures: list[Figure], rows: Rows, path: Path, seconds: float) -> None:
    """Write the sheet as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet = {
        "benchmark": "filter_quality",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "seconds": round(seconds),
        "rows": {
            "personal data": len(rows.personal),
            "secrets": len(rows.secrets),
            "safe answers": len(rows.safe_answers),
            "safe prompts": len(rows.safe_prompts),
            "ordinary answers": len(rows.ordinary),
        },
        "figures": [figure.as_json() for figure in figures],
    }
    path.write_text(json.dumps(sheet, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    data = os.environ.get("STRONGROOM_DATA") or _ROOT.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(data), help="the folder of labeled rows")
    parser.add_argument("--rows", type=Path, nargs="+", default=[], help="more files of rows")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--quick", action="store_true", help="a few rows of each kind, to see that everything runs")
    parser.add_argument("--json", type=Path, default=_ROOT / "benchmarks" / "results" / "filter_quality.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
