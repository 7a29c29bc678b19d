# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What looks like a secret and is none passes all of their detectors together, unchanged and not held back for long."""

import pytest

from strongroom.core.findings import Direction
from strongroom.filter import StreamFilter, filter_text

DETECTORS = ("provider_key", "private_key", "connection_string", "jwt", "password", "credential")

SHA1 = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
MD5 = "d41d8cd98f00b204e9800998ecf8427e"
ID = "3f2b8c1d-7a4e-4f60-9b1c-2d5e8f7a6b3c"

IN_PROSE = [
    "Choose a password that is long, and never reuse it.",
    "Your password must be at least 12 characters long.",
    "The password is too short. Please try again.",
    "The password is incorrect.",
    'The error says that the password is "invalid".',
    "Is the password the same as before, or is it different?",
    "A password manager stores passwords, tokens and keys for you.",
    "Password: must contain a digit and a sign.",
    "The key is to practice every day.",
    "The secret is patience, and a token of appreciation helps.",
    "The author of the book is Keynes; the authority is Secretariat.",
    "He keeps the keys under the mat at 221B Baker Street.",
    "Tokenization splits a text into tokens, about 100,000 of them.",
    "Das Passwort ist zu kurz.",
    "Le mot de passe est obligatoire.",
    "La contraseña es obligatoria.",
    "O bearer of bad news, authorization is required.",
    "Use basic authentication only over TLS.",
    "The access token expires after 3600 seconds.",
    "Their API is documented at https://docs.example.com/api/v2/keys.",
]

PLACEHOLDERS = [
    'api_key = "YOUR_API_KEY"',
    "API_KEY=<your-api-key>",
    "token: ${API_TOKEN}",
    "token: {{ secrets.TOKEN }}",
    "password: ********",
    "password=xxxxxxxxxxxx",
    "Authorization: Bearer <token>",
    'Authorization: Bearer $TOKEN"',
    "export SECRET_KEY=changeme-please",
    'client_secret = "REPLACE_WITH_SECRET"',
    "postgresql://user:${DB_PASSWORD}@db/shop",
    "https://user:<password>@host.example/",
    "ghp_" + "x" * 36,
    "AKIA" + "X" * 16,
    "sk-ant-...",
    'curl -u "$USER:$PASS" https://host.example',
    "Server=db;User Id=app;Password={password};",
]

CODE = [
    'password = os.environ["DB_PASSWORD"]',
    "password = getpass.getpass()",
    "token = request.headers.get('Authorization')",
    "const token = await getAccessToken(user);",
    "api_key = config.api_key",
    "apiKey: process.env.API_KEY,",
    "self.password = password",
    "def login(username: str, password: str) -> bool:",
    'if (password == "") { return; }',
    "password = None",
    'type="password" name="password" id="password"',
    'password_label = "Enter your password"',
    "const PASSWORD_FIELD = 'password';",
    "max_tokens=4096, temperature=0.7",
    "primary_key=True, foreign_key='users.id'",
    "for key, value in items.items():",
    'public_key = "9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit"',
    "@Input() keyName = 'customerAddressKey2';",
    "SECRET_NAME=projects/my-project/secrets/db-login/versions/3",
    "key_file = /etc/ssl/private/server.key",
    "keyboard_shortcut: ctrl+shift+p",
    'token_url = "https://auth.example.com/oauth/token"',
    "import { TokenService } from './services/token.service';",
    "var n=function(t){return t.key||t.token},e=n(r);",
]

IDENTIFIERS = [
    f"commit {SHA1}",
    f"The image is app@sha256:{SHA256}.",
    f"md5: {MD5}",
    f"checksum = {SHA256}",
    f"request id {ID}",
    f'{{"id": "{ID}", "type": "user"}}',
    f"credentialsId: '{ID}'",
    f"client_id = {ID}",
    f"github.com/example/project/commit/{SHA1}",
    "resolved https://registry.example.org/x-1.0.tgz#4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4kQ9mTz2Lw7RbNc5EfXv8HjPgYu1Ws3AkQ9mTz2Lw7 me@desk",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----\nMIIBszCCARmgAwIBAgIUAxo9\n-----END CERTIFICATE-----",
    "A file that begins with -----BEGIN PRIVATE KEY----- holds a private key.",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "http://localhost:8080/path and https://host.example:443/a@b",
    "git clone https://git@host.example/me/it.git",
    "version 1.2.3-rc.4+build.20261124",
    "eyJ is how base64 begins for an opening brace and a quote.",
    "eyJhbGciOiJub25lIn0 is only the first part of one.",
    "The AC is on; the SKU is AC1234567890 and the ISBN 978-3-16-148410-0.",
    "sk-learn, pk-fields and api-gateways; pat.example.com; s.split(',')",
    "| key | value |\n|-----|-------|\n| a | 1 |",
]

TEXTS = [*IN_PROSE, *PLACEHOLDERS, *CODE, *IDENTIFIERS]


@pytest.fixture(scope="module")
def secrets(compile_rules):
    return compile_rules(*((name, f'{{ type = "{name}" }}', 'action = "mask"') for name in DETECTORS))


def test_there_are_enough_of_them():
    assert len(set(TEXTS)) >= 60


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_no_secret_passes(secrets, text):
    result = filter_text(secrets, Direction.ANSWER, text)
    assert [text[f.start : f.end] for f in result.findings] == []
    assert result.text == text


def test_ordinary_sentences_are_held_back_for_a_word_at_most(secrets):
    stream = StreamFilter(secrets, Direction.ANSWER)
    longest = 0
    for text in IN_PROSE:
        for character in text + "\n":
            stream.feed(character)
            longest = max(longest, stream.held)
    assert longest <= max(len(word) for text in IN_PROSE for word in text.split()) + 1


def test_a_finding_below_the_threshold_is_left_out(compile_rules):
    text = "mailgun sandbox 9f4a03c7be15d28a6071c3f9e4b2d85a"
    for threshold, count in ((0.6, 1), (0.9, 0)):
        policy = compile_rules(("credential", '{ type = "credential" }', 'action = "mask"', f"threshold = {threshold}"))
        assert len(filter_text(policy, Direction.ANSWER, text).findings) == count
