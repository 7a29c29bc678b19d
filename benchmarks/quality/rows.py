# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Reads labeled rows. They are not part of the project: JSON Lines, plain or compressed, from a folder or by name.

What a row is for shows in its fields: ``spans`` for personal data, ``label`` 0 or 1 for secrets, ``prompt_is_safe``
for answers that must not be blocked, ``expect`` for prompts, and ``text`` alone for an ordinary answer.
"""

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILES = {
    "personal data": "pii/presidio_dev.jsonl.gz",
    "secrets": "secrets/dev.jsonl.gz",
    "answers to safe prompts": "harm/xstest_completions_dev.jsonl.gz",
    "safe prompts": "prompts/xstest.jsonl.gz",
    "preferred answers": "harm/hh_harmless_pairs.jsonl.gz",
}
"""Below the data folder."""


@dataclass
class Rows:
    """Rows by what they are for."""

    personal: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[dict[str, Any]] = field(default_factory=list)
    safe_answers: list[str] = field(default_factory=list)
    """To safe prompts: ordinary text full of words that look dangerous."""
    safe_prompts: list[str] = field(default_factory=list)
    ordinary: list[str] = field(default_factory=list)
    """Other answers without anything to find."""
    missing: list[str] = field(default_factory=list)
    """Sentences about what could not be read."""

    def add(self, row: dict[str, Any]) -> None:
        """Put a row where it belongs. Rows that belong nowhere are left out."""
        if isinstance(row.get("spans"), list):
            self.personal.append(row)
        elif "prompt_is_safe" in row:
            if str(row["prompt_is_safe"]).lower() == "true":
                self.safe_answers.append(row["text"])
        elif "expect" in row:
            if row["expect"] == "answer":
                self.safe_prompts.append(row["prompt"])
        elif row.get("preferred"):
            self.ordinary.append(row["preferred"])
        elif str(row.get("label")).lower() in ("0", "1", "true", "false", "positive", "negative"):
            self.secrets.append({**row, "label": str(row["label"]).lower() in ("1", "true", "positive")})
        elif isinstance(row.get("text"), str) and "label" not in row:
            self.ordinary.append(row["text"])

    def limited(self, most: int) -> "Rows":
        """Return up to ``most`` rows of each kind, spread over all of them."""
        return Rows(
            *(
                values[:: max(1, len(values) // most)][:most]
                for values in (self.personal, self.secrets, self.safe_answers, self.safe_prompts, self.ordinary)
            ),
            missing=self.missing,
        )


def read(folder: Path, more: list[Path]) -> Rows:
    """Return the rows of the data folder and of more files; what is missing there is noted."""
    rows = Rows()
    for what, name in FILES.items():
        path = folder / name
        if path.is_file():
            _add_file(rows, path)
        else:
            rows.missing.append(f"{what}: {name} is not in {folder}")
    for path in more:
        _add_file(rows, path)
    return rows


def _add_file(rows: Rows, path: Path) -> None:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    # Not splitlines: a row may contain characters that it takes for ends of lines.
    for line in content.decode("utf-8").split("\n"):
        if line.strip():
            rows.add(json.loads(line))
