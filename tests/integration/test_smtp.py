"""Mails by SMTP: against a real server with TLS, and against one that closes, hangs or refuses at each step."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cli.card import print_card
from execops.adapters import create_adapters, email
from execops.adapters.email import compose
from execops.adapters.smtp import mail_server, smtp_transport
from execops.client import Client
from execops.context import Context
from execops.errors import (
    AdapterError,
    AmbiguousError,
    InvalidPayloadError,
    NotAcceptedError,
    NotConfiguredError,
    RejectedError,
)
from execops.model import Check, Draft, ExecutionStatus, Json, Status
from execops.plays import samples
from execops.plays.mails import letters
from execops.plays.registry import all_plays
from execops.ports import Adapter, Happened
from execops.settings import Secret, Settings, load_settings
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.facts import SENDERS
from tests.mail_servers import (
    CLOSE,
    HANG,
    PASSWORD,
    Authority,
    Inbox,
    scripted,
    smtp_server,
)
from tests.mailboxes import mailbox
from tests.payloads import PAYLOADS, html_as_shown, lines_of, mail_as_received, part
from tests.performing import attempts, go
from tests.plays_table import SCENARIOS, ask
from tui.status_text import verdict

KEY = "execops-default-7-2-1"
MAIL = PAYLOADS["email"]
pytestmark = pytest.mark.usefixtures("trusted")


def sending(url: Secret, **changes: Any) -> Settings:
    """Settings that send by this server."""
    settings = load_settings({"home": "/nowhere", "email_transport": "smtp"}, {})
    return replace(settings, smtp_url=url, **changes)


def adapter_of(url: Secret, timeout: float = 10.0) -> Adapter:
    """The mail adapter over this server."""
    return create_adapters(sending(url, smtp_timeout=timeout))["email"]


async def outcome(adapter: Adapter) -> tuple[str, str]:
    """The outcome of one attempt, and its sentence or the server's answer."""
    try:
        result = await adapter.perform(MAIL, idempotency_key=KEY)
    except AdapterError as exc:
        names = {NotAcceptedError: "not accepted", RejectedError: "rejected", AmbiguousError: "unknown"}
        return names[type(exc)], exc.message
    return "executed", result["answer"]


# A real server


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_mail_arrives_as_it_was_previewed(
    authority: Authority, tmp_path: Path, scheme: str, host: str
) -> None:
    context = authority.context("localhost", "127.0.0.1")
    async with smtp_server(context, implicit=scheme == "smtps") as inbox:
        adapter = adapter_of(inbox.url(scheme, host=host))
        adapter.validate(MAIL)
        result = await adapter.perform(MAIL, idempotency_key=KEY)
    assert result == {
        "message_id": f"<{KEY}@hooli.example>",
        "transport": "smtp",
        "answer": "250 2.0.0 queued as 1",
    }
    [envelope] = inbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("pay@hooli.example", ["billing@acme.example"])
    arrived = tmp_path / "mail"
    arrived.write_bytes(inbox.contents[0])
    assert mail_as_received(arrived) == adapter.preview(MAIL)
    assert inbox.mails[0]["Message-ID"] == result["message_id"]


async def test_the_adapter_says_that_it_really_sends(inbox: Inbox) -> None:
    adapter = adapter_of(inbox.url())
    assert adapter.describe(MAIL) == (
        f"sends a mail from pay@hooli.example to billing@acme.example through localhost:{inbox.port}"
    )


