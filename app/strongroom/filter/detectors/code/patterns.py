# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Commands and calls that do harm when they are run, or let somebody else decide what is run.

Each has the smallest piece that makes it dangerous, so that a reader does not wait for the rest of the line: of
``curl … | sh`` that is ``| sh``, and the rest is looked for to the left of it, on the same line. The expressions are
read by RE2 and by Python's ``re`` alike, and all their repeats have bounds.

Sources: MITRE ATT&CK (T1059, T1070, T1485, T1490, T1546, T1562), CWE-78, CWE-79, CWE-89, CWE-95, CWE-295, CWE-502,
the warnings in the documentation of Python, PHP, Java and .NET.
"""

from dataclasses import dataclass

CERTAIN = 0.95
LIKELY = 0.85
PLAUSIBLE = 0.75
POSSIBLE = 0.65
"""Ordinary in the right place: a message to the same program, a test, one's own machine."""


@dataclass(frozen=True, slots=True)
class CodePattern:
    """One dangerous form."""

    kind: str
    expression: str
    confidence: float
    before: str = ""
    """What must stand before it on the same line; searched for, and may use all of Python's syntax."""
    not_before: str = r"[\w-]"
    """A character that must not follow."""
    unless: str = ""
    """The passage is harmless if it contains this."""
    in_statement: bool = False
    """What must stand before is in the same statement: no semicolon lies between."""


_S = r"[ \t]{1,4}"
_O = r"[ \t]{0,3}"
_DISK = r"/dev/(?:(?:sd|hd|vd|xvd)[a-z][0-9]{0,2}|nvme[0-9]n[0-9](?:p[0-9]{1,2})?|mmcblk[0-9]|r?disk[0-9])"
_SHELL = r"(?:/(?:usr/)?bin/)?(?:ba|z|da|k|fi)?sh"
_FETCH = r"\b(?:curl|wget|fetch|aria2c)\b.*(?:://|[$\"'<])"
_ROOTS = (
    r"(?:/(?:bin|boot|dev|etc|home|lib|lib64|opt|root|sbin|srv|sys|usr|var)(?:/\*?)?|/\*?"
    r"|~(?:/\*?)?|\$\{?HOME\}?(?:/\*?)?|\.\*|[Cc]:\\(?:\*|Windows)?)"
)
_PATH_GOES_ON = r"[\w./*~-]"

SHELL = (
    CodePattern("shell", rf"\brm(?:{_S}--?[A-Za-z-]{{1,24}}){{1,4}}{_S}[\"']?{_ROOTS}", CERTAIN, "", _PATH_GOES_ON),
    CodePattern("shell", rf"\bof={_DISK}", LIKELY, r"\bdd\b"),
    CodePattern("shell", rf"\bmkfs(?:\.[a-z0-9]{{2,8}})?(?:{_S}-[A-Za-z]{{1,2}}){{0,3}}{_S}{_DISK}", LIKELY),
    CodePattern("shell", rf">{_O}{_DISK}", CERTAIN),
    CodePattern("shell", rf":\(\){_O}\{{{_O}:{_O}\|{_O}:{_O}&{_O}\}}{_O};{_O}:", CERTAIN),
    CodePattern("shell", rf"\bchmod{_S}(?:-R|--recursive){_S}(?:0?777|a\+rwx){_S}{_ROOTS}", LIKELY, "", _PATH_GOES_ON),
    CodePattern("shell", r"%0\|%0", CERTAIN),
    CodePattern("shell", rf"\b(?:del|rd|rmdir)(?:{_S}/[A-Za-z]){{1,4}}{_S}[\"']?[Cc]:\\(?:\*|Windows)?", CERTAIN),
    CodePattern("shell", rf"\bformat{_S}[Cc]:(?:{_S}/[A-Za-z]){{1,3}}", LIKELY),
    CodePattern("shell", rf"\bvssadmin(?:\.exe)?{_S}[Dd]elete{_S}[Ss]hadows", CERTAIN),
    CodePattern("shell", rf"\bwbadmin{_S}delete{_S}catalog", LIKELY),
)

