"""The transport `smtp`: hands a mail to a mail server.

The server takes a mail at the line with a single dot that ends it, and at no moment before
(https://www.rfc-editor.org/rfc/rfc5321#section-4.2.5). Errors are told apart by that line. Before it, nothing was
accepted. After it, an answer is definite; without an answer nobody can tell, and SMTP has no way to ask.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar, cast

from execops.adapters.smtp import sent_folder, smtp_errors
from execops.adapters.smtp.mail_server import MailServer, imap_server, smtp_server
from execops.adapters.smtp.smtp_errors import Step
from execops.errors import AdapterError, ExecOpsError
from execops.model import Check, Json
from execops.ports import Happened, Reconciliation
from execops.settings import Settings

if TYPE_CHECKING:
    from email.message import EmailMessage

    from aiosmtplib import SMTP, SMTPResponse

_FIRST_DOT = re.compile(rb"(?m)^\.")
_QUIT_WAIT = 1.0  # seconds; the mail is accepted by then
_SEND = 354  # the answer to DATA: now send the mail


class SmtpTransport:
    """Hands mails to the server of SMTP_URL; looks for them in the Sent folder of EXECOPS_IMAP_URL, if that is set."""

    name: ClassVar[str] = "smtp"
    leaves_the_machine: ClassVar[bool] = True

    def __init__(self, settings: Settings) -> None:
        """Raises NotConfiguredError if SMTP_URL is missing, or one of the two URLs cannot be used."""
        self._server = smtp_server(settings.smtp_url)
        self._imap = imap_server(settings.imap_url)
        self._timeout = settings.smtp_timeout

    @classmethod
    async def diagnose(cls, settings: Settings) -> Sequence[Check]:
        """Sign in at the server of SMTP_URL, and at the mailbox with the sent mails; nothing is sent."""
        try:
            server = Check("email", "ok", f"smtp: {await check(settings)}")
        except ExecOpsError as exc:
            server = Check("email", "bad", exc.message, exc.hint)
        return [server, await sent_folder.diagnose(settings)]

    def describe(self, mail: str) -> str:
        """Say in words what sending does with this mail, such as `a mail from … to …`."""
        return f"sends {mail} through {self._server.name}"

    async def send(self, message: EmailMessage, content: bytes, idempotency_key: str) -> Json:  # noqa: ARG002
        """Hand the mail to the server, and return the server's answer.

        Raises NotAcceptedError, RejectedError, AmbiguousError.
        """
        sender, recipient = _address(message, "From"), _address(message, "To")
        step, answer = Step.CONNECT, None
        try:
            async with _signed_in(self._server, self._timeout) as client:
                writer = _writer(client)
                step = Step.SENDER
                size = [f"size={len(content)}"] if client.supports_extension("size") else []
                await client.mail(sender, options=size)
                step = Step.RECIPIENT
                await client.rcpt(recipient)
                step = Step.MESSAGE
                await _begin(client, writer, content, self._timeout)
                answer = await _end(client, self._server, recipient, self._timeout)
                with contextlib.suppress(Exception):  # the mail is accepted, however the connection ends
                    await client.quit(timeout=min(self._timeout, _QUIT_WAIT))
        except AdapterError:
            raise
        except smtp_errors.outside() as exc:
            if answer is None:  # else the mail is accepted, and only the end of the connection broke
                about = sender if step is Step.SENDER else recipient
                raise smtp_errors.not_sent(exc, self._server, step, about, self._timeout) from exc
        return {"answer": smtp_errors.shown(answer)}

    async def find(self, message: EmailMessage, idempotency_key: str) -> Reconciliation:  # noqa: ARG002
        """YES if this mail lies in the Sent folder; else nobody can tell, because most servers file nothing there."""
        if self._imap is not None and await sent_folder.holds(self._imap, message, self._timeout):
            return Reconciliation(Happened.YES)
        return Reconciliation(Happened.CANNOT_TELL)


async def check(settings: Settings) -> str:
    """Sign in at the server of SMTP_URL without sending anything; returns what was proven.

    Raises NotConfiguredError, NotAcceptedError, RejectedError.
    """
    server = smtp_server(settings.smtp_url)
    try:
        async with _signed_in(server, settings.smtp_timeout) as client:
            encrypted = client.get_transport_info("sslcontext") is not None
            await client.noop()
            with contextlib.suppress(Exception):
                await client.quit(timeout=min(settings.smtp_timeout, _QUIT_WAIT))
    except AdapterError:
        raise
    except smtp_errors.outside() as exc:
        raise smtp_errors.not_sent(exc, server, Step.CONNECT, "", settings.smtp_timeout) from exc
    tls = "the certificate is trusted" if encrypted else "without TLS on this machine"
    return f"{server.name}, {tls}, {'signed in' if server.user else 'without a sign-in'}"


@asynccontextmanager
async def _signed_in(server: MailServer, timeout: float) -> AsyncIterator[SMTP]:
    """A client on a connection with TLS and after the sign-in; the connection is cut at the end.

    An error of the sign-in is an AdapterError; other errors pass as they are.
    """
    from aiosmtplib import SMTP

    client = SMTP(
        hostname=server.host,
        port=server.port,
        timeout=timeout,
        use_tls=server.implicit_tls,
        start_tls=False,
        local_hostname=_own_name(),
    )
    try:
        await client.connect()
        await _secure(client, server)
        await _sign_in(client, server, timeout)
        yield client
    finally:
        # After an error, bytes that still wait must not go out: the connection is cut, not closed.
        if client.transport is not None:
            cast("asyncio.WriteTransport", client.transport).abort()
        client.close()


def _writer(client: SMTP) -> asyncio.StreamWriter:
    """The client's connection as a stream, which can wait until the other side takes what is written.

    Keep it until the connection is closed: a forgotten stream closes the connection.
    """
    from aiosmtplib import SMTPServerDisconnected

    if client.protocol is None or client.transport is None:
        raise SMTPServerDisconnected("Connection lost")
    transport = cast("asyncio.WriteTransport", client.transport)
    return asyncio.StreamWriter(transport, client.protocol, None, asyncio.get_running_loop())


async def _secure(client: SMTP, server: MailServer) -> None:
    if server.implicit_tls:
        await client.ehlo()
        return
    await client.ehlo()
    if client.supports_extension("starttls"):
        await client.starttls()
        await client.ehlo()
    elif not server.may_be_plain:
        raise smtp_errors.no_starttls(server)


async def _sign_in(client: SMTP, server: MailServer, timeout: float) -> None:
    if server.user is None or server.password is None:
        return
    # One method alone: each refused attempt counts at the server, and some lock the account after three.
    methods = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}
    method = next((methods[name] for name in methods if name in client.server_auth_methods), None)
    if method is None:
        raise smtp_errors.no_sign_in(server)
    try:
        await method(server.user, server.password.reveal())
    except smtp_errors.outside() as exc:
        raise smtp_errors.not_sent(exc, server, Step.SIGN_IN, "", timeout) from exc


async def _begin(client: SMTP, writer: asyncio.StreamWriter, content: bytes, timeout: float) -> None:
    """Send all of the mail but its last line. The client's own `data` does not tell whether that line was sent."""
    from aiosmtplib import SMTPDataError

    start = await client.execute_command(b"DATA")
    if start.code != _SEND:
        raise SMTPDataError(start.code, start.message)
    async with asyncio.timeout(timeout):
        writer.write(_prepared(content))
        await writer.drain()


