# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Values in words and numbers, in the user's language and number format."""

from datetime import datetime

from PySide6.QtCore import QDate, QDateTime, QLocale

from strongroom.core.chat import MessageState
from strongroom.core.clock import parse_utc
from strongroom.core.events import Phase, PhaseProgressed
from strongroom.core.generation import FinishReason, GenerationNumbers
from strongroom.core.verification import ModelEntry, VerificationState
from strongroom.models import USER_SOURCE
from strongroom.words import translate

_MINUTE_S = 60
_HOUR_S = 3600


def number(value: float, decimals: int = 0) -> str:
    """Return a number as the user's locale writes it."""
    locale = QLocale()
    return locale.toString(float(value), "f", decimals) if decimals else locale.toString(round(value))


def ordinal(value: int) -> str:
    """Return a place in line as one glance needs it: ``2nd``."""
    if value % 100 in (11, 12, 13):
        words = translate("Wording", "{number}th")
    else:
        words = {
            1: translate("Wording", "{number}st"),
            2: translate("Wording", "{number}nd"),
            3: translate("Wording", "{number}rd"),
        }.get(value % 10, translate("Wording", "{number}th"))
    return words.format(number=number(value))


def size(value: int) -> str:
    """Return a number of bytes in powers of ten, as model hubs state them."""
    if value < 1000:
        return translate("Wording", "{number} B").format(number=number(value))
    if value < 1_000_000:
        return translate("Wording", "{number} kB").format(number=number(value / 1e3))
    if value < 1_000_000_000:
        return translate("Wording", "{number} MB").format(number=number(value / 1e6))
    return translate("Wording", "{number} GB").format(number=number(value / 1e9, 1))


def percent(done: float, total: float) -> str:
    """Return a share as ``62 %``, 100 at most."""
    return translate("Wording", "{number} %").format(number=number(min(100, int(100 * done / total)) if total else 0))


def moment(text: str) -> str:
    """Return a stored time in local time: the time of day for today, else the date and the time."""
    local = _local(text)
    time_of_day = local.time().toString("HH:mm")
    if local.date() == QDate.currentDate():
        return time_of_day
    return translate("Wording", "{date}, {time}").format(date=_date(local.date()), time=time_of_day)


def exact_moment(text: str) -> str:
    """Return a stored time in local time, to the second, in an order that sorts."""
    return _local(text).toString("yyyy-MM-dd HH:mm:ss")


def day(text: str) -> str:
    """Return the local day of a stored time."""
    return _date(_local(text).date())


def age(text: str) -> str:
    """Return how long ago a stored time was, as one glance needs it: a time, a weekday, or a date."""
    local = _local(text)
    days = local.date().daysTo(QDate.currentDate())
    if days == 0:
        return local.time().toString("HH:mm")
    if days == 1:
        return translate("Wording", "Yesterday")
    return QLocale().dayName(local.date().dayOfWeek()) if 1 < days < 7 else _date(local.date())


def phase(progress: PhaseProgressed) -> str:
    """Return what the app is busy with, and how far: ``Verifying 62 % · 1.4 GB/s``."""
    if progress.phase is Phase.VERIFYING:
        done = translate("Wording", "Verifying {percent}").format(percent=percent(progress.done, progress.total))
        if progress.seconds > 0.2 and progress.done:
            done += translate("Wording", " · {size}/s").format(size=size(int(progress.done / progress.seconds)))
        return done
    if progress.phase is Phase.LOADING:
        return translate("Wording", "Loading {percent}").format(percent=percent(progress.done, progress.total))
    if progress.phase is Phase.READING:
        return translate("Wording", "Reading your message {done} of {total} tokens").format(
            done=number(progress.done), total=number(progress.total)
        )
    return translate("Wording", "Writing · {tokens} tokens").format(tokens=number(progress.done))


def numbers_line(numbers: GenerationNumbers) -> str:
    """Return the line under an answer."""
    return translate("Wording", "{tokens} tokens · {rate} tokens/s · first after {seconds} s").format(
        tokens=number(numbers.completion_tokens),
        rate=number(numbers.tokens_per_second, 1 if numbers.tokens_per_second < 10 else 0),
        seconds=number(numbers.time_to_first_token_s, 1),
    )


