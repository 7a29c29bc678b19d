# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Commands and calls that are dangerous as they stand: for a note beside them, not for a verdict about their author.

Each form is one line and begins with something definite, so that ordinary text and ordinary code hold nothing back.
The weaknesses are those of MITRE's CWE (78, 79, 89, 94, 295, 502), the commands those of its ATT&CK techniques T1059,
T1053, T1070, T1485, T1490, T1547, T1562.
"""

import re
from dataclasses import dataclass, field

from strongroom.filter.scanner import CheckedScanner, Match
from strongroom.policy import analyze_pattern, any_of

CERTAIN = 0.95
LIKELY = 0.85
POSSIBLE = 0.65
"""For what is also written with good reason: a way to load old files, a test's own certificate."""

_S = r"\s{1,4}"
_O = r"\s{0,4}"
_OPTIONS = rf"(?:-{{1,2}}[\w-]{{1,30}}(?:=\S{{1,60}})?{_S}){{0,6}}"
_SHELL = r"(?:ba|z|da|k|fi)?sh"
_URL = r"""["']?(?:https?|ftp)://[^\s|;"']{1,200}["']?"""
_FETCH = (
    rf"(?:curl|wget){_S}(?:-{{1,2}}[\w-]{{1,20}}(?:[ =]\S{{1,30}})?{_S}){{0,5}}{_URL}"
    rf"(?:{_S}-{{1,2}}[\w-]{{1,12}}(?: \S{{1,20}})?){{0,3}}"
)
_DISK = r"/dev/(?:sd|hd|vd|nvme|mmcblk|disk)[a-z0-9]{1,12}"


@dataclass(frozen=True, slots=True)
class _Form:
    """One dangerous form.

    Args:
        kind: What it is a case of.
        pattern: In RE2's syntax, bounded.
        confidence: How sure it is meant.
        is_whole: No letter, digit, dot, slash or hyphen may follow: ``rm -rf /`` is one, ``rm -rf /tmp/x`` is not.
        unless: A word that makes it harmless.
    """

    kind: str
    pattern: str
    confidence: float = LIKELY
    is_whole: bool = False
    unless: str = ""
    matcher: "re.Pattern[str]" = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "matcher", re.compile(self.pattern, re.ASCII))


