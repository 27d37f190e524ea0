"""Mails by Gmail's API: one mail for a key, whatever breaks; each error in one sentence; senders, scopes, pace, secrets."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from execops.adapters import create_adapters
from execops.adapters.email import EmailAdapter, compose
from execops.adapters.gmail import gmail_sign_in, gmail_transport
from execops.adapters.gmail.gmail_client import Connection
from execops.adapters.gmail.gmail_mailbox import KEY_HEADER, Copy
from execops.adapters.gmail.gmail_transport import GmailTransport
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
from execops.model import Json, Status
from execops.ports import Adapter, Happened
from execops.settings import Secret, load_settings
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.fake_gmail import (
    CLIENT_SECRET,
    COMPOSE,
    INSUFFICIENT,
    INVALID_GRANT,
    METADATA,
    NOT_FOUND,
    READONLY,
    REFRESH_TOKEN,
    UNAUTHORIZED,
    FakeGmail,
    Request,
    fake_gmail,
    refusal,
    sign_in_refusal,
)
from tests.fake_http import Cut, Reply
from tests.integration.test_smtp import TEXTS, mails_of_every_play
from tests.payloads import PAYLOADS, mail_as_received, part
from tests.performing import attempts, go

KEY = "execops-0a1b2c3d4e5f-7-2-1"
MAIL = PAYLOADS["email"]
PACE = gmail_transport.PACE
QUOTA = 6_000  # units a minute
ALIAS: Json = {"sendAsEmail": "Billing@Hooli.example", "verificationStatus": "accepted"}


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a pause between mails nor one before a mail counts as not sent."""
    monkeypatch.setattr(gmail_transport, "PACE", 0.0)
    monkeypatch.setattr(gmail_transport, "SETTLED_AFTER", 0.0)


@pytest.fixture
async def fake() -> AsyncIterator[FakeGmail]:
    """A fake of Gmail."""
    async with fake_gmail() as server:
        yield server


@pytest.fixture
def adapter(fake: FakeGmail) -> Adapter:
    """The adapter that sends through the fake."""
    return another(fake)


def another(fake: FakeGmail, **settings: Any) -> Adapter:
    """An adapter of its own, as in another worker."""
    return create_adapters(fake.settings(**settings))["email"]


def answering(fake: FakeGmail, method: str, *replies: Reply) -> None:
    """Let the fake answer the next calls of a method with these replies."""
    waiting = list(replies)

    def script(request: Request) -> Reply | None:
        return waiting.pop(0) if request.method == method and waiting else None

    fake.script = script


async def perform(adapter: Adapter, **changes: Any) -> Json:
    return await adapter.perform(MAIL | changes, idempotency_key=KEY)


async def happened(adapter: Adapter, **changes: Any) -> Happened:
    return (await adapter.reconcile(MAIL | changes, idempotency_key=KEY)).happened


async def outcome(adapter: Adapter, **changes: Any) -> tuple[str, str]:
    """The outcome of one attempt, and its sentence."""
    try:
        await perform(adapter, **changes)
    except AdapterError as exc:
        names = {NotAcceptedError: "not accepted", RejectedError: "rejected", AmbiguousError: "unknown"}
        return names[type(exc)], exc.message
    return "executed", ""


def draft_of(fake: FakeGmail, key: str = KEY, **changes: Any) -> str:
    """Put a draft of this key into the account, as an attempt that died left it; returns the draft's id."""
    content = compose(MAIL | changes, key).as_bytes()
    mail = fake.add(f"{KEY_HEADER}: {key}\r\n".encode() + content, "DRAFT")
    draft_id = f"r-left-{len(fake.drafts)}"
    fake.drafts[draft_id] = mail.id
    return draft_id


def send_by_hand(fake: FakeGmail, draft_id: str) -> None:
    """Send a draft, as a person does at Gmail."""
    fake._drafts_send({"id": draft_id})


# The settings


@pytest.mark.parametrize(
    ("missing", "words", "hint"),
    [
        ("gmail_client_id", "EXECOPS_GMAIL_CLIENT_ID and EXECOPS_GMAIL_CLIENT_SECRET", "Desktop app"),
        ("gmail_client_secret", "EXECOPS_GMAIL_CLIENT_ID and EXECOPS_GMAIL_CLIENT_SECRET", "Desktop app"),
        ("gmail_refresh_token", "no account is connected", "execops connect gmail"),
    ],
)
def test_the_transport_without_a_sign_in_is_refused_at_the_start(missing: str, words: str, hint: str) -> None:
    settings = FakeGmail(url="http://127.0.0.1:1").settings(**{missing: None})
    with pytest.raises(NotConfiguredError, match="EXECOPS_EMAIL_TRANSPORT is gmail, but ") as refused:
        create_adapters(settings)
    assert words in refused.value.message
    assert hint in (refused.value.hint or "")


def test_a_sign_in_alone_changes_nothing() -> None:
    settings = FakeGmail(url="http://127.0.0.1:1").settings(email_transport="outbox")
    assert "nothing leaves this machine" in create_adapters(settings)["email"].describe(MAIL)


def test_the_addresses_are_googles_unless_an_emulator_is_named() -> None:
    ours = {"gmail_client_id": "a", "gmail_client_secret": "b"}
    google = gmail_sign_in.app(load_settings(ours, {}))
    assert (google.consent, google.token) == (
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
    )
    emulated = gmail_sign_in.app(load_settings(ours | {"gmail_api_base": "http://127.0.0.1:1/"}, {}))
    assert (emulated.consent, emulated.token) == (
        "http://127.0.0.1:1/o/oauth2/v2/auth",
        "http://127.0.0.1:1/token",
    )