TEXTS = {
    "umlauts": PAYLOADS["email"]["text"],
    "a line over 998": "x" * 5_000 + "\nFrom the start\n" + "ü" * 3_000,
    "dots": ".\n..\n.begin\nend.\n\n.\r\n.",
    "line breaks of two kinds": "one\r\ntwo\nthree\n\nfour",
    "the longest": "ü" * 100_000,
    "the longest of ASCII": ".line\n" * 16_666,
    "trailing spaces": "one  \n\n\ttwo\t\nthree=20",
    "emoji": "👨‍👩‍👧‍👦 株式会社 🇩🇪",
    "a mail's own words": "From here\n>From there\n-- \nsigned\n--b\nbegin 644 x\n=3D =\n\nFrom: me",
    "columns": "Date      Amount\n  1 Nov      49.00\n\n    indented\n\tby a tab\ta\tb\n",
    "a long address": f"Pay: https://pay.example/?a=1&b={'x' * 1_200}\n({'https://pay.example/' + 'ü' * 600})",
    "right to left": "שלום 49.00, مرحبا signed\n株式会社\u3000東京\n",
    "hostile": "<script>alert(1)</script> &lt;b&gt; &amp;amp; &nbsp; <!-- --> <p> <br>\n",
}
SUBJECTS = {
    "umlauts, folded": f"Zahlung über 49,00 € für {'Ängström & Søn, ' * 10}".strip(),
    "Japanese": "お支払い方法の更新のお願い " * 12 + "株式会社",
    "right to left": "تذكير: שלום " * 14 + "49.00",
    "long words": "x" * 200,
    "spaces": "two  spaces   and ü  ü",
    "spaces at its ends": "  due today  ",
    "an encoded word": "Invoice of =?utf-8?q?Globex?= is open",
    "an encoded word and more": "=?utf-8?b?R2xvYmV4?= é =?utf-8?b?R2xvYmV4?=",
    "a header": "From: a@b.example; Bcc: c@d.example",
    "a dot": ".",
    "wide spaces": "\u3000株式会社\u00a0",
}


@pytest.mark.parametrize("name", TEXTS)
async def test_the_mail_is_seven_bits_wide_and_its_lines_are_short(inbox: Inbox, name: str) -> None:
    adapter = adapter_of(inbox.url())
    payload = MAIL | {"text": TEXTS[name]}
    adapter.validate(payload)
    await adapter.perform(payload, idempotency_key=KEY)
    [content] = inbox.contents
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert part(inbox.mails[0], "plain").rstrip("\n") == TEXTS[name].replace("\r\n", "\n").rstrip("\n")
    assert html_as_shown(part(inbox.mails[0], "html")) == lines_of(part(inbox.mails[0], "plain"))


@pytest.mark.parametrize("name", SUBJECTS)
async def test_a_subject_arrives_as_it_was_previewed(inbox: Inbox, name: str) -> None:
    adapter = adapter_of(inbox.url())
    payload = MAIL | {"subject": SUBJECTS[name]}
    adapter.validate(payload)
    await adapter.perform(payload, idempotency_key=KEY)
    assert f"Subject: {inbox.mails[0]['Subject']}" in adapter.preview(payload).split("\n")
    header = message_from_bytes(inbox.contents[0])["Subject"]  # as the older parser has it
    assert str(make_header(decode_header(header))) == SUBJECTS[name]


@functools.cache
def mails_of(play: str) -> list[Json]:
    """The payloads of the mails that a play drafts: to customers, in one language after the other, and to the team."""
    drafts = [ask(all_plays()[play], case) for case in SCENARIOS.get(play, list)()]
    languages = sorted(letters.languages())
    for turn, language in enumerate(languages):
        settings = load_settings({"home": "/nowhere", "languages": language, **SENDERS}, {})
        facts = [about for _, about in samples.samples(play, settings, language)]
        drafts += [all_plays()[play].answer(about) for about in facts[turn :: len(languages)]]
    payloads = [
        draft.payload for draft in drafts if isinstance(draft, Draft) and draft.action_type == "email"
    ]
    return [payload | {"from": payload.get("from", MAIL["from"])} for payload in payloads]


def mails_of_every_play() -> list[tuple[str, Json]]:
    """The name of each play that drafts mails, with the payload of each mail."""
    mails = [(play, payload) for play in sorted(all_plays()) for payload in mails_of(play)]
    assert len({play for play, _ in mails}) > 10
    return mails