_FORMS = (
    # Destroying.
    _Form(
        "shell",
        rf"rm{_S}(?:-{{1,2}}[a-zA-Z-]{{1,20}}{_S}){{1,4}}[\"']?(?:/(?:bin|boot|etc|home|lib|root|usr|var)?/?\*?|~/?\*?|\$HOME/?\*?)",
        CERTAIN,
        is_whole=True,
    ),
    _Form("shell", rf"dd{_S}(?:[a-z]{{2,6}}=\S{{1,60}}{_S}){{0,4}}of={_DISK}", CERTAIN),
    _Form("shell", rf"mkfs(?:\.[a-z0-9]{{2,8}})?{_S}{_OPTIONS}{_DISK}", LIKELY),
    _Form("shell", rf"(?:cat|echo|yes){_S}[^\n|;>]{{1,60}}>{_O}{_DISK}", CERTAIN),
    _Form("shell", rf":{_O}\(\){_O}\{{{_O}:{_O}\|{_O}:{_O}&{_O}\}}{_O};{_O}:", CERTAIN),
    _Form("shell", rf"chmod{_S}(?:-[a-zA-Z]{{1,4}}{_S}){{1,2}}0?777{_S}/", LIKELY, is_whole=True),
    _Form("shell", rf"(?i:format){_S}[cC]:{_S}/(?i:[qyu])", LIKELY),
    _Form("shell", rf"(?i:vssadmin(?:\.exe)?{_S}delete{_S}shadows)", CERTAIN),
    _Form(
        "shell", rf"(?i:del|rmdir|rd){_S}(?:/[a-zA-Z]{_S}){{1,4}}[cC]:\\(?:\*|(?i:windows))?", CERTAIN, is_whole=True
    ),
    # Running what somebody else wrote, unseen.
    _Form(
        "shell",
        rf"{_FETCH}{_O}\|{_O}(?:sudo{_S}(?:-\w{{1,8}}{_S}){{0,2}})?(?:{_SHELL}|python3?|perl|ruby|node)",
        LIKELY,
        is_whole=True,
    ),
    _Form("shell", rf"(?:{_SHELL}|source){_S}<\({_O}(?:curl|wget){_S}[^\n)]{{1,160}}\)", LIKELY),
    _Form("shell", rf"{_SHELL}{_S}-c{_S}[\"']?\$\({_O}(?:curl|wget){_S}[^\n)]{{1,160}}\)", LIKELY),
    _Form("shell", rf"base64{_S}(?:-d|-D|--decode){_O}\|{_O}(?:sudo{_S})?{_SHELL}", CERTAIN, is_whole=True),
    _Form(
        "shell",
        rf"(?i:powershell|pwsh)(?:\.exe)?{_S}(?:-\w{{1,20}}(?:{_S}\w{{1,16}})?{_S}){{0,5}}-(?i:e|en|enc|encodedcommand){_S}[A-Za-z0-9+/=]{{16,200}}",
        CERTAIN,
    ),
    _Form(
        "shell",
        rf"(?i:iex|invoke-expression){_O}\(?{_O}\(?{_O}(?i:new-object{_S}(?:system\.)?net\.webclient|iwr|irm|invoke-webrequest|invoke-restmethod)",
        CERTAIN,
    ),
    _Form(
        "shell",
        rf"(?i:iwr|irm|invoke-webrequest|invoke-restmethod){_S}(?:-\w{{1,20}}{_S}){{0,3}}{_URL}{_O}\|{_O}(?i:iex|invoke-expression)",
        LIKELY,
    ),
    # Letting somebody in.
    _Form("shell", rf"bash{_S}-i{_O}>?&?>{_O}&?{_O}/dev/tcp/[\w.\-]{{1,80}}/[\w$]{{1,12}}", CERTAIN),
    _Form(
        "shell",
        rf"(?:nc|ncat|netcat){_S}(?:-[a-z]{{1,6}}{_S}){{0,3}}(?:[\w.\-]{{1,60}}{_S}\d{{1,5}}{_S})?-[a-z]{{0,4}}[ec]{_S}(?:/bin/)?{_SHELL}",
        CERTAIN,
    ),
    _Form("shell", rf"os\.dup2\({_O}\w{{1,20}}\.fileno\(\){_O},{_O}[012]{_O}\)", LIKELY),
    # Staying, and hiding.
    _Form("persistence", rf">>{_O}\S{{0,60}}\.ssh/authorized_keys", LIKELY),
    _Form("persistence", rf"crontab{_S}-l[^\n|]{{0,60}};{_O}echo{_S}[^\n|]{{1,160}}\|{_O}crontab{_S}-", LIKELY),
    _Form("persistence", rf"(?i:schtasks)(?:\.exe)?{_S}/(?i:create){_S}/", LIKELY),
    _Form(
        "persistence",
        rf"(?i:reg)(?:\.exe)?{_S}(?i:add){_S}\"?(?i:hkcu|hklm|hkey_\w{{5,20}})\\[^\n\"]{{0,80}}\\(?i:run)(?:Once)?",
        LIKELY,
    ),
    _Form("persistence", rf"(?i:set-mppreference){_S}-(?i:disable)\w{{4,30}}{_S}(?:\$true|1)", CERTAIN),
    _Form(
        "persistence", rf"(?i:netsh){_S}(?i:advfirewall){_S}(?i:set){_S}\w{{1,20}}{_S}(?i:state){_S}(?i:off)", LIKELY
    ),
    _Form(
        "persistence",
        rf"(?:ufw{_S}disable|setenforce{_S}0|iptables{_S}-F|unset{_S}HISTFILE|history{_S}-c)",
        POSSIBLE,
        is_whole=True,
    ),
    # Reading data as code.
    _Form(
        "deserialization", r"(?:c?[pP]ickle|dill|cloudpickle|jsonpickle|joblib|marshal)\.(?:loads?|decode)\(", LIKELY
    ),
    _Form("deserialization", r"(?:pandas|pd)\.read_pickle\(|shelve\.open\(|torch\.load\(", POSSIBLE),
    _Form(
        "deserialization",
        r"yaml\.(?:unsafe_load|full_load|load)(?:_all)?\([^\n()]{0,80}(?:\([^\n()]{0,40}\))?[^\n()]{0,40}\)",
        LIKELY,
        unless="Safe",
    ),
    _Form("deserialization", rf"unserialize\({_O}\$_(?:GET|POST|REQUEST|COOKIE)", CERTAIN),
    _Form(
        "deserialization", r"new ObjectInputStream\(|\.readObject\(\)|new BinaryFormatter\(\)|Marshal\.load\(", LIKELY
    ),
    _Form("deserialization", r"TypeNameHandling\.(?:All|Auto|Objects|Arrays)", LIKELY),
    # Running what a user typed.
    _Form(
        "injection",
        rf"(?:eval|exec|assert|system|passthru|shell_exec)\({_O}(?:input\(|request\.|req\.|params\[|\$_(?:GET|POST|REQUEST|COOKIE))",
        CERTAIN,
    ),
    _Form(
        "injection",
        rf"os\.(?:system|popen)\({_O}(?:[fF][\"'][^\n{{]{{0,120}}\{{|[\"'][^\"'\n]{{1,120}}[\"']{_O}(?:\+|%|\.format))",
        LIKELY,
    ),
    _Form(
        "injection",
        rf"subprocess\.\w{{2,14}}\({_O}(?:[fF][\"'][^\n{{]{{0,120}}\{{[^\n]{{0,120}}|[\"'][^\"'\n]{{1,120}}[\"']{_O}(?:\+|%)[^\n]{{0,80}})shell{_O}={_O}True",
        CERTAIN,
    ),
    _Form("injection", rf"Runtime\.getRuntime\(\)\.exec\({_O}[^\n)]{{0,100}}\+", LIKELY),
    _Form(
        "injection", rf"[fF][\"']{{1,3}}{_O}(?:SELECT|INSERT INTO|UPDATE|DELETE FROM){_S}[^\n{{]{{1,160}}\{{", LIKELY
    ),
    _Form(
        "injection",
        rf"[\"']{_O}(?:SELECT|INSERT INTO|UPDATE|DELETE FROM){_S}[^\"\n]{{1,160}}[\"']{_O}(?:\+|\.){_O}[\w$]",
        LIKELY,
    ),
    _Form(
        "injection",
        rf"(?:innerHTML|outerHTML){_O}\+?={_O}(?:window\.)?(?:location|document\.(?:URL|location|cookie|referrer))",
        LIKELY,
    ),
    _Form(
        "injection",
        rf"document\.write(?:ln)?\({_O}(?:window\.)?(?:location|document\.(?:URL|location|referrer))",
        LIKELY,
    ),
    # Trusting whoever answers.
    _Form("transport", rf"\bverify{_O}={_O}False\b", POSSIBLE),
    _Form(
        "transport",
        rf"rejectUnauthorized{_O}:{_O}false|NODE_TLS_REJECT_UNAUTHORIZED[\"'\]]{{0,2}}{_O}={_O}[\"']?0",
        LIKELY,
    ),
    _Form(
        "transport",
        rf"InsecureSkipVerify{_O}:{_O}true|ssl\._create_unverified_context|StrictHostKeyChecking[ =]no",
        POSSIBLE,
    ),
    _Form("transport", rf"CURLOPT_SSL_VERIFY(?:PEER|HOST){_O}(?:,|=>){_O}(?:0|(?i:false))", LIKELY),
)

_GOES_ON = re.compile(r"[\w./\-]", re.ASCII)


def dangerous_code_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for dangerous commands and calls."""
    together = any_of([analyze_pattern(form.pattern) for form in _FORMS])
    return CheckedScanner(together, _check, not_after="0-9A-Za-z_", threshold=threshold)


def _check(text: str, start: int, _end: int) -> Match | int:
    for form in _FORMS:
        found = form.matcher.match(text, start)
        if found is None or (form.unless and form.unless in found.group()):
            continue
        if form.is_whole and _GOES_ON.match(text, found.end()):
            continue
        return Match(start, found.end(), form.confidence, kind=form.kind)
    return start + 1