def ending(reason: FinishReason | None, state: MessageState) -> str:
    """Return how an answer ended where that is not obvious; else an empty text."""
    if reason is FinishReason.CANCELLED or state is MessageState.STOPPED:
        return translate("Wording", "Stopped")
    if reason is FinishReason.LENGTH:
        return translate("Wording", "Cut off at the longest answer that the settings allow")
    if reason is FinishReason.CONTEXT_FULL:
        return translate("Wording", "Cut off because the context is full")
    if state is MessageState.INTERRUPTED:
        return translate("Wording", "What had been shown is kept")
    return ""


def verification(state: VerificationState) -> str:
    """Return a model's state in a word."""
    words = {
        VerificationState.VERIFIED: translate("Wording", "Verified"),
        VerificationState.PINNED: translate("Wording", "Pinned by you"),
        VerificationState.UNCHECKED: translate("Wording", "Not checked yet"),
        VerificationState.UNKNOWN: translate("Wording", "Unknown digest"),
        VerificationState.MISMATCH: translate("Wording", "Mismatch, refused"),
        VerificationState.MISSING: translate("Wording", "File missing"),
    }
    return words[state]


def verification_line(entry: ModelEntry) -> str:
    """Return a model's state with its time: ``Verified 14:02``."""
    word = verification(entry.state)
    if entry.state in (VerificationState.VERIFIED, VerificationState.PINNED) and entry.verified_at:
        return f"{word} {moment(entry.verified_at)}"
    return word


def verification_sentence(entry: ModelEntry) -> str:
    """Return what a model's state means."""
    sentences = {
        VerificationState.VERIFIED: translate(
            "Wording", "The bytes had the digest that {source} gives when they were last hashed here."
        ),
        VerificationState.PINNED: translate(
            "Wording", "No publisher's digest is known. You took responsibility for this one, and the bytes had it."
        ),
        VerificationState.UNCHECKED: translate(
            "Wording", "A digest is known from {source}, but these bytes have not been hashed here yet."
        ),
        VerificationState.UNKNOWN: translate(
            "Wording", "Nobody vouches for these bytes. They are not loaded until you pin their digest."
        ),
        VerificationState.MISMATCH: translate(
            "Wording", "The bytes are not the ones that {source} vouches for. The file is refused."
        )
        if entry.source != USER_SOURCE
        else translate("Wording", "The bytes are not the ones that you vouched for. The file is refused."),
        VerificationState.MISSING: translate("Wording", "The file is not where it was."),
    }
    return sentences[entry.state].format(source=source(entry.source))


def source(name: str) -> str:
    """Return who vouches for a digest."""
    if name == USER_SOURCE:
        return translate("Wording", "you")
    return name or translate("Wording", "nobody")


def one_line(text: str) -> str:
    """Return a foreign text on one line."""
    return " ".join(text.split())


def duration(seconds: float) -> str:
    """Return a time span as one glance needs it."""
    whole = max(1, round(seconds))
    if whole < 2 * _MINUTE_S:
        return translate("Wording", "{number} s").format(number=number(whole))
    if whole < 2 * _HOUR_S:
        return translate("Wording", "{number} min").format(number=number(whole / _MINUTE_S))
    return translate("Wording", "{hours} h {minutes} min").format(
        hours=number(whole // _HOUR_S), minutes=number(whole % _HOUR_S // _MINUTE_S)
    )


def requests(count: int) -> str:
    """Return how many requests were made."""
    if count == 1:
        return translate("Wording", "1 request")
    return translate("Wording", "{count} requests").format(count=number(count))


def tokens(count: int) -> str:
    """Return a number of tokens."""
    return translate("Wording", "{number} tokens").format(number=number(count))


def short_digest(digest: str) -> str:
    """Return a digest cut to what an eye compares."""
    bare = digest.removeprefix("sha256:")
    return f"{bare[:8]}…{bare[-8:]}" if len(bare) > 20 else bare


def _local(text: str) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(int(datetime.timestamp(parse_utc(text)) * 1000))


def _date(date: QDate) -> str:
    return QLocale().toString(date, QLocale.FormatType.ShortFormat)
