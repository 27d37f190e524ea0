"""The meaning of a mail server's errors: one sentence each, which says what to do."""

from __future__ import annotations

import base64
import errno
import socket
import ssl
from enum import StrEnum
from typing import TYPE_CHECKING

from execops.adapters.smtp.mail_server import MailServer
from execops.adapters.smtp.smtp_answers import MAX_LINE, MEANINGS, Answer
from execops.errors import AdapterError, AmbiguousError, NotAcceptedError, RejectedError
from execops.text import clean_line

if TYPE_CHECKING:
    from aiosmtplib import SMTPResponse, SMTPResponseException


_LATER = 600.0  # seconds before the next attempt where a server names none: greylisting lasts 5 to 10 minutes
_NOTHING = "Nothing was sent"
_ALL_REFUSED = f"[Errno {errno.ECONNREFUSED}]"  # in the error about several addresses of one name


class Step(StrEnum):
    """How far the conversation with the server came."""

    CONNECT = "connect"
    SIGN_IN = "sign_in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


_ABOUT_MAIL = frozenset({Step.RECIPIENT, Step.MESSAGE})
_NO_SIGN_IN = 530
_TOO_LARGE, _NOT_ALLOWED = "3.4", "7.1"  # enhanced statuses, without their class


def outside() -> tuple[type[Exception], ...]:
    """The errors that a server or the network causes."""
    from aiosmtplib import SMTPException

    # ValueError: an answer that cannot be read, or a name that no server can have.
    return SMTPException, OSError, ValueError


def shown(answer: SMTPResponse) -> str:
    """The server's answer as one safe line: `250 2.0.0 queued as 7`."""
    return Answer(answer.code, answer.message).line


def no_starttls(server: MailServer) -> AdapterError:
    """The server would get the mail without encryption."""
    return RejectedError(
        f"{server.name} offers no STARTTLS: write smtps:// and its port for TLS into SMTP_URL, or ask the provider, "
        f"then retry. {_NOTHING}."
    )


def no_sign_in(server: MailServer) -> AdapterError:
    """The server takes no password, or none in a way that we know."""
    return RejectedError(
        f"{server.name} offers no sign-in with a password: check host and port in SMTP_URL, then retry. {_NOTHING}."
    )


def ambiguous(exc: Exception, server: MailServer, timeout: float) -> AdapterError:
    """The whole mail was sent, and no answer that can be read came back."""
    from aiosmtplib import SMTPResponseException

    if isinstance(exc, TimeoutError):
        why = f"did not answer within {timeout:g} s"
    elif isinstance(exc, SMTPResponseException):
        why = "gave an answer that cannot be read"
    else:
        why = "closed the connection without an answer"
    return AmbiguousError(
        f"{server.name} {why} after the whole mail was sent, so it may be out: look into the Sent folder or ask the "
        "recipient, then confirm or retry"
    )


def not_sent(exc: Exception, server: MailServer, step: Step, address: str, timeout: float) -> AdapterError:
    """The error for a mail that the server certainly did not accept. `address` is the one that the step is about."""
    from aiosmtplib import SMTPConnectError, SMTPResponseException

    if isinstance(exc, SMTPResponseException):
        return _refused(_without_secrets(exc, server), server, step, address)
    cause = exc.__cause__ if isinstance(exc, SMTPConnectError) and exc.__cause__ else exc
    if isinstance(cause, ssl.SSLCertVerificationError):
        return RejectedError(
            f"The certificate of {server.name} is not trusted ({clean_line(cause.verify_message, limit=MAX_LINE)}): "
            "check the host in SMTP_URL, or have the server's certificate renewed (SSL_CERT_FILE adds an authority of "
            f"your own), then retry. {_NOTHING}."
        )
    if isinstance(cause, ssl.SSLError):
        return NotAcceptedError(
            f"{server.name} does not speak TLS with us ({clean_line(cause.reason or 'no reason', limit=MAX_LINE)}): "
            f"use smtps:// for TLS from the start, smtp:// for STARTTLS. {_NOTHING}."
        )
    if isinstance(cause, socket.gaierror):
        return NotAcceptedError(
            f"The name {server.host} is not found: check the host in SMTP_URL, and the network. {_NOTHING}."
        )
    if isinstance(cause, ConnectionRefusedError) or _ALL_REFUSED in str(cause):
        return NotAcceptedError(
            f"{server.name} refuses connections: check host and port in SMTP_URL, and that the server runs. {_NOTHING}."
        )
    if isinstance(cause, TimeoutError):
        return NotAcceptedError(
            f"{server.name} did not answer within {timeout:g} s: check host and port in SMTP_URL (465 wants smtps://), "
            f"or raise EXECOPS_SMTP_TIMEOUT. {_NOTHING}."
        )
    if isinstance(cause, ConnectionError):
        return NotAcceptedError(
            f"{server.name} closed the connection before it took the mail: if it goes on, ask the provider. {_NOTHING}."
        )
    reason = cause.strerror if isinstance(cause, OSError) else None
    return NotAcceptedError(
        f"{server.name} cannot be used ({clean_line(reason or type(cause).__name__, limit=MAX_LINE)}): check SMTP_URL "
        f"and the network. {_NOTHING}."
    )


