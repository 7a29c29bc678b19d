# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a rule found, in words: its category and kind, how serious it is, what speaks for it, how it was disguised."""

from strongroom.core.chat import MessageState, StoredMessage
from strongroom.core.findings import Action, Direction, Disguise, Evidence, Mark, Severity
from strongroom.core.incident import IncidentEvent
from strongroom.gui.widgets.wording import number, percent
from strongroom.policy import CATEGORY_TITLES, KIND_TITLES
from strongroom.words import translate, translate_marked


def category(name: str) -> str:
    """Return a category's name for people: the longest part of it that is known, and the rest behind it.

    ``pii.national_id.us_ssn`` is a national identifier (US SSN); ``term.project`` is a term: project. What nobody
    knows stays as the administrator wrote it.
    """
    labels = name.split(".")
    for length in range(len(labels), 0, -1):
        declared = CATEGORY_TITLES.get(".".join(labels[:length]))
        if declared is None:
            continue
        known = translate_marked(declared)
        rest = [_kind(label) for label in labels[length:]]
        if not rest:
            return known
        if length == 1:
            return translate("Wording", "{group}: {name}").format(group=known, name=", ".join(rest))
        return translate("Wording", "{category} ({kind})").format(category=known, kind=", ".join(rest))
    return name


def severity(value: Severity | str) -> str:
    """Return how much a finding matters."""
    words = {
        Severity.LOW: translate("Wording", "Low"),
        Severity.MEDIUM: translate("Wording", "Medium"),
        Severity.HIGH: translate("Wording", "High"),
        Severity.CRITICAL: translate("Wording", "Critical"),
    }
    try:
        return words[Severity(value)]
    except ValueError:
        return str(value)


def evidence(value: Evidence | str) -> str:
    """Return what speaks for a finding."""
    words = {
        Evidence.FORMAT: translate("Wording", "It has the form of one"),
        Evidence.CHECK_DIGIT: translate("Wording", "It has the form of one, and the right check digits"),
        Evidence.PREFIX: translate("Wording", "It begins with what its issuer gives to nothing else"),
        Evidence.CONTEXT: translate("Wording", "It has the form of one, and words that go with it are near by"),
        Evidence.LIST: translate("Wording", "It is in a list of the policy"),
        Evidence.PATTERN: translate("Wording", "It matches a pattern of the administrator"),
    }
    try:
        return words[Evidence(value)]
    except ValueError:
        return str(value)


def disguise(value: Disguise | str) -> str:
    """Return how a passage had to be read before it was found; empty where it stood there openly."""
    words = {
        Disguise.NONE: "",
        Disguise.FOLDED: translate("Wording", "Invisible characters, look-alike letters or markup within it"),
        Disguise.LEET: translate("Wording", "Digits and signs in place of letters"),
        Disguise.SPACED: translate("Wording", "Letters set apart"),
        Disguise.REPEATED: translate("Wording", "Letters repeated"),
        Disguise.BASE64: translate("Wording", "Written in Base64"),
        Disguise.HEX: translate("Wording", "Written in hexadecimal digits"),
        Disguise.ROT13: translate("Wording", "Written in ROT13"),
        Disguise.URL: translate("Wording", "Written as percent codes of an address"),
    }
    try:
        return words[Disguise(value)]
    except ValueError:
        return str(value)


def action(value: Action | str) -> str:
    """Return what a rule did."""
    words = {
        Action.ALLOW: translate("Wording", "Allowed"),
        Action.LOG: translate("Wording", "Logged"),
        Action.WARN: translate("Wording", "Warned"),
        Action.MASK: translate("Wording", "Masked"),
        Action.REPLACE: translate("Wording", "Replaced"),
        Action.BLOCK: translate("Wording", "Blocked"),
    }
    try:
        return words[Action(value)]
    except ValueError:
        return str(value)


def direction(value: Direction | str) -> str:
    """Return which way a text was going."""
    words = {
        Direction.PROMPT: translate("Wording", "Your message"),
        Direction.ANSWER: translate("Wording", "Answer"),
        Direction.EXPORT: translate("Wording", "Export or copy"),
    }
    try:
        return words[Direction(value)]
    except ValueError:
        return str(value)