async def test_a_mail_of_every_play_arrives_as_it_was_previewed(authority: Authority, tmp_path: Path) -> None:
    async with smtp_server(None, sign_in=False) as inbox:
        adapter = adapter_of(inbox.url(user=""))
        payloads = mails_of_every_play()
        for number, (play, payload) in enumerate(payloads):
            adapter.validate(payload)
            await adapter.perform(payload, idempotency_key=f"{KEY}-{number}")
            arrived = tmp_path / str(number)
            arrived.write_bytes(inbox.contents[number])
            assert mail_as_received(arrived) == adapter.preview(payload), play
        assert len(inbox.contents) == len(payloads)


# Errors before the mail was accepted


async def test_a_wrong_password_is_refused_for_good_and_never_shown(inbox: Inbox) -> None:
    adapter = adapter_of(inbox.url(user="ada:hunter2"))
    result, sentence = await outcome(adapter)
    assert result == "rejected"
    assert sentence == (
        f"localhost:{inbox.port} refused the user or the password (535 5.7.8 Authentication credentials invalid): "
        "correct them in SMTP_URL (some providers want an app password), then retry. Nothing was sent."
    )
    assert inbox.contents == []


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize(
    ("names", "expired", "why"),
    [
        (("localhost",), True, "certificate has expired"),
        (("mail.other.example",), False, "Hostname mismatch, certificate is not valid for 'localhost'"),
    ],
)
async def test_a_certificate_that_is_not_trusted_is_refused(
    authority: Authority, scheme: str, names: tuple[str, ...], expired: bool, why: str
) -> None:
    context = authority.context(*names, expired=expired)
    async with smtp_server(context, implicit=scheme == "smtps") as inbox:
        result, sentence = await outcome(adapter_of(inbox.url(scheme)))
    assert (result, inbox.contents) == ("rejected", [])
    assert f"is not trusted ({why}" in sentence
    assert sentence.endswith("then retry. Nothing was sent.")


