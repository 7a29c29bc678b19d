# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets that are found, by each detector, whole and however the text is cut. All values are invented."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from strongroom.core.findings import Direction, Evidence
from strongroom.filter import StreamFilter, filter_text
from strongroom.filter.detectors.secrets.provider_forms import read_forms
from strongroom.filter.detectors.secrets.provider_keys import providers
from strongroom.filter.detectors.secrets.shapes import entropy

HEX = "9f4a03c7be15d28a6071c3f9e4b2d85a"
MIXED = "q7Rz2LwX9vKd4TnB8sYf1GhJ"
LONG = "Zk3vQ9xW1pLr7TnD5yHs2MfB8cJg4KaUe6RtYw0Qd"

# Joined here, so that no scanner of repositories takes the invented values for leaks.
PROVIDER_KEYS = [
    ("export T=" + "ghp" + f"_{(MIXED * 2)[:36]}", "ghp" + f"_{(MIXED * 2)[:36]}", "github"),
    ("use " + "glpat" + "-Xy7_kQ2mTz9Lw4RbNc8E for it", "glpat" + "-Xy7_kQ2mTz9Lw4RbNc8E", "gitlab"),
    ("(" + "AKIA" + "Q3EGRZ7T5WJ2MX4B)", "AKIA" + "Q3EGRZ7T5WJ2MX4B", "aws"),
    (
        "key: " + "AIza" + "SyD4kQ9mTz2Lw7RbNc5EfXv8HjPgYu1Ws3A.",
        "AIza" + "SyD4kQ9mTz2Lw7RbNc5EfXv8HjPgYu1Ws3A",
        "google",
    ),
    ("sk_" + "live_" + MIXED, "sk_" + "live_" + MIXED, "stripe"),
    ("xox" + "b-204817365921-3918273645012-" + MIXED, "xox" + "b-204817365921-3918273645012-" + MIXED, "slack"),
    (
        "post to https://hooks.slack.com" + f"/services/T02ABCD3E/B05FGHI7J/{MIXED}",
        "hooks.slack.com" + f"/services/T02ABCD3E/B05FGHI7J/{MIXED}",
        "slack",
    ),
    ("x=SG." + "kQ9mTz2Lw7RbNc5EfXv8Hj.PgYu1Ws3AkQ9mTz2Lw7RbNc5EfXv8HjPgYu1Ws3Az2", None, "sendgrid"),
    ('"hf' + '_qWzXkRvTnYbLpMcJdHsGfKaUeQwRtYzXvKq"', None, "huggingface"),
    ("4915038276:" + "AAF3kQ9mTz2Lw7RbNc5EfXv8HjPgYu1Ws3Az", ":" + "AAF3kQ9mTz2Lw7RbNc5EfXv8HjPgYu1Ws3Az", "telegram"),
    ("a secret Xq7" + "8Q~" + LONG[:34], "~" + LONG[:34], "azure"),
    ("AGE-SECRET-KEY-1" + "Q3EGRZ7T5WJ2MX4BQ8PD6VYNK9HS3LCU0A7F5TMW2XJ4ERZ6GQ8PD3VYN9", None, "age"),
    ("dop" + f"_v1_{HEX}{HEX[::-1]}", None, "digitalocean"),
    ("npm" + f"_{(MIXED * 2)[:36]}\n", "npm" + f"_{(MIXED * 2)[:36]}", "npm"),
    ("line\\n" + "ghs" + f"_{(MIXED * 2)[:36]}\\n", "ghs" + f"_{(MIXED * 2)[:36]}", "github"),
    ("shpat" + f"_{HEX}", None, "shopify"),
    ("https://" + HEX + "@o42.ingest.example.io/17", None, "sentry"),
    ("hash $2b$12$kQ9mTz2Lw7RbNc5EfXv8HjPgYu1Ws3AkQ9mTz2Lw7RbNc5EfXv8H.", None, "password_hash"),
]

TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    ".eyJzdWIiOiJzb21lb25lIiwiaWF0IjoxfQ.q7Rz2LwX9vKd4TnB8sYf1GhJq7Rz2LwX9vKd4TnB8sY"
)
UNSIGNED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzb21lb25lIn0."
ENCRYPTED = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.q7Rz2LwX9vKd4TnB.q7Rz2LwX9vKd.q7Rz2LwX9.q7Rz2LwX"
TOKENS = [
    (f"Authorization: Bearer {TOKEN}", TOKEN),
    (f"'{TOKEN}'", TOKEN),
    (f"?access_token={TOKEN}&x=1", TOKEN),
    (f"an unsigned one: {UNSIGNED} and", UNSIGNED),
    (f"{ENCRYPTED}", ENCRYPTED),
]

BODY = "\n".join((LONG * 2)[shift : shift + 64].replace("-", "x") for shift in (0, 5, 9))
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n{LONG[:12]}==\n-----END RSA PRIVATE KEY-----"
ONE_LINE = PEM.replace("\n", "\\n")
QUOTED = '" +\n  "'.join(PEM.split("\n"))
WITH_HEADER = PEM.replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0A1B2C3D\n\n", 1)
OPENPGP = (
    f"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n{BODY}\n=aB3x\n-----END PGP PRIVATE KEY BLOCK-----"
)
PUTTY = (
    f"PuTTY-User-Key-File-2: ssh-ed25519\nEncryption: none\nComment: me@desk\nPublic-Lines: 2\n{BODY}\n"
    f"Private-Lines: 1\n{LONG}\nPrivate-MAC: {HEX}{HEX[:8]}"
)
CUT_OFF = f"-----BEGIN PRIVATE KEY-----\n{BODY}"
PEM_IN_BASE64 = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2UUlCQURBTkJna3Foa2lHOXcwQkFRRUZBQVNDQktjd2dnU2o="
PRIVATE_KEYS = [
    *((f"Here it is:\n{key}\nKeep it safe.", key) for key in (PEM, WITH_HEADER, OPENPGP, PUTTY)),
    (f'{{"private_key": "{ONE_LINE}\\n", "id": 1}}', ONE_LINE),
    (f'key = "{QUOTED}";', QUOTED),
    (f"{CUT_OFF}\n\nThat was all.", CUT_OFF),
    (CUT_OFF, CUT_OFF),
    (f"client-key-data: {PEM_IN_BASE64}\n", PEM_IN_BASE64),
]

CONNECTION_STRINGS = [
    ("postgresql://app:w1nter-is-c0ld@db.example.com:5432/x", "w1nter-is-c0ld"),
    ("mongodb+srv://app:p@ss!7@cluster0.example.net/x?retryWrites=true", "p@ss!7"),
    ("redis://:s3lf1e@cache.internal:6379/0", "s3lf1e"),
    ("amqp://worker:rabb1t@mq:5672/%2f", "rabb1t"),
    ("(see https://joe:hunter2@host.example/path)", "hunter2"),
    ("mongodb://u:f1rst-one@a.example:27017,u:sec0nd-one@b.example/x", "f1rst-one", "sec0nd-one"),
    ("Server=db1;Database=shop;User Id=app;Password=w1nter,is c0ld;Encrypt=yes", "w1nter,is"),
    ("Driver={ODBC Driver 18};Server=db1;Uid=app;Pwd=w1nter;", "w1nter"),
    ("jdbc:mysql://db1/shop?user=app&password=w1nter&ssl=true", "w1nter"),
    ("host=db1 user=app password=w1nter dbname=shop", "w1nter"),
    (f"Endpoint=sb://x.example.net/;SharedAccessKeyName=Root;SharedAccessKey={LONG}k=", f"{LONG}k="),
]