def test_the_adapter_says_that_it_really_sends(adapter: Adapter) -> None:
    assert isinstance(adapter, EmailAdapter)
    assert adapter._transport.leaves_the_machine
    assert adapter.describe(MAIL) == (
        "sends a mail from pay@hooli.example to billing@acme.example through Gmail"
    )
    with pytest.raises(InvalidPayloadError, match="no sender"):
        adapter.validate({name: value for name, value in MAIL.items() if name != "from"})


# The mail


@pytest.mark.parametrize("message_ids", ["kept", "moved", "replaced"])
async def test_a_mail_arrives_as_it_was_previewed(fake: FakeGmail, tmp_path: Path, message_ids: str) -> None:
    fake.message_ids = message_ids
    adapter = another(fake)
    adapter.validate(MAIL)
    result = await perform(adapter)
    [mail] = fake.arrived
    [sent] = fake.mails.values()
    assert result == {
        "message_id": str(mail["Message-ID"]),
        "transport": "gmail",
        "id": sent.id,
        "thread_id": sent.thread_id,
    }
    assert (str(mail["Message-ID"]) == f"<{KEY}@hooli.example>") is (message_ids == "kept")
    assert (sent.labels, fake.drafts) == ({"SENT"}, {})
    arrived = tmp_path / "mail"
    arrived.write_bytes(fake.delivered[0])
    assert mail_as_received(arrived) == adapter.preview(MAIL)
    assert [name for name in mail if name.lower() in {"bcc", "cc"}] == []


@pytest.mark.parametrize("name", TEXTS)
async def test_a_text_arrives_whole(fake: FakeGmail, adapter: Adapter, name: str) -> None:
    await perform(adapter, text=TEXTS[name])
    [content] = fake.delivered
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert part(fake.arrived[0], "plain").rstrip("\n") == TEXTS[name].replace("\r\n", "\n").rstrip("\n")


async def test_a_mail_of_every_play_arrives_as_it_was_previewed(fake: FakeGmail, tmp_path: Path) -> None:
    payloads = mails_of_every_play()
    fake.aliases = [{"sendAsEmail": "billing@localhost", "verificationStatus": "accepted"}]
    adapter = another(fake)
    for number, (play, payload) in enumerate(payloads):
        adapter.validate(payload)
        await adapter.perform(payload, idempotency_key=f"{KEY}-{number}")
        arrived = tmp_path / str(number)
        arrived.write_bytes(fake.delivered[number])
        assert mail_as_received(arrived) == adapter.preview(payload), play
    assert len(fake.delivered) == len(payloads)


def test_a_mail_at_google_has_a_page() -> None:
    settings = FakeGmail(url="https://gmail.googleapis.com").settings()
    transport = GmailTransport(settings)
    transport._client._account = "pay+1@hooli.example"
    copy = Copy("19a1", "19a0", "<CA+1@mail.gmail.com>", None)
    result = asyncio.run(transport._result(None, copy))  # type: ignore[arg-type]
    assert result["permalink"] == "https://mail.google.com/mail/?authuser=pay%2B1@hooli.example#all/19a0"


# The sender


@pytest.mark.parametrize(
    "sender",
    ["PAY@hooli.example", "Pay <pay@Hooli.example>", "billing@hooli.example", '"Zoë, Søn" <Billing@hooli.example>'],
)  # fmt: skip
async def test_an_address_of_the_account_sends_under_its_own_name(
    fake: FakeGmail, adapter: Adapter, tmp_path: Path, sender: str
) -> None:
    fake.aliases = [ALIAS]
    await perform(adapter, **{"from": sender})
    arrived = tmp_path / "mail"
    arrived.write_bytes(fake.delivered[0])
    assert mail_as_received(arrived) == adapter.preview(MAIL | {"from": sender})


@pytest.mark.parametrize("aliases", [[], [ALIAS | {"verificationStatus": "pending"}]])
async def test_a_sender_that_gmail_would_replace_is_refused_before_anything_is_made(
    fake: FakeGmail, adapter: Adapter, aliases: list[Json]
) -> None:
    fake.aliases = aliases
    assert await outcome(adapter, **{"from": "Billing <billing@hooli.example>"}) == (
        "rejected",
        (
            "Gmail would send as pay@hooli.example, because billing@hooli.example is no confirmed address of that account: "
            "add it at Gmail under Settings → Accounts → Send mail as, or write pay@hooli.example into the draft and "
            "EXECOPS_EMAIL_FROM. Nothing was sent."
        ),
    )
    assert "drafts.create" not in fake.methods()
    fake.aliases = [ALIAS]  # the person adds it, and retries
    assert (await outcome(adapter, **{"from": "billing@hooli.example"}))[0] == "executed"


async def test_without_the_right_to_read_only_the_own_address_sends(
    fake: FakeGmail, adapter: Adapter
) -> None:
    fake.aliases, fake.scopes = [ALIAS], {COMPOSE}
    kind, sentence = await outcome(adapter, **{"from": "billing@hooli.example"})
    assert kind == "rejected"
    assert "does not let ExecOps see whether it may send as billing@hooli.example" in sentence
    assert "`execops connect gmail` again and leave every box ticked" in sentence
    assert (await outcome(adapter))[0] == "executed"


# The errors