async def test_an_unknown_authority_is_refused(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    result, sentence = await outcome(adapter_of(inbox.url()))
    assert result == "rejected"
    assert "unable to get local issuer certificate" in sentence
    assert inbox.contents == []


async def test_a_server_on_this_machine_without_a_password_needs_no_tls_but_uses_it(
    authority: Authority,
) -> None:
    async with smtp_server(None, sign_in=False) as plain:
        assert (await outcome(adapter_of(plain.url(user=""))))[0] == "executed"
    async with smtp_server(authority.context("localhost"), sign_in=False) as secure:
        assert (await outcome(adapter_of(secure.url(user=""))))[0] == "executed"
    async with smtp_server(authority.context("localhost", expired=True), sign_in=False) as expired:
        assert (await outcome(adapter_of(expired.url(user=""))))[0] == "rejected"


async def test_a_password_is_never_sent_without_tls() -> None:
    async with scripted() as server:
        url = Secret(f"smtp://ada:hunter2@127.0.0.1:{server.port}")
        result, sentence = await outcome(adapter_of(url))
    assert (result, server.heard) == ("rejected", ["EHLO"])
    assert "offers no STARTTLS" in sentence


@pytest.mark.parametrize(
    ("command", "answer", "result", "words"),
    [
        ("RCPT", "451 4.7.1 Greylisted", "not accepted", "if further attempts fail too, retry it later"),
        ("RCPT", "550 5.1.1 no such user", "rejected", "there is no mailbox billing@acme.example"),
        ("RCPT", "552 5.2.2 mailbox full", "rejected", "the mailbox of billing@acme.example is full"),
        ("DATA", "451 4.3.0 try later", "not accepted", "if further attempts fail too, retry it later"),
        ("DATA", "554 5.7.1 spam", "rejected", "refused the mail"),
    ],
)
async def test_a_refusal_is_told_in_one_sentence_with_the_servers_words(
    inbox: Inbox, command: str, answer: str, result: str, words: str
) -> None:
    inbox.answers[command] = [answer]
    adapter = adapter_of(inbox.url())
    reached, sentence = await outcome(adapter)
    assert (reached, inbox.contents) == (result, [])
    assert words in sentence
    assert f"({answer})" in sentence
    assert sentence.endswith(". Nothing was sent.")
    assert (await outcome(adapter))[0] == "executed"


async def test_a_wait_that_the_server_names_in_any_line_is_kept(inbox: Inbox) -> None:
    inbox.answers["RCPT"] = ["451-4.7.1 Greylisted\r\n451 4.7.1 try again in 5 minutes"]
    with pytest.raises(NotAcceptedError) as refused:
        await adapter_of(inbox.url()).perform(MAIL, idempotency_key=KEY)
    assert refused.value.retry_after == 300


async def test_a_server_that_is_not_there_accepts_nothing() -> None:
    async with scripted() as server:
        pass
    result, sentence = await outcome(adapter_of(server.url()))
    assert result == "not accepted"
    assert f"127.0.0.1:{server.port} refuses connections" in sentence
    result, sentence = await outcome(adapter_of(Secret(f"smtp://localhost:{server.port}")))
    assert (result, "refuses connections" in sentence) == ("not accepted", True)


async def test_a_name_that_nobody_has_accepts_nothing() -> None:
    result, sentence = await outcome(adapter_of(Secret("smtp://mail.execops.invalid")))
    assert result == "not accepted"
    assert "check the host in SMTP_URL" in sentence


async def test_the_wrong_kind_of_tls_accepts_nothing(inbox: Inbox) -> None:
    result, sentence = await outcome(adapter_of(inbox.url("smtps")))
    assert (result, "use smtps:// for TLS from the start" in sentence) == ("not accepted", True)


# Each step of the conversation, and each way in which a server may fail there

BEFORE = ["greeting", "EHLO", "MAIL", "RCPT", "DATA"]
TABLE = [
    *[(step, CLOSE, "not accepted") for step in BEFORE],
    *[(step, HANG, "not accepted") for step in BEFORE],
    *[(step, "421 4.3.2 going down", "not accepted") for step in BEFORE],
    *[(step, "554 5.0.0 no", "rejected") for step in BEFORE],
    *[(step, "what is this", "not accepted") for step in BEFORE],
    ("DATA", "250 OK", "not accepted"),
    # The last line may have been sent: the mail is shorter than the buffers on its way.
    ("body", CLOSE, "unknown"),
    ("body", HANG, "unknown"),
    ("dot", CLOSE, "unknown"),
    ("dot", HANG, "unknown"),
    ("dot", "what is this", "unknown"),
    ("dot", "354 go on", "unknown"),
    ("dot", "421 4.3.2 going down", "not accepted"),
    ("dot", "451 4.3.0 later", "not accepted"),
    ("dot", "554 5.6.0 no", "rejected"),
    ("dot", "251 2.0.0 taken", "executed"),
    ("QUIT", CLOSE, "executed"),
    ("QUIT", HANG, "executed"),
    ("QUIT", "421 4.3.2 going down", "executed"),
    ("QUIT", "what is this", "executed"),
]


@pytest.mark.parametrize(("step", "answer", "result"), TABLE)
async def test_the_step_decides_what_became_of_the_mail(step: str, answer: str, result: str) -> None:
    async with scripted(**{step: answer}) as server:
        reached, sentence = await outcome(adapter_of(server.url(), timeout=0.4))
    assert reached == result, sentence
    assert sentence.strip()
    reached_dot = step in {"dot", "QUIT"}
    assert server.completed == int(reached_dot)
    if result in {"not accepted", "rejected"}:
        assert sentence.endswith("Nothing was sent.")
        assert server.accepted == []
    if result == "executed":
        assert server.completed == 1


@pytest.mark.parametrize("sender", ['"Zoë, Søn" <pay@hooli.example>', "Äöü " * 20 + "<pay@hooli.example>"])
async def test_the_envelope_has_the_bare_addresses(inbox: Inbox, sender: str) -> None:
    await adapter_of(inbox.url()).perform(MAIL | {"from": sender}, idempotency_key=KEY)
    [envelope] = inbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("pay@hooli.example", ["billing@acme.example"])


@pytest.mark.parametrize("answer", [CLOSE, HANG])
async def test_a_long_mail_that_was_cut_in_the_middle_was_not_sent(answer: str) -> None:
    """It is longer than the buffers on its way, so its last line never left this process."""
    content = b"one of very many lines\r\n" * 1_000_000
    async with scripted(body=answer, EHLO="250 mail.hooli.example") as server:
        transport = smtp_transport.SmtpTransport(sending(server.url(), smtp_timeout=1.0))
        with pytest.raises(NotAcceptedError):
            await transport.send(compose(MAIL, KEY), content, KEY)
    assert (server.completed, server.accepted) == (0, [])


async def test_a_cancelled_attempt_sends_no_end_of_the_mail() -> None:
    reached = asyncio.Event()
    async with scripted(RCPT=HANG) as server:
        server.on_step = lambda step: reached.set() if step == "RCPT" else None
        task = asyncio.create_task(adapter_of(server.url()).perform(MAIL, idempotency_key=KEY))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (server.completed, server.heard) == (0, ["EHLO", "MAIL", "RCPT"])


async def test_words_of_the_server_are_made_safe_and_hold_no_password(inbox: Inbox) -> None:
    inbox.answers["RCPT"] = ["550 \x1b[2Jno " + "x" * 300]
    _, sentence = await outcome(adapter_of(inbox.url()))
    assert "\x1b" not in sentence
    assert len(sentence) < 500
    inbox.answers["RCPT"] = [f"550 no {PASSWORD}"]
    _, sentence = await outcome(adapter_of(inbox.url()))
    assert PASSWORD not in sentence
    assert "(550)" in sentence


# Reconciling without a mailbox


async def test_without_a_mailbox_nobody_can_tell(inbox: Inbox) -> None:
    adapter = adapter_of(inbox.url())
    await adapter.perform(MAIL, idempotency_key=KEY)
    assert (await adapter.reconcile(MAIL, idempotency_key=KEY)).happened is Happened.CANNOT_TELL
    assert len(inbox.contents) == 1


# Settings


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mail.example", "does not begin with smtp:// or smtps://"),
        ("http://mail.example", "does not begin with smtp:// or smtps://"),
        ("smtp://", "names no host"),
        ("smtp://u:p@", "names no host"),
        ("smtp://u:hunter2@mail.example:port", "port is no number"),
        ("smtp://u:hunter2@mail.example:0", "port is 0"),
        ("smtp://u:hunter2@mail.example:70000", "port is no number"),
        ("smtp://u:hunter2/3@mail.example", "port is no number"),
        ("smtp://u:hunter2#3@mail.example", "# of the user or the password"),
        ("smtp://u@mail.example", "user without a password"),
        ("smtp://:hunter2@mail.example", "password without a user"),
        ("smtp://u:hunter2%ff@mail.example", "not UTF-8"),
        ("smtp://u:hunter2%0d%0a@mail.example", "control character"),
        ("smtp://u:hunter2@mail.example/path", "has a path"),
        ("smtp://[::1", "no URL"),
        ("smtp://mail exämple", "names no host"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_and_not_shown(url: str, why: str) -> None:
    with pytest.raises(NotConfiguredError) as refused:
        create_adapters(sending(Secret(url)))
    assert why in refused.value.message
    assert refused.value.message.startswith("SMTP_URL cannot be used: ")
    assert "smtp://user:password@host:587" in (refused.value.hint or "")
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize(
    ("url", "name", "implicit"),
    [
        ("smtp://mail.example", "mail.example:587", False),
        ("smtps://mail.example", "mail.example:465", True),
        ("smtp://u:p@Mail.Example:25/", "mail.example:25", False),
        ("smtp://u%40x:p%3A@[::1]:2525", "[::1]:2525", False),
    ],
)
def test_a_url_has_default_ports(url: str, name: str, implicit: bool) -> None:
    server = mail_server.smtp_server(Secret(url))
    assert (server.name, server.implicit_tls) == (name, implicit)


def test_the_transport_smtp_needs_a_url() -> None:
    settings = load_settings({"home": "/nowhere", "email_transport": "smtp"}, {})
    with pytest.raises(NotConfiguredError, match="EXECOPS_EMAIL_TRANSPORT is smtp, but SMTP_URL is not set"):
        create_adapters(settings)


def test_a_url_alone_changes_nothing(tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path, "smtp_url": "no url", "imap_url": "no url"}, {})
    assert "nothing leaves this machine" in create_adapters(settings)["email"].describe(MAIL)


@pytest.mark.parametrize(("missing", "setting"), [("from", "EXECOPS_EMAIL_FROM"), ("to", "recipient")])
def test_a_mail_needs_a_sender_and_a_recipient(missing: str, setting: str) -> None:
    adapter = adapter_of(Secret("smtp://localhost"))
    payload = {name: value for name, value in MAIL.items() if name != missing}
    with pytest.raises(InvalidPayloadError, match=setting) as refused:
        adapter.validate(payload)
    assert refused.value.field == missing


# The check of `execops doctor`


async def test_the_check_signs_in_and_sends_nothing(inbox: Inbox, authority: Authority) -> None:
    checked = await smtp_transport.check(sending(inbox.url()))
    assert checked == f"localhost:{inbox.port}, the certificate is trusted, signed in"
    with pytest.raises(RejectedError, match="refused the user or the password"):
        await smtp_transport.check(sending(inbox.url(user="ada:wrong")))
    async with scripted() as server:
        checked = await smtp_transport.check(sending(server.url()))
        assert checked == f"127.0.0.1:{server.port}, without TLS on this machine, without a sign-in"
    assert (server.heard, inbox.contents) == (["EHLO", "NOOP", "QUIT"], [])


async def test_doctor_tells_of_both_servers(inbox: Inbox, authority: Authority) -> None:
    async def diagnosed(url: Secret, imap_url: Secret | None = None) -> list[Check]:
        checks = list(await email.diagnose(sending(url, imap_url=imap_url)))
        assert [check.name for check in checks] == ["email", "sent mails"]
        return checks

    server, unset = await diagnosed(inbox.url())
    detail = f"smtp: localhost:{inbox.port}, the certificate is trusted, signed in"
    assert (server.state, server.detail) == ("ok", detail)
    assert (unset.state, "EXECOPS_IMAP_URL" in (unset.hint or "")) == ("off", True)
    refused, _ = await diagnosed(inbox.url(user="ada:hunter2"))
    assert (refused.state, "correct them in SMTP_URL" in refused.detail) == ("bad", True)
    assert "hunter2" not in refused.detail
    folders = {"INBOX": "", "Sent": "\\Sent"}
    async with mailbox(authority.context("localhost"), folders=folders) as imap:
        _, folder = await diagnosed(inbox.url(), imap.url())
        detail = f'imap: localhost:{imap.port}, the certificate is trusted, signed in, sent mails in "Sent"'
        assert (folder.state, folder.detail) == ("ok", detail)
    server, missing = await diagnosed(inbox.url(), imap.url())
    assert (missing.state, "Check EXECOPS_IMAP_URL" in (missing.hint or "")) == ("bad", True)
    assert server.state == "ok"


# The execution of an approved mail


@pytest.fixture
async def by_smtp(inbox: Inbox, make_settings: MakeSettings) -> AsyncIterator[Context]:
    """A Context that sends through the server."""
    settings = make_settings(email_transport="smtp", smtp_url=inbox.url(), smtp_timeout=5.0)
    async with open_context(settings) as context:
        yield context


async def approved(ctx: Context, token: Secret) -> int:
    """The id of an approved mail whose job was dropped."""
    client = await Client.login(ctx, token)
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)
    await records.drop_jobs(ctx)
    return proposal_id


