# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Milliseconds to read and change long conversations in an encrypted file, as the window and a turn do it.

One conversation is a thousand messages without versions; another has a thousand messages on its path, and two more
versions of each of them. The operations take turns. The goal is that a path costs at most twice what the same number of
messages cost without looking for the path: ``list`` reads them by the order of their numbers.

    python benchmarks/conversations.py [--rounds 15] [--json benchmarks/results/conversations.json]
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from strongroom.core.chat import Parent, Role
from strongroom.core.generation import GenerationNumbers, GenerationSettings, SamplingParameters
from strongroom.storage import CHATS, ConversationStore, open_database
from strongroom.storage.message_rows import MESSAGES, with_pieces

LENGTH = 1_000
VERSIONS = 3
GOAL = 2.0
TEXT = "The keeper climbs the stairs, lights the lamp, and writes the weather into the book. " * 6
NUMBERS = GenerationNumbers(512, 300, 180.5, 0.41, 142, 38.2, 654, 4096, 2)
MADE_WITH = GenerationSettings(SamplingParameters(), 1, "7" * 64)


def main() -> None:
    """Measure, print a table, and write the results where that is asked for."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder, "chats.db"), options.rounds)
    print_table(result)
    if options.json is not None:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(path: Path, rounds: int) -> dict[str, object]:
    """Return the median milliseconds of each operation."""
    database = open_database(path, os.urandom(32), CHATS, is_durable=False)
    with closing(ConversationStore(database)) as store:
        plain, branched = fill(store, versions=1), fill(store, versions=VERSIONS)
        middle = store.messages(branched, limit=LENGTH)[LENGTH // 2].message_id

        def as_list() -> int:
            with database.snapshot() as statements:
                rows = statements.execute(
                    f"{MESSAGES} WHERE conversation_id = ? ORDER BY id DESC LIMIT ?", (plain, LENGTH)
                ).fetchall()
                return len([with_pieces(statements, row) for row in reversed(rows)])

        operations: dict[str, Callable[[], object]] = {
            "list": as_list,
            "path": lambda: len(store.messages(plain, limit=LENGTH)),
            "path among versions": lambda: len(store.messages(branched, limit=LENGTH)),
            "last 200 of a path": lambda: store.messages(branched, limit=200),
            "outline": lambda: store.tree.outline(branched),
            "versions of one turn": lambda: store.tree.versions(middle),
            "step to another version": lambda: store.tree.select_newest_below(branched, middle),
        }
        taken: dict[str, list[float]] = {name: [] for name in operations}
        for _ in range(rounds):
            for name, operation in operations.items():
                began = time.perf_counter()
                operation()
                taken[name].append(1000 * (time.perf_counter() - began))
    medians = {name: round(statistics.median(values), 2) for name, values in taken.items()}
    return {
        "benchmark": "conversations",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "rounds": rounds,
        "messages_on_the_path": LENGTH,
        "versions": VERSIONS,
        "goal_path_to_list": GOAL,
        "path_to_list": round(medians["path"] / medians["list"], 2),
        "path_among_versions_to_list": round(medians["path among versions"] / medians["list"], 2),
        "median_ms": medians,
    }


def fill(store: ConversationStore, *, versions: int) -> int:
    """Make a conversation whose path has :data:`LENGTH` messages, each the last of its versions."""
    conversation = store.create("Lighthouses").conversation_id
    parent: int | Parent = Parent.NONE
    for number in range(LENGTH):
        is_answer = number % 2 == 1
        for _ in range(versions):
            added = store.add_message(
                conversation,
                Role.ASSISTANT if is_answer else Role.USER,
                TEXT,
                model_name="SmolLM2" if is_answer else "",
                model_digest="d" * 64 if is_answer else "",
                made_with=MADE_WITH if is_answer else None,
                numbers=NUMBERS if is_answer else None,
                parent=parent,
            )
        parent = added.message_id
    return conversation


def print_table(result: dict[str, object]) -> None:
    """Print one row for each operation."""
    medians: dict[str, float] = result["median_ms"]  # type: ignore[assignment]
    print(f"{result['machine']}; {result['messages_on_the_path']} messages, medians of {result['rounds']} rounds")
    for name, median in medians.items():
        print(f"{name:<26}{median:>10.2f} ms")
    print(f"a path takes {result['path_to_list']} of a list, {result['path_among_versions_to_list']} among versions;")
    print(f"the goal is {result['goal_path_to_list']} at most")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
