"""The meaning of a mail server's errors: one sentence each, which says what to do."""

from __future__ import annotations

import base64
import errno
import re
import socket
import ssl
from enum import StrEnum
from typing import TYPE_CHECKING

from execops.adapters._mail_server import MailServer
from execops.errors import AdapterError, AmbiguousError, NotAcceptedError, RejectedError
from execops.text import clean_line

if TYPE_CHECKING:
    from aiosmtplib import SMTPResponse

_MAX_ANSWER = 200  # characters
_WAIT = re.compile(r"\bin (?P<number>\d{1,4}) ?(?P<unit>s|secs?|seconds?|m|mins?|minutes?)\b", re.IGNORECASE)
_NOTHING = "Nothing was sent"
_ALL_REFUSED = f"[Errno {errno.ECONNREFUSED}]"  # in the error about several addresses of one name


class Step(StrEnum):
    """How far the conversation with the server came."""

    CONNECT = "connect"
    SIGN_IN = "sign_in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


def outside() -> tuple[type[Exception], ...]:
    """The errors that a server or the network causes."""
    from aiosmtplib import SMTPException

    # ValueError: an answer that cannot be read, or a name that no server can have.
    return SMTPException, OSError, ValueError


def shown(answer: SMTPResponse) -> str:
    """The server's answer as one safe line: `250 2.0.0 queued as 7`."""
    return clean_line(f"{answer.code} {answer.message}".strip(), limit=_MAX_ANSWER)


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
        return _refused(exc.code, _without_secrets(exc, server), server, step, address)
    cause = exc.__cause__ if isinstance(exc, SMTPConnectError) and exc.__cause__ else exc
    if isinstance(cause, ssl.SSLCertVerificationError):
        return RejectedError(
            f"The certificate of {server.name} is not trusted ({clean_line(cause.verify_message, limit=_MAX_ANSWER)}): "
            "check the host in SMTP_URL, or have the server's certificate renewed (SSL_CERT_FILE adds an authority of "
            f"your own), then retry. {_NOTHING}."
        )
    if isinstance(cause, ssl.SSLError):
        return NotAcceptedError(
            f"{server.name} does not speak TLS with us ({clean_line(cause.reason or 'no reason', limit=_MAX_ANSWER)}): "
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
        f"{server.name} cannot be used ({clean_line(reason or type(cause).__name__, limit=_MAX_ANSWER)}): check SMTP_URL "
        f"and the network. {_NOTHING}."
    )


def _refused(code: int, words: str, server: MailServer, step: Step, address: str) -> AdapterError:
    """The error for an answer of the server: 5xx is for good, every other answer may be another one later."""
    for_good = code // 100 == 5
    full = code in {452, 552} and "5.3.4" not in words and "4.3.1" not in words and step is not Step.SENDER
    full = full or "5.2.2" in words or "4.2.2" in words
    match step:
        case Step.SIGN_IN if for_good:
            sentence = f"{server.name} refused the user or the password ({words}): correct them in SMTP_URL (some providers want an app password), then retry"
        case Step.SENDER if code == 530:
            sentence = (
                f"{server.name} wants a sign-in ({words}): put user and password into SMTP_URL, then retry"
            )
        case Step.SENDER if code == 552:
            sentence = f"The mail is too large for {server.name} ({words}): shorten it, then approve it again"
        case Step.SENDER if for_good:
            sentence = f"{server.name} refused the sender {address} ({words}): write an address that this account may send from into the draft and EXECOPS_EMAIL_FROM"
        case Step.RECIPIENT | Step.MESSAGE if full and for_good:
            sentence = f"{server.name} says that the mailbox of {address} is full ({words}): write to another address, or retry later"
        case Step.RECIPIENT if for_good:
            sentence = f"{server.name} refused the recipient {address} ({words}): correct the address in the draft, and approve it again"
        case Step.MESSAGE if for_good:
            sentence = f"{server.name} refused the mail ({words}): change what its words complain about, or ask the provider, then retry"
        case Step.CONNECT if for_good:
            sentence = f"{server.name} refused the connection ({words}): ask the provider whether this machine may send, then retry"
        case _:
            about = f" for {address}" if step in {Step.RECIPIENT, Step.MESSAGE} else ""
            sentence = f"{server.name} does not take the mail{about} yet ({words}): if further attempts fail too, retry it later"
    message = f"{sentence}. {_NOTHING}."
    return RejectedError(message) if for_good else NotAcceptedError(message, retry_after=_wait(words))


def _wait(words: str) -> float | None:
    """The seconds that a server asks us to wait: `Greylisted, try again in 5 minutes`."""
    match = _WAIT.search(words)
    if match is None:
        return None
    return float(match["number"]) * (60 if match["unit"].lower().startswith("m") else 1)


def _without_secrets(exc: Exception, server: MailServer) -> str:
    """The code and the words of the server, unless they repeat the password in one of its forms."""
    code, words = exc.args[0], str(exc.args[1])
    line = clean_line(f"{code} {words}".strip(), limit=_MAX_ANSWER)
    if server.user is None or server.password is None:
        return line
    password = server.password.reveal()
    plain = f"\0{server.user}\0{password}"
    forms = {password, *(base64.b64encode(text.encode()).decode() for text in (password, plain))}
    return str(code) if any(form in words for form in forms) else line
