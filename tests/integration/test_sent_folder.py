"""A mail whose answer did not come is looked for in the Sent folder: found is sent, not found is unknown."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from execops.adapters import create_adapters
from execops.adapters.email import compose
from execops.adapters.smtp import imap, mail_server, sent_folder
from execops.adapters.smtp.mail_server import MailServer
from execops.errors import NotConfiguredError, UnavailableError
from execops.model import Json
from execops.ports import Happened, Reconciliation
from execops.settings import Secret, Settings, load_settings
from tests.mail_servers import Authority
from tests.mailboxes import mailbox, real_mailbox
from tests.payloads import PAYLOADS

KEY = "execops-default-7-2-1"
MAIL = PAYLOADS["email"]
pytestmark = pytest.mark.usefixtures("trusted")
SENT = {"INBOX": "", "Gesendet": "\\HasNoChildren \\Sent"}


def reading(imap_url: Secret, timeout: float = 10.0) -> Settings:
    """Settings that look for sent mails in this mailbox."""
    settings = load_settings({"home": "/nowhere", "email_transport": "smtp"}, {})
    return replace(settings, smtp_url=Secret("smtp://localhost"), imap_url=imap_url, smtp_timeout=timeout)


async def reconciled(
    imap_url: Secret, payload: Json = MAIL, key: str = KEY, timeout: float = 10.0
) -> Reconciliation:
    """The answer of the adapter about an attempt."""
    adapter = create_adapters(reading(imap_url, timeout))["email"]
    return await adapter.reconcile(payload, idempotency_key=key)


def server_of(url: Secret) -> MailServer:
    """The server of this URL."""
    server = mail_server.imap_server(url)
    assert server is not None
    return server


def sent(payload: Json = MAIL, key: str = KEY) -> bytes:
    """The mail as a server files it."""
    return b"Received: by mail.hooli.example\r\n" + compose(payload, key).as_bytes()


def without_digest(mail: bytes) -> bytes:
    """The mail as a server files it that drops headers which it does not know."""
    return re.sub(rb"X-ExecOps-Digest: [0-9a-f]+\r?\n", b"", mail)


async def test_a_copy_is_known_by_its_digest(authority: Authority) -> None:
    """A server may add a footer, and a later version of ExecOps composes the same payload in another way."""
    footer = sent().replace(b"--==", b"sent by hooli\r\n--==", 1)
    altered = sent().replace(b"Subject: ", b"Subject: [checked] ")
    for mail in (footer, altered):
        assert mail != sent()
        async with mailbox(
            authority.context("localhost"), folders=SENT, mails={"Gesendet": [mail]}
        ) as server:
            assert (await reconciled(server.url())).happened is Happened.YES
    forged = re.sub(rb"X-ExecOps-Digest: [0-9a-f]+", b"X-ExecOps-Digest: " + b"0" * 32, sent())
    async with mailbox(authority.context("localhost"), folders=SENT, mails={"Gesendet": [forged]}) as server:
        assert (await reconciled(server.url())).happened is Happened.CANNOT_TELL


async def test_a_real_server_is_searched(authority: Authority, tmp_path: Path) -> None:
    async with real_mailbox(authority, tmp_path) as server:
        assert (await reconciled(server.url())).happened is Happened.CANNOT_TELL
        await asyncio.to_thread(server.file, "Sent", sent(key=f"{KEY}1"))
        assert (await reconciled(server.url())).happened is Happened.CANNOT_TELL
        await asyncio.to_thread(server.file, "Sent", sent())
        answer = await reconciled(server.url())
        assert answer.happened is Happened.YES
        assert answer.result == {"message_id": f"<{KEY}@hooli.example>", "transport": "smtp"}
        await asyncio.to_thread(server.file, "Elsewhere", sent(key="execops-9"))
        assert (await reconciled(server.url(), key="execops-9")).happened is Happened.CANNOT_TELL
        assert (await reconciled(server.url("Elsewhere"), key="execops-9")).happened is Happened.YES


async def test_the_folder_that_the_server_marks_is_searched(authority: Authority) -> None:
    context = authority.context("localhost")
    async with mailbox(context, folders=SENT, mails={"Gesendet": [b"Subject: x\r\n\r\n", sent()]}) as server:
        assert (await reconciled(server.url())).happened is Happened.YES
        assert (await reconciled(server.url(), key="execops-9")).happened is Happened.CANNOT_TELL
    commands = {line.split(" ")[1] for line in server.heard}
    assert commands == {
        "AUTHENTICATE",
        "CAPABILITY",
        "LIST",
        "EXAMINE",
        "UID",
        "LOGOUT",
    }  # nothing is changed
    assert all("BODY.PEEK[]" in line for line in server.heard if "FETCH" in line)


async def test_a_server_that_marks_folders_only_when_asked_is_asked(authority: Authority) -> None:
    context, capabilities = authority.context("localhost"), "IMAP4rev1 AUTH=PLAIN SPECIAL-USE"
    mails = {"Gesendet": [sent()]}
    async with mailbox(context, folders=SENT, mails=mails, capabilities=capabilities) as server:
        assert (await reconciled(server.url())).happened is Happened.YES


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Other words."},
        {"subject": "Another subject"},
        {"to": "someone@else.example"},
    ],
)
@pytest.mark.parametrize("keeps_digest", [True, False])
async def test_a_strangers_mail_with_this_key_is_not_this_mail(
    authority: Authority, other: Json, keeps_digest: bool
) -> None:
    stranger = sent(MAIL | other)
    mails = {"Gesendet": [stranger if keeps_digest else without_digest(stranger)]}
    async with mailbox(authority.context("localhost"), folders=SENT, mails=mails) as server:
        assert (await reconciled(server.url())).happened is Happened.CANNOT_TELL
        server.mails["Gesendet"].append(sent())
        assert (await reconciled(server.url())).happened is Happened.YES


async def test_a_mail_is_known_in_another_form(authority: Authority) -> None:
    """A server may fold headers, drop those that it does not know, and encode the text in another way."""
    message = compose(MAIL, KEY)
    text = message.get_body(("plain",))
    assert text is not None
    for encoding in ("8bit", "quoted-printable"):
        text.set_content(MAIL["text"] + "\n", cte=encoding)
        mails = {"Gesendet": [without_digest(message.as_bytes())]}
        async with mailbox(authority.context("localhost"), folders=SENT, mails=mails) as server:
            assert (await reconciled(server.url())).happened is Happened.YES


@pytest.mark.parametrize("step", ["AUTHENTICATE", "LIST", "EXAMINE", "UID SEARCH", "UID FETCH"])
@pytest.mark.parametrize("hangs", [False, True])
async def test_a_server_that_fails_leaves_it_unknown(authority: Authority, step: str, hangs: bool) -> None:
    context = authority.context("localhost")
    async with mailbox(
        context, folders=SENT, mails={"Gesendet": [sent()]}, fails_at=step, hangs=hangs
    ) as server:
        answer = await asyncio.wait_for(reconciled(server.url(), timeout=0.3), 20)
    assert answer.happened is Happened.CANNOT_TELL


@pytest.mark.parametrize("key", ['x" ALL (', "x\\", 'x\\" ALL ("', "x{3}", "* OR ALL", "%"])
async def test_no_key_becomes_a_command(authority: Authority, key: str) -> None:
    mails = {"Gesendet": [sent()]}
    async with mailbox(authority.context("localhost"), folders=SENT, mails=mails) as server:
        mails_of_key = await asyncio.to_thread(sent_folder._find, server_of(server.url()), f"<{key}>", 5.0)
    assert mails_of_key == []
    [search] = [line for line in server.heard if "SEARCH" in line]
    quoted = search.partition(" HEADER Message-ID ")[2]
    assert re.fullmatch(r'"(?:[^"\\]|\\["\\])*"', quoted), "one quoted string"


@pytest.mark.parametrize("text", ["x\r\nA1 DELETE INBOX", "x\n", "ü", "x\x00", "x\x7f"])
def test_what_no_command_can_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no command"):
        imap.as_argument(text)


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("Sent Items", '"Sent Items"'),
        ("R&D", '"R&-D"'),
        ("Éléments envoyés", '"&AMk-l&AOk-ments envoy&AOk-s"'),
        ("台北", '"&U,BTFw-"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("x\r\nA1 DELETE INBOX", '"x&AA0ACg-A1 DELETE INBOX"'),
    ],
)
def test_the_name_of_a_folder_is_encoded(name: str, argument: str) -> None:
    assert imap.folder_argument(name) == argument


async def test_a_certificate_that_is_not_trusted_sends_no_password(authority: Authority) -> None:
    for context in (authority.context("localhost", expired=True), authority.context("mail.other.example")):
        async with mailbox(context, folders=SENT, mails={"Gesendet": [sent()]}) as server:
            assert (await reconciled(server.url())).happened is Happened.CANNOT_TELL
            with pytest.raises(UnavailableError, match="is not trusted"):
                await sent_folder.check(reading(server.url()))
        assert server.heard == []


async def test_the_check_names_the_folder_and_what_to_do(authority: Authority, tmp_path: Path) -> None:
    assert await sent_folder.check(replace(reading(Secret("x")), imap_url=None)) is None
    async with mailbox(authority.context("localhost"), folders=SENT) as server:
        checked = await sent_folder.check(reading(server.url()))
        assert checked == (
            f'localhost:{server.port}, the certificate is trusted, signed in, sent mails in "Gesendet"'
        )
        with pytest.raises(UnavailableError, match="refused the user or the password of EXECOPS_IMAP_URL"):
            await sent_folder.check(reading(server.url(user="ada:wrong")))
        server.folders = {"INBOX": ""}
        with pytest.raises(UnavailableError, match="no folder of sent mails") as missing:
            await sent_folder.check(reading(server.url()))
        assert "imaps://user:password@host/Folder" in (missing.value.hint or "")
    with pytest.raises(UnavailableError, match="Connection refused"):
        await sent_folder.check(reading(server.url()))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("imaps://mail.example", "no user and no password"),
        ("smtp://u:p@mail.example", "does not begin with imap:// or imaps://"),
        ("imaps://u:hunter2@mail.example/a%0d%0ab", "control character"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_and_not_shown(url: str, why: str) -> None:
    with pytest.raises(NotConfiguredError, match=why) as refused:
        create_adapters(reading(Secret(url)))
    assert refused.value.message.startswith("EXECOPS_IMAP_URL cannot be used: ")
    assert "hunter2" not in refused.value.message