LATER = [
    refusal(429, "rateLimitExceeded", "Resource has been exhausted (e.g. check quota)."),
    refusal(403, "rateLimitExceeded", "Rate Limit Exceeded"),
    refusal(403, "userRateLimitExceeded", "User Rate Limit Exceeded"),
    refusal(403, "dailyLimitExceeded", "Daily Limit Exceeded"),
    refusal(429, "userRateLimitExceeded", "Too many concurrent requests for user"),
    Reply(429, b"<html>slow down</html>", accepts=False),
]
FOR_GOOD = [
    (refusal(400, "invalidArgument", "Invalid To header"), "refused the recipient billing@acme.example (400 Invalid To header)"),
    (refusal(400, "invalidArgument", "Recipient address required"), "refused the recipient billing@acme.example"),
    (refusal(400, "badRequest", "Raw content is too large"), "refused the mail (400 Raw content is too large)"),
    (refusal(400, "failedPrecondition", "Mail service not enabled"), "check that the account that you connected has a mailbox"),
    (INSUFFICIENT, "leave every box ticked when you run `execops connect gmail` again"),
    (refusal(403, "domainPolicy", "The domain administrators have disabled Gmail apps."), "ask them to allow it"),
    (
        refusal(403, "accessNotConfigured", "Gmail API has not been used in project 7 before or it is disabled."),
        "enable it there under APIs & Services",
    ),
    (refusal(403, "forbidden", "No."), "refused the mail (403 No.)"),
    (Reply(413, b"<html>Too large</html>", accepts=False), "refused the mail (413)"),
]  # fmt: skip
DOUBTFUL = [
    refusal(500, "backendError", "Backend Error"),
    refusal(503, "backendError", "The service is currently unavailable."),
    Reply(502, b"<html>Bad gateway</html>"),
    Reply(302, b"", headers={"location": "http://127.0.0.1:1/"}),
    Reply(200, b"<html>Sign in to the Wi-Fi</html>"),
    Reply(200, b'{"id": tr'),
    Reply(200, b"\xff\xfe"),
    Reply(200, b"[]"),
    Reply(200, b'{"labelIds": ["SENT"]}'),
]
CUTS = [Cut.AT_ACCEPT, Cut.IN_REQUEST, Cut.ACCEPTED, Cut.IN_ANSWER]
HARMLESS = ["token", "profile", "settings.sendAs", "drafts.create", "drafts.list", "messages.list"]


@pytest.mark.parametrize(
    ("method", "reply"),
    [*[("drafts.send", reply) for reply in LATER], *[(method, LATER[2]) for method in HARMLESS[1:]]],
)
async def test_a_limit_accepts_nothing_and_leaves_no_draft(
    fake: FakeGmail, adapter: Adapter, method: str, reply: Reply
) -> None:
    answering(fake, method, reply)
    with pytest.raises(NotAcceptedError) as refused:
        await perform(adapter)
    assert refused.value.message.endswith("Nothing was sent.")
    assert (refused.value.retry_after or 0) >= 0
    assert (fake.delivered, fake.drafts) == ([], {})
    await perform(adapter)
    assert (len(fake.delivered), fake.drafts) == (1, {})


@pytest.mark.parametrize(
    ("reply", "least", "most"),
    [
        (refusal(429, "rateLimitExceeded", "Slow down", headers={"Retry-After": "17"}), 17, 17),
        (refusal(429, "rateLimitExceeded", "User-rate limit exceeded.  Retry after {soon} (Mail sending)"), 60, 120),
        (refusal(429, "rateLimitExceeded", "User-rate limit exceeded.  Retry after 2020-01-21T12:57:51.196Z"), 1, 1),
        (refusal(403, "userRateLimitExceeded", "User Rate Limit Exceeded"), 30, 30),
        (refusal(403, "dailyLimitExceeded", "Daily Limit Exceeded"), 3600, 3600),
    ],
)  # fmt: skip
async def test_a_wait_that_google_names_is_kept(
    fake: FakeGmail, adapter: Adapter, reply: Reply, least: float, most: float
) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=110)).isoformat(timespec="milliseconds")
    body = (reply.body or b"").replace(b"{soon}", soon.replace("+00:00", "Z").encode())
    answering(fake, "drafts.send", Reply(reply.status, body, headers=reply.headers, accepts=False))
    with pytest.raises(NotAcceptedError) as refused:
        await perform(adapter)
    assert refused.value.retry_after is not None
    assert least <= refused.value.retry_after <= most


@pytest.mark.parametrize("method", ["drafts.create", "drafts.send"])
@pytest.mark.parametrize(("reply", "words"), FOR_GOOD)
async def test_a_refusal_for_good_is_told_in_one_sentence_and_leaves_no_draft(
    fake: FakeGmail, adapter: Adapter, method: str, reply: Reply, words: str
) -> None:
    answering(fake, method, reply)
    kind, sentence = await outcome(adapter)
    assert kind == "rejected"
    assert words in sentence
    assert sentence.endswith(". Nothing was sent.")
    assert sentence.count(". ") <= 3
    assert (fake.delivered, fake.drafts) == ([], {})


async def test_an_api_that_is_not_found_is_told(fake: FakeGmail, adapter: Adapter) -> None:
    answering(fake, "drafts.create", NOT_FOUND)
    kind, sentence = await outcome(adapter)
    assert (kind, "check EXECOPS_GMAIL_API_BASE, then retry. Nothing was sent." in sentence) == (
        "rejected",
        True,
    )


@pytest.mark.parametrize(
    "reply",
    [
        NOT_FOUND,
        refusal(400, "invalidArgument", "Message not a draft"),
        refusal(403, "rateLimitExceeded", "No."),
    ],
)
async def test_a_draft_that_is_gone_when_gmail_refuses_it_may_have_been_sent(
    fake: FakeGmail, adapter: Adapter, reply: Reply
) -> None:
    def sent_by_hand(request: Request) -> Reply | None:
        if request.method != "drafts.send":
            return None
        fake.script = lambda _: None
        return replace(reply, then=lambda: send_by_hand(fake, next(iter(fake.drafts))))

    fake.script = sent_by_hand
    kind, sentence = await outcome(adapter)
    assert (kind, sentence.endswith("The mail may be out.")) == ("unknown", True)
    assert await happened(adapter) is Happened.YES
    assert len(fake.delivered) == 1


