"""The conformance suite of every adapter, then the mail and the Slack message in the outbox."""

from __future__ import annotations

import asyncio
import copy
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from execops.adapters import _intercom, _mrkdwn, create_adapters, slack
from execops.adapters.email import EmailAdapter, compose
from execops.adapters.gmail import gmail_transport
from execops.adapters.outbox import outbox_folder
from execops.adapters.outbox.emails import EmailOutbox
from execops.adapters.slack_api import slack_transport
from execops.adapters.stripe_api import stripe_calls
from execops.errors import AmbiguousError, InvalidPayloadError, NotAcceptedError
from execops.model import Json
from execops.ports import Adapter, Happened
from execops.settings import Secret, Settings, load_settings
from execops.text.addresses import is_address
from execops.text.hidden import without_hidden
from tests.fake_gmail import fake_gmail
from tests.fake_intercom import TOKEN, fake_intercom
from tests.fake_slack import FakeSlack, fake_slack
from tests.fake_stripe_writes import WRITE_KEY, StripeWrites, charge, dispute, invoice, stripe_account
from tests.mail_servers import smtp_server
from tests.payloads import (
    AS_RECEIVED,
    AT_STRIPE,
    PAYLOADS,
    as_slack_shows,
    parse,
    parsed,
    part,
    post_as_received,
    posted,
)