PASSWORDS = [
    ('password = "w1nter!"', "w1nter!"),
    ("password: 'only letters'", "only letters"),
    ("DB_PASSWORD=w1nter-is-cold", "w1nter-is-cold"),
    ("export PGPASSWORD=wintertime", "wintertime"),
    ('"password": "w1nter",', "w1nter"),
    ("'db.password' => 'w1nter',", "w1nter"),
    ('String dbPassword = "w1nter";', "w1nter"),
    ("<password>w1nter</password>", "w1nter"),
    ('<add key="SmtpPassword" value="w1nter" />', "w1nter"),
    ("The password is w1nter!", "w1nter!"),
    ('The password for user "joe" is "blueberry".', "blueberry"),
    ("**Password:** `w1nter`", "w1nter"),
    ("Das Passwort lautet W1nter#7.", "W1nter#7"),
    ("Le mot de passe est « Hiver2026 »", None),
    ("Le mot de passe est Hiver2026.", "Hiver2026"),
    ("La contraseña es Invierno26", "Invierno26"),
    ("La password è inverno26", "inverno26"),
    ("A senha é inverno26", "inverno26"),
    ("Wachtwoord: winter26", "winter26"),
    ("Lösenord: vinter26", "vinter26"),
    ("hasło: zima2026", "zima2026"),
    ("Пароль: zima2026", "zima2026"),
    ("密码：winter26", None),
    ("密码: winter26", "winter26"),
    ("Kennwort = winter26", "winter26"),
    ("curl -u joe:w1nter https://host.example", "w1nter"),
    ("curl --user 'joe:w1nter' https://host.example", "joe:w1nter"),
    ("mysql -u root -pw1nter", None),
    ("docker login -u joe -p w1nter9", "w1nter9"),
    ("app --password w1nter9 --force", "w1nter9"),
    ("machine host.example login joe password w1nter9", "w1nter9"),
    ('new NetworkCredential("joe", "wintertime");', "wintertime"),
    ('if user == "joe" and password == "w1nter":', "w1nter"),
    ("user = joe\npassword = wintertime\n", "wintertime"),
    ("passphrase: correct7horse", "correct7horse"),
]

CREDENTIALS = [
    (f'API_KEY = "{HEX}"', HEX),
    (f"api_key: {MIXED}", MIXED),
    (f"'apiKey': '{MIXED}',", MIXED),
    (f'os.environ["SERVICE_TOKEN"] = "{MIXED}"', MIXED),
    (f"getenv('SECRET_KEY', '{MIXED}')", MIXED),
    (f"-H 'Authorization: Bearer {MIXED}'", MIXED),
    (f'-H "X-Api-Key: {HEX}"', HEX),
    ("Authorization: Basic am9lOncxbnRlcg==", "am9lOncxbnRlcg=="),
    (f"https://api.example.com/v1?token={MIXED}&page=2", MIXED),
    (f"client_secret={MIXED}", MIXED),
    (f"aws_secret_access_key = {LONG[:40]}", LONG[:40]),
    ("SNYK_TOKEN: 3f2b8c1d-7a4e-4f60-9b1c-2d5e8f7a6b3c", "3f2b8c1d-7a4e-4f60-9b1c-2d5e8f7a6b3c"),
    (f'<add key="AccessToken" value="{MIXED}"/>', MIXED),
    (f'{{"name": "AUTH_TOKEN", "value": "{MIXED}"}}', MIXED),
    (f'variable "x_token" {{\n  default = "{MIXED}"\n}}', MIXED),
    (f"The API key is {MIXED}.", MIXED),
    (f"Your access token: `{MIXED}`", MIXED),
    (f"#define IO_KEY {MIXED}", None),
    (f'#define IO_KEY "{MIXED}"', MIXED),
    (f"mailgun sandbox {HEX}", HEX),
    (f"curl https://api.openweathermap.org/data?appid={HEX}", HEX),
    (f"the api token of the bot\n\n{MIXED}", MIXED),
    (f"--registration-token {MIXED}", MIXED),
    (f"PrivateKey = {LONG}k=", f"{LONG}k="),
    (f'setApiKey("{MIXED}")', MIXED),
    (f"const apiKey = process.env.API_KEY || '{MIXED}';", MIXED),
]


def samples():
    """Every sample as (detector, text, passages)."""
    for text, passage, _ in PROVIDER_KEYS:
        yield "provider_key", text, (passage,)
    for detector, rows in (
        ("jwt", TOKENS),
        ("private_key", PRIVATE_KEYS),
        ("connection_string", CONNECTION_STRINGS),
        ("password", PASSWORDS),
        ("credential", CREDENTIALS),
    ):
        for text, *passages in rows:
            yield detector, text, passages


@pytest.fixture(scope="module")
def compiled(compile_rules):
    """Return a function from a detector to its compiled policy."""
    known = {}

    def one(detector):
        if detector not in known:
            known[detector] = compile_rules((detector, f'{{ type = "{detector}" }}', 'action = "mask"'))
        return known[detector]

    return one


def findings(policy, text):
    return filter_text(policy, Direction.ANSWER, text).findings


