"""The address of a mail server with the account on it, as SMTP_URL and EXECOPS_IMAP_URL name it."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Struct

from execops.errors import NotConfiguredError
from execops.settings import Secret
from execops.text.hosts import is_loopback

_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")
_PORTS = {"smtp": 587, "smtps": 465, "imap": 143, "imaps": 993}
_HINTS = {
    "SMTP_URL": "It takes smtp://user:password@host:587 (STARTTLS), or smtps://user:password@host:465 (TLS from the start).",
    "EXECOPS_IMAP_URL": "It takes imaps://user:password@host, or imap:// for STARTTLS; /Folder names the folder of sent mails.",
}


class MailServer(Struct, frozen=True):
    """A server with the account on it; `implicit_tls` speaks TLS from the start, without it STARTTLS comes first."""

    host: str
    port: int
    implicit_tls: bool
    user: str | None
    password: Secret | None
    folder: str | None = None

    @property
    def name(self) -> str:
        """Host and port, for sentences."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def may_be_plain(self) -> bool:
        """Whether a connection without TLS gives nothing away: on this machine, and without a password."""
        return self.user is None and not self.implicit_tls and is_loopback(self.host)


def smtp_server(url: Secret | None) -> MailServer:
    """The server of SMTP_URL. Raises NotConfiguredError, which never shows the URL."""
    if url is None:
        raise NotConfiguredError(
            "EXECOPS_EMAIL_TRANSPORT is smtp, but SMTP_URL is not set.", hint=_HINTS["SMTP_URL"]
        )
    return _parse("SMTP_URL", url, "smtp", "smtps")


def imap_server(url: Secret | None) -> MailServer | None:
    """The server of EXECOPS_IMAP_URL, if one is set. Raises NotConfiguredError, which never shows the URL."""
    if url is None:
        return None
    return _parse("EXECOPS_IMAP_URL", url, "imap", "imaps")


def _parse(setting: str, url: Secret, plain: str, tls: str) -> MailServer:
    try:
        return _read(urlsplit(url.reveal().strip()), plain, tls)
    except ValueError as exc:
        # The error of the standard library may show a part of the URL, so it is not passed on.
        why = str(exc) if isinstance(exc, _WrongUrlError) else "it is no URL"
        raise NotConfiguredError(f"{setting} cannot be used: {why}.", hint=_HINTS[setting]) from None


class _WrongUrlError(ValueError):
    """The reason why a URL cannot be used; it shows no part of the URL."""


def _read(url: SplitResult, plain: str, tls: str) -> MailServer:
    if url.scheme not in {plain, tls}:
        raise _WrongUrlError(f"it does not begin with {plain}:// or {tls}://")
    if url.query or url.fragment:
        raise _WrongUrlError("a ? or # of the user or the password must be written as %3F or %23")
    try:
        port = url.port
    except ValueError:
        raise _WrongUrlError(
            "its port is no number (a / or : of the password must be written as %2F or %3A)"
        ) from None
    host = url.hostname or ""
    if not _HOST.fullmatch(host):
        raise _WrongUrlError("it names no host")
    if port == 0:
        raise _WrongUrlError("its port is 0")
    user, password = _text(url.username, "user"), _text(url.password, "password")
    if (user is None) != (password is None):
        raise _WrongUrlError("it has a user without a password, or a password without a user")
    folder = _text(url.path.strip("/"), "folder")
    if plain == "smtp" and folder:
        raise _WrongUrlError("it has a path")
    if plain == "imap" and user is None:
        raise _WrongUrlError("it has no user and no password")
    secret = None if password is None else Secret(password)
    return MailServer(host, port or _PORTS[url.scheme], url.scheme == tls, user, secret, folder)


def _text(encoded: str | None, part: str) -> str | None:
    """A part of the URL, decoded; None if it is empty."""
    try:
        text = unquote(encoded or "", errors="strict")
    except UnicodeDecodeError:
        raise _WrongUrlError(f"its {part} is not UTF-8 after decoding") from None
    if not text.isprintable():
        raise _WrongUrlError(f"its {part} has a control character")
    return text or None