DOWNLOADED_CODE = (
    CodePattern("shell", rf"\|{_O}(?:sudo{_S}(?:-[A-Za-z]{{1,2}}{_S})?)?{_SHELL}", LIKELY, _FETCH),
    CodePattern(
        "shell",
        rf"\|{_O}(?:sudo{_S})?(?:python[23]?|perl|ruby|node|php)",
        LIKELY,
        _FETCH,
    ),
    CodePattern(
        "shell",
        rf"\|{_O}(?:sudo{_S})?(?:{_SHELL}|python[23]?|perl)",
        LIKELY,
        r"\bbase64\s+(?:-d|-D|--decode)|\bxxd\s+-r|\bopenssl\s+(?:enc|base64)\b.*-d\b|\bgunzip\b|\bzcat\b",
    ),
    CodePattern(
        "shell",
        rf"\b(?:(?:ba|z)?sh|eval|source|exec){_S}(?:-c{_S})?[\"']?(?:<\(|\$\(|`){_O}(?:curl|wget)",
        LIKELY,
    ),
    CodePattern(
        "shell",
        rf"-(?i:e|ec|enc|encodedcommand){_S}[\"']?[A-Za-z0-9+/]{{20,200}}={{0,2}}",
        CERTAIN,
        r"(?i)\b(?:powershell|pwsh)\b",
        r"[\w+/=]",
    ),
    CodePattern("shell", rf"\|{_O}(?i:iex|invoke-expression)", LIKELY, r"(?i)\b(?:iwr|irm|curl|invoke-|download)"),
    CodePattern(
        "shell",
        rf"\b(?i:iex|invoke-expression){_O}[(&]{{0,2}}{_O}\(?(?i:new-object|iwr|irm|invoke-webrequest|invoke-restmethod)",
        CERTAIN,
    ),
    CodePattern(
        "shell", rf"(?i:new-object{_S}(?:system\.)?net\.webclient\){{0,2}}\.download(?:string|file|data))", LIKELY
    ),
    CodePattern("shell", rf"\b(?i:mshta(?:\.exe)?){_S}[\"']?(?i:https?|javascript|vbscript):", CERTAIN),
    CodePattern("shell", r"\b(?i:certutil(?:\.exe)?)[ \t]{1,4}-(?i:urlcache)", LIKELY),
    CodePattern("shell", r"\b(?i:regsvr32(?:\.exe)?)(?:[ \t]{1,3}/[a-z]){1,3}[ \t]{1,3}/i:http", CERTAIN),
)

_SOCKET = r"/dev/(?:tcp|udp)/[A-Za-z0-9.$\{\}<>_-]{1,64}/[0-9$A-Za-z\{\}<>_]{1,20}"

REMOTE_SHELLS = (
    CodePattern("shell", _SOCKET, CERTAIN),
    CodePattern("shell", rf"-[a-z]{{0,3}}[ec]{_S}[\"']?(?:{_SHELL}|cmd(?:\.exe)?)", CERTAIN, r"\b(?:nc|ncat|netcat)\b"),
    CodePattern("shell", rf"\|{_O}(?:nc|ncat|netcat)", CERTAIN, r"\bmkfifo\b|/bin/(?:ba)?sh\b|\bbash\s+-i\b"),
    CodePattern(
        "shell", rf"{_SHELL}{_S}-i{_S}(?:[0-9]?[<>]&[0-9]?|[0-9]?&?>{_O}&?)(?:{_O}{_SOCKET})?", CERTAIN, "", ""
    ),
    CodePattern("shell", r"\bos\.dup2\([A-Za-z_]{1,12}\.fileno\(\),[ ]?[012]\)", LIKELY, "", ""),
    CodePattern("shell", r"\bpty\.spawn\([ ]?\[?[\"'](?:/bin/)?(?:ba|z)?sh[\"']", LIKELY, "", ""),
    CodePattern("shell", rf"\b(?i:exec):[\"']?{_SHELL}", CERTAIN, r"\bsocat\b"),
)

