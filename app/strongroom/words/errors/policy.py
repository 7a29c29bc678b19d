# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of what went wrong with a policy."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

_CORRECT_FILE = translatable("Correct the file or its permissions. Until then nothing is sent to a model.")

ERRORS: Mapping[str, ErrorWords] = {
    "policy.invalid": ErrorWords(
        translatable("Policy not valid"),
        translatable("{problems:lines}"),
        translatable("Correct the policy. Until then nothing is sent to a model."),
    ),
    "policy.unreadable": ErrorWords(
        translatable("Policy not readable"), translatable("{path} cannot be read: {reason}."), _CORRECT_FILE
    ),
    "policy.broken_link": ErrorWords(
        translatable("Policy not readable"),
        translatable("{path} is a link that leads to no file that can be read: {reason}."),
        _CORRECT_FILE,
    ),
    "policy.not_a_file": ErrorWords(
        translatable("Policy not readable"), translatable("{path} is not an ordinary file."), _CORRECT_FILE
    ),
    "policy.too_large": ErrorWords(
        translatable("Policy not readable"),
        translatable("{path} has more than {most:,} bytes, the most for a policy."),
        translatable(
            "Put long lists of terms into files of their own, which the policy names. Until then nothing is sent to a"
            " model."
        ),
    ),
    "policy.vanished": ErrorWords(
        translatable("Policy file gone"),
        translatable("{path} was there when the app looked before, and is gone."),
        translatable("Put it back, or start the app anew to work without it. Until then nothing is sent to a model."),
    ),
    "policy.not_usable": ErrorWords(
        translatable("Policy not usable"),
        translatable("The policy from {source} could not be made ready ({fault})."),
        translatable("This is a defect of the app. Until another policy is in force nothing is sent to a model."),
    ),
}

