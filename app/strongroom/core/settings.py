# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The user's settings: each is declared once, with its key, type, default, bounds and one sentence.

The file is JSON. A key that no row declares, or a value outside its bounds, is refused by name and nothing is lost:
the file stays as it was.
"""

import json
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

from strongroom.core.durable import replace_durably
from strongroom.core.errors import UserFacingError
from strongroom.core.generation import SamplingParameters
from strongroom.core.statement import Statement
from strongroom.core.translatable import translatable


def _row(default: Any, label: str, description: str, **bounds: Any) -> Any:
    return field(default=default, metadata={"label": label, "description": description, **bounds})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting. The metadata of each field feeds the settings page, the docs and the checks."""

    model: str = _row(
        "", translatable("Model"), translatable("The model that a new conversation uses; empty for the starter model.")
    )
    system_prompt: str = _row(
        "",
        translatable("System prompt"),
        translatable("What every conversation tells the model first."),
        maximum_length=20_000,
    )
    context_length: int = _row(
        4096,
        translatable("Context length"),
        translatable("Tokens that a model can look back on; more needs more memory."),
        least=256,
        most=1_048_576,
    )
    threads: int = _row(
        0,
        translatable("Threads"),
        translatable("CPU threads for a model; 0 follows the measured speed."),
        least=0,
        most=256,
    )
    gpu_layers: int = _row(
        0,
        translatable("GPU layers"),
        translatable("GPU offload layers; -1 offloads all of them, 0 stays on the CPU."),
        least=-1,
        most=10_000,
    )
    temperature: float = _row(
        0.3,
        translatable("Temperature"),
        translatable("0 always takes the likeliest token; higher is more varied."),
        least=0.0,
        most=5.0,
    )
    top_k: int = _row(
        40,
        translatable("Top k"),
        translatable("Keep only so many of the likeliest tokens; 0 keeps all."),
        least=0,
        most=1_000_000,
    )
    top_p: float = _row(
        0.95,
        translatable("Top p"),
        translatable("Keep the likeliest tokens up to this share of probability."),
        least=0.0,
        most=1.0,
    )
    min_p: float = _row(
        0.05,
        translatable("Min p"),
        translatable("Drop tokens less likely than this share of the likeliest."),
        least=0.0,
        most=1.0,
    )
    repeat_penalty: float = _row(
        1.1,
        translatable("Repeat penalty"),
        translatable("Above 1, the model repeats itself less."),
        least=0.1,
        most=10.0,
    )
    max_tokens: int = _row(
        1024, translatable("Max tokens"), translatable("The longest answer, in tokens."), least=1, most=1_000_000
    )
    offline: bool = _row(
        False,
        translatable("Offline"),
        translatable("Nothing is fetched: no search, no download. Chatting needs no network at all."),
    )
    hub_endpoint: str = _row(
        "",
        translatable("Hub endpoint"),
        translatable("Another address for model search and downloads, as a mirror; empty for the usual."),
    )
    certificate_file: str = _row(
        "",
        translatable("Certificate file"),
        translatable("A file with more certificates to trust (PEM), as a company's proxy may need."),
    )
    appearance: str = _row(
        "system",
        translatable("Appearance"),
        translatable("Light or dark, or as the system says."),
        choices=("system", "light", "dark"),
    )

    def __post_init__(self) -> None:
        """Refuse a value of the wrong type or outside its bounds.

        Raises:
            UserFacingError: With the name of the setting (``settings.invalid``).
        """
        for row in fields(self):
            if problem := _problem(getattr(self, row.name), row.type, row.metadata):
                raise UserFacingError("settings.invalid", case="value", setting=row.name, problem=problem)

    @property
    def sampling(self) -> SamplingParameters:
        """The sampling parameters that these settings ask for."""
        return SamplingParameters(
            temperature=float(self.temperature),
            top_k=self.top_k,
            top_p=float(self.top_p),
            min_p=float(self.min_p),
            repeat_penalty=float(self.repeat_penalty),
            max_tokens=self.max_tokens,
        )

    def with_values(self, **values: Any) -> Self:
        """Return a copy with some values changed.

        Raises:
            UserFacingError: A value is out of bounds, or a key is not a setting (``settings.invalid``).
        """
        if unknown := sorted(values.keys() - {row.name for row in fields(self)}):
            raise UserFacingError("settings.invalid", case="unknown", setting=unknown[0])
        return replace(self, **values)


def load_settings(path: Path) -> Settings:
    """Return the settings of ``path``, or the defaults where there is no such file.

    Raises:
        UserFacingError: The file is not JSON, names an unknown setting, or has a bad value (``settings.invalid``).
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise UserFacingError("settings.invalid", path=path, reason=str(error)) from error
    if not isinstance(content, dict):
        raise UserFacingError("settings.invalid", case="no_object", path=path)
    return Settings().with_values(**content)


def save_settings(path: Path, settings: Settings) -> None:
    """Write what differs from the defaults, whole or not at all.

    Raises:
        OSError: The file cannot be written; the former one is untouched.
    """
    default = Settings()
    changed = {
        row.name: getattr(settings, row.name)
        for row in fields(settings)
        if getattr(settings, row.name) != getattr(default, row.name)
    }
    replace_durably(path, (json.dumps(changed, indent=2, sort_keys=True) + "\n").encode("utf-8"))


def _problem(value: Any, declared: Any, bounds: Any) -> Statement | None:
    """Return what is wrong with ``value``, if anything is."""
    wanted = (int, float) if declared is float else declared
    if not isinstance(value, wanted) or (isinstance(value, bool) and declared is not bool):
        return Statement("settings.wrong_type", wanted=declared.__name__, value=repr(value))
    if "choices" in bounds and value not in bounds["choices"]:
        return Statement("settings.no_choice", choices=tuple(bounds["choices"]), value=repr(value))
    if "least" in bounds and not bounds["least"] <= value <= bounds["most"]:
        return Statement("settings.out_of_bounds", least=bounds["least"], most=bounds["most"], value=value)
    if len(str(value)) > bounds.get("maximum_length", 1_000):
        return Statement("settings.too_long")
    return None