def event(value: IncidentEvent) -> str:
    """Return what an incident is about."""
    words = {
        IncidentEvent.FILTER_LOG: translate("Wording", "Found and logged"),
        IncidentEvent.FILTER_WARN: translate("Wording", "Found and pointed out"),
        IncidentEvent.FILTER_MASK: translate("Wording", "Passage masked"),
        IncidentEvent.FILTER_REPLACE: translate("Wording", "Passage replaced"),
        IncidentEvent.FILTER_BLOCK: translate("Wording", "Text blocked"),
        IncidentEvent.FILTER_DRY_RUN: translate("Wording", "Found in a dry run"),
        IncidentEvent.FILTER_FAILED: translate("Wording", "Filter failed"),
        IncidentEvent.FILTER_RETRACT: translate("Wording", "Sentences taken back"),
        IncidentEvent.FALSE_ALARM_REPORTED: translate("Wording", "False alarm reported"),
        IncidentEvent.VERIFY_MISMATCH: translate("Wording", "Model refused"),
        IncidentEvent.VERIFY_PINNED: translate("Wording", "Model pinned"),
        IncidentEvent.LEASE_BROKEN: translate("Wording", "Model file touched"),
        IncidentEvent.WORKER_FAULT: translate("Wording", "Model process failed"),
        IncidentEvent.ISOLATION_REDUCED: translate("Wording", "Process isolated less"),
        IncidentEvent.ISOLATION_REFUSED: translate("Wording", "Too little isolation"),
        IncidentEvent.POLICY_LOADED: translate("Wording", "Policy in force"),
        IncidentEvent.POLICY_REJECTED: translate("Wording", "Policy rejected"),
        IncidentEvent.EXPORTED: translate("Wording", "Log exported"),
        IncidentEvent.EGRESS_BEGUN: translate("Wording", "Request begun"),
        IncidentEvent.EGRESS_MADE: translate("Wording", "Request ended"),
    }
    return words[value]


def confidence(value: float) -> str:
    """Return a confidence, 0 to 1, as a share."""
    return percent(value, 1.0)


def mark_title(mark: Mark) -> str:
    """Return the inspector's question about a marked passage."""
    if mark.removed_sentences:
        return translate("Wording", "Why was this taken back?")
    titles = {
        Action.MASK: translate("Wording", "Why was this masked?"),
        Action.REPLACE: translate("Wording", "Why was this replaced?"),
        Action.WARN: translate("Wording", "Why is this pointed out?"),
        Action.BLOCK: translate("Wording", "Why was this blocked?"),
    }
    return titles.get(mark.action, translate("Wording", "What was found here?"))


def sentences(count: int) -> str:
    """Return a number of sentences."""
    if count == 1:
        return translate("Wording", "1 sentence")
    return translate("Wording", "{number} sentences").format(number=number(count))


def ended(message: StoredMessage) -> str:
    """Return how an answer ended, and what was taken back of it, in the words that a screen reader speaks."""
    words = {
        MessageState.COMPLETE: translate("Wording", "Answer finished"),
        MessageState.STOPPED: translate("Wording", "Answer stopped"),
        MessageState.BLOCKED: translate("Wording", "Answer blocked by the policy"),
        MessageState.INTERRUPTED: translate("Wording", "Answer interrupted"),
    }
    said = words.get(message.state, "")
    taken = sum(mark.removed_sentences for mark in message.marks)
    if not taken:
        return said
    back = translate("Wording", "The policy took {sentences} back.").format(sentences=sentences(taken))
    return f"{said}. {back}"


def _kind(label: str) -> str:
    """Return a kind as a detector names it (``us_ssn``), as it is read: a country's two letters are capitals."""
    if known := KIND_TITLES.get(label):
        return translate_marked(known)
    first, _, rest = label.partition("_")
    return f"{first.upper()} {rest.replace('_', ' ')}" if rest and len(first) == 2 else label.replace("_", " ")
