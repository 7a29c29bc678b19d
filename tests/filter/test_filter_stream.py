# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The stream: what is held and for how long, the actions, blocks, and failures that give nothing away."""

import dataclasses

import pytest

from strongroom.core.errors import UserFacingError
from strongroom.core.findings import Action, Direction, Evidence, Mark, PolicyIdentity
from strongroom.filter import CompiledPolicy, FilterFailure, Match, StreamFilter, filter_text
from strongroom.words import explain

EMAIL = '{ type = "email" }'
CARD = '{ type = "payment_card" }'


def term(*words):
    return '{ type = "terms", terms = [' + ", ".join(f'"{word}"' for word in words) + "] }"


def marks_of(result):
    return [(mark.start, mark.end, mark.action, mark.rule_id) for mark in result.marks]


def findings_of(result):
    return [(finding.rule_id, finding.start, finding.end) for finding in result.findings]


# Hold-back.


def test_what_could_become_a_match_is_held_and_nothing_else(compile_rules):
    stream = StreamFilter(compile_rules(("email", '{ type = "email" }', 'action = "mask"')), Direction.ANSWER)
    assert stream.feed("Write to ").text == "Write to "
    assert stream.feed("joe").text == ""
    assert stream.held == 3
    assert stream.feed(" now").text == "joe "
    assert stream.feed(" to joe@").text == "now to "
    assert stream.feed("x.co").text == ""
    release = stream.feed(".uk")
    assert (release.text, release.findings) == ("", ())
    release = stream.feed(", ")
    assert release.text == "[e-mail masked], "
    assert findings_of(release) == [("email", 20, 31)]
    assert stream.held == 0


def test_a_complete_match_that_could_still_grow_is_held(built_in):
    stream = StreamFilter(built_in, Direction.ANSWER)
    assert stream.feed("joe@rhyta.co").text == ""
    assert stream.feed("m").text == ""
    assert stream.finish().text == "[e-mail masked]"


def test_a_match_that_does_not_come_about_is_released_whole(compile_rules):
    stream = StreamFilter(compile_rules(("card", CARD, 'action = "mask"')), Direction.ANSWER)
    assert stream.feed("4111 1111 1111 111").text == ""
    assert stream.feed("x").text == "4111 1111 1111 111x"
    assert stream.finish().text == ""


def test_ordinary_words_wait_for_their_end_only(compile_rules):
    compiled = compile_rules(("t", term("Falcon"), 'action = "mask"'))
    stream = StreamFilter(compiled, Direction.ANSWER)
    assert [stream.feed(letter).text for letter in "ordinary falafel Falcon."] == [
        *"ordinary ", "", "", "", "fala", *"fel ", "", "", "", "", "", "", "[term masked]."
    ]  # fmt: skip


def test_marks_count_in_the_visible_text_and_findings_in_the_original(built_in):
    result = filter_text(built_in, Direction.ANSWER, "a@b.org é 4111 1111 1111 1111 😀 c@d.org")
    assert result.text == "[e-mail masked] é [card number masked] 😀 [e-mail masked]"
    assert [(m.start, m.end) for m in result.marks] == [(0, 15), (18, 38), (41, 56)]
    assert [result.text[m.start : m.end] for m in result.marks] == [
        "[e-mail masked]", "[card number masked]", "[e-mail masked]"
    ]  # fmt: skip
    assert findings_of(result) == [("email-in-answers", 0, 7), ("payment-card", 10, 29), ("email-in-answers", 32, 39)]