TRACKS_AND_GUARDS = (
    CodePattern("persistence", r"\bhistory[ \t]{1,2}-c", LIKELY),
    CodePattern("persistence", r"\bunset[ \t]{1,2}HISTFILE", LIKELY),
    CodePattern("persistence", r"\bHIST(?:FILE)?SIZE=0|\bHISTFILE=/dev/null", LIKELY),
    CodePattern(
        "persistence",
        rf"(?:>|\brm(?:{_S}-[a-z]{{1,3}})?|\bshred(?:{_S}-[a-z]{{1,3}}){{0,2}}){_O}~/\.(?:bash|zsh)_history",
        LIKELY,
    ),
    CodePattern("persistence", r"\b(?i:wevtutil)[ \t]{1,3}(?i:cl|clear-log)|\b(?i:clear-eventlog)", LIKELY),
    CodePattern("persistence", r"(?i:-DisableRealtimeMonitoring)[ \t]{1,3}(?i:\$?true|1)", CERTAIN),
    CodePattern(
        "persistence",
        r"\b(?i:netsh[ \t]{1,3}advfirewall[ \t]{1,3}set[ \t]{1,3}[a-z]{1,20}[ \t]{1,3}state[ \t]{1,3}off)",
        LIKELY,
    ),
    CodePattern("persistence", r"\bufw[ \t]{1,3}disable", PLAUSIBLE),
    CodePattern("persistence", r"\bsetenforce[ \t]{1,3}0", PLAUSIBLE),
    CodePattern("persistence", r"\biptables[ \t]{1,3}(?:-F|--flush)", PLAUSIBLE),
    CodePattern(
        "persistence",
        rf"\bsystemctl{_S}(?:stop|disable|mask)(?:{_S}--now)?{_S}(?:firewalld|ufw|apparmor|auditd|falcon-sensor|clamav-daemon)",
        PLAUSIBLE,
    ),
    CodePattern(
        "persistence", rf"\b(?i:sc|net)(?:\.exe)?{_S}(?i:stop|delete){_S}[\"']?(?i:windefend|mpssvc|sense)", CERTAIN
    ),
    CodePattern("persistence", r"\bcsrutil[ \t]{1,3}disable|\bspctl[ \t]{1,3}--master-disable", PLAUSIBLE),
    CodePattern("persistence", r"(?i:recoveryenabled)[ \t]{1,3}(?i:no|off)", LIKELY, r"(?i)\bbcdedit\b"),
)

PERSISTENCE = (
    CodePattern("persistence", rf"\|{_O}crontab{_S}-", LIKELY),
    CodePattern("persistence", rf">>?{_O}(?:~|/root|\$HOME|/home/[\w.$-]{{1,32}})/\.ssh/authorized_keys2?", LIKELY),
    CodePattern(
        "persistence",
        rf">>?{_O}/etc/(?:crontab|passwd|shadow|sudoers(?:\.d/[\w-]{{1,32}})?|ld\.so\.preload|rc\.local)",
        LIKELY,
    ),
    CodePattern(
        "persistence", rf"\btee{_S}(?:-a{_S})?/etc/(?:crontab|passwd|shadow|sudoers|ld\.so\.preload)", LIKELY, r"\|"
    ),
    CodePattern("persistence", r"ALL=\(ALL(?::ALL)?\)[ \t]{0,2}NOPASSWD:[ \t]{0,2}ALL", PLAUSIBLE),
    CodePattern(
        "persistence",
        r"\\(?i:CurrentVersion)\\{1,2}(?i:Run(?:Once)?)",
        LIKELY,
        r"(?i)\breg(?:\.exe)?\s+add\b|\b(?:New|Set)-ItemProperty\b",
    ),
    CodePattern("persistence", rf"\b(?i:schtasks)(?:\.exe)?{_S}/(?i:create)", LIKELY),
    CodePattern("persistence", r"/(?i:sc|ru)[ \t]{1,3}(?i:onlogon|onstart|system)", PLAUSIBLE, r"(?i)\bschtasks\b"),
)

