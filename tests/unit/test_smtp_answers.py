"""The answers of mail servers: the enhanced status, a full mailbox, greylisting, the wait, the advice."""

from __future__ import annotations

import pytest
from aiosmtplib import SMTPDataError

from execops.adapters.smtp import smtp_errors
from execops.adapters.smtp.mail_server import MailServer
from execops.adapters.smtp.smtp_answers import MEANINGS, Answer
from execops.adapters.smtp.smtp_errors import Step
from execops.errors import NotAcceptedError, RejectedError

SERVER = MailServer("mail.hooli.example", 587, False, None, None)
TO = "billing@acme.example"
LATER = 600.0


def refused(code: int, words: str, step: Step = Step.RECIPIENT) -> RejectedError | NotAcceptedError:
    """The error of this answer."""
    error = smtp_errors.not_sent(SMTPDataError(code, words), SERVER, step, TO, 10.0)
    assert isinstance(error, RejectedError | NotAcceptedError)
    return error


@pytest.mark.parametrize(
    ("words", "detail"),
    [
        ("5.1.1 no such user", "1.1"),
        ("5.7.26 unauthenticated", "7.26"),
        ("5.7.515 Access denied", "7.515"),
        ("4.7.500 Server busy", "7.500"),
        ("5.2.2: over quota", "2.2"),
        ("5.1.1\nThe account\n5.1.1 does not exist", "1.1"),
        ("", None),
        ("no such user 5.1.1", None),
        ("blocked using zen.example; 10.5.2.2", None),
        ("5.2.2.10 is blocked", None),
        ("5.2.2222 is no status", None),
        ("3.1.1 is no class", None),
        ("#5.1.1 bad address", None),
    ],
)
def test_the_enhanced_status_stands_right_after_the_code(words: str, detail: str | None) -> None:
    assert Answer(550, words).detail == detail


FULL = "says that the mailbox of billing@acme.example is full"


@pytest.mark.parametrize("step", [Step.RECIPIENT, Step.MESSAGE])
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (552, "5.2.2 over quota"),
        (550, "5.2.2 mailbox full"),
        (554, "5.2.2 STOREDRV; mailbox full"),
        (452, "4.2.2 The email account that you tried to reach is over quota."),
        (422, "4.2.2 over quota"),
    ],
)
def test_a_full_mailbox_is_told_by_its_status(step: Step, code: int, words: str) -> None:
    assert FULL in refused(code, words, step).message


def test_a_code_alone_tells_a_full_mailbox_only_about_a_recipient() -> None:
    assert FULL in refused(552, "Requested mail action aborted: exceeded storage allocation").message
    assert FULL not in refused(552, "Message size exceeds fixed limit", Step.MESSAGE).message
    assert "The mail is too large" in refused(552, "Message size exceeds fixed limit", Step.SENDER).message
    assert "The mail is too large" in refused(552, "5.3.4 too big", Step.SENDER).message


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (552, "5.7.0 blocked because its content presents a security issue"),
        (552, "5.2.3 message exceeded the size limits"),
        (552, "5.3.4 too big"),
        (550, "5.1.1 no such user, asked by 10.5.2.2"),
        (550, "5.7.1 [10.5.2.2] is listed; see 5.2.2"),
        (550, "rejected by 10.5.2.2"),
        (452, "4.3.1 Insufficient system storage"),
        (452, "Insufficient system storage"),
        (422, "4.2.2 Greylisted, please try again in a few moments."),
        (452, "4.5.3 Too many recipients"),
    ],
)
@pytest.mark.parametrize("step", [Step.SENDER, Step.RECIPIENT, Step.MESSAGE])
def test_no_other_answer_tells_a_full_mailbox(step: Step, code: int, words: str) -> None:
    assert "full" not in refused(code, words, step).message.replace(words, "")


@pytest.mark.parametrize("detail", MEANINGS)
@pytest.mark.parametrize("step", [Step.RECIPIENT, Step.MESSAGE])
def test_each_status_gives_one_sentence_with_an_advice(step: Step, detail: str) -> None:
    message = refused(550, f"5.{detail} no", step).message
    sentence, nothing, end = message.partition(" Nothing was sent.")
    assert (nothing, end) == (" Nothing was sent.", "")
    assert sentence.startswith("mail.hooli.example:587 says that ")
    assert f" (550 5.{detail} no): " in sentence
    assert (sentence[-1], "{" in sentence) == (".", False)