# Amounts that could be taken for another one.
AMOUNTS = (
    "49",
    "49.00",
    "$49.00",
    "49.0 USD",
    "49.000 USD",
    "4,900.00 USD",
    "49,00 EUR",
    "4900 USD",
    "4900.00 JPY",
    "-1.00 USD",
    "0.00 USD",
    "49.00 usd",
    "٤٩.00 USD",
    4900,
    None,
)
GAPS = ("[date]", "{date}", "<date>", "____", "XXX", "TBD", "todo", "n/a", "not set", ".....", "lorem ipsum")
AT_A_CONVERSATION: list[tuple[str, Json]] = [
    ("conversation", {"conversation": ""}),
    ("conversation", {"conversation": "12/reply"}),
    ("conversation", {"conversation": 12}),
    ("after", {"after": "p1\n"}),
    ("text", {"text": " "}),
    ("text", {"text": "nul \x00"}),
    ("text", {"text": "half \ud800"}),
    ("text", {"text": None}),
    ("to", {"to": "a@b.example"}),
]
# Changes that each action type refuses, with the field that the refusal names.
REFUSED: dict[str, list[tuple[str, Json]]] = {
    "email": [
        ("to", {"to": ""}),
        ("to", {"to": None}),
        ("to", {"to": ["a@b.example"]}),
        ("to", {"to": "a@b.example, c@d.example"}),
        ("to", {"to": "Acme <a@b.example>"}),
        ("to", {"to": "a@b.example\nBcc: c@d.example"}),
        ("to", {"to": "a@b.example\n"}),
        ("to", {"to": "a@b.example\r\n"}),
        ("to", {"to": "a\x00@b.example"}),
        ("to", {"to": "ä@b.example"}),
        ("to", {"to": "a" * 250 + "@b.example"}),
        ("from", {"from": "a@b.example\r\nBcc: c@d.example"}),
        ("from", {"from": "nobody"}),
        ("from", {"from": None}),
        ("from", {"from": ""}),
        ("from", {"from": "Pay <a@b.example>\r\nBcc: c@d.example"}),
        ("from", {"from": "Pay <a@b.example>, Other <c@d.example>"}),
        ("from", {"from": "=?utf-8?q?a=0D=0AX:_y?= <a@b.example>"}),
        ("reply_to", {"reply_to": "Help <a@b.example>, Other <c@d.example>"}),
        ("reply_to", {"reply_to": "a@b.example\nX: y"}),
        ("reply_to", {"reply_to": None}),
        ("subject", {"subject": "Hello\nBcc: c@d.example"}),
        ("subject", {"subject": "Hello\r\nBcc: c@d.example"}),
        ("subject", {"subject": "Hello\rBcc: c@d.example"}),
        ("subject", {"subject": "Hello\u2028Bcc: c@d.example"}),
        ("subject", {"subject": "Hello\x85Bcc: c@d.example"}),
        ("subject", {"subject": " "}),
        ("subject", {"subject": 7}),
        ("subject", {"subject": "x" * 201}),
        ("text", {"text": ""}),
        ("text", {"text": "bell \x07"}),
        ("text", {"text": "nul \x00"}),
        ("text", {"text": "half \ud800"}),
        ("text", {"text": "x" * 100_001}),
        ("bcc", {"bcc": "c@d.example"}),
    ],
    "slack": [
        ("channel", {"channel": ""}),
        ("channel", {"channel": None}),
        ("channel", {"channel": "#finance\nX: y"}),
        ("channel", {"channel": "#finance #sales"}),
        ("text", {"text": " "}),
        ("text", {"text": "half \ud800"}),
        ("text", {"text": "nul \x00"}),
        ("text", {"text": "x" * 40_001}),
        ("text", {"text": f"<https://a.example/{'x' * 3000}|too long for a section>"}),
        ("blocks", {"blocks": []}),
        ("blocks", {"blocks": {"type": "section"}}),
        ("blocks", {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Other words"}}]}),
        ("thread_ts", {"thread_ts": "1"}),
    ],
    "notice": [
        ("subject", {"subject": " "}),
        ("subject", {"subject": None}),
        ("subject", {"subject": "Payout\nfailed"}),
        ("subject", {"subject": "Payout\u2028failed"}),
        ("subject", {"subject": "bell \x07"}),
        ("subject", {"subject": "x" * 201}),
        ("text", {"text": ""}),
        ("text", {"text": 7}),
        ("text", {"text": "nul \x00"}),
        ("text", {"text": "half \ud800"}),
        ("text", {"text": "x" * 100_001}),
        ("to", {"to": "a@b.example"}),
    ],
    "enable": [
        ("kind", {"kind": "system"}),
        ("kind", {"kind": None}),
        ("name", {"name": ""}),
        ("name", {"name": "card_update\nX"}),
        ("name", {"name": "x" * 201}),
        ("to", {"to": "a@b.example"}),
    ],
    "intercom_reply": AT_A_CONVERSATION,
    "intercom_note": AT_A_CONVERSATION,
    "stripe_refund": [
        ("charge", {"charge": "re_1"}),
        ("charge", {"charge": "ch_1\nX"}),
        ("charge", {"charge": 7}),
        *((("amount", {"amount": amount})) for amount in AMOUNTS),
        ("reason", {"reason": "goodwill"}),
        ("reason", {"reason": ""}),
        ("payment_intent", {"payment_intent": "pi_1"}),
    ],
    "stripe_accept_dispute": [
        ("dispute", {"dispute": "ch_1"}),
        ("dispute", {"dispute": "du_1/close"}),
        *((("amount", {"amount": amount})) for amount in AMOUNTS),
        ("reason", {"reason": "fraudulent"}),
    ],
    "stripe_submit_evidence": [
        ("dispute", {"dispute": ""}),
        *((("amount", {"amount": amount})) for amount in AMOUNTS),
        ("uncategorized_text", {"uncategorized_text": None}),
        ("uncategorized_text", {"uncategorized_text": " "}),
        ("uncategorized_text", {"uncategorized_text": "half \ud800"}),
        ("uncategorized_text", {"uncategorized_text": "x" * 20_001}),
        *((("uncategorized_text", {"uncategorized_text": f"Paid on {gap}."})) for gap in GAPS),
        ("customer_name", {"customer_name": "[Name]"}),
        ("customer_name", {"customer_name": "x" * 5_001}),
        ("receipt", {"receipt": "file_1"}),
        ("submit", {"submit": True}),
    ],
    "stripe_retry_invoice": [
        ("invoice", {"invoice": "ii_1"}),
        ("payment_method", {"payment_method": "cus_1"}),
        ("payment_method", {"payment_method": ""}),
        *((("amount", {"amount": amount})) for amount in AMOUNTS),
        ("forgive", {"forgive": "true"}),
    ],
    "stripe_void_invoice": [
        ("invoice", {"invoice": "in_1/pay"}),
        *((("amount", {"amount": amount})) for amount in AMOUNTS),
    ],
}
KEY = "execops-0a1b2c3d4e5f-7-2-1"
Received = Callable[[], list[str]]
ACTION_TYPES = sorted(create_adapters(load_settings({}, {})))
SLACK_API = "slack over its API"
BY_SMTP = "email by smtp"
BY_GMAIL = "email by gmail"
of_those_that_send = pytest.mark.parametrize("adapter", sorted(AS_RECEIVED), indirect=True)
AT_STRIPES = [name for name in ACTION_TYPES if name.startswith("stripe_")]
AT_INTERCOM = [name for name in ACTION_TYPES if name.startswith("intercom_")]  # see test_intercom.py too
of_those_that_find_a_key = pytest.mark.parametrize(
    "adapter", [*sorted(AS_RECEIVED), SLACK_API, BY_GMAIL, *AT_STRIPES], indirect=True
)
of_every_transport = pytest.mark.parametrize(
    "adapter", [*sorted(AS_RECEIVED), SLACK_API, BY_SMTP, BY_GMAIL, *AT_STRIPES], indirect=True
)
# An invoice is paid or voided, and a dispute is answered, once for all.
of_those_that_can_be_done_again = pytest.mark.parametrize(
    "adapter", [*sorted(AS_RECEIVED), SLACK_API, BY_SMTP, BY_GMAIL, "stripe_refund"], indirect=True
)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings whose outbox lies in this test's own folder."""
    return load_settings({"home": tmp_path, "stripe_write_key": WRITE_KEY}, {})


@pytest.fixture
async def account(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StripeWrites]:
    """An account at Stripe, with something for each action to be done about."""
    monkeypatch.setattr(stripe_calls, "PAUSES", (0.05,) * 4)
    monkeypatch.setattr(stripe_calls, "SETTLED_AFTER", 0.0)
    async with stripe_account() as made:
        made.fake.add("charges", charge())
        made.fake.add("disputes", dispute())
        made.fake.add("invoices", invoice())
        yield made


@pytest.fixture
async def slack_server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeSlack]:
    """Slack, which a test need not wait for."""
    monkeypatch.setattr(slack_transport, "PACE", 0.0)
    monkeypatch.setattr(slack_transport, "SETTLED_AFTER", 0.0)
    async with fake_slack() as fake:
        yield fake


@pytest.fixture(params=[*ACTION_TYPES, SLACK_API, BY_SMTP, BY_GMAIL])
async def adapter(
    request: pytest.FixtureRequest,
    home: Settings,
    slack_server: FakeSlack,
    account: StripeWrites,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Adapter]:
    """The adapter of each action type in turn, over each of its transports.

    The mail server and Gmail put the mails that they take into the folder of the outbox, where the tests count them.
    """
    folder = home.outbox / "email" / "new"
    if request.param == BY_GMAIL:
        monkeypatch.setattr(gmail_transport, "PACE", 0.0)
        monkeypatch.setattr(gmail_transport, "SETTLED_AFTER", 0.0)
        async with fake_gmail(folder=folder) as gmail:
            yield create_adapters(gmail.settings(home=home.home))["email"]
        return
    if request.param == SLACK_API:
        yield create_adapters(slack_server.settings(home=home.home))["slack"]
        return
    if request.param in AT_STRIPES:
        yield create_adapters(account.settings(home=home.home))[request.param]
        return
    if request.param in AT_INTERCOM:
        monkeypatch.setattr(_intercom, "SETTLED_AFTER", 0.0)
        async with fake_intercom() as (_, url):
            yield create_adapters(
                replace(home, intercom_access_token=Secret(TOKEN), intercom_admin="7", intercom_api_base=url)
            )[request.param]
        return
    if request.param != BY_SMTP:
        yield create_adapters(home)[request.param]
        return
    async with smtp_server(None, sign_in=False) as inbox:
        inbox.folder = folder
        settings = replace(home, email_transport="smtp", smtp_url=inbox.url(user=""))
        yield create_adapters(settings)["email"]


@pytest.fixture
def received(adapter: Adapter, outbox: Path, slack_server: FakeSlack, account: StripeWrites) -> Received:
    """A function that reads the messages as their receivers see them, and the effects at Stripe as its account shows them."""

    def read() -> list[str]:
        if adapter.action_type in AT_STRIPES:
            effects = [effect.split(" ") for effect in account.effects]
            return [AT_STRIPE[name](account, object_id) for name, object_id in effects]
        channels = {channel["id"]: f"#{channel['name']}" for channel in slack_server.channels}
        posts = [
            as_slack_shows(post | {"channel": channels[post["channel"]]}) for post in slack_server.posted
        ]
        return posts or [AS_RECEIVED[adapter.action_type](path) for path in deliveries(outbox)]

    return read


@pytest.fixture
def payload(adapter: Adapter) -> Json:
    """A payload that this adapter accepts."""
    return copy.deepcopy(PAYLOADS[adapter.action_type])


@pytest.fixture
def outbox(adapter: Adapter, home: Settings) -> Path:
    """The folder to which this adapter delivers."""
    return home.outbox / adapter.action_type


def deliveries(outbox: Path) -> list[Path]:
    """The delivered messages, read or unread."""
    return [*outbox.glob("new/*"), *outbox.glob("cur/*")]


# Rules that every adapter keeps


def test_every_adapter_has_payloads_in_this_suite() -> None:
    others = {"notice", "enable", *AT_STRIPES, *AT_INTERCOM}
    assert set(ACTION_TYPES) == set(PAYLOADS) == set(REFUSED) == {*AS_RECEIVED} | others


@of_every_transport
async def test_perform_delivers_and_returns_the_transport(
    request: pytest.FixtureRequest, adapter: Adapter, payload: Json, received: Received, outbox: Path
) -> None:
    adapter.validate(payload)
    result = await adapter.perform(payload, idempotency_key=KEY)
    transports = {SLACK_API: "slack", BY_SMTP: "smtp", BY_GMAIL: "gmail"} | dict.fromkeys(
        AT_STRIPES, "stripe"
    )
    transport = transports.get(request.node.callspec.params["adapter"], "outbox")
    assert result["transport"] == transport
    assert len(received()) == 1
    assert list(outbox.glob("tmp/*")) == []


@of_those_that_find_a_key
async def test_the_same_key_delivers_once(adapter: Adapter, payload: Json, received: Received) -> None:
    first = await adapter.perform(payload, idempotency_key=KEY)
    assert await adapter.perform(payload, idempotency_key=KEY) == first
    assert len(received()) == 1


@of_those_that_can_be_done_again
async def test_another_key_delivers_again(adapter: Adapter, payload: Json, received: Received) -> None:
    await adapter.perform(payload, idempotency_key=KEY)
    await adapter.perform(payload, idempotency_key=f"{KEY}x")
    assert len(received()) == 2


@of_those_that_find_a_key
async def test_many_performances_at_once_with_one_key_deliver_once(
    adapter: Adapter, payload: Json, received: Received
) -> None:
    results = await asyncio.gather(*[adapter.perform(payload, idempotency_key=KEY) for _ in range(12)])
    assert results == [results[0]] * 12
    assert len(received()) == 1


@of_those_that_find_a_key
async def test_reconcile_tells_what_happened(
    request: pytest.FixtureRequest, adapter: Adapter, payload: Json, received: Received
) -> None:
    # Gmail may show a mail late, and a person may have deleted its draft: nothing there is no "no".
    at_gmail = request.node.callspec.params["adapter"] == BY_GMAIL
    nothing_there = Happened.CANNOT_TELL if at_gmail else Happened.NO
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is nothing_there
    result = await adapter.perform(payload, idempotency_key=KEY)
    reconciled = await adapter.reconcile(payload, idempotency_key=KEY)
    assert reconciled.happened is Happened.YES
    assert (reconciled.result or {}).items() <= result.items()
    assert (await adapter.reconcile(payload, idempotency_key=f"{KEY}x")).happened is nothing_there
    assert len(received()) == 1


@of_those_that_send
async def test_the_same_key_at_once_delivers_once(adapter: Adapter, payload: Json, outbox: Path) -> None:
    await asyncio.gather(*[adapter.perform(payload, idempotency_key=KEY) for _ in range(12)])
    [path] = deliveries(outbox)
    assert path.read_bytes().rstrip().endswith(b"--")  # the message is whole: its last part has its end
    assert list(outbox.glob("tmp/*")) == []


@of_those_that_send
@pytest.mark.parametrize("flags", [":2,", ":2,S", ":2,RS"])
async def test_reconcile_finds_a_delivered_message_even_after_it_was_read(
    adapter: Adapter, payload: Json, outbox: Path, flags: str
) -> None:
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.NO
    await adapter.perform(payload, idempotency_key=KEY)
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.YES
    (unread,) = outbox.glob("new/*")
    unread.rename(outbox / "cur" / f"{unread.name}{flags}")  # as a mail reader does
    reconciled = await adapter.reconcile(payload, idempotency_key=KEY)
    assert (reconciled.happened, (reconciled.result or {})["transport"]) == (Happened.YES, "outbox")
    assert (await adapter.reconcile(payload, idempotency_key=f"{KEY}x")).happened is Happened.NO
    await adapter.perform(payload, idempotency_key=KEY)
    assert len(deliveries(outbox)) == 1


async def test_reconcile_performs_nothing(
    adapter: Adapter, payload: Json, home: Settings, slack_server: FakeSlack, account: StripeWrites
) -> None:
    await adapter.reconcile(payload, idempotency_key=KEY)
    assert not home.outbox.exists()
    assert slack_server.posted == []
    assert [request.method for request in account.fake.requests if request.method != "GET"] == []


@of_those_that_send
async def test_a_folder_that_cannot_be_written_accepts_nothing(
    adapter: Adapter, payload: Json, outbox: Path
) -> None:
    outbox.parent.mkdir(parents=True)
    outbox.write_text("a file where the folder should be")
    with pytest.raises(NotAcceptedError, match="cannot be written"):
        await adapter.perform(payload, idempotency_key=KEY)
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.NO
    outbox.unlink()
    await adapter.perform(payload, idempotency_key=KEY)
    assert len(deliveries(outbox)) == 1


@of_those_that_send
async def test_a_full_disk_accepts_nothing_and_keeps_no_file(
    adapter: Adapter, payload: Json, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotAcceptedError, match="No space left"):
        await adapter.perform(payload, idempotency_key=KEY)
    assert [path for path in outbox.rglob("*") if path.is_file()] == []


@of_those_that_send
async def test_a_delivery_that_may_be_lost_is_ambiguous(
    adapter: Adapter, payload: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(outbox_folder, "_sync", broken)
    with pytest.raises(AmbiguousError):
        await adapter.perform(payload, idempotency_key=KEY)
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.YES


async def test_the_payload_is_not_changed(adapter: Adapter, payload: Json) -> None:
    adapter.validate(payload)
    adapter.describe(payload)
    adapter.preview(payload)
    await adapter.perform(payload, idempotency_key=KEY)
    await adapter.reconcile(payload, idempotency_key=KEY)
    assert payload == PAYLOADS[adapter.action_type]


@of_every_transport
def test_describe_names_the_receiver(adapter: Adapter, payload: Json) -> None:
    assert payload[adapter.fields[0].name] in adapter.describe(payload)


@of_every_transport
def test_the_fields_begin_with_the_receiver(adapter: Adapter) -> None:
    # A person checks the receiver first.
    assert adapter.fields[0].name in {"to", "channel", "customer", "charge", "dispute", "invoice"}


def test_the_fields_cover_the_payload(adapter: Adapter, payload: Json) -> None:
    names = [field.name for field in adapter.fields]
    assert len(names) == len({*names})
    assert {*names} >= payload.keys()
    assert [field.name for field in adapter.fields if field.required and field.name not in payload] == []
    assert all(field.label.strip() for field in adapter.fields)


@pytest.mark.parametrize("adapter", ACTION_TYPES, indirect=True)
def test_a_field_that_is_not_required_may_be_left_out(adapter: Adapter, payload: Json) -> None:
    for field in [field for field in adapter.fields if not field.required]:
        adapter.validate({name: value for name, value in payload.items() if name != field.name})


def test_a_model_may_reword_only_fields_of_words(adapter: Adapter) -> None:
    assert [field.name for field in adapter.fields if field.rewordable and not field.words] == []


def test_a_field_of_words_holds_no_address_and_no_amount(adapter: Adapter, payload: Json) -> None:
    for field in [field for field in adapter.fields if field.words]:
        adapter.validate(payload | {field.name: "Any words, to nobody@elsewhere.example, of $ 7"})
        assert "nobody@elsewhere.example" not in adapter.describe(
            payload | {field.name: "nobody@elsewhere.example"}
        )


def test_an_action_that_moves_money_is_not_allowed_by_default(adapter: Adapter) -> None:
    assert not (adapter.moves_money and adapter.allowed_by_default)


def test_the_preview_shows_every_field_of_words(adapter: Adapter, payload: Json) -> None:
    for field in [field for field in adapter.fields if field.words]:
        assert "some other words" in adapter.preview(payload | {field.name: "some other words"})


@of_every_transport
async def test_the_preview_equals_the_delivered_message(
    adapter: Adapter, payload: Json, received: Received
) -> None:
    await adapter.perform(payload, idempotency_key=KEY)
    assert received() == [adapter.preview(payload)]


@pytest.mark.parametrize(
    ("action_type", "field", "change"),
    [(name, field, change) for name, cases in REFUSED.items() for field, change in cases],
)
def test_a_payload_that_cannot_be_sent_is_refused_with_its_field(
    home: Settings, action_type: str, field: str, change: Json
) -> None:
    adapter = create_adapters(home)[action_type]
    with pytest.raises(InvalidPayloadError, match=rf"\b{field}\b") as refused:
        adapter.validate(PAYLOADS[action_type] | change)
    assert refused.value.field == field


@pytest.mark.parametrize("action_type", ACTION_TYPES)
def test_every_required_field_is_named_when_it_is_missing(home: Settings, action_type: str) -> None:
    adapter = create_adapters(home)[action_type]
    for field in [field.name for field in adapter.fields if field.required]:
        rest = {name: value for name, value in PAYLOADS[action_type].items() if name != field}
        with pytest.raises(InvalidPayloadError, match=rf"\b{field}\b") as refused:
            adapter.validate(rest)
        assert refused.value.field == field


# The notice


async def test_a_notice_is_acknowledged_and_nothing_is_sent(home: Settings) -> None:
    adapter, payload = create_adapters(home)["notice"], PAYLOADS["notice"]
    first = await adapter.perform(payload, idempotency_key=KEY)
    assert first == {"acknowledged": True} == await adapter.perform(payload, idempotency_key=KEY)
    assert not home.outbox.exists()
    assert adapter.allowed_by_default
    assert adapter.describe(payload) == "marks this notice as read and done; nothing is sent"


async def test_an_acknowledgement_that_broke_off_is_made_again(home: Settings) -> None:
    adapter, payload = create_adapters(home)["notice"], PAYLOADS["notice"]
    await adapter.perform(payload, idempotency_key=KEY)
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.NO


# The mail

SendMail = Callable[..., Any]


@pytest.fixture
def send_mail(home: Settings) -> SendMail:
    """A function that sends a mail with changes and parses the mail in the outbox."""

    async def send(**changes: Any) -> EmailMessage:
        adapter = create_adapters(home)["email"]
        payload = PAYLOADS["email"] | changes
        adapter.validate(payload)
        await adapter.perform(payload, idempotency_key=KEY)
        [path] = (home.outbox / "email" / "new").iterdir()
        return parse(path)

    return send


async def test_the_mail_has_the_headers_of_its_payload(send_mail: SendMail) -> None:
    mail = await send_mail()
    assert {name: mail[name] for name in ("To", "From", "Reply-To", "Subject", "Message-ID")} == {
        "To": "billing@acme.example",
        "From": "pay@hooli.example",
        "Reply-To": "help@hooli.example",
        "Subject": "Zahlung über 49,00 € für Ängström",
        "Message-ID": f"<{KEY}@hooli.example>",
    }
    assert mail["Date"].datetime.tzinfo is not None
    assert mail.defects == []
    assert [name for name in mail if name.lower() in {"cc", "bcc"}] == []


async def test_the_mail_is_text_and_html(send_mail: SendMail) -> None:
    mail = await send_mail()
    assert mail.get_content_type() == "multipart/alternative"
    assert part(mail, "plain") == PAYLOADS["email"]["text"]
    html = part(mail, "html")
    assert "<p>Hello Ängström &amp; Søn &lt;b&gt;,</p>" in html
    link = "https://pay.example/i?a=1&amp;b=2"
    assert f'<a href="{link}">{link}</a>.</p>' in html
    assert "<p>株式会社</p>" in html


async def test_markup_in_the_text_stays_text(send_mail: SendMail) -> None:
    html = part(await send_mail(text='<script>x</script> <https://a.example/"onclick=x> y'), "html")
    assert "<script>" not in html
    assert '<a href="https://a.example/">https://a.example/</a>"onclick=x&gt;' in html


async def test_a_subject_of_any_allowed_length_arrives_whole(send_mail: SendMail) -> None:
    for length in range(60, 201, 7):
        for words in ("Ängström ", "plain ASCII ", "mixed Ä "):
            subject = (words * 40)[:length].strip()
            composed = compose(PAYLOADS["email"] | {"subject": subject}, KEY).as_bytes()
            assert parsed(composed)["Subject"] == subject
    assert (await send_mail(subject=subject))["Subject"] == subject


async def test_lines_of_any_length_arrive_whole(send_mail: SendMail) -> None:
    text = "x" * 5000 + "\nFrom the start\n.\n" + "ü" * 3000 + "\n"
    assert part(await send_mail(text=text), "plain") == text


@pytest.mark.parametrize(
    "address", ["a@b.example", "first.last+tag@sub.b.example", "o'neil@b.example", "a@localhost"]
)
def test_a_bare_address_is_accepted(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize("missing", [("from",), ("to",), ("from", "to")])
async def test_the_outbox_takes_a_mail_without_a_sender_or_a_recipient(
    home: Settings, missing: tuple[str, ...]
) -> None:
    adapter = create_adapters(home)["email"]
    payload = {name: value for name, value in PAYLOADS["email"].items() if name not in missing}
    adapter.validate(payload)
    await adapter.perform(payload, idempotency_key=KEY)
    [path] = (home.outbox / "email" / "new").iterdir()
    mail = parse(path)
    for header in missing:
        assert (mail[header], mail[header].addresses) == ("not set:;", ())
        assert f"{header.capitalize()}: not set\n" in adapter.preview(payload)
        assert "without a" in adapter.describe(payload)
    assert mail.defects == []
    assert part(mail, "plain") == payload["text"]
    assert AS_RECEIVED["email"](path) == adapter.preview(payload)
    assert "localhost" not in path.read_text() + adapter.preview(payload) + adapter.describe(payload)
    reconciled = await adapter.reconcile(payload, idempotency_key=KEY)
    assert (reconciled.happened, (reconciled.result or {})["message_id"]) == (
        Happened.YES,
        mail["Message-ID"],
    )


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ("from", "The mail has no sender (from): set EXECOPS_EMAIL_FROM"),
        ("to", "The mail has no recipient (to): set EXECOPS_ACCOUNT_OWNER_EMAIL or EXECOPS_FINANCE_EMAIL"),
    ],
)
def test_a_transport_that_mails_for_real_needs_a_sender_and_a_recipient(
    home: Settings, missing: str, why: str
) -> None:
    class Real(EmailOutbox):
        """A scripted transport that leaves the machine."""

        leaves_the_machine = True

    payload = {name: value for name, value in PAYLOADS["email"].items() if name != missing}
    with pytest.raises(InvalidPayloadError) as refused:
        EmailAdapter(Real(home)).validate(payload)
    assert refused.value.field == missing
    assert refused.value.message == f"{why}, or write it into the draft. Nothing was sent."
    EmailAdapter(Real(home)).validate(PAYLOADS["email"])


async def test_a_sender_with_a_display_name_arrives_with_it(send_mail: SendMail) -> None:
    mail = await send_mail(**{"from": '"Zoë, Søn" <pay@hooli.example>', "reply_to": "Help <h@hooli.example>"})
    assert (mail["From"], mail["Reply-To"]) == ('"Zoë, Søn" <pay@hooli.example>', "Help <h@hooli.example>")
    assert mail["Message-ID"] == f"<{KEY}@hooli.example>"


def test_the_preview_of_a_mail_has_its_headers_and_its_text(home: Settings) -> None:
    payload = PAYLOADS["email"] | {"text": "Hello,\r\n\r\nplease pay.\r\n"}
    assert create_adapters(home)["email"].preview(payload) == (
        "From: pay@hooli.example\nTo: billing@acme.example\nReply-To: help@hooli.example\n"
        "Subject: Zahlung über 49,00 € für Ängström\n\nHello,\n\nplease pay."
    )


# The Slack message

LINK = "<https://stripe.example/d?a=1&amp;b=2|Answer at Stripe>"
TEXTS = {
    "short": "A dispute.",
    "empty lines": "\n\nA dispute.\n\n\n\nAnswer it.\n\n",
    "only-spaces lines": "   \nA dispute.\n   \n\t\n  Answer it.\n   \n",
    "a line as long as a section": "x" * 3000,
    "a line over a section": "x" * 3001,
    "a line of words": "word " * 7_999,
    "many lines": "a line of the message\n" * 1_800,
    "many empty lines": f"begin{chr(10) * 20_000}end",
    "the longest": "x" * 40_000,
    "the longest in halves": "\n".join(["x" * 1_497] * 26),
    "entities": "&amp;&lt;b&gt;" * 2_500,
    "a link at the cut": f"{'x' * 2_980}{LINK} and on",
    "links alone": LINK * 600,
    "long links": f"<https://a.example/{'x' * 2_900}|a>" * 13,
    "lists": "Collect:\n" + "• receipt\n- invoice\n1. log of use\n" * 900,
    "code": "Look:\n```\n" + "a = 1 &amp;&amp; b\n" * 700 + "```\nand answer.",
    "code left open": "Look: ``` and answer.",
    "emoji": "👨‍👩‍👧‍👦" * 1_500 + "🇩🇪" * 3_000 + "👍🏽" * 2_000,
    "no spaces": "株式会社" * 5_000,
    "markup": "*bold* _italics_ ~struck~ `code`\n&gt; quoted :tada: @here #general",
    "mentions": "<!here> <@U123|Ada> <#C123|finance> <#C123> <mailto:a@b.example|a@b.example>",
}


@pytest.fixture
def post(home: Settings) -> Callable[[str], Awaitable[tuple[str, Json]]]:
    """A function that sends a text; it returns the message as Slack shows it, and as it was posted."""

    async def send(text: str) -> tuple[str, Json]:
        adapter = create_adapters(home)["slack"]
        payload = PAYLOADS["slack"] | {"text": text}
        adapter.validate(payload)
        await adapter.perform(payload, idempotency_key=KEY)
        [path] = (home.outbox / "slack" / "new").iterdir()
        assert post_as_received(path) == adapter.preview(payload)
        return post_as_received(path), posted(path)

    return send


def squeezed(text: str) -> str:
    """The text without white space and marks of a code block: a cut adds and removes only these."""
    return "".join(text.replace("```", "").split())


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_the_blocks_hold_the_whole_text(post: Any, text: str) -> None:
    _, message = await post(text)
    sections = [block["text"]["text"] for block in message["blocks"]]
    sent = _mrkdwn.without_mentions(text)
    assert squeezed("".join(sections)) == squeezed(sent)
    assert message.keys() == {"channel", "text", "blocks"}
    assert (message["channel"], message["text"]) == ("#finance", sent)


async def test_a_text_that_fits_is_one_block_as_it_is_written(post: Any) -> None:
    text = "A dispute.\n\n\n   \n  • receipt\n```\ncode\n```"
    _, message = await post(f"\n{text}\n\n")
    section = {"type": "mrkdwn", "text": text, "verbatim": True}
    assert message["blocks"] == [{"type": "section", "text": section}]


async def test_a_long_text_is_cut_between_lines(post: Any) -> None:
    lines = [f"{number}: {'word ' * 20}".strip() for number in range(300)]
    received, message = await post("\n".join(lines))
    assert received == "\n".join(["Channel: #finance", "", *lines])
    assert len(message["blocks"]) == 11


@pytest.mark.parametrize("unit", [LINK, "&amp;", "👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301"])
def test_no_cut_goes_through_a_link_an_entity_or_a_character(unit: str) -> None:
    for before in range(2_900, 3_005):
        payload = PAYLOADS["slack"] | {"text": "x" * before + unit * 3}
        sections = [block["text"]["text"] for block in _mrkdwn.compose(payload)["blocks"]]
        assert "".join(sections) == payload["text"]
        assert sum(section.count(unit) for section in sections) == 3, before


async def test_code_that_is_cut_stays_code(post: Any) -> None:
    _, message = await post(TEXTS["code"])
    sections = [block["text"]["text"] for block in message["blocks"]]
    assert len(sections) > 3
    assert [section.count("```") % 2 for section in sections] == [0] * len(sections)


async def test_a_mention_shows_its_name(post: Any) -> None:
    received, message = await post("<!here> <@U123|Ada> <#C123|finance> see <https://a.example> or " + LINK)
    assert received.endswith("\n\n@here @Ada #finance see https://a.example or Answer at Stripe")
    assert message["text"] == f"@here @Ada #finance see <https://a.example> or {LINK}"


@given(st.text(st.sampled_from("ab &<>|!#\n`é👍🏽\u200d"), min_size=1, max_size=400), st.integers(1, 60))
def test_no_text_is_lost(text: str, times: int) -> None:
    payload = PAYLOADS["slack"] | {"text": without_hidden((text * times)[:40_000]) + "."}
    adapter = create_adapters(load_settings({}, {}))["slack"]
    adapter.validate(payload)
    sections = [block["text"]["text"] for block in _mrkdwn.compose(payload)["blocks"]]
    assert adapter.preview(payload).startswith("Channel: #finance\n\n")
    assert all(section.strip() and len(section) <= 3000 for section in sections)
    assert len(sections) <= 50
    assert squeezed("".join(sections)) == squeezed(_mrkdwn.without_mentions(payload["text"]))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])) | st.text(st.sampled_from("&<>|!@#;altmpg ")))