DESERIALIZATION = (
    CodePattern("deserialization", r"\b(?:c?[Pp]ickle|dill|cloudpickle|_pickle|marshal)\.loads?\(", LIKELY, "", ""),
    CodePattern(
        "deserialization",
        r"\b(?:pd|pandas)\.read_pickle\(|\bjoblib\.load\(|\bshelve\.open\(|\bjsonpickle\.decode\(",
        POSSIBLE,
        "",
        "",
    ),
    CodePattern("deserialization", r"\ballow_pickle[ ]?=[ ]?True", PLAUSIBLE),
    CodePattern(
        "deserialization",
        r"\byaml\.(?:unsafe_load|full_load)(?:_all)?\(|\bLoader[ ]?=[ ]?yaml\.(?:Unsafe|Full)?Loader",
        LIKELY,
        "",
        "",
    ),
    CodePattern(
        "deserialization",
        r"\byaml\.load(?:_all)?\([^()\n]{0,60}(?:\([^()\n]{0,40}\)[^()\n]{0,40})?\)",
        PLAUSIBLE,
        "",
        "",
        "SafeLoader|BaseLoader",
    ),
    CodePattern("deserialization", r"\bunserialize\([ ]?\$_(?:GET|POST|REQUEST|COOKIE)", CERTAIN),
    CodePattern("deserialization", r"\bnew ObjectInputStream\(|\bnew XMLDecoder\(", LIKELY, "", ""),
    CodePattern(
        "deserialization",
        r"\bnew (?:BinaryFormatter|SoapFormatter|NetDataContractSerializer|LosFormatter|ObjectStateFormatter)\(",
        LIKELY,
        "",
        "",
    ),
    CodePattern(
        "deserialization", r"\btorch\.load\([^()\n]{0,60}\)", POSSIBLE, "", "", "weights_only=True|weights_only = True"
    ),
    CodePattern("deserialization", r"\bTypeNameHandling\.(?:All|Auto|Objects|Arrays)", PLAUSIBLE),
    CodePattern("deserialization", r"\bMarshal\.load\(?", PLAUSIBLE, "", ""),
)

# In capitals a statement is one wherever it stands; in small letters "select one from" is English.
_STATEMENT = (
    r"(?:SELECT\s.{1,200}?\sFROM\s|INSERT\s+INTO\s|UPDATE\s.{1,100}?\sSET\s|DELETE\s+FROM\s"
    r"|select\s[\w\s,.()*]{1,80}?\sfrom\s+[\w.]{1,40}\s+where\s|insert\s+into\s+[\w.]{1,40}\s*\("
    r"|update\s+[\w.]{1,40}\s+set\s|delete\s+from\s+[\w.]{1,40}\s+where\s)"
)
_SQL = rf"[\"'`]{_STATEMENT}"
_PHP_INPUT = r"\$_(?:GET|POST|REQUEST|COOKIE)"
_INPUT = (
    r"(?:(?:raw_)?input\(|request\.|req\.(?:body|query|params)|sys\.argv|(?:window\.)?location\.|document\."
    rf"|{_PHP_INPUT})"
)
_DECODED = (
    r"(?:__import__\([\"']base64[\"']\)|base64\.b64decode|base64_decode|atob|gzinflate|str_rot13|zlib\.decompress"
    r"|codecs\.decode)"
)
_PHP_CALL = r"(?:system|exec|shell_exec|passthru|popen|eval|assert|include(?:_once)?|require(?:_once)?)"