PHRASES: Mapping[str, str] = {
    "policy.problem_in": translatable("{source}, {problem}"),
    "policy.more_problems": translatable("and {count} more"),
    "policy.problem": translatable("line {line}, column {column}: {found}"),
    "policy.problem:of_key": translatable("line {line}, column {column}: {key}: {found}"),
    "policy.problem.defined_above": translatable("this key is already defined above"),
    "policy.problem.syntax": translatable("{said}"),
    "policy.problem.missing": translatable("is missing"),
    "policy.problem.pattern": translatable("{reason:marked}"),
    "policy.problem.pattern:at_character": translatable("{reason:marked} (at character {character} of the pattern)"),
    "policy.problem.no_detector": translatable("{tag!r} is no detector; there are {known}"),
    "policy.problem.version": translatable("must be {version}, the version that this app reads"),
    "policy.problem.unknown_key": translatable("unknown key; known are {known}"),
    "policy.problem.unknown_key:misspelled": translatable("unknown key; did you mean {close}?"),
    "policy.problem.form": translatable("{form:marked}"),
    "policy.problem.said": translatable("{said:marked}"),
    "policy.problem.too_long": translatable("the policy has {length:,} characters; {most:,} are the most"),
    "policy.problem.key_parts": translatable("this key has more than {most} parts"),
    "policy.problem.surrogate": translatable("the text holds half of a surrogate pair, which no file can"),
    "policy.problem.nested": translatable("values are nested too deeply"),
    "policy.problem.no_rules": translatable("is missing; presets can stand for it"),
    "policy.problem.same_id": translatable("the id {rule_id!r} already belongs to the rule in line {line}"),
    "policy.problem.no_replacement": translatable("the rule {rule_id!r} has no replacement; name one here"),
    "policy.problem.presets_differ": translatable("the rules {rule_id!r} of two presets look for different things"),
    "policy.problem.too_deep": translatable(
        "is deeper than the rules: they find {category} as a whole; adjust {category}, or write a rule of your own"
    ),
    "policy.problem.no_rule": translatable("matches no rule; there are {known}"),
    "policy.problem.no_rule:misspelled": translatable("matches no rule; did you mean {close}?"),
    "policy.terms.too_many": translatable("the rule has {count:,} terms; {most:,} are the most"),
    "policy.terms.no_folder": translatable("only a policy that is a file can name another file"),
    "policy.terms.not_below": translatable("{name} must be a path below the policy's folder, without .."),
    "policy.terms.link_out": translatable("{name} is a link that leads out of the policy's folder"),
    "policy.terms.no_file": translatable("{path} is not there, or is no file"),
    "policy.terms.unreadable": translatable("{path} cannot be read: {reason}"),
    "policy.terms.too_large": translatable("{name} has more than {most:,} bytes"),
    "policy.terms.no_digest": translatable(
        'a file of terms needs its digest; for the present content sha256 = "{actual}"'
    ),
    "policy.terms.other_content": translatable("the file has another content, of digest {actual}"),
    "policy.terms.not_utf8": translatable("{name} is not UTF-8 (byte {byte})"),
    "policy.terms.line": translatable("{name}, line {line}: {problem}"),
    "policy.problem.value:string_type": translatable("must be a valid string"),
    "policy.problem.value:bool_type": translatable("must be a valid boolean"),
    "policy.problem.value:int_type": translatable("must be a valid integer"),
    "policy.problem.value:int_from_float": translatable("must be a valid integer, got a number with a fractional part"),
    "policy.problem.value:float_type": translatable("must be a valid number"),
    "policy.problem.value:finite_number": translatable("must be a finite number"),
    "policy.problem.value:tuple_type": translatable("must be an array"),
    "policy.problem.value:dict_type": translatable("must be a valid dictionary"),
    "policy.problem.value:model_type": translatable("must be a valid dictionary or instance of {class_name}"),
    "policy.problem.value:greater_than": translatable("must be greater than {gt}"),
    "policy.problem.value:greater_than_equal": translatable("must be greater than or equal to {ge}"),
    "policy.problem.value:less_than": translatable("must be less than {lt}"),
    "policy.problem.value:less_than_equal": translatable("must be less than or equal to {le}"),
    "policy.problem.value:literal_error": translatable("must be {expected}"),
    "policy.problem.value:enum": translatable("must be {expected}"),
    "policy.pattern.nested": translatable("Groups are nested more than {most} deep."),
    "policy.pattern.nothing_to_repeat": translatable("There is nothing before this {character} that it could repeat."),
    "policy.pattern.look_around:ahead": translatable(
        "A look-ahead {opening}…) is refused: it cannot be matched in linear time, so a text could be built that "
        "stops the filter. Match the neighboring text as well, or use \\b."
    ),
    "policy.pattern.look_around:behind": translatable(
        "A look-behind {opening}…) is refused: it cannot be matched in linear time, so a text could be built that "
        "stops the filter. Match the neighboring text as well, or use \\b."
    ),
    "policy.pattern.flag": translatable("The flag {flag!r} is not supported; i, m and s are."),
    "policy.pattern.escape": translatable("\\{escaped} is not supported."),
    "policy.pattern.repeat_bounds": translatable("A repeat {{n,m}} needs n not above m, and m not above {most}."),
    "policy.pattern.unbounded": translatable(
        "The repeat {written} has no upper bound, so text would be held back without end. Use {remedy} or another "
        "bound that fits."
    ),
    "policy.pattern.back_reference": translatable(
        "The back-reference {written} is refused: it cannot be matched in linear time, so a text could be built "
        "that stops the filter. Write out what it repeats."
    ),
    "policy.pattern.too_long": translatable(
        "The pattern has {length:,} characters; {most:,} are the most. Split it, or list terms."
    ),
    "policy.pattern.long_match": translatable(
        "A match can have {length:,} characters; {most:,} are the most. Use smaller repeats."
    ),
    "policy.pattern.re2_too_large": translatable("RE2 refuses the pattern as too large ({said}). Use smaller repeats."),
    "policy.pattern.re2": translatable("RE2 refuses the pattern: {said}."),
    "policy.value.term_space": translatable("the term {term!r} begins or ends with white space"),
    "policy.value.term_long": translatable("a term has {length:,} characters; {most} are the most"),
    "policy.value.domain_below": translatable("{domain!r}: write the domain alone; what is below it is included"),
    "policy.value.domain_alone": translatable(
        "{domain!r}: write the domain alone, like example.org, without https://, a path, a port or a user"
    ),
    "policy.value.no_domain": translatable("{domain!r} is no domain like example.org"),
    "policy.value.number": translatable("{number!r} may hold digits, spaces and - + ( ) / . only"),
    "policy.value.expectation": translatable("{name!r} is no rule's id and no category like pii.email or pii.*"),
    "policy.sample.not_json": translatable("not JSON: {reason}"),
    "policy.sample.no_object": translatable("not a JSON object"),
    "policy.sample.key": translatable("{key}: {reason:marked}"),
    "policy.sample.unknown_key": translatable("{key}: {said}; known are {known}"),
}