def test_text_from_outside_is_shown_as_it_is(text: str) -> None:
    payload = PAYLOADS["slack"] | {"text": f"[{slack.escape(text)}]"}
    assert (
        create_adapters(load_settings({}, {}))["slack"].preview(payload) == f"Channel: #finance\n\n[{text}]"
    )


@pytest.mark.parametrize(
    "outside", ["<!channel>", "<https://evil.example|Stripe>", "a &lt; b", "&amp;", "x|y>"]
)
def test_text_from_outside_makes_no_link_and_no_mention(outside: str) -> None:
    payload = PAYLOADS["slack"] | {"text": slack.escape(outside)}
    [block] = _mrkdwn.compose(payload)["blocks"]
    assert "<" not in block["text"]["text"]
    assert block["text"]["verbatim"] is True  # Slack makes no link of an address that stands in the text
    linked = slack.link(f"https://a.example/{outside}", outside)
    assert (linked[0], linked[-1], linked.count("<"), linked.count(">")) == ("<", ">", 1, 1)
    assert linked[1:-1].partition("|")[2] == slack.escape(outside)


async def test_the_message_in_the_outbox_reads_as_it_is_posted(home: Settings) -> None:
    adapter = create_adapters(home)["slack"]
    await adapter.perform(PAYLOADS["slack"], idempotency_key=KEY)
    [path] = (home.outbox / "slack" / "new").iterdir()
    mail = parse(path)
    assert mail["X-Slack-Channel"] == "#finance"
    assert f"Channel: #finance\n\n{part(mail, 'plain').strip()}" == adapter.preview(PAYLOADS["slack"])
    assert part(mail, "plain").strip() == "Dispute over 49,00 €: Ängström & Søn\n\n*株式会社*\nAnswer"
    assert "*株式会社*" in posted(path)["blocks"][0]["text"]["text"]
