"""Notices about returned mail: those of many servers, mails that are none, forged and broken ones."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execops.adapters import _bounces
from execops.model import Json
from execops.ports import Returned
from tests.payloads import PAYLOADS
from tests.returned_mails import NO_NOTICES, NOTICES, notice

KEY = "execops-0a1b2c3d4e5f-12-1-1"
MAIL = PAYLOADS["email"]
AT = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)
TO = MAIL["to"]
GMAIL = (
    "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's"
    " email address for typos or unnecessary spaces. For more information, go to https://suppo…"
)
TOLD: dict[str, tuple[str, str, str]] = {
    "exchange_online": (
        "failed",
        "5.1.10",
        f"550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {TO} not found by SMTP address lookup",
    ),
    "exchange_without_copy": (
        "failed",
        "5.7.1",
        "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
    ),
    "exim_delayed": ("delayed", "4.3.0", "451 4.3.0 Temporary lookup failure"),
    "exim_expired": ("failed", "4.4.7", "mailbox is full: retry timeout exceeded"),
    "exim_report": ("failed", "5.0.0", "5.0.0"),
    "exim_text": ("failed", "5.1.1", f"550 5.1.1 <{TO}>... User Unknown"),
    "gmail": ("failed", "5.1.1", GMAIL),
    "gmail_text": ("failed", "5.1.1", f"550 5.1.1 <{TO}>: no such user"),
    "ionos": ("failed", "5.1.1", f"550 5.1.1 <{TO}>: Recipient address rejected: User unknown"),
    "postfix_delayed": (
        "delayed",
        "4.7.1",
        f"450 4.7.1 <{TO}>: Recipient address rejected: Greylisted",
    ),
    "postfix_delivered": ("delivered", "2.0.0", "250 2.0.0 Ok: queued as 5ABC"),
    "postfix_expired": (
        "failed",
        "4.4.1",
        "connect to mx.acme.example[192.0.2.20]:25: Connection timed out",
    ),
    "postfix_mailbox_full": ("failed", "5.2.2", "552 5.2.2 Mailbox over quota"),
    "postfix_no_such_user": (
        "failed",
        "5.1.1",
        f"550 5.1.1 <{TO}>: Recipient address rejected: User unknown in virtual mailbox table",
    ),
    "postfix_smtputf8": ("failed", "5.1.1", "550 5.1.1 Kein Nutzer Ängström"),
    "qmail": ("failed", "5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)"),
    "qmail_remote": ("failed", "5.2.2", "552 5.2.2 Mailbox full"),
    "sendmail": ("failed", "5.1.1", f"550 5.1.1 <{TO}>... User unknown"),
    "zoho": ("failed", "5.0.0", "Invalid recipient"),
}


def about(content: bytes, payload: Json = MAIL, key: str = KEY) -> Returned | None:
    """What this mail tells of the mail of a payload and a key."""
    mail = _bounces.read(content, AT)
    return None if mail is None else mail.about(payload, key)


def test_every_recorded_notice_stands_in_the_table() -> None:
    assert set(NOTICES) == set(TOLD)


@pytest.mark.parametrize("line_feeds_alone", [False, True])
@pytest.mark.parametrize("with_digest", [True, False])
@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_is_read(name: str, with_digest: bool, line_feeds_alone: bool) -> None:
    content = notice(name, MAIL, KEY) if with_digest else notice(name, MAIL, KEY, digest="")
    told = about(content.replace(b"\r\n", b"\n") if line_feeds_alone else content)
    assert told is not None
    assert (told.outcome, told.status, told.answer) == TOLD[name]
    assert (told.message_id, told.address, told.at) == (f"<{KEY}@hooli.example>", TO, AT)


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_is_known_by_its_beginning(name: str) -> None:
    """Only the first part of a long mail is read."""
    content = notice(name, MAIL, KEY) + b"and much more\r\n" * 1_000
    assert about(content) is not None


@pytest.mark.parametrize("name", NO_NOTICES)
def test_another_mail_is_no_notice(name: str) -> None:
    assert _bounces.read(notice(name, MAIL, KEY), AT) is None


# Forged notices


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_about_another_mail_does_not_count(name: str) -> None:
    for message_id in ("<other@hooli.example>", f"<{KEY}1@hooli.example>", f"<{KEY}@evil.example>"):
        assert about(notice(name, MAIL, KEY, message_id=message_id)) is None


@pytest.mark.parametrize("name", NOTICES)
def test_a_guessed_message_id_alone_does_not_count(name: str) -> None:
    """Keys are numbers in a row: who got one mail can guess the key of another customer's."""
    assert about(notice(name, MAIL, KEY, digest="", address="someone@evil.example")) is None
    forged = notice(name, MAIL, KEY, digest="0" * 32)
    assert b"X-ExecOps-Digest" not in forged or about(forged) is None


