"""A mailbox over IMAP, read and never changed. These functions block: call them in a thread."""

from __future__ import annotations

import base64
import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from execops.adapters.smtp.mail_server import MailServer
from execops.errors import UnavailableError
from execops.text import clean_line

_LISTED = re.compile(rb'\((?P<flags>[^()]*)\) (?:"(?:[^"\\]|\\.)*"|NIL) (?P<name>.+)', re.DOTALL)
_MAX_ANSWER = 200  # characters
_MAX_MAIL = 1_000_000  # bytes of a mail that are read
_ENDED = (imaplib.IMAP4.error, OSError, ValueError)


@contextmanager
def signed_in(server: MailServer, timeout: float) -> Iterator[imaplib.IMAP4]:
    """A connection with TLS, after the sign-in. Raises UnavailableError, which says what to do."""
    try:
        mailbox = _connect(server, timeout)
    except ssl.SSLCertVerificationError as exc:
        raise UnavailableError(
            f"The certificate of {server.name} is not trusted ({clean_line(exc.verify_message, limit=_MAX_ANSWER)}).",
            hint="Check the host in EXECOPS_IMAP_URL, or have the server's certificate renewed.",
        ) from exc
    except _ENDED as exc:
        raise _unavailable(server, exc) from exc
    try:
        _sign_in(mailbox, server)
        yield mailbox
    except _ENDED as exc:
        raise _unavailable(server, exc) from exc
    finally:
        with contextlib.suppress(*_ENDED):
            mailbox.logout()
        with contextlib.suppress(*_ENDED):
            mailbox.shutdown()


def special_folders(mailbox: imaplib.IMAP4, use: bytes) -> list[str]:
    """The folders with this special use, such as `\\Sent` (https://www.rfc-editor.org/rfc/rfc6154), as commands name them."""
    _, lines = mailbox.list('""', '"*"')
    names = _with_use(lines, use)
    if names or b"SPECIAL-USE" not in mailbox.capability()[1][0].upper():
        return names
    return _with_use(mailbox.list('""', '"*" RETURN (SPECIAL-USE)')[1], use)


def _with_use(lines: Sequence[object], use: bytes) -> list[str]:
    return [name for flags, name in map(_listed, lines) if use.lower() in flags.split()]


def as_argument(text: str) -> str:
    """The text as a quoted string of a command, which nothing in it can leave. Raises ValueError."""
    if not (text.isascii() and text.isprintable()):
        raise ValueError("a text that no command can hold")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def folder_argument(name: str) -> str:
    """The name of a folder as commands take it: in modified UTF-7 (https://www.rfc-editor.org/rfc/rfc3501#section-5.1.3)."""

    def encoded(run: re.Match[str]) -> str:
        bits = base64.b64encode(run[0].encode("utf-16-be")).decode().rstrip("=")
        return f"&{bits.replace('/', ',')}-"

    return as_argument(re.sub(r"[^\x20-\x7e]+", encoded, name.replace("&", "&-")))


def search(mailbox: imaplib.IMAP4, folder: str, *criteria: str, most: int) -> list[bytes]:
    """The last `most` mails of a folder that match; each only in its first million bytes.

    `folder` and the texts in `criteria` are arguments as commands take them. A folder that does not exist has none.
    """
    if mailbox.select(folder, readonly=True)[0] != "OK":
        return []
    status, lines = mailbox.uid("SEARCH", *criteria)
    uids = b" ".join(line for line in lines if isinstance(line, bytes)).split() if status == "OK" else []
    return [mail for uid in uids[-most:] for mail in _fetched(mailbox, uid)]


def _fetched(mailbox: imaplib.IMAP4, uid: bytes) -> Sequence[bytes]:
    if not uid.isdigit():
        return []
    _, parts = mailbox.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{_MAX_MAIL}>)")
    return [part[1] for part in parts if isinstance(part, tuple)]


def _connect(server: MailServer, timeout: float) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if server.implicit_tls:
        return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=timeout)
    mailbox = imaplib.IMAP4(server.host, server.port, timeout=timeout)
    try:
        mailbox.starttls(context)
    except BaseException:
        mailbox.shutdown()
        raise
    return mailbox


def _sign_in(mailbox: imaplib.IMAP4, server: MailServer) -> None:
    user, password = server.user or "", server.password.reveal() if server.password else ""
    try:
        if "AUTH=PLAIN" in mailbox.capabilities:
            mailbox.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        else:
            mailbox.login(as_argument(user), password)
    except mailbox.abort:
        raise
    except mailbox.error as exc:
        raise UnavailableError(
            f"{server.name} refused the user or the password of EXECOPS_IMAP_URL.",
            hint="Correct them; some providers want an app password, or IMAP to be switched on.",
        ) from exc


def _listed(line: object) -> tuple[bytes, str]:
    """The flags, in small letters, and the folder of an answer to LIST, as commands name it."""
    head, literal = line if isinstance(line, tuple) else (line, None)
    match = _LISTED.fullmatch(head) if isinstance(head, bytes) else None
    if match is None:
        return b"", ""
    name = match["name"].decode("ascii", "replace")
    if literal is not None:  # the name came apart from the line, after its length
        name = as_argument(literal.decode("ascii", "replace"))
    elif not name.startswith('"'):
        name = as_argument(name)
    return match["flags"].lower(), name


def _unavailable(server: MailServer, exc: Exception) -> UnavailableError:
    why = "did not answer in time" if isinstance(exc, TimeoutError) else f"cannot be read ({_reason(exc)})"
    return UnavailableError(
        f"{server.name} {why}.", hint="Check EXECOPS_IMAP_URL (imaps:// has port 993), and the network."
    )


def _reason(exc: Exception) -> str:
    strerror = exc.strerror if isinstance(exc, OSError) else None
    return clean_line(strerror or type(exc).__name__, limit=_MAX_ANSWER)
