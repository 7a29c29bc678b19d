# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Invented terms in disguise: how many a rule with ``evasion = true`` still finds, and what else it then finds."""

import base64
import codecs
import json
import random
from collections.abc import Callable, Iterator

from confusable_homoglyphs.confusables import confusables_data

from quality.scores import Figure, share_figure
from strongroom.chat.filtering import PolicyFilter
from strongroom.core.findings import Direction
from strongroom.policy import load_policy

TERM_COUNT = 200
_SENTENCES = (
    "Please tell me more about {} before Monday.",
    "It was {}, and nobody had noticed.",
    "She wrote: {} is what they call it here.",
    "the notes mention {} twice",
)
_ONSETS = (*"bcdfgklmnprstvz", "br", "dr", "gl", "pl", "st", "tr")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ou")
_CODAS = ("", "", "l", "n", "r", "s", "x", "nd", "rt")
_CYRILLIC = dict(zip("aeopcyxijsbhkmt", "аеорсухіјѕЬһкмт", strict=True))
_LEET = dict(zip("aeiost", "431057", strict=True))

Transform = Callable[[str, random.Random], str]


def _between(character: str) -> Transform:
    return lambda term, _: character.join(term)


def _after_each(mark: str) -> Transform:
    return lambda term, _: "".join(letter + mark for letter in term)


def _shifted(first: int) -> Transform:
    return lambda term, _: "".join(chr(first + ord(letter) - ord("a")) for letter in term)


def _homoglyphs(most: int) -> Transform:
    def transform(term: str, chance: random.Random) -> str:
        letters = list(term)
        places = [place for place, letter in enumerate(letters) if _LOOK_ALIKES.get(letter)]
        for place in chance.sample(places, min(most, len(places))):
            letters[place] = chance.choice(_LOOK_ALIKES[letters[place]])
        return "".join(letters)

    return transform


def _tags(term: str, _: random.Random) -> str:
    return term[:3] + "".join(chr(0xE0000 + ord(letter)) for letter in "hi") + term[3:]


def _repeated(term: str, chance: random.Random) -> str:
    places = set(chance.sample(range(len(term)), 3))
    return "".join(letter * (4 if place in places else 1) for place, letter in enumerate(term))


def _split(term: str, chance: random.Random, left: str, right: str = "") -> str:
    at = chance.randrange(2, len(term) - 1)
    return f"{left if right else ''}{term[:at]}{right or left}{term[at:]}"


_LOOK_ALIKES = {
    letter: [other["c"] for other in others if len(other["c"]) == 1 and not other["c"].isascii()]
    for letter, others in confusables_data.items()
    if len(letter) == 1 and letter.isascii() and letter.islower()
}

TRANSFORMS: dict[str, tuple[float, Transform]] = {
    "as it is": (1.0, lambda term, _: term),
    "zero-width space": (1.0, _between("\u200b")),
    "zero-width joiner": (1.0, _between("\u200d")),
    "soft hyphen": (1.0, _between("\u00ad")),
    "word joiner": (1.0, _between("\u2060")),
    "tag characters": (1.0, _tags),
    "variation selectors": (1.0, _after_each("\ufe0f")),
    "homoglyph, one letter": (0.95, _homoglyphs(1)),
    "homoglyph, all letters": (0.95, _homoglyphs(99)),
    "Cyrillic look-alikes": (0.95, lambda term, _: "".join(_CYRILLIC.get(letter, letter) for letter in term)),
    "full-width": (0.95, _shifted(0xFF41)),
    "mathematical bold": (0.95, _shifted(0x1D41A)),
    "circled": (0.95, _shifted(0x24D0)),
    "combining strokes": (0.95, _after_each("\u0336")),
    "diacritics": (0.95, _after_each("\u0301")),
    "leet": (0.95, lambda term, _: "".join(_LEET.get(letter, letter) for letter in term)),
    "spaced": (0.95, _between(" ")),
    "dotted": (0.95, _between(".")),
    "hyphened": (0.95, _between("-")),
    "Markdown **": (0.95, lambda term, chance: _split(term, chance, "**")),
    "back-ticks": (0.95, lambda term, chance: _split(term, chance, "`", "`")),
    "HTML comment": (0.95, lambda term, chance: _split(term, chance, "<!-- x -->")),
    "HTML entities": (0.95, lambda term, _: "".join(f"&#{ord(letter)};" for letter in term)),
    "URL-encoded": (0.95, lambda term, _: "".join(f"%{ord(letter):02x}" for letter in term)),
    "hexadecimal": (0.95, lambda term, _: term.encode().hex()),
    "rot13": (0.95, lambda term, _: codecs.encode(term, "rot13")),
    "base64": (0.95, lambda term, _: base64.b64encode(term.encode()).decode()),
    "repeated letters": (0.95, _repeated),
}
"""What is done to a term, with the share that must still be found."""


def terms() -> list[str]:
    """Return invented words of six to twelve letters."""
    chance = random.Random(3)
    made: dict[str, None] = {}
    while len(made) < TERM_COUNT:
        word = "".join(chance.choice(part) for _ in range(chance.randint(2, 4)) for part in (_ONSETS, _VOWELS, _CODAS))
        if 6 <= len(word) <= 12:
            made[word] = None
    return list(made)


def policy_text(words: list[str], *, evasion: bool) -> str:
    """Return a policy with one list of terms."""
    return (
        'version = 1\nname = "Evasion"\nrevision = "1"\n[[rules]]\nid = "terms"\ncategory = "term.invented"\n'
        f'action = "mask"\nevasion = {str(evasion).lower()}\n'
        f'detector = {{ type = "terms", terms = {json.dumps(words)} }}\n'
    )


def disguised_sentences(most: int) -> list[str]:
    """Return sentences with a term in disguise, for each transform in turn."""
    chance = random.Random(4)
    words = terms()
    return [
        chance.choice(_SENTENCES).format(transform(words[number % TERM_COUNT], chance))
        for number in range(-(-most // len(TRANSFORMS)))
        for _, transform in TRANSFORMS.values()
    ][:most]


def figures(answers: list[str], *, most_terms: int = TERM_COUNT) -> Iterator[Figure]:
    """Yield the share that is found for each transform, and false alarms in ordinary answers with and without."""
    words = terms()[:most_terms]
    plain, looking = (
        PolicyFilter(load_policy(policy_text(words, evasion=evasion), "benchmark")) for evasion in (False, True)
    )
    for name, (goal, transform) in TRANSFORMS.items():
        chance = random.Random(name)
        found = sum(_is_found(looking, transform(word, chance), chance) for word in words)
        yield share_figure(f"evasion, {name}", found, len(words), at_least=goal)
    if answers:
        alarms = [sum(_count(policy, answer) for answer in answers) for policy in (plain, looking)]
        yield Figure(
            "evasion, new false alarms in ordinary answers",
            alarms[1] - alarms[0],
            "0",
            is_reached=alarms[1] <= alarms[0],
            note=f"{alarms[0]} without, {alarms[1]} with, in {len(answers):,}",
        )


def _is_found(policy: PolicyFilter, disguised: str, chance: random.Random) -> bool:
    sentence = chance.choice(_SENTENCES)
    start = sentence.index("{}")
    findings = policy.filter_text(sentence.format(disguised), Direction.ANSWER).findings
    return any(one.start < start + len(disguised) and start < one.end for one in findings)


def _count(policy: PolicyFilter, answer: str) -> int:
    return len(policy.filter_text(answer, Direction.ANSWER).findings)