@pytest.mark.parametrize(
    ("code", "words", "step", "says"),
    [
        (550, "5.1.1 no such user", Step.RECIPIENT, f"there is no mailbox {TO}"),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound", Step.MESSAGE, f"there is no mailbox {TO}, or its domain"),
        (556, "5.1.10 Recipient address has null MX", Step.RECIPIENT, "or its domain takes no mail"),
        (550, "5.2.1 disabled", Step.RECIPIENT, "is switched off"),
        (550, "5.4.1 Recipient address rejected: Access denied", Step.RECIPIENT, "check the address"),
        (554, "5.4.6 loop", Step.MESSAGE, "in a circle"),
        (550, "5.7.26 not authenticated", Step.MESSAGE, "set up SPF, DKIM and DMARC"),
        (550, "5.7.515 Access denied", Step.MESSAGE, "set up SPF, DKIM and DMARC"),
        (550, "5.7.25 no PTR", Step.MESSAGE, "send through the server of your provider"),
        (554, "5.7.1 Relay access denied", Step.RECIPIENT, "does not let this account write to"),
        (554, "5.7.1 spam", Step.MESSAGE, "refused the mail"),
        (530, "5.7.0 Authentication required", Step.RECIPIENT, "put user and password into SMTP_URL"),
        (530, "5.7.57 Client not authenticated", Step.SENDER, "put user and password into SMTP_URL"),
        (550, "no such user", Step.RECIPIENT, "refused the recipient"),
        (550, "5.6.0 conversion", Step.RECIPIENT, "refused the recipient"),
    ],
)  # fmt: skip
def test_the_sentences(code: int, words: str, step: Step, says: str) -> None:
    error = refused(code, words, step)
    assert isinstance(error, RejectedError)
    assert says in error.message


# Greylisting, and the wait

WAITS = [
    # postgrey, with and without the seconds
    (450, "4.2.0 <billing@acme.example>: Recipient address rejected: Greylisted for 300 seconds (see http://a.example)", 300),
    (450, "4.2.0 <billing@acme.example>: Recipient address rejected: Greylisted, see http://a.example/help.html", LATER),
    # milter-greylist
    (451, "4.7.1 Greylisting in action, please come back in 00:05:00", 300),
    (451, "4.7.1 Greylisting in action, please come back in 01:00:30", 3_630),
    (451, "4.7.1 Greylisting in action, please come back later", LATER),
    # sqlgrey, gld, greylistd, rspamd, OpenBSD's spamd, Stalwart
    (450, "4.7.1 Greylisted for 5 minutes", 300),
    (450, "4.7.1 Service temporarily unavailable, please try later", LATER),
    (451, "10.5.2.2 is not yet authorized to deliver mail from <a@b.example> to <c@d.example>. Please try later.", LATER),
    (451, "4.7.1 Try again later", LATER),
    (451, "Temporary failure, please try again later.", LATER),
    (422, "4.2.2 Greylisted, please try again in a few moments.", LATER),
    # Postfix, Exchange Online, Gmail, others
    (450, "4.1.1 Recipient address rejected: unverified address: Address verification in progress", LATER),
    (451, "4.7.500 Server busy. Please try again later from [10.5.2.2]. (AS77714319)", LATER),
    (451, "5.7.509 Access denied, please try again later", LATER),
    (450, "4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages", LATER),
    (452, "4.2.2 over quota", LATER),
    (421, "4.7.0 [TSS04] Messages from 10.5.2.2 temporarily deferred", LATER),
    (451, "Greylisted, try again in 5 minutes", 300),
    (451, "Greylisted, try again in 90 seconds", 90),
    (451, "please retry in 300s", 300),
    (451, "Please wait 5 min and try again", 300),
    (451, "Please wait at least 10 minutes", 600),
    (451, "try again after 1 hour and 5 minutes", 3_900),
    (451, "come back in 2 hours, 1 min and 30 secs", 7_290),
    (451, "Deferred for 1 day", 86_400),
    (451, "Too many mails in the last 10 minutes", LATER),
    (451, "Try again in 0 seconds", LATER),
    (451, "Seen in 10.5.2.2 after 5 attempts", LATER),
    (451, "Received at 12:04:05", LATER),
]  # fmt: skip


@pytest.mark.parametrize("step", [Step.RECIPIENT, Step.MESSAGE])
@pytest.mark.parametrize(("code", "words", "seconds"), WAITS)
def test_a_refusal_for_now_is_tried_again_after_a_wait(
    step: Step, code: int, words: str, seconds: float
) -> None:
    error = refused(code, words, step)
    assert isinstance(error, NotAcceptedError)
    assert error.retry_after == seconds


@pytest.mark.parametrize("step", [Step.CONNECT, Step.SENDER])
def test_greylisting_is_known_at_every_step(step: Step) -> None:
    for code, words in ((451, "4.7.1 try later"), (450, "later"), (421, "Graylisted"), (421, "4.7.1 later")):
        error = refused(code, words, step)
        assert isinstance(error, NotAcceptedError)
        assert error.retry_after == LATER
    error = refused(421, "4.3.2 going down", step)
    assert isinstance(error, NotAcceptedError)
    assert error.retry_after is None


def test_an_answer_that_cannot_be_read_names_no_wait() -> None:
    error = refused(-1, "what is this")
    assert isinstance(error, NotAcceptedError)
    assert error.retry_after is None


def test_a_refusal_for_good_is_not_tried_again() -> None:
    assert isinstance(refused(554, "5.7.1 Greylisted for 300 seconds"), RejectedError)


def test_a_wait_is_found_behind_the_part_that_is_shown() -> None:
    error = refused(450, f"4.2.0 {'x' * 300} try again in 5 minutes")
    assert isinstance(error, NotAcceptedError)
    assert error.retry_after == 300
    assert len(error.message) < 500
