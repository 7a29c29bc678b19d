# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the built-in policy finds: structured personal data, secrets, and what it does to harmless text.

A finding belongs to a passage if both overlap. Every finding counts, whatever its rule's action is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from quality.rows import Rows
from quality.scores import Counts, Figure, best_recall, bootstrap_f1, share_figure, wilson
from strongroom.chat.filtering import PolicyFilter
from strongroom.core.findings import Action, Direction, Finding
from strongroom.policy import load_policy

STRUCTURED = {
    "pii.email": ("EMAIL_ADDRESS", "EMAIL"),
    "pii.payment_card": ("CREDIT_CARD", "CREDIT_CARD_NUMBER", "CREDITCARDNUMBER", "PAYMENT_CARD"),
    "pii.iban": ("IBAN_CODE", "IBAN"),
    "pii.national_id": ("US_SSN", "SSN", "SOCIALNUM"),
    "pii.phone": ("PHONE_NUMBER", "PHONE", "PHONENUMBER", "TELEPHONENUM"),
    "pii.ip_address": ("IP_ADDRESS", "IP", "IPV4", "IPV6"),
    "link": ("DOMAIN_NAME", "URL"),
    "pii.driver_license": ("US_DRIVER_LICENSE", "DRIVER_LICENSE", "DRIVERLICENSENUM"),
}
"""A category of findings, and what data sets call such passages."""

GOALS = {"f1": 0.95, "card recall": 0.95, "phone recall": 0.85, "phone precision": 0.90}
MOST_FALSE_ALARMS = 1.0
"""For 1,000 ordinary answers."""


def personal_data(policy: PolicyFilter, rows: list[dict[str, Any]]) -> Iterator[Figure]:
    """Yield F1 of all structured types, and precision, recall and F1 of each."""
    by_type: dict[str, list[Counts]] = {category: [] for category in STRUCTURED}
    for row in rows:
        findings = policy.filter_text(row["text"], Direction.ANSWER).findings
        for category in STRUCTURED:
            by_type[category].append(counts_of(category, findings, row["spans"]))
    together = [sum(of_row, Counts()) for of_row in zip(*by_type.values(), strict=True)]
    total = sum(together, Counts())
    low, high = bootstrap_f1(together)
    yield Figure(
        "structured PII, F1",
        total.f1,
        f">= {GOALS['f1']}",
        low,
        high,
        total.f1 >= GOALS["f1"],
        f"precision {total.precision:.3f}, recall {total.recall:.3f}",
    )
    for category, counts in by_type.items():
        yield from _figures_of_type(category, counts)
    yield _phone_recall(rows)


def _figures_of_type(category: str, rows: list[Counts]) -> Iterator[Figure]:
    total = sum(rows, Counts())
    passages = total.hits + total.misses
    if not passages and not total.wrong:
        return
    low, high = bootstrap_f1(rows)
    note = f"precision {total.precision:.3f} ({total.wrong} wrong), recall {total.recall:.3f} of {passages}"
    yield Figure(f"  {category}, F1", total.f1, low=low, high=high, note=note)
    if category == "pii.payment_card":
        yield share_figure("card recall", total.hits, passages, at_least=GOALS["card recall"])


def counts_of(category: str, findings: Iterable[Finding], spans: list[dict[str, Any]]) -> Counts:
    """Compare findings of ``category`` in one text with the passages that are marked there, by overlap."""
    wanted = [(span["start"], span["end"]) for span in spans if span["type"].upper() in STRUCTURED[category]]
    found = [(one.start, one.end) for one in findings if _is_below(one.category, category)]
    hits = sum(any(_overlap(span, one) for one in found) for span in wanted)
    right = sum(any(_overlap(span, one) for span in wanted) for one in found)
    return Counts(hits, len(wanted) - hits, right, len(found) - right)