async def _end(client: SMTP, server: MailServer, recipient: str, timeout: float) -> SMTPResponse:
    """Send the last line, and return the server's answer, which is a success."""
    from aiosmtplib import SMTPDataError, SMTPServerDisconnected

    if client.protocol is None:
        raise SMTPServerDisconnected("Connection lost")
    protocol = client.protocol
    protocol.write(b".\r\n")
    try:
        answer = await protocol.read_response(timeout=timeout)
    except smtp_errors.outside() as exc:
        raise smtp_errors.ambiguous(exc, server, timeout) from exc
    if answer.code // 100 == 2:
        return answer
    refused = SMTPDataError(answer.code, answer.message)
    if answer.code // 100 in {4, 5}:
        raise smtp_errors.not_sent(refused, server, Step.MESSAGE, recipient, timeout)
    raise smtp_errors.ambiguous(refused, server, timeout)


def _prepared(content: bytes) -> bytes:
    """The mail as DATA carries it: every line ends in CRLF, and a first dot is doubled."""
    return _FIRST_DOT.sub(b"..", b"\r\n".join(content.splitlines()) + b"\r\n")


def _own_name() -> str:
    """The name for EHLO, found without asking the network: a full name of this machine, else an address literal."""
    name = socket.gethostname()
    return name if "." in name and re.fullmatch(r"[A-Za-z0-9.-]{1,253}", name) else "[127.0.0.1]"


def _address(message: EmailMessage, header: str) -> str:
    return str(message[header].addresses[0].addr_spec)