async def test_an_approved_mail_is_executed_with_the_servers_answer(
    by_smtp: Context, inbox: Inbox, founder_token: Secret
) -> None:
    proposal_id = await approved(by_smtp, founder_token)
    assert await go(by_smtp, proposal_id) is Status.EXECUTED
    [execution] = await records.executions(by_smtp, proposal_id)
    assert execution["result_json"] == {
        "message_id": inbox.mails[0]["Message-ID"],
        "transport": "smtp",
        "answer": "250 2.0.0 queued as 1",
    }


async def test_a_mail_that_is_greylisted_goes_out_once_at_the_next_attempt(
    by_smtp: Context, inbox: Inbox, founder_token: Secret, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox.answers["RCPT"] = ["451 4.7.1 Greylisted, try again in 1 minute"]
    proposal_id = await approved(by_smtp, founder_token)
    assert await go(by_smtp, proposal_id) is Status.EXECUTING
    [(state, error)] = await attempts(by_smtp, proposal_id)
    assert (state, "Greylisted" in (error or "")) == ("failed", True)
    client = await Client.login(by_smtp, founder_token)
    card = await client.proposals.card(proposal_id)
    tried = f"{error} ExecOps tries again by itself."
    assert card.last_failure == tried
    assert 40 < (await records.jobs(by_smtp, "execute_proposal"))[-1]["delay"] <= 60
    running = replace(card.executions[0], attempt=2, status=ExecutionStatus.RUNNING, error=None)
    assert replace(card, executions=[*card.executions, running]).last_failure is None
    print_card(card)
    assert f"  Tried   {tried}" in capsys.readouterr().out
    assert tried in verdict(card, None, None, None).plain
    assert await go(by_smtp, proposal_id) is Status.EXECUTED
    assert (await client.proposals.card(proposal_id)).last_failure is None
    assert len(inbox.contents) == 1


async def test_greylisting_that_names_no_wait_does_not_fail_within_seconds(
    by_smtp: Context, inbox: Inbox, founder_token: Secret
) -> None:
    inbox.answers["RCPT"] = ["450 4.2.0 Recipient address rejected: Greylisted, see http://a.example"] * 4
    proposal_id = await approved(by_smtp, founder_token)
    for _ in range(4):
        assert await go(by_smtp, proposal_id) is Status.EXECUTING
    delays = [job["delay"] for job in await records.jobs(by_smtp, "execute_proposal")]
    assert len(delays) == 4
    assert all(500 < delay <= 600 for delay in delays)
    assert await go(by_smtp, proposal_id) is Status.EXECUTED
    assert len(inbox.contents) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [("550 5.1.1 no such user", "correct the address"), ("552 5.2.2 full", "write to another address")],
)
async def test_a_refused_recipient_fails_at_once_and_the_card_says_what_to_do(
    by_smtp: Context, inbox: Inbox, founder_token: Secret, answer: str, words: str
) -> None:
    inbox.answers["RCPT"] = [answer]
    proposal_id = await approved(by_smtp, founder_token)
    assert await go(by_smtp, proposal_id) is Status.FAILED
    outcome_of_card = (await records.proposal(by_smtp, proposal_id)).outcome or ""
    assert answer in outcome_of_card
    assert words in outcome_of_card
    assert inbox.contents == []


@pytest.mark.parametrize("answer", [CLOSE, HANG])
async def test_a_mail_without_an_answer_is_unknown_and_is_not_sent_again(
    make_settings: MakeSettings, founder_token: Secret, answer: str
) -> None:
    async with scripted(dot=answer) as server:
        settings = make_settings(email_transport="smtp", smtp_url=server.url(), smtp_timeout=0.5)
        async with open_context(settings) as ctx:
            proposal_id = await approved(ctx, founder_token)
            assert await go(ctx, proposal_id) is Status.UNKNOWN
            assert await go(ctx, proposal_id) is Status.UNKNOWN
            [(state, error)] = await attempts(ctx, proposal_id)
    assert (state, "so it may be out" in (error or "")) == ("unknown", True)
    assert server.completed == 1