def _refused(answer: Answer, server: MailServer, step: Step, address: str) -> AdapterError:
    """The error for an answer of the server: 5xx is for good, every other answer may be another one later."""
    message = f"{_sentence(answer, server, step, address)}. {_NOTHING}."
    if answer.for_good:
        return RejectedError(message)
    wait = answer.wait
    if not wait and answer.code // 100 == 4 and (step in _ABOUT_MAIL or answer.is_greylisting):
        wait = _LATER
    return NotAcceptedError(message, retry_after=wait)


def _sentence(answer: Answer, server: MailServer, step: Step, address: str) -> str:
    """The meaning of the answer, and what to do, without a full stop."""
    name, words, for_good = server.name, answer.line, answer.for_good
    meaning = MEANINGS.get(answer.detail or "") if step in _ABOUT_MAIL else None
    match step:
        case Step.RECIPIENT | Step.MESSAGE if answer.names_full_mailbox or (
            step is Step.RECIPIENT and answer.exceeds
        ):
            return f"{name} says that the mailbox of {address} is full ({words}): write to another address, or retry later"
        case Step.SIGN_IN if for_good:
            return f"{name} refused the user or the password ({words}): correct them in SMTP_URL (some providers want an app password), then retry"
        case _ if answer.code == _NO_SIGN_IN:
            return f"{name} wants a sign-in ({words}): put user and password into SMTP_URL, then retry"
        case Step.SENDER if for_good and (answer.exceeds or answer.detail == _TOO_LARGE):
            return f"The mail is too large for {name} ({words}): shorten it, then approve it again"
        case Step.SENDER if for_good:
            return f"{name} refused the sender {address} ({words}): write an address that this account may send from into the draft and EXECOPS_EMAIL_FROM"
        case Step.RECIPIENT | Step.MESSAGE if for_good and meaning:
            return f"{name} says that {meaning[0].format(address=address)} ({words}): {meaning[1]}"
        case Step.RECIPIENT if for_good and answer.detail == _NOT_ALLOWED:
            return f"{name} does not let this account write to {address} ({words}): check the address and the sign-in in SMTP_URL, or ask the provider, then retry"
        case Step.RECIPIENT if for_good:
            return f"{name} refused the recipient {address} ({words}): correct the address in the draft, and approve it again"
        case Step.MESSAGE if for_good:
            return f"{name} refused the mail ({words}): change what its words complain about, or ask the provider, then retry"
        case Step.CONNECT if for_good:
            return f"{name} refused the connection ({words}): ask the provider whether this machine may send, then retry"
        case _:
            about = f" for {address}" if step in _ABOUT_MAIL else ""
            return f"{name} does not take the mail{about} yet ({words}): if further attempts fail too, retry it later"


def _without_secrets(exc: SMTPResponseException, server: MailServer) -> Answer:
    """The answer of the server, without its words if they repeat the password in one of its forms."""
    words = str(exc.message)
    if server.user is not None and server.password is not None:
        password = server.password.reveal()
        plain = f"\0{server.user}\0{password}"
        forms = {password, *(base64.b64encode(text.encode()).decode() for text in (password, plain))}
        words = "" if any(form in words for form in forms) else words
    return Answer(exc.code, words)