@pytest.mark.parametrize("reply", DOUBTFUL)
async def test_a_doubtful_answer_to_the_sending_is_unknown(
    fake: FakeGmail, adapter: Adapter, reply: Reply
) -> None:
    for accepts in (True, False):
        fake.delivered.clear()
        fake.drafts.clear()
        fake.mails.clear()
        doubtful = Reply(reply.status, reply.body, headers=reply.headers, accepts=accepts)
        answering(fake, "drafts.send", doubtful)
        kind, sentence = await outcome(adapter)
        assert (kind, sentence.endswith("The mail may be out.")) == ("unknown", True)
        assert len(fake.delivered) == int(accepts)
        assert await happened(adapter) is (Happened.YES if accepts else Happened.NO)
        assert fake.drafts == {}
        await perform(adapter)
        assert len(fake.delivered) == 1


@pytest.mark.parametrize(
    ("method", "reply"),
    [*[("drafts.create", reply) for reply in DOUBTFUL], *[(method, DOUBTFUL[0]) for method in HARMLESS]],
)
async def test_a_doubtful_answer_before_the_sending_accepts_nothing(
    fake: FakeGmail, adapter: Adapter, method: str, reply: Reply
) -> None:
    answering(fake, method, reply)
    kind, sentence = await outcome(adapter)
    assert (kind, sentence.endswith("Nothing was sent.")) == ("not accepted", True)
    assert fake.delivered == []
    await perform(adapter)  # a draft that the first attempt may have left is deleted
    assert (len(fake.delivered), fake.drafts) == (1, {})


@pytest.mark.parametrize("method", HARMLESS)
@pytest.mark.parametrize("cut", CUTS)
async def test_a_connection_that_breaks_before_the_sending_accepts_nothing(
    fake: FakeGmail, adapter: Adapter, method: str, cut: Cut
) -> None:
    answering(fake, method, Reply(cut=cut))
    kind, sentence = await outcome(adapter)
    assert (kind, sentence.endswith("Nothing was sent.")) == ("not accepted", True)
    assert fake.delivered == []
    await perform(adapter)
    assert (len(fake.delivered), fake.drafts) == (1, {})


@pytest.mark.parametrize("cut", CUTS)
async def test_a_connection_that_breaks_during_the_sending_is_unknown(
    fake: FakeGmail, adapter: Adapter, cut: Cut
) -> None:
    answering(fake, "drafts.send", Reply(cut=cut))
    kind, sentence = await outcome(adapter)
    assert (kind, sentence.endswith("The mail may be out.")) == ("unknown", True)
    sent = cut in {Cut.ACCEPTED, Cut.IN_ANSWER}
    assert len(fake.delivered) == int(sent)
    assert await happened(adapter) is (Happened.YES if sent else Happened.NO)


@pytest.mark.parametrize("method", [*HARMLESS, "drafts.send"])
async def test_an_answer_that_does_not_come(fake: FakeGmail, method: str) -> None:
    adapter = another(fake, gmail_timeout="0.3")
    answering(fake, method, Reply(delay=1.0))
    kind, sentence = await outcome(adapter)
    assert kind == ("unknown" if method == "drafts.send" else "not accepted")
    assert "Gmail did not answer within 0.3 s" in sentence
    assert len(fake.delivered) == int(method == "drafts.send")


async def test_a_service_that_is_not_there_accepts_nothing() -> None:
    async with fake_gmail() as gone:
        pass
    kind, sentence = await outcome(another(gone))
    assert (kind, sentence.endswith("Nothing was sent.")) == ("not accepted", True)
    assert "cannot be reached" in sentence