def test_the_hold_never_exceeds_the_documented_limit(built_in, compile_rules):
    longest = compile_rules(("p", "{ type = 'pattern', pattern = 'x[a-z]{1,1000}y' }", 'action = "mask"'))
    for compiled, unit in ((built_in, "a"), (built_in, "a@b."), (built_in, "4111 "), (longest, "xa"), (longest, "x")):
        # Of text that is read as itself; the limit also counts what may be left out between its characters.
        limit = 2 * max(entry.scanner.max_length for entry in compiled.rules)
        assert limit <= compiled.hold_limit(Direction.ANSWER)
        stream = StreamFilter(compiled, Direction.ANSWER)
        released = 0
        for given, letter in enumerate(unit * (2500 // len(unit)), start=1):
            released += len(stream.feed(letter).text)
            assert stream.held <= limit
            assert given - released == stream.held


@pytest.mark.parametrize("pattern", [r"\B1", r"\B1\B", r"(?:\B|x)1{1,2}", r"\b1"])
def test_a_condition_at_the_beginning_of_a_pattern_is_judged_in_its_place(compile_rules, pattern):
    rules = [(name, f"{{ type = 'pattern', pattern = '{pattern}' }}", 'action = "log"') for name in ("a", "b")]
    rules.append(("c", "{ type = 'pattern', pattern = '1' }", 'action = "log"'))
    compiled = compile_rules(*rules)
    for text in ("111", "1 11 x1", "11é11"):
        expected = filter_text(compiled, Direction.ANSWER, text).findings
        stream = StreamFilter(compiled, Direction.ANSWER)
        steps = [*(stream.feed(letter) for letter in text), stream.finish()]
        assert tuple(finding for step in steps for finding in step.findings) == expected


# Actions.


@pytest.mark.parametrize(
    ("action", "visible", "marks"),
    [
        ("allow", "to Falcon.", []),
        ("log", "to Falcon.", []),
        ("warn", "to Falcon.", [(3, 9, Action.WARN, "t")]),
        ("mask", "to [term masked].", [(3, 16, Action.MASK, "t")]),
        ("replace", "to (a bird).", [(3, 11, Action.REPLACE, "t")]),
        ("block", "to ", [(3, 3, Action.BLOCK, "t")]),
    ],
)
def test_each_action(compile_rules, action, visible, marks):
    lines = [f'action = "{action}"'] + ['replacement = "(a bird)"'] * (action == "replace")
    result = filter_text(compile_rules(("t", term("falcon"), *lines)), Direction.ANSWER, "to Falcon.")
    assert result.text == visible
    assert marks_of(result) == marks
    assert findings_of(result) == [("t", 3, 9)]
    assert result.verdict is Action(action)
    assert (result.blocked_by is not None) is (action == "block")


@pytest.mark.parametrize("action", ["warn", "mask", "block"])
def test_a_dry_run_reports_and_changes_nothing(compile_rules, action):
    compiled = compile_rules(("t", term("falcon"), f'action = "{action}"', "dry_run = true"))
    result = filter_text(compiled, Direction.ANSWER, "to Falcon.")
    assert (result.text, result.marks, result.blocked_by) == ("to Falcon.", (), None)
    (finding,) = result.findings
    assert (finding.action, finding.dry_run, finding.effective_action) == (Action(action), True, Action.LOG)
    assert result.verdict is Action.LOG


def test_a_mark_and_a_finding_say_everything_about_their_rule(compile_rules):
    compiled = compile_rules(("t", term("falcon"), 'action = "mask"', 'message = "Not here."', 'label = "bird"'))
    result = filter_text(compiled, Direction.PROMPT, "Falcon")
    assert result.text == "[bird masked]"
    assert result.marks == (
        Mark(
            0,
            13,
            Action.MASK,
            "t",
            "test.t",
            1.0,
            Direction.PROMPT,
            compiled.identity,
            "Not here.",
            evidence=Evidence.LIST,
        ),
    )
    (finding,) = result.findings
    assert (finding.category, finding.detector, finding.direction) == ("test.t", "terms", Direction.PROMPT)
    assert (finding.confidence, finding.message) == (1.0, "Not here.")


def test_a_rule_looks_in_its_own_direction_only(built_in, compile_rules):
    text = "joe@x.org"
    prompt = filter_text(built_in, Direction.PROMPT, text)
    assert (prompt.text, findings_of(prompt)) == (text, [("email-in-prompts", 0, 9)])
    assert filter_text(built_in, Direction.ANSWER, text).text == "[e-mail masked]"
    compiled = compile_rules(("t", term("x"), 'action = "mask"', 'scope = ["prompt"]'))
    assert filter_text(compiled, Direction.ANSWER, "x").findings == ()


def test_a_disabled_rule_finds_nothing(compile_rules):
    compiled = compile_rules(("t", term("x"), 'action = "mask"', "enabled = false"))
    assert compiled.rules == ()
    assert filter_text(compiled, Direction.ANSWER, "x").text == "x"


def test_a_policy_without_rules_lets_everything_through_at_once(compile_rules):
    compiled = compile_rules()
    stream = StreamFilter(compiled, Direction.ANSWER)
    assert stream.feed("joe@x.org").text == "joe@x.org"
    assert (stream.held, compiled.hold_limit(Direction.ANSWER)) == (0, 0)


# Overlaps.


def test_the_stricter_action_wins_character_by_character(compile_rules):
    compiled = compile_rules(
        ("warn", term("one two three"), 'action = "warn"'),
        ("mask", term("two"), 'action = "mask"'),
    )
    result = filter_text(compiled, Direction.ANSWER, "one two three")
    assert result.text == "one [term masked] three"
    assert marks_of(result) == [
        (0, 4, Action.WARN, "warn"),
        (4, 17, Action.MASK, "mask"),
        (17, 23, Action.WARN, "warn"),
    ]
    assert findings_of(result) == [("warn", 0, 13), ("mask", 4, 7)]


def test_of_equal_actions_the_earlier_then_the_longer_then_the_first_rule_wins(compile_rules):
    compiled = compile_rules(
        ("a", term("two three"), 'action = "mask"', 'label = "a"'),
        ("b", term("one two"), 'action = "mask"', 'label = "b"'),
        ("c", term("one"), 'action = "mask"', 'label = "c"'),
        ("d", term("one two"), 'action = "mask"', 'label = "d"'),
    )
    result = filter_text(compiled, Direction.ANSWER, "one two three")
    assert result.text == "[b masked][a masked]"
    assert findings_of(result) == [("b", 0, 7), ("c", 0, 3), ("d", 0, 7), ("a", 4, 13)]


def test_a_mask_waits_while_a_stricter_rule_could_still_cut_it(compile_rules):
    compiled = compile_rules(
        ("mask", term("one two three"), 'action = "mask"'),
        ("replace", term("three four"), 'action = "replace"', 'replacement = "(3 4)"'),
    )
    stream = StreamFilter(compiled, Direction.ANSWER)
    assert stream.feed("one two three ").text == ""
    assert stream.feed("four").text == ""
    release = stream.feed("!")
    assert release.text == "[term masked](3 4)!"
    assert marks_of(release) == [(0, 13, Action.MASK, "mask"), (13, 18, Action.REPLACE, "replace")]


# Blocks.


def test_a_block_stops_everything(compile_rules):
    compiled = compile_rules(("stop", term("secret"), 'action = "block"'), ("mail", EMAIL, 'action = "mask"'))
    stream = StreamFilter(compiled, Direction.ANSWER)
    assert stream.feed("Mail joe@x.org, ").text == "Mail [e-mail masked], "
    release = stream.feed("the secret is here, joe@x.org.")
    assert release.text == "the "
    assert release.blocked is not None
    assert (release.blocked.rule_id, release.blocked.start, release.blocked.end) == ("stop", 20, 26)
    assert findings_of(release) == [("stop", 20, 26)]
    assert marks_of(release) == [(26, 26, Action.BLOCK, "stop")]
    for later in (stream.feed("more"), stream.feed(""), stream.finish(), stream.finish()):
        assert (later.text, later.marks, later.findings, later.blocked) == ("", (), (), None)


def test_of_several_blocks_the_first_in_the_text_then_in_the_policy_counts(compile_rules):
    compiled = compile_rules(
        ("late", term("two"), 'action = "block"'),
        ("long", term("one two"), 'action = "block"'),
        ("short", term("one"), 'action = "block"'),
        ("note", term("one"), 'action = "log"'),
    )
    result = filter_text(compiled, Direction.ANSWER, "zero one two")
    assert (result.text, result.blocked_by.rule_id) == ("zero ", "long")
    assert findings_of(result) == [("long", 5, 12)]


def test_a_block_cuts_a_mask_that_it_overlaps(compile_rules):
    compiled = compile_rules(
        ("mask", term("one two three"), 'action = "mask"'),
        ("stop", term("two"), 'action = "block"'),
    )
    result = filter_text(compiled, Direction.ANSWER, "zero one two three")
    assert result.text == "zero [term masked]"
    assert marks_of(result) == [(5, 18, Action.MASK, "mask"), (18, 18, Action.BLOCK, "stop")]


def test_a_block_waits_for_an_earlier_place_that_is_undecided(compile_rules):
    compiled = compile_rules(
        ("mask", term("one two three"), 'action = "mask"'),
        ("stop", term("two"), 'action = "block"'),
    )
    stream = StreamFilter(compiled, Direction.ANSWER)
    first = stream.feed("one two ")
    assert (first.text, first.blocked) == ("", None)
    second = stream.feed("four")
    assert (second.text, second.blocked.rule_id) == ("one ", "stop")


def test_nothing_of_the_blocked_text_stays_in_memory(compile_rules):
    stream = StreamFilter(compile_rules(("stop", term("secret"), 'action = "block"')), Direction.ANSWER)
    stream.feed("the secret is 1234 ")
    assert "1234" not in str([getattr(stream, name) for name in vars(stream)])


# Text that is unusual.


def test_halves_of_surrogate_pairs_become_replacement_characters(built_in):
    for pieces in (["\ud83d joe@x.org \ude00"], ["\ud83d", " joe@x.org ", "\ude00"], list("\ud83d joe@x.org \ude00")):
        stream = StreamFilter(built_in, Direction.ANSWER)
        text = "".join([*(stream.feed(piece).text for piece in pieces), stream.finish().text])
        assert text == "\ufffd [e-mail masked] \ufffd"
        text.encode("utf-8")


def test_a_pair_that_is_cut_in_two_is_two_halves_however_it_is_cut(built_in):
    whole = filter_text(built_in, Direction.ANSWER, "\ud83d\ude00")
    stream = StreamFilter(built_in, Direction.ANSWER)
    pieces = stream.feed("\ud83d").text + stream.feed("\ude00").text + stream.finish().text
    assert whole.text == pieces == "\ufffd\ufffd"


def test_nul_and_other_controls_pass_and_can_be_found(compile_rules):
    compiled = compile_rules(("nul", r"{ type = 'pattern', pattern = '\x00{2}' }", 'action = "mask"'))
    text = "\x00a\x00\x00\x1b[0m\u202e\u200b"
    assert filter_text(compiled, Direction.ANSWER, text).text == "\x00a[passage masked]\x1b[0m\u202e\u200b"


def test_empty_pieces_release_nothing_and_change_nothing(compile_rules):
    stream = StreamFilter(compile_rules(("email", '{ type = "email" }', 'action = "mask"')), Direction.ANSWER)
    pieces = ["", "joe", "", "@x.org", "", " ", ""]
    assert "".join(stream.feed(piece).text for piece in pieces) == "[e-mail masked] "
    assert stream.finish().text == ""


def test_an_empty_text(built_in):
    result = filter_text(built_in, Direction.ANSWER, "")
    assert (result.text, result.marks, result.findings, result.verdict) == ("", (), (), Action.ALLOW)


def test_a_finished_stream_takes_no_more_text(built_in):
    stream = StreamFilter(built_in, Direction.ANSWER)
    stream.feed("joe@x.org")
    assert stream.finish().text == "[e-mail masked]"
    assert stream.finish().text == ""
    with pytest.raises(ValueError, match="already finished"):
        stream.feed("x")


# Failures.


class BrokenScanner:
    """A scanner that does what a defect could do once it reads the word ``now``."""

    max_length = 10
    left_context = 4

    def __init__(self, undecided=None, matches=None):
        self._undecided = undecided
        self._matches = matches

    def undecided(self, window, start):
        if "now" in window.text and self._undecided is not None:
            return self._undecided(window, start)
        return window.length

    def find(self, window, start, limit):
        if "now" in window.text and self._matches is not None:
            return self._matches(window, start, limit)
        return []


def with_scanner(compiled, scanner):
    first = dataclasses.replace(compiled.rules[0], scanner=scanner)
    return CompiledPolicy(compiled.identity, (first, *compiled.rules[1:]))


def raising(*_):
    raise RuntimeError("the text was joe@x.org")


FAULTS = {
    "undecided raises": {"undecided": raising},
    "undecided before the start": {"undecided": lambda window, start: start - 1},
    "undecided behind the end": {"undecided": lambda window, start: window.length + 1},
    "undecided is no number": {"undecided": lambda window, start: None},
    "undecided is a float": {"undecided": lambda window, start: float(start)},
    "undecided holds more than its maximum": {"undecided": lambda window, start: window.length - 11},
    "find raises": {"matches": raising},
    "find returns none": {"matches": lambda window, start, limit: None},
    "find returns other things": {"matches": lambda window, start, limit: [(0, 1)]},
    "negative start": {"matches": lambda window, start, limit: [Match(-1, 1, 1.0)]},
    "start before what is open": {"matches": lambda window, start, limit: [Match(start - 1, start + 1, 1.0)]},
    "start at the limit": {"matches": lambda window, start, limit: [Match(limit, limit + 1, 1.0)]},
    "end behind the end": {"matches": lambda window, start, limit: [Match(limit - 1, window.length + 1, 1.0)]},
    "empty passage": {"matches": lambda window, start, limit: [Match(start, start, 1.0)]},
    "backward passage": {"matches": lambda window, start, limit: [Match(start + 1, start, 1.0)]},
    "unsorted": {"matches": lambda window, start, limit: [Match(start + 2, start + 3, 1), Match(start, start + 1, 1)]},
    "overlapping": {"matches": lambda _, start, limit: [Match(start, start + 2, 1), Match(start + 1, start + 3, 1)]},
    "longer than its maximum": {"matches": lambda window, start, limit: [Match(start, start + 11, 1.0)]},
    "confidence above one": {"matches": lambda window, start, limit: [Match(start, start + 1, 1.5)]},
    "confidence not a number": {"matches": lambda window, start, limit: [Match(start, start + 1, float("nan"))]},
    "confidence a word": {"matches": lambda window, start, limit: [Match(start, start + 1, "high")]},
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_detector_that_fails_blocks_the_text_and_is_named(compile_rules, fault):
    compiled = compile_rules(("broken", term("x"), 'action = "mask"'), ("mail", EMAIL, 'action = "mask"'))
    stream = StreamFilter(with_scanner(compiled, BrokenScanner(**FAULTS[fault])), Direction.ANSWER)
    assert stream.feed("until then ").text == "until then "
    with pytest.raises(FilterFailure) as failed:
        stream.feed("and now there is more")
    assert isinstance(failed.value, UserFacingError)
    assert (failed.value.rule_id, failed.value.code) == ("broken", "filter.failed")
    assert "broken" in explain(failed.value).message
    assert "joe@x.org" not in str(failed.value)
    for step in (lambda: stream.feed("later"), stream.finish, stream.finish):
        with pytest.raises(FilterFailure):
            step()


def test_a_failure_within_a_long_piece_gives_nothing_of_that_piece(compile_rules):
    compiled = compile_rules(("broken", term("x"), 'action = "mask"'))
    stream = StreamFilter(with_scanner(compiled, BrokenScanner(matches=raising)), Direction.ANSWER)
    with pytest.raises(FilterFailure):
        stream.feed("a " * 20_000 + "now")
    with pytest.raises(FilterFailure):
        stream.finish()


def test_a_step_that_is_interrupted_leaves_a_failed_filter(compile_rules):
    def interrupt(*_):
        raise KeyboardInterrupt

    compiled = compile_rules(("broken", term("x"), 'action = "mask"'))
    stream = StreamFilter(with_scanner(compiled, BrokenScanner(undecided=interrupt)), Direction.ANSWER)
    with pytest.raises(KeyboardInterrupt):
        stream.feed("now")
    with pytest.raises(FilterFailure):
        stream.finish()


def test_a_failure_on_the_whole_text_raises(compile_rules):
    compiled = compile_rules(("broken", term("x"), 'action = "mask"'))
    with pytest.raises(FilterFailure):
        filter_text(with_scanner(compiled, BrokenScanner(matches=raising)), Direction.PROMPT, "now")


# Cost: what a step looks at is bounded, whatever the text.


class CountingScanner:
    """Passes on to a real scanner, and counts the characters that it is asked to look at."""

    def __init__(self, scanner):
        self._scanner = scanner
        self.max_length = scanner.max_length
        self.left_context = scanner.left_context
        self.looked_at = 0

    def undecided(self, window, start):
        # Reading from the end, a scanner stops after max_length.
        self.looked_at += min(window.length - start, self.max_length)
        return self._scanner.undecided(window, start)

    def find(self, window, start, limit):
        self.looked_at += window.length - start
        return self._scanner.find(window, start, limit)


@pytest.mark.parametrize(
    "unit", ["a", "1", "4", "@", ".", "a@", "a.", "....@a.bb ", "4111 ", "DE12 ", "falcon ", "é", "密", "😀", "\n"]
)
@pytest.mark.parametrize("size", [1, 7, 20_000])
def test_the_work_is_linear_in_the_text_and_bounded_for_each_piece(compile_rules, unit, size):
    compiled = compile_rules(
        ("mail", EMAIL, 'action = "mask"'),
        ("card", CARD, 'action = "mask"'),
        ("iban", '{ type = "iban" }', 'action = "mask"'),
        ("terms", term("falcon", "falcon nine", "a.a.a.a"), 'action = "mask"'),
        ("own", "{ type = 'pattern', pattern = 'a[a-z.]{1,200}@{2}' }", 'action = "warn"'),
    )
    counters = [CountingScanner(entry.scanner) for entry in compiled.rules]
    rules = tuple(
        dataclasses.replace(entry, scanner=counter) for entry, counter in zip(compiled.rules, counters, strict=True)
    )
    compiled = CompiledPolicy(compiled.identity, rules)
    text = (unit * 2400)[:2400] if size < 100 else (unit * 60_000)[:60_000]
    longest = 2 * max(counter.max_length for counter in counters)
    stream = StreamFilter(compiled, Direction.ANSWER)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    for piece in pieces:
        stream.feed(piece)
        assert stream.kept <= counters[0].max_length + longest + 4
    stream.finish()
    for counter in counters:
        steps = len(pieces) + len(text) // 16_384
        # Twice, because a text that folds is read twice.
        assert counter.looked_at <= 2 * (4 * len(text) + 4 * steps * (counter.max_length + 1))


def test_the_identity_of_the_policy_travels_with_it(built_in):
    assert built_in.identity == PolicyIdentity("Built-in default", "2", built_in.identity.digest, "built-in")
