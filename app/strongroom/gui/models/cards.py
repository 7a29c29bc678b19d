# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the inspector says about a model, and about what it runs on."""

from strongroom.core.verification import ModelEntry
from strongroom.gui.models import words as hub_wording
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.card import Card
from strongroom.hosting import LoadedModel
from strongroom.words import say_note, say_statement, translate


def model_card(entry: ModelEntry, loaded: LoadedModel | None) -> Card:
    """Return what is known about a model and, when it is the loaded one, about how it runs."""
    facts = [
        (translate("Cards", "State"), wording.verification_line(entry)),
        (translate("Cards", "Vouched for by"), wording.source(entry.source)),
        (translate("Cards", "Kind"), hub_wording.kind_and_parts(entry.kind, len(entry.parts))),
        (translate("Cards", "Quantization"), entry.quantization),
        (translate("Cards", "Size"), wording.size(entry.size)),
        (translate("Cards", "License"), entry.license),
        (translate("Cards", "Expected SHA-256"), entry.expected_digest or ""),
        (translate("Cards", "File"), entry.path),
    ]
    if loaded is not None and loaded.model_id == entry.model_id:
        facts += _loaded_facts(loaded)
    return Card(entry.name, wording.verification_sentence(entry), tuple(facts))


def _loaded_facts(loaded: LoadedModel) -> list[tuple[str, str]]:
    result = loaded.verification
    lease = (
        translate("Cards", "The operating system reports anyone who opens the file for writing.")
        if result.is_leased
        else say_statement(result.lease_note)
    )
    return [
        (translate("Cards", "SHA-256 of the loaded bytes"), result.digest),
        (
            translate("Cards", "Hashed in"),
            translate("Cards", "{seconds} s").format(seconds=wording.number(result.seconds, 2)),
        ),
        (translate("Cards", "While it is in use"), lease),
        (translate("Cards", "Device"), f"{loaded.device}: {say_statement(loaded.device_reason)}"),
        (translate("Cards", "Threads"), wording.number(loaded.threads)),
        (translate("Cards", "Context length"), wording.tokens(loaded.context_length)),
        *((translate("Cards", "Note"), say_note(note)) for note in loaded.notes),
    ]
