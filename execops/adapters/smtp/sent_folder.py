"""The Sent folder over IMAP: a mail that lies there went out. A mail that does not may have gone out too."""

from __future__ import annotations

import asyncio
import logging
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING

from execops.adapters import _digest
from execops.adapters.smtp.mail_server import MailServer, imap_server
from execops.errors import ExecOpsError, UnavailableError
from execops.model import Check
from execops.ports import Happened
from execops.settings import Settings

if TYPE_CHECKING:
    import imaplib

logger = logging.getLogger(__name__)

_MOST = 5  # mails with one Message-ID that are compared
_USE = b"\\Sent"


async def holds(server: MailServer, message: EmailMessage, timeout: float) -> bool:
    """Whether the Sent folder holds this mail: its Message-ID with the digest of its payload.

    A copy that lost the digest on its way counts where recipient, subject and text are the same. An error of the server is
    logged, and counts as no.
    """
    try:
        mails = await asyncio.to_thread(_find, server, str(message["Message-ID"]), timeout)
    except UnavailableError as exc:
        logger.warning("The Sent folder was not searched: %s %s", exc.message, exc.hint)
        return False
    return any(_is_copy(_parsed(mail), message) for mail in mails)


async def diagnose(settings: Settings) -> Check:
    """Check the mailbox with the sent mails."""
    try:
        proven = await check(settings)
    except ExecOpsError as exc:
        return Check("sent mails", "bad", exc.message, exc.hint)
    if proven is None:
        hint = "With EXECOPS_IMAP_URL, a mail whose answer did not come is looked for in the Sent folder."
        return Check("sent mails", "off", "not set: EXECOPS_IMAP_URL; such a mail stays unknown", hint)
    return Check("sent mails", "ok", f"imap: {proven}")


async def check(settings: Settings) -> str | None:
    """Sign in at EXECOPS_IMAP_URL and find the Sent folder; returns what was proven, None if no URL is set.

    Raises NotConfiguredError, UnavailableError.
    """
    server = imap_server(settings.imap_url)
    if server is None:
        return None
    folders = await asyncio.to_thread(_existing, server, settings.smtp_timeout)
    if not folders:
        raise UnavailableError(
            f"{server.name} has no folder of sent mails that we know.",
            hint="Name it at the end of EXECOPS_IMAP_URL: imaps://user:password@host/Folder",
        )
    return f"{server.name}, the certificate is trusted, signed in, sent mails in {', '.join(folders)}"


def _find(server: MailServer, message_id: str, timeout: float) -> list[bytes]:
    from execops.adapters.smtp import imap

    with imap.signed_in(server, timeout) as mailbox:
        argument = imap.as_argument(message_id)
        return [
            mail
            for folder in _folders(mailbox, server)
            for mail in imap.search(mailbox, folder, "HEADER", "Message-ID", argument, most=_MOST)
            if str(_parsed(mail)["Message-ID"]).strip() == message_id  # SEARCH matches a part of it too
        ]


def _existing(server: MailServer, timeout: float) -> list[str]:
    from execops.adapters.smtp import imap

    with imap.signed_in(server, timeout) as mailbox:
        folders = _folders(mailbox, server)
        return [folder for folder in folders if mailbox.select(folder, readonly=True)[0] == "OK"]


def _folders(mailbox: imaplib.IMAP4, server: MailServer) -> list[str]:
    """The folders that the server marks as Sent, and the one that the URL names, as commands name them."""
    from execops.adapters.smtp import imap

    folders = imap.special_folders(mailbox, _USE)
    if server.folder is not None:
        folders.append(imap.folder_argument(server.folder))
    return list(dict.fromkeys(folders or ['"Sent"']))


def _parsed(mail: bytes) -> EmailMessage:
    return message_from_bytes(mail, policy=default)


def _is_copy(stored: EmailMessage, message: EmailMessage) -> bool:
    digest = stored[_digest.HEADER]
    if digest is None:
        return _words(stored) == _words(message)
    return _digest.told_by(str(digest).strip(), str(message[_digest.HEADER])) is Happened.YES


def _words(mail: EmailMessage) -> tuple[list[str], str, str]:
    """The recipients, the subject and the text: alike in two mails of which servers changed only the form."""
    body = mail.get_body(preferencelist=("plain",))
    text = str(body.get_content()) if body is not None else ""
    recipients = [address.addr_spec for address in getattr(mail["To"], "addresses", ())]
    return recipients, str(mail["Subject"]), "\n".join(line.rstrip() for line in text.splitlines()).strip()