@pytest.mark.parametrize(("detector", "text", "passages"), list(samples()))
def test_secrets_are_found(compiled, detector, text, passages):
    found = [text[finding.start : finding.end] for finding in findings(compiled(detector), text)]
    if None not in passages:
        assert found == list(passages)
    elif detector == "provider_key":
        assert len(found) == 1


@pytest.mark.parametrize(("text", "passage", "provider"), PROVIDER_KEYS)
def test_a_providers_key_says_whose_it_is(compiled, text, passage, provider):
    (finding,) = findings(compiled("provider_key"), text)
    assert finding.category == f"test.provider_key.{provider}"
    assert finding.evidence is Evidence.PREFIX


def streamed(policy, pieces):
    stream = StreamFilter(policy, Direction.ANSWER)
    releases = [*map(stream.feed, pieces), stream.finish()]
    return "".join(r.text for r in releases), tuple(f for r in releases for f in r.findings)


@pytest.mark.parametrize(("detector", "text", "passages"), list(samples()))
def test_where_a_text_is_cut_makes_no_difference(compiled, detector, text, passages):
    policy = compiled(detector)
    whole = filter_text(policy, Direction.ANSWER, text)
    step = 1 if len(text) < 200 else 3
    for cut in range(0, len(text), step):
        assert streamed(policy, [text[:cut], text[cut:]]) == (whole.text, whole.findings), cut
    assert streamed(policy, [text[at : at + 3] for at in range(0, len(text), 3)]) == (whole.text, whole.findings)


FRAGMENTS = [
    "password",
    " = ",
    '"',
    "'",
    ": ",
    "token",
    "api_key",
    MIXED[:9],
    MIXED,
    HEX,
    "://",
    "user:",
    "@host",
    "\n",
    " ",
    "is ",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    LONG,
    "eyJ",
    "hbGciOiJub25lIn0.eyJzdWIi",
    ".",
    "ghp_",
    "sk-",
    "-",
    "Bearer ",
    "the ",
    "mailgun ",
    "https",
    "8Q~",
    ":AA",
    "12345678",
    "\\n",
    ";",
    "&",
    "Server=x;",
    "-u ",
    "ü",
    "x",
    "PuTTY-User-Key-File-2: a",
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14), st.data())
def test_near_misses_are_the_same_however_they_are_cut(compiled, fragments, data):
    text = "".join(fragments)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    for detector in ("provider_key", "private_key", "connection_string", "jwt", "password", "credential"):
        policy = compiled(detector)
        whole = filter_text(policy, Direction.ANSWER, text)
        assert streamed(policy, pieces) == (whole.text, whole.findings), detector


FORMS = read_forms()


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FORMS), st.data())
def test_every_form_of_the_table_is_found(compiled, form, data):
    ascii_letters = st.characters(codec="ascii")
    tail = data.draw(st.from_regex(form.tail, fullmatch=True, alphabet=ascii_letters))
    before = data.draw(st.from_regex(form.before, fullmatch=True, alphabet=ascii_letters)) if form.before else ""
    assume(entropy(tail) > 2.9 and not re.search(r"(?i)([x0*#.])\1{4}|x{3}|abcdefghij", tail))
    text = f"x {before}{form.prefix}{tail} y"
    assert findings(compiled("provider_key"), text)


def test_many_providers_are_known():
    assert len(providers()) >= 180


@pytest.mark.parametrize(
    ("detector", "near_miss"),
    [
        ("provider_key", "sk-ghp_AKIA-hooks.slack.com/services/T"),
        ("provider_key", "8Q~|" + "1" * 17),
        ("jwt", "eyJhbGciOi.eyJ."),
        ("private_key", "-----BEGIN PRIVATE KEY-----\n" + "A" * 30 + "\nProc-Type: x\n"),
        ("private_key", "-----BEGIN PRIVATE KEY"),
        ("connection_string", "https://a:b"),
        ("connection_string", "://user:pass,x:"),
        ("password", "password='"),
        ("password", "the password for the user is is "),
        ("credential", "token=key:'secret "),
        ("credential", "Authorization: Bearer Basic "),
    ],
)
def test_long_hostile_texts_are_filtered_in_linear_time(compiled, detector, near_miss):
    text = (near_miss * (40_000 // len(near_miss) + 1))[:40_000]
    filter_text(compiled(detector), Direction.ANSWER, text)