async def test_a_connection_that_is_refused_at_the_sending_accepts_nothing(
    fake: FakeGmail, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Connection.send

    async def to_nowhere(self: Connection, draft_id: str, *, recipient: str) -> Json:
        monkeypatch.setattr(self, "_base", "http://127.0.0.1:1")
        try:
            return await send(self, draft_id, recipient=recipient)
        finally:
            monkeypatch.undo()

    monkeypatch.setattr(Connection, "send", to_nowhere)
    kind, sentence = await outcome(adapter)
    assert (kind, sentence.endswith("Nothing was sent.")) == ("not accepted", True)
    assert (fake.delivered, fake.drafts) == ([], {})


async def test_a_mail_whose_copy_cannot_be_read_back_is_executed(fake: FakeGmail, adapter: Adapter) -> None:
    answering(fake, "messages.get", refusal(503, "backendError", "Backend Error"))
    result = await perform(adapter)
    assert result["message_id"] == f"<{KEY}@hooli.example>"
    assert result["id"] in fake.mails


# The sign-in


async def test_a_token_that_ended_is_renewed_once_and_the_mail_goes_out_once(
    fake: FakeGmail, adapter: Adapter
) -> None:
    await adapter.perform(MAIL, idempotency_key=f"{KEY}0")
    for method in ("drafts.create", "drafts.send"):
        answering(fake, method, UNAUTHORIZED)
        before = fake.methods().count("token")
        await adapter.perform(MAIL, idempotency_key=f"{KEY}{method}")
        assert fake.methods().count("token") == before + 1
    fake.access_tokens.clear()
    await perform(adapter)
    assert (len(fake.delivered), fake.drafts) == (4, {})


async def test_a_token_is_used_until_shortly_before_its_end(fake: FakeGmail, adapter: Adapter) -> None:
    for number in range(3):
        await adapter.perform(MAIL, idempotency_key=f"{KEY}{number}")
    assert fake.methods().count("token") == 1
    fake.lifetime = 30
    short = another(fake)
    await short.perform(MAIL, idempotency_key=f"{KEY}3")
    assert fake.methods().count("token") > 2


@pytest.mark.parametrize("method", ["drafts.create", "drafts.send"])
async def test_a_token_that_is_refused_again_is_told(fake: FakeGmail, adapter: Adapter, method: str) -> None:
    answering(fake, method, UNAUTHORIZED, UNAUTHORIZED)
    kind, sentence = await outcome(adapter)
    assert (kind, fake.delivered) == ("rejected", [])
    assert sentence.startswith("Google does not accept the sign-in (401 ")
    assert "run `execops connect gmail` again, restart the worker, then retry. Nothing was sent." in sentence


@pytest.mark.parametrize(
    ("reply", "kind", "sentence"),
    [
        (
            INVALID_GRANT,
            "rejected",
            (
                "Google no longer accepts the sign-in (invalid_grant: Token has been expired or revoked.): run "
                "`execops connect gmail` again, restart the worker, then retry. Nothing was sent."
            ),
        ),
        (
            sign_in_refusal("invalid_grant", "reauth related error (invalid_rapt)"),
            "rejected",
            (
                "Google no longer accepts the sign-in (invalid_grant: reauth related error (invalid_rapt)): run "
                "`execops connect gmail` again, restart the worker, then retry. Nothing was sent."
            ),
        ),
        (
            sign_in_refusal("invalid_client", "The OAuth client was not found.", 401),
            "rejected",
            (
                "Google does not know your app (invalid_client: The OAuth client was not found.): correct "
                "EXECOPS_GMAIL_CLIENT_ID and EXECOPS_GMAIL_CLIENT_SECRET. Nothing was sent."
            ),
        ),
        (
            sign_in_refusal("a_new_code", "No."),
            "rejected",
            (
                "Google refused the sign-in (a_new_code: No.): run `execops connect gmail` again, restart the worker, then "
                "retry. Nothing was sent."
            ),
        ),
        (
            sign_in_refusal("internal_failure", "Backend error", 500),
            "not accepted",
            "Google's sign-in does not work now (internal_failure: Backend error). Nothing was sent.",
        ),
        (
            Reply(429, b"", accepts=False),
            "not accepted",
            "Google's sign-in does not work now (429). Nothing was sent.",
        ),
        (
            Reply(200, b"{}", accepts=False),
            "not accepted",
            "Google's sign-in does not work now (200). Nothing was sent.",
        ),
    ],
)
async def test_a_sign_in_that_gives_no_token_is_told_in_one_sentence(
    fake: FakeGmail, adapter: Adapter, reply: Reply, kind: str, sentence: str
) -> None:
    answering(fake, "token", reply)
    assert await outcome(adapter) == (kind, sentence)
    assert fake.methods() == ["token"]
    assert (await outcome(adapter))[0] == "executed"


async def test_no_error_and_no_log_shows_a_secret(
    fake: FakeGmail, adapter: Adapter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await adapter.perform(MAIL, idempotency_key=f"{KEY}0")
    [token] = fake.access_tokens
    shown = []
    for secret in (token, REFRESH_TOKEN, CLIENT_SECRET):
        answering(fake, "drafts.create", refusal(400, "badRequest", f"Bad: {secret}"))
        shown.append((await outcome(adapter))[1])
        answering(fake, "drafts.send", refusal(500, "backendError", f"Bad: {secret}"))
        shown.append((await outcome(adapter))[1])
        await happened(adapter)
        if secret == token:
            continue  # the sign-in is never told of it
        answering(fake, "token", sign_in_refusal("invalid_grant", f"Bad: {secret}"))
        shown.append((await outcome(another(fake)))[1])
        await happened(another(fake))
    text = "".join(shown) + caplog.text + repr(adapter.__dict__)
    for secret in (*fake.access_tokens, REFRESH_TOKEN, CLIENT_SECRET):
        assert secret not in text
    assert all(shown)
    assert "\x1b" not in text


async def test_words_of_google_are_made_safe(fake: FakeGmail, adapter: Adapter) -> None:
    answering(fake, "drafts.create", refusal(400, "badRequest", "\x1b[2Jno " + "x" * 500))
    _, sentence = await outcome(adapter)
    assert "\x1b" not in sentence
    assert len(sentence) < 400


# Finding out


@pytest.mark.parametrize("message_ids", ["kept", "moved", "replaced"])
async def test_a_sent_mail_is_found_by_its_headers(fake: FakeGmail, message_ids: str) -> None:
    fake.message_ids = message_ids
    result = await perform(another(fake))
    [sent] = fake.mails.values()
    found = await another(fake).reconcile(MAIL, idempotency_key=KEY)
    assert (found.happened, found.result) == (Happened.YES, result)
    sent.labels.add("TRASH")  # a person threw it away
    assert await happened(another(fake)) is Happened.YES
    assert await happened(another(fake), subject="Other words") is Happened.CANNOT_TELL
    assert len(fake.delivered) == 1


@pytest.mark.parametrize("indexed_after", [0.0, 3600.0])
async def test_a_sent_mail_is_found_under_many_others(fake: FakeGmail, indexed_after: float) -> None:
    fake.indexed_after = indexed_after
    await perform(another(fake))
    for number in range(20):
        fake.add(b"To: somebody@else.example\r\nSubject: %d\r\n\r\nHello" % number, "SENT")
    assert await happened(another(fake)) is Happened.YES
    for number in range(40):  # it is no longer one of the newest, so only a search finds it
        fake.add(b"To: somebody@else.example\r\nSubject: %d\r\n\r\nHello" % number, "SENT")
    assert await happened(another(fake)) is (Happened.CANNOT_TELL if indexed_after else Happened.YES)


async def test_a_mail_that_is_shown_late_is_waited_for(
    fake: FakeGmail, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gmail_transport, "SETTLED_AFTER", 0.5)
    fake.listed_after, fake.indexed_after = 0.3, 3600.0
    await perform(adapter)
    assert await happened(adapter) is Happened.YES


async def test_a_mail_that_is_not_shown_is_never_taken_for_not_sent(
    fake: FakeGmail, adapter: Adapter
) -> None:
    fake.listed_after = fake.indexed_after = 3600.0
    await perform(adapter)
    assert await happened(adapter) is Happened.CANNOT_TELL


async def test_a_draft_that_is_still_there_was_not_sent_and_cannot_be_sent_any_more(
    fake: FakeGmail, adapter: Adapter
) -> None:
    left = draft_of(fake)
    other = draft_of(fake, f"{KEY}x")
    assert await happened(adapter) is Happened.NO
    assert fake.drafts.keys() == {other}
    connection_of = GmailTransport(fake.settings())._client
    async with connection_of.connected() as connection:
        with pytest.raises(AmbiguousError, match="was gone"):  # the request of the dead attempt comes late
            await connection.send(left, recipient="billing@acme.example")
    await perform(adapter)
    assert len(fake.delivered) == 1


async def test_a_draft_that_is_sent_while_it_is_looked_at_was_sent(
    fake: FakeGmail, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = draft_of(fake)

    def late_send(request: Request) -> Reply | None:
        if request.method == "drafts.delete" and left in fake.drafts:
            fake._drafts_send({"id": left})
        return None

    fake.script = late_send
    assert await happened(adapter) is Happened.YES
    assert len(fake.delivered) == 1
    fake.script = lambda _: None
    await perform(adapter)
    assert len(fake.delivered) == 1


async def test_a_draft_that_is_sent_during_the_wait_was_sent(
    fake: FakeGmail, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gmail_transport, "SETTLED_AFTER", 0.2)
    left = draft_of(fake)
    looked = asyncio.Event()

    def script(request: Request) -> None:
        if request.arguments.get("q", "").startswith("to:"):  # the last list of the first look
            looked.set()

    fake.script = script
    looking = asyncio.create_task(happened(adapter))
    await looked.wait()
    fake._drafts_send({"id": left})
    assert await looking is Happened.YES


async def test_a_draft_that_somebody_changed_is_left_to_them(fake: FakeGmail, adapter: Adapter) -> None:
    left = draft_of(fake, subject="Other words")
    assert await happened(adapter) is Happened.CANNOT_TELL
    kind, sentence = await outcome(adapter)
    assert (kind, "somebody changed it there" in sentence) == ("unknown", True)
    assert (list(fake.drafts), fake.delivered) == ([left], [])


async def test_a_draft_that_vanishes_leaves_it_open(fake: FakeGmail, adapter: Adapter) -> None:
    left = draft_of(fake)

    def deleted_by_hand(request: Request) -> Reply | None:
        if request.method == "drafts.delete":
            fake.drafts.pop(left, None)
        return None

    fake.script = deleted_by_hand
    assert await happened(adapter) is Happened.CANNOT_TELL
    fake.script = lambda _: None
    assert await happened(adapter) is Happened.CANNOT_TELL


async def test_where_nothing_is_there_nobody_can_tell(fake: FakeGmail, adapter: Adapter) -> None:
    assert await happened(adapter) is Happened.CANNOT_TELL
    assert not {"drafts.create", "drafts.delete", "drafts.send"} & set(fake.methods())


@pytest.mark.parametrize("scopes", [{COMPOSE}, {COMPOSE, METADATA}, {COMPOSE, READONLY, METADATA}])
async def test_a_sign_in_that_may_not_search_sent_cannot_tell(fake: FakeGmail, scopes: set[str]) -> None:
    fake.scopes = scopes
    adapter = another(fake)
    await perform(adapter)
    draft_of(fake)
    assert await happened(adapter) is Happened.CANNOT_TELL
    assert len(fake.delivered) == 1


@pytest.mark.parametrize("method", ["token", "drafts.list", "messages.list", "messages.get", "drafts.get"])
@pytest.mark.parametrize(
    "reply", [refusal(500, "backendError", "No."), Reply(cut=Cut.ACCEPTED), INSUFFICIENT]
)
async def test_an_error_while_finding_out_leaves_it_open(
    fake: FakeGmail, adapter: Adapter, method: str, reply: Reply
) -> None:
    left = draft_of(fake)
    fake.add(b"To: somebody@else.example\r\n\r\nHello", "SENT")
    answering(fake, method, reply, reply)
    assert await happened(adapter) is Happened.CANNOT_TELL
    assert fake.drafts.keys() == {left}
    assert fake.delivered == []


async def test_a_short_pause_that_google_asks_for_is_kept_while_finding_out(
    fake: FakeGmail, adapter: Adapter
) -> None:
    await perform(adapter)
    pause = refusal(429, "rateLimitExceeded", "Slow down", headers={"Retry-After": "0"})
    answering(fake, "messages.list", pause, pause)
    assert await happened(another(fake)) is Happened.YES


# Two attempts under one key


def held(monkeypatch: pytest.MonkeyPatch, name: str) -> tuple[asyncio.Event, asyncio.Event]:
    """Hold the first call of a method of the connection: the events say that it has come, and let it go on."""
    came, goes_on = asyncio.Event(), asyncio.Event()
    original = getattr(Connection, name)

    async def first_waits(self: Connection, *args: Any, **kwargs: Any) -> Any:
        if not came.is_set():
            came.set()
            await goes_on.wait()
        return await original(self, *args, **kwargs)

    monkeypatch.setattr(Connection, name, first_waits)
    return came, goes_on


@pytest.mark.parametrize("stopped_at", ["create_draft", "send"])
async def test_a_worker_that_was_stopped_and_goes_on_sends_nothing_more(
    fake: FakeGmail, monkeypatch: pytest.MonkeyPatch, stopped_at: str
) -> None:
    came, goes_on = held(monkeypatch, stopped_at)
    stopped, takes_over = another(fake), another(fake)
    attempt = asyncio.create_task(outcome(stopped))
    await came.wait()
    assert await happened(takes_over) is (Happened.NO if stopped_at == "send" else Happened.CANNOT_TELL)
    await perform(takes_over)  # by itself after NO, by a person's retry after the other
    goes_on.set()
    kind, _ = await attempt
    assert kind == ("unknown" if stopped_at == "send" else "executed")
    assert (len(fake.delivered), fake.drafts) == (1, {})
    assert await happened(stopped) is Happened.YES


async def test_attempts_that_meet_at_any_moment_send_at_most_one_mail() -> None:
    """Nothing keeps these attempts apart: each has a transport of its own, as in another worker."""
    chance = random.Random(7)
    for _ in range(10):
        async with fake_gmail() as fake:
            fake.script = lambda _: Reply(delay=chance.uniform(0, 0.02))
            results = await asyncio.gather(*[outcome(another(fake)) for _ in range(3)])
            assert len(fake.delivered) <= 1
            executed = [kind for kind, _ in results if kind == "executed"]
            assert not executed or len(fake.delivered) == 1
            fake.script = lambda _: None
            adapter = another(fake)
            verdict = await happened(adapter)
            assert verdict is (Happened.YES if fake.delivered else Happened.CANNOT_TELL)
            if verdict is not Happened.YES:
                await perform(adapter)
            assert (len(fake.delivered), fake.drafts) == (1, {})


async def test_a_draft_that_is_sent_between_the_two_looks_is_not_sent_again(
    fake: FakeGmail, adapter: Adapter
) -> None:
    """A mail moves from the drafts to SENT: in the other order, neither list would show it."""
    left = draft_of(fake)

    def moves_after_the_first_list(request: Request) -> Reply | None:
        if request.method not in {"drafts.list", "messages.list"}:
            return None
        fake.script = lambda _: None
        return Reply(then=lambda: send_by_hand(fake, left))

    fake.script = moves_after_the_first_list
    await perform(adapter)
    assert (len(fake.delivered), fake.drafts) == (1, {})


async def test_a_draft_that_vanishes_under_an_attempt_is_not_followed_by_another(
    fake: FakeGmail, adapter: Adapter
) -> None:
    left = draft_of(fake)

    def deleted_by_hand(request: Request) -> Reply | None:
        if request.method == "drafts.delete":
            fake.drafts.pop(left, None)
        return None

    fake.script = deleted_by_hand
    kind, sentence = await outcome(adapter)
    assert (kind, sentence) == ("unknown", "A draft of this mail vanished. The mail may be out.")
    assert (fake.delivered, fake.drafts) == ([], {})


async def test_drafts_that_attempts_left_behind_are_deleted_and_one_mail_goes_out(
    fake: FakeGmail, adapter: Adapter
) -> None:
    for _ in range(3):
        draft_of(fake)
    other = draft_of(fake, f"{KEY}x")
    await perform(adapter)
    assert (len(fake.delivered), list(fake.drafts)) == (1, [other])


@pytest.mark.parametrize(("name", "verdict"), [("create_draft", Happened.CANNOT_TELL), ("send", Happened.NO)])
async def test_a_cancelled_attempt_sends_nothing_more(
    fake: FakeGmail, adapter: Adapter, monkeypatch: pytest.MonkeyPatch, name: str, verdict: Happened
) -> None:
    came, _ = held(monkeypatch, name)
    attempt = asyncio.create_task(perform(adapter))
    await came.wait()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    assert fake.delivered == []
    assert await happened(another(fake)) is verdict
    await perform(adapter)
    assert (len(fake.delivered), fake.drafts) == (1, {})


# The pace


async def test_one_process_keeps_within_the_quota(fake: FakeGmail, adapter: Adapter) -> None:
    await adapter.perform(MAIL, idempotency_key=f"{KEY}-first")
    before = len(fake.requests)
    for number in range(5):
        await adapter.perform(MAIL, idempotency_key=f"{KEY}-{number}")
    for_one = fake.units(since=before) / 5
    assert for_one == 140
    assert 60 / PACE * for_one <= QUOTA


async def test_mails_go_out_one_after_the_other_with_a_pause(
    fake: FakeGmail, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gmail_transport, "PACE", 0.2)
    keys = [f"{KEY}-{number}" for number in range(3)]
    await asyncio.gather(*[adapter.perform(MAIL, idempotency_key=key) for key in keys])
    sent = [request.at for request in fake.requests if request.method == "drafts.send"]
    made = [request.at for request in fake.requests if request.method == "drafts.create"]
    assert len(sent) == 3
    assert all(later - earlier >= 0.2 for earlier, later in zip(sent, made[1:], strict=False))


async def test_a_quota_that_is_used_up_accepts_nothing(fake: FakeGmail, adapter: Adapter) -> None:
    fake.units_a_minute = 300
    for number in range(2):
        await adapter.perform(MAIL, idempotency_key=f"{KEY}-{number}")
    kind, sentence = await outcome(adapter)
    assert (kind, len(fake.delivered)) == ("not accepted", 2)
    assert "Gmail takes no more for now (403 User Rate Limit Exceeded)" in sentence
    fake.units_a_minute = float("inf")
    await perform(adapter)
    assert (len(fake.delivered), fake.drafts) == (3, {})


# The check of `execops doctor`


async def test_doctor_tells_of_the_account_and_of_sent(fake: FakeGmail) -> None:
    email, sent = await GmailTransport.diagnose(fake.settings())
    assert (email.state, email.detail, email.hint) == ("ok", "gmail: signed in as pay@hooli.example", None)
    assert (sent.name, sent.state, sent.hint) == ("sent mails", "ok", None)
    assert "drafts.create" not in fake.methods()
    email, sent = await GmailTransport.diagnose(fake.settings(email_from="Billing <billing@hooli.example>"))
    assert (email.state, email.detail.startswith("Gmail would send as pay@hooli.example")) == ("bad", True)
    fake.aliases = [ALIAS]
    email, sent = await GmailTransport.diagnose(fake.settings(email_from="Billing <billing@hooli.example>"))
    assert (email.state, sent.state) == ("ok", "ok")


@pytest.mark.parametrize(
    ("scopes", "email_state", "sent_state"),
    [
        ({COMPOSE}, "ok", "off"),
        ({COMPOSE, METADATA}, "ok", "off"),
        ({COMPOSE, READONLY, METADATA}, "ok", "off"),
        ({READONLY}, "bad", "ok"),
        ({"https://mail.google.com/"}, "ok", "ok"),
        ({"https://www.googleapis.com/auth/gmail.modify"}, "ok", "ok"),
    ],
)
async def test_doctor_says_what_the_scopes_do_not_allow(
    fake: FakeGmail, scopes: set[str], email_state: str, sent_state: str
) -> None:
    fake.scopes = scopes
    checks = await GmailTransport.diagnose(fake.settings())
    assert [check.state for check in checks] == [email_state, sent_state]
    for check in checks:
        assert check.state == "ok" or "`execops connect gmail` again" in (check.hint or "")
    assert sent_state == "ok" or "stays unknown" in checks[1].detail


async def test_a_send_only_sign_in_is_told_by_doctor(fake: FakeGmail) -> None:
    fake.scopes = {"https://www.googleapis.com/auth/gmail.send"}
    [email] = await GmailTransport.diagnose(fake.settings())
    assert (email.state, "leave every box ticked" in email.detail) == ("bad", True)


@pytest.mark.parametrize("reply", [INVALID_GRANT, sign_in_refusal("invalid_client", "No.", 401)])
async def test_doctor_tells_of_a_sign_in_that_is_over(fake: FakeGmail, reply: Reply) -> None:
    answering(fake, "token", reply)
    [email] = await GmailTransport.diagnose(fake.settings())
    assert (email.state, REFRESH_TOKEN in email.detail) == ("bad", False)
    [email] = await GmailTransport.diagnose(fake.settings(gmail_refresh_token=None))
    assert (email.state, email.hint) == ("bad", "Run: execops connect gmail")


# The execution of an approved mail


@pytest.fixture
async def by_gmail(fake: FakeGmail, make_settings: MakeSettings) -> AsyncIterator[Context]:
    """A Context that sends through the fake."""
    fake.account = "billing@localhost"
    async with open_context(make_settings(**fake.changes())) as context:
        yield context


async def approved(ctx: Context, token: Secret) -> int:
    """The id of an approved mail whose job was dropped."""
    client = await Client.login(ctx, token)
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)
    await records.drop_jobs(ctx)
    return proposal_id


async def test_an_approved_mail_is_executed_and_the_card_names_it(
    by_gmail: Context, fake: FakeGmail, founder_token: Secret
) -> None:
    proposal_id = await approved(by_gmail, founder_token)
    assert await go(by_gmail, proposal_id) is Status.EXECUTED
    client = await Client.login(by_gmail, founder_token)
    card = await client.proposals.card(proposal_id)
    assert card.sent is not None
    assert card.sent.words == f"by gmail as {fake.arrived[0]['Message-ID']}"


async def test_a_limit_delays_the_mail_which_then_goes_out_once(
    by_gmail: Context, fake: FakeGmail, founder_token: Secret
) -> None:
    answering(fake, "drafts.send", refusal(403, "userRateLimitExceeded", "User Rate Limit Exceeded"))
    proposal_id = await approved(by_gmail, founder_token)
    assert await go(by_gmail, proposal_id) is Status.EXECUTING
    assert await go(by_gmail, proposal_id) is Status.EXECUTED
    assert [state for state, _ in await attempts(by_gmail, proposal_id)] == ["failed", "succeeded"]
    assert (len(fake.delivered), fake.drafts) == (1, {})


@pytest.mark.parametrize("accepts", [True, False])
async def test_an_answer_that_is_lost_is_found_out(
    by_gmail: Context, fake: FakeGmail, founder_token: Secret, accepts: bool
) -> None:
    lost = refusal(503, "backendError", "Backend Error")
    answering(fake, "drafts.send", Reply(lost.status, lost.body, accepts=accepts))
    proposal_id = await approved(by_gmail, founder_token)
    status = await go(by_gmail, proposal_id)
    assert status is (Status.EXECUTED if accepts else Status.EXECUTING)
    assert await go(by_gmail, proposal_id) is Status.EXECUTED
    assert (len(fake.delivered), fake.drafts) == (1, {})


async def test_without_the_right_to_read_sent_a_lost_answer_is_unknown_and_not_sent_again(
    by_gmail: Context, fake: FakeGmail, founder_token: Secret
) -> None:
    fake.scopes = {COMPOSE}
    answering(fake, "drafts.send", Reply(cut=Cut.ACCEPTED))
    proposal_id = await approved(by_gmail, founder_token)
    assert await go(by_gmail, proposal_id) is Status.UNKNOWN
    assert await go(by_gmail, proposal_id) is Status.UNKNOWN
    assert len(fake.delivered) == 1


async def test_a_sign_in_that_is_over_fails_at_once_and_the_card_says_what_to_do(
    by_gmail: Context, fake: FakeGmail, founder_token: Secret
) -> None:
    fake.refresh_tokens.clear()
    proposal_id = await approved(by_gmail, founder_token)
    assert await go(by_gmail, proposal_id) is Status.FAILED
    assert "run `execops connect gmail` again" in (
        (await records.proposal(by_gmail, proposal_id)).outcome or ""
    )
    assert fake.delivered == []
