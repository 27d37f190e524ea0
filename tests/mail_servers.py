"""Mail servers of a test, on free ports of this machine: real ones with TLS, and one that answers as scripted."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from execops.settings import Secret
from tests.payloads import parsed
from tests.serving import serving

USER, PASSWORD = "ada@hooli.example", "p/ss:w@rd %2#"
IN_URL = "ada%40hooli.example:p%2Fss%3Aw%40rd%20%252%23"


@dataclass
class Authority:
    """A certificate authority, and the file that makes a process trust it: SSL_CERT_FILE."""

    file: Path
    ca: trustme.CA

    def context(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        """The TLS of a server with these names."""
        moment = datetime.now(UTC)
        until = moment - timedelta(days=1) if expired else moment + timedelta(days=1)
        certificate = self.ca.issue_cert(*names, not_before=moment - timedelta(days=2), not_after=until)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        certificate.configure_cert(context)
        return context


def create_authority(folder: Path) -> Authority:
    """An authority whose certificate lies in this folder."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    return Authority(folder / "ca.pem", ca)


@dataclass
class Inbox:
    """The mails that a server accepted, with their envelopes, and the answer to the next ones."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)  # by command; used up one by one
    folder: Path | None = None  # the mails lie there as files, too
    sign_in: bool = True  # it takes mails only after a sign-in

    @property
    def contents(self) -> list[bytes]:
        """The mails as they arrived."""
        return [envelope.original_content or b"" for envelope in self.envelopes]

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails, parsed."""
        return [parsed(content) for content in self.contents]

    def url(self, scheme: str = "smtp", *, user: str = IN_URL, host: str = "localhost") -> Secret:
        """The value of SMTP_URL for this server."""
        return Secret(f"{scheme}://{user}@{host}:{self.port}" if user else f"{scheme}://{host}:{self.port}")

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept the recipient, unless the test says otherwise."""
        if self.answers.get("RCPT"):
            return self.answers["RCPT"].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, unless the test says otherwise."""
        if self.sign_in and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self.answers.get("DATA"):
            return self.answers["DATA"].pop(0)
        self.envelopes.append(envelope)
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / str(len(self.envelopes))).write_bytes(self.contents[-1])
        return f"250 2.0.0 queued as {len(self.envelopes)}"


class _Handler:
    """The steps alone: aiosmtpd reads every attribute of its handler at each connection, also those that parse all mails."""

    def __init__(self, inbox: Inbox) -> None:
        self.handle_RCPT = inbox.handle_RCPT
        self.handle_DATA = inbox.handle_DATA


@asynccontextmanager
async def smtp_server(
    context: ssl.SSLContext | None, *, implicit: bool = False, sign_in: bool = True, starttls: bool = True
) -> AsyncIterator[Inbox]:
    """Serve SMTP on a free port: with STARTTLS, or with TLS from the start."""
    inbox = Inbox(sign_in=sign_in)

    def authenticate(_: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        accepted = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=accepted, handled=accepted)

    def serve() -> SMTP:
        offers = context if starttls and not implicit else None
        return SMTP(
            _Handler(inbox),
            hostname="mail.hooli.example",
            tls_context=offers,
            require_starttls=offers is not None,
            authenticator=authenticate if sign_in else None,
            auth_required=sign_in and offers is not None,
            auth_require_tls=offers is not None,
            data_size_limit=2_000_000,
            enable_SMTPUTF8=False,
        )

    server = await asyncio.get_running_loop().create_server(
        serve, "localhost", 0, ssl=context if implicit else None
    )
    inbox.port = server.sockets[0].getsockname()[1]
    try:
        yield inbox
    finally:
        server.close()


# The steps of a conversation, in their order, with the answers of a server that takes every mail.
STEPS: Mapping[str, str] = {
    "greeting": "220 mail.hooli.example ESMTP",
    "EHLO": "250-mail.hooli.example\r\n250-SIZE 2000000\r\n250 AUTH PLAIN LOGIN",
    "MAIL": "250 2.1.0 OK",
    "RCPT": "250 2.1.5 OK",
    "DATA": "354 go on",
    "body": "",  # the first line of the mail arrived
    "dot": "250 2.0.0 queued as 7",
    "QUIT": "221 2.0.0 bye",
    "NOOP": "250 2.0.0 OK",
}
CLOSE, HANG = "close", "hang"


@dataclass
class Script:
    """A server that keeps to a script: for each step an answer, CLOSE or HANG."""

    script: dict[str, str]
    port: int = 0
    accepted: list[bytes] = field(default_factory=list)  # the mails to which it answered 2xx, or could have
    completed: int = 0  # the mails whose last line arrived
    heard: list[str] = field(default_factory=list)
    on_step: Callable[[str], object] = lambda _: None  # called when a step is reached

    def url(self) -> Secret:
        """The value of SMTP_URL for this server."""
        return Secret(f"smtp://127.0.0.1:{self.port}")

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation; the connection is cut at its end."""
        try:
            await self._converse(reader, writer)
        finally:
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self._answer("greeting", writer):
            return
        while line := await reader.readline():
            command = line.decode("latin-1").split()[0].upper()
            self.heard.append(command)
            if not await self._answer(command, writer):
                return
            if command == "DATA" and self.script.get("DATA", "354").startswith("354"):
                content = await reader.readline()
                if not await self._answer("body", writer):
                    return
                while not content.endswith(b"\r\n.\r\n"):
                    line = await reader.readline()
                    if not line:
                        return
                    content += line
                self.completed += 1
                if self.script.get("dot", "250").startswith("250"):
                    self.accepted.append(content)
                if not await self._answer("dot", writer):
                    return

    async def _answer(self, step: str, writer: asyncio.StreamWriter) -> bool:
        """Whether the conversation goes on."""
        self.on_step(step)
        answer = self.script.get(step, STEPS.get(step, "502 5.5.1 what?"))
        if answer == HANG:
            await asyncio.Event().wait()
        if answer == CLOSE:
            return False
        if answer:
            writer.write(f"{answer}\r\n".encode())
            await writer.drain()
        return True


@asynccontextmanager
async def scripted(**script: str) -> AsyncIterator[Script]:
    """Serve this script on a free port."""
    server = Script(script)
    async with serving(server.converse) as server.port:
        yield server
