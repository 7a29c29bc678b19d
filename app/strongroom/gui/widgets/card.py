# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the inspector shows about a thing: a title, a sentence, and facts with their names."""

from dataclasses import dataclass

from strongroom.core.egress import EgressEntry
from strongroom.core.findings import Mark, PolicyIdentity
from strongroom.core.generation import GenerationNumbers
from strongroom.core.verification import ModelEntry
from strongroom.gui.models import words as hub_wording
from strongroom.gui.security import words as security_wording
from strongroom.gui.widgets import wording
from strongroom.hosting import LoadedModel
from strongroom.hub import DEFAULT_ENDPOINT, DELIVERY_HOSTS
from strongroom.words import say_note, say_statement, translate


@dataclass(frozen=True, slots=True)
class MarkedPassage:
    """Something that the policy marked, and where: what a report of a false alarm is about."""

    mark: Mark
    passage: str = ""
    """What stands there, where it can still be seen; the app does not keep what it takes away."""
    conversation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """Contents of the inspector."""

    title: str
    sentence: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """Names and values; a fact without a value is left out."""
    text: str = ""
    """A longer text in monospace below the facts."""
    marked: MarkedPassage | None = None
    """What the user may call a false alarm from here."""


@dataclass(frozen=True, slots=True)
class NetworkUse:
    """How the network is used in this run."""

    is_offline: bool = False
    is_allowed: bool = True
    """Whether the policy lets the hub be asked."""
    requests: int = 0
    endpoint: str = DEFAULT_ENDPOINT


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


def device_card(loaded: LoadedModel | None, threads: int) -> Card:
    """Return on what the model runs, and why."""
    title = translate("Cards", "Device")
    if loaded is None:
        return Card(title, translate("Cards", "No model is loaded."))
    return Card(
        title,
        say_statement(loaded.device_reason),
        (
            (translate("Cards", "Device"), loaded.device),
            (translate("Cards", "Threads"), wording.number(threads)),
            (translate("Cards", "Context length"), _tokens(loaded.context_length)),
            *((translate("Cards", "Note"), say_note(note)) for note in loaded.notes),
        ),
    )


def policy_card(policy: PolicyIdentity, text: str) -> Card:
    """Return which policy is in force."""
    return Card(
        translate("Cards", "Policy in force"),
        translate("Cards", "Every message and every answer passes it."),
        policy_facts(policy),
        text,
    )


def network_card(use: NetworkUse) -> Card:
    """Return what may use the network, and how that is known."""
    if not use.is_allowed:
        sentence = translate("Cards", "The policy in force does not allow to search or download models.")
    elif use.is_offline:
        sentence = translate("Cards", "Offline: nothing is fetched.")
    else:
        sentence = translate("Cards", "{requests} since start. Only a search or a download that you ask for makes any.")
        sentence = sentence.format(requests=hub_wording.requests(use.requests))
    delivery = ", ".join(f"*.{host}" for host in DELIVERY_HOSTS)
    return Card(
        translate("Cards", "Network"),
        sentence,
        (
            (translate("Cards", "Asked for searches and facts"), use.endpoint),
            (translate("Cards", "May deliver the files"), delivery),
            (
                translate("Cards", "By what"),
                translate(
                    "Cards",
                    "One process of its own searches and downloads; it is started when it is first needed and knows no "
                    "conversation, no key and no log. Nothing else here opens a connection: there is no search for "
                    "updates, there are no reports, and nothing that a message names is ever fetched.",
                ),
            ),
            (
                translate("Cards", "How that is known"),
                translate(
                    "Cards",
                    "Every request is written down before it is made. What each process can do is tried, now if you "
                    "like, under Isolation.",
                ),
            ),
        ),
    )


def request_card(entry: EgressEntry) -> Card:
    """Return everything that is known about a request."""
    unfinished = translate("Cards", "It is under way, or the app was ended before the answer was there.")
    return Card(
        translate("Cards", "Request"),
        security_wording.purpose_sentence(entry.why),
        (
            (translate("Cards", "Time"), wording.exact_moment(entry.began_at)),
            (translate("Cards", "Host"), hub_wording.one_line(entry.host)),
            (translate("Cards", "Path"), f"{entry.method} {hub_wording.one_line(entry.path)}"),
            (translate("Cards", "Status"), security_wording.status(entry)),
            (translate("Cards", "Received"), wording.size(entry.received) if entry.received is not None else ""),
            (translate("Cards", "Note"), unfinished if entry.status is None else ""),
            (translate("Cards", "Record in the ledger"), wording.number(entry.sequence)),
        ),
    )


def numbers_card(numbers: GenerationNumbers | None) -> Card:
    """Return the numbers of the last answer."""
    title = translate("Cards", "Context")
    if numbers is None:
        return Card(title, translate("Cards", "The context is what the model can look back on. It is empty."))
    return Card(
        title,
        translate("Cards", "The context is what the model can look back on: the conversation so far, in tokens."),
        (
            (
                translate("Cards", "Used"),
                translate("Cards", "{used} of {length} tokens").format(
                    used=wording.number(numbers.context_used), length=wording.number(numbers.context_length)
                ),
            ),
            (translate("Cards", "Prompt of the last answer"), _tokens(numbers.prompt_tokens)),
            (translate("Cards", "Of these reused from the KV cache"), _tokens(numbers.reused_tokens)),
            (translate("Cards", "Prompt processing"), _rate(numbers.prompt_tokens_per_second)),
            (translate("Cards", "Answer"), _tokens(numbers.completion_tokens)),
            (translate("Cards", "Generation"), _rate(numbers.tokens_per_second)),
            (
                translate("Cards", "Time to first token"),
                translate("Cards", "{seconds} s").format(seconds=wording.number(numbers.time_to_first_token_s, 2)),
            ),
            (translate("Cards", "Threads"), wording.number(numbers.threads)),
        ),
    )


def policy_facts(policy: PolicyIdentity) -> tuple[tuple[str, str], ...]:
    """Return which policy, from where, and which text of it exactly."""
    return (
        (translate("Cards", "Policy"), f"{policy.name} {policy.version}".strip()),
        (translate("Cards", "Policy source"), policy.source),
        (translate("Cards", "Policy digest"), policy.digest),
    )


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
        (translate("Cards", "Context length"), _tokens(loaded.context_length)),
        *((translate("Cards", "Note"), say_note(note)) for note in loaded.notes),
    ]


def _tokens(count: int) -> str:
    return translate("Cards", "{number} tokens").format(number=wording.number(count))


def _rate(value: float) -> str:
    return translate("Cards", "{number} tokens/s").format(number=wording.number(value, 1)) if value else ""