def _phone_recall(rows: list[dict[str, Any]]) -> Figure:
    """Return the best recall of telephone numbers at precision 0.90, over all thresholds."""
    everything = PolicyFilter(
        load_policy(
            'version = 1\nname = "Phone"\nrevision = "1"\n[[rules]]\nid = "phone"\ncategory = "pii.phone"\n'
            'action = "log"\nthreshold = 0.01\ndetector = { type = "phone" }\n',
            "benchmark",
        )
    )
    found: list[tuple[float, bool, int]] = []
    passages = 0
    for row in rows:
        wanted = [(s["start"], s["end"]) for s in row["spans"] if s["type"].upper() in STRUCTURED["pii.phone"]]
        passages += len(wanted)
        left = set(wanted)
        findings = everything.filter_text(row["text"], Direction.ANSWER).findings
        for one in sorted(findings, key=lambda finding: -finding.confidence):
            hit = {span for span in wanted if _overlap(span, (one.start, one.end))}
            found.append((one.confidence, bool(hit), len(hit & left)))
            left -= hit
    recall, precision = best_recall(found, passages, GOALS["phone precision"])
    low, high = wilson(round(recall * passages), passages)
    goal = GOALS["phone recall"]
    return Figure(
        "phone recall at precision 0.90", recall, f">= {goal}", low, high, recall >= goal, f"precision {precision:.3f}"
    )


def secrets(policy: PolicyFilter, rows: Rows) -> Iterator[Figure]:
    """Yield recall for each source, negatives that are flagged, and false alarms in ordinary answers."""
    positive: dict[str, list[bool]] = defaultdict(list)
    negative: list[bool] = []
    for row in rows.secrets:
        is_found = _has_secret(policy, row["text"])
        if row["label"]:
            positive[row.get("source", "rows")].append(is_found)
        else:
            negative.append(is_found)
    pooled = [is_found for found in positive.values() for is_found in found]
    if pooled:
        yield share_figure("secrets, recall on these rows", sum(pooled), len(pooled), at_least=0.75)
    for source, found in sorted(positive.items()):
        yield share_figure(f"  from {source}", sum(found), len(found))
    if negative:
        yield share_figure("secrets, negatives flagged", sum(negative), len(negative))
    ordinary = rows.safe_answers + rows.ordinary
    if ordinary:
        alarms = sum(_has_secret(policy, text) for text in ordinary)
        low, high = wilson(alarms, len(ordinary))
        rate = 1_000 * alarms / len(ordinary)
        yield Figure(
            "secrets, false alarms per 1,000 ordinary answers",
            rate,
            f"<= {MOST_FALSE_ALARMS:g}",
            1_000 * low,
            1_000 * high,
            rate <= MOST_FALSE_ALARMS,
            f"{alarms} in {len(ordinary):,}",
        )


def harmless_text(policy: PolicyFilter, rows: Rows) -> Iterator[Figure]:
    """Yield how much of the answers to safe prompts, and of the prompts, is blocked, masked or warned about."""
    kinds = (
        ("safe answers", rows.safe_answers, Direction.ANSWER),
        ("safe prompts", rows.safe_prompts, Direction.PROMPT),
        ("other ordinary answers", rows.ordinary, Direction.ANSWER),
    )
    for name, texts, direction in kinds:
        if not texts:
            continue
        verdicts: Counter[Action] = Counter()
        categories: Counter[str] = Counter()
        for text in texts:
            result = policy.filter_text(text, direction)
            verdicts[result.verdict] += 1
            found = {one.category for one in result.findings if one.effective_action.severity >= Action.WARN.severity}
            categories.update(found)
        yield share_figure(f"{name}, blocked", verdicts[Action.BLOCK], len(texts), at_most=0.01)
        most = ", ".join(f"{category} {count}" for category, count in categories.most_common(6))
        yield share_figure(f"  {name}, masked", verdicts[Action.MASK], len(texts), note=most)
        yield share_figure(f"  {name}, warned", verdicts[Action.WARN], len(texts))
        yield share_figure(f"  {name}, only recorded", verdicts[Action.LOG], len(texts))


def _has_secret(policy: PolicyFilter, text: str) -> bool:
    findings = policy.filter_text(text, Direction.ANSWER).findings
    return any(_is_below(one.category, "secret") for one in findings)


def _is_below(category: str, parent: str) -> bool:
    return category == parent or category.startswith(f"{parent}.")


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