INJECTION = (
    CodePattern("injection", rf"\b(?:eval|exec)\([ ]?{_INPUT}", LIKELY, "", ""),
    CodePattern("injection", rf"\b(?:eval|exec|assert)\([ ]?{_DECODED}", LIKELY),
    CodePattern("injection", r"\bos\.(?:system|popen)\([ ]?f[\"'][^\"'\n\{]{0,80}\{", LIKELY, "", ""),
    CodePattern(
        "injection",
        r"\bos\.(?:system|popen)\([ ]?(?:[\"'][^\"'\n]{0,80}[\"'][ ]?(?:\+|%|\.format)|input\(|sys\.argv|request\.)",
        LIKELY,
        "",
        "",
    ),
    CodePattern(
        "injection",
        r"\bshell[ ]?=[ ]?True",
        LIKELY,
        r"\bsubprocess\.\w+\(.*(?:\bf[\"']|[\"']\s*(?:\+|%)|\.format\(|\binput\()",
    ),
    CodePattern("injection", r"\bgetRuntime\(\)\.exec\([ ]?(?:\"[^\"\n]{0,80}\"[ ]?\+|request\.)", LIKELY, "", ""),
    CodePattern(
        "injection",
        rf"\b{_PHP_CALL}[ ]?\(?[ ]?{_PHP_INPUT}",
        CERTAIN,
    ),
    CodePattern("injection", r"\bexec(?:Sync)?\([ ]?`[^`\n\$]{0,80}\$\{", LIKELY, "", ""),
    CodePattern(
        "injection", r"[\"'][ ]?(?:(?:\+|%|\|\|)[ ]?[$A-Za-z_(]|\.[ ]?\$)", PLAUSIBLE, _SQL, "", in_statement=True
    ),
    CodePattern("injection", r"[\"']\.format\(", PLAUSIBLE, _SQL, "", in_statement=True),
    CodePattern(
        "injection",
        r"\$?\{[$A-Za-z_][\w.\[\]>$-]{0,40}\}",
        PLAUSIBLE,
        rf"(?:\bf[\"']{{1,3}}|`){_STATEMENT}",
        "",
        in_statement=True,
    ),
    CodePattern(
        "injection",
        r"(?:\b(?:window|document)\.)?location\.(?:hash|search|href)|\bdocument\.(?:URL|documentURI|referrer|cookie)",
        PLAUSIBLE,
        r"(?:\.(?:inner|outer)HTML\s*\+?=(?!=)|\bdocument\.write(?:ln)?\()",
        in_statement=True,
    ),
    CodePattern("injection", r"\brender_template_string\([ ]?(?:f[\"']|request\.)", PLAUSIBLE, "", ""),
)

TRANSPORT = (
    CodePattern(
        "transport", r"\bverify[ ]?=[ ]?False", PLAUSIBLE, r"\b(?:requests|httpx|session|client|get|post|put|request)\b"
    ),
    CodePattern("transport", r"\bssl\._create_unverified_context|\bssl\.CERT_NONE", PLAUSIBLE),
    CodePattern("transport", r"\bcheck_hostname[ ]?=[ ]?False", PLAUSIBLE),
    CodePattern("transport", r"\brejectUnauthorized[ ]?:[ ]?false", PLAUSIBLE),
    CodePattern("transport", r"\bNODE_TLS_REJECT_UNAUTHORIZED['\"]?\]?[ ]?=[ ]?['\"]?0", LIKELY),
    CodePattern("transport", r"\bInsecureSkipVerify:[ ]?true", PLAUSIBLE),
    CodePattern("transport", r"\bCURLOPT_SSL_VERIFY(?:PEER|HOST)[ ]?,[ ]?(?:false|0|FALSE)", PLAUSIBLE),
    CodePattern("transport", r"\bStrictHostKeyChecking[ =]no", POSSIBLE),
    CodePattern("transport", r"(?:-k|--insecure)", POSSIBLE, r"\bcurl\b(?:\s+-[\w-]+)*\s+\Z"),
)

PATTERNS = (
    *SHELL,
    *DOWNLOADED_CODE,
    *REMOTE_SHELLS,
    *TRACKS_AND_GUARDS,
    *PERSISTENCE,
    *DESERIALIZATION,
    *INJECTION,
    *TRANSPORT,
)
"""All of them; of several that begin at one place the surest counts, then the first."""