def test_a_forwarded_address_counts_where_the_digest_does() -> None:
    told = about(
        notice("postfix_no_such_user", MAIL, KEY).replace(b"c822; " + TO.encode(), b"c822; x@else.example")
    )
    assert told is not None
    assert told.address == TO


def test_of_several_recipients_the_own_one_counts_then_the_worst() -> None:
    report = "Final-Recipient: rfc822; {}\r\nAction: {}\r\nStatus: {}\r\n\r\n"
    content = notice("postfix_no_such_user", MAIL, KEY).decode()
    begin, end = (
        content.index("Final-Recipient"),
        content.index("\r\n--b1_mx\r\nContent-Description: Undelivered"),
    )
    mine = report.format(TO, "delayed", "4.4.1")
    others = report.format("a@x.example", "delivered", "2.0.0") + report.format(
        "b@x.example", "failed", "5.1.1"
    )

    def told(reports: str) -> str:
        answer = about(f"{content[:begin]}{reports}{content[end:]}".encode())
        assert answer is not None
        return answer.outcome

    assert told(others + mine) == "delayed"
    assert told(others) == "failed"


# Broken and hostile mails


def test_a_copy_of_a_notice_is_the_same_notice() -> None:
    first, second = (_bounces.read(notice("gmail", MAIL, KEY), AT) for _ in range(2))
    other = _bounces.read(notice("qmail", MAIL, KEY).replace(b"Message-ID: <2026", b"X: <2026", 1), AT)
    assert first is not None
    assert second is not None
    assert other is not None
    assert first.id == second.id != other.id


def test_words_of_a_server_are_made_safe() -> None:
    content = notice("postfix_no_such_user", MAIL, KEY).replace(
        b"User\r\n", b"\x1b[2J\xe2\x80\xae" + b"x" * 900
    )
    told = about(content)
    assert told is not None
    assert "\x1b" not in told.answer
    assert len(told.answer) <= 200


@pytest.mark.parametrize("name", NOTICES)
@settings(max_examples=20)
@given(cut=st.integers(0, 3_000), byte=st.integers(0, 255))
def test_a_broken_notice_raises_nothing(name: str, cut: int, byte: int) -> None:
    content = notice(name, MAIL, KEY)
    about(content[:cut])
    about(content[:cut] + bytes([byte]) + content[cut + 1 :])
    about(content[cut:])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 10_000,
        b"Content-Type: multipart/report; boundary=a\r\n\r\n" + b"--a\r\nContent-Type: message/rfc822\r\n\r\n" * 3_000,
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 3_000,
        b"X-Failed-Recipients: " + b"a" * 200_000 + b"\r\n\r\n",
        b"X-Failed-Recipients: a@b.example\r\n\r\n" + b"<a@b.example" * 20_000,
        b"From: mailer-daemon@x\r\n\r\n" + b"  " * 100_000 + b"a@b",
        b"From: mailer-daemon@x\r\n\r\n" + b"-- Original message" * 10_000,
        b"X-Failed-Recipients: a@b.example\r\nContent-Type: text/plain; charset=nope\r\n\r\n\xff",
        b"X-Failed-Recipients: a@b.example\r\n\r\n" + b"550 " * 50_000,
        b"Content-Type: message/delivery-status\r\n\r\n" + b"Final-Recipient: rfc822; a@b.example\r\n\r\n" * 20_000,
    ],
)  # fmt: skip
def test_a_hostile_mail_costs_little(content: bytes) -> None:
    began = monotonic()
    about(content[:262_144])
    assert monotonic() - began < 3
