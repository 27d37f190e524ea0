"""One conformance suite for every adapter, and what a mail in the outbox looks like."""

from __future__ import annotations

import asyncio
import copy
import email
import os
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from execops.adapters import _outbox, create_adapters
from execops.adapters.email import compose, is_address
from execops.errors import AmbiguousError, InvalidPayloadError, NotAcceptedError
from execops.model import Json
from execops.ports import Adapter, Happened
from execops.settings import Settings, load_settings

PAYLOADS: dict[str, Json] = {
    "email": {
        "to": "billing@acme.example",
        "from": "pay@hooli.example",
        "reply_to": "help@hooli.example",
        "subject": "Zahlung über 49,00 € für Ängström",
        "text": "Hello Ängström & Søn <b>,\n\nplease pay:\nhttps://pay.example/i?a=1&b=2.\n\n株式会社\n",
    },
    "slack": {
        "channel": "#finance",
        "text": "Dispute over 49,00 €: Ängström",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*株式会社*"}}],
    },
}
# Of each action type, what is refused, by the field the refusal names.
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
        ("blocks", {"blocks": {"type": "section"}}),
        ("blocks", {"blocks": [{"type": 7}]}),
        ("blocks", {"blocks": [{"type": "divider"}] * 51}),
        ("blocks", {"blocks": [{"type": "section", "text": {"text": "\x00"}}]}),
        ("thread_ts", {"thread_ts": "1"}),
    ],
}
KEY = "execops-default-7-2-1"
ACTION_TYPES = sorted(create_adapters(load_settings({}, {})))


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings whose outbox lies in this test's own folder."""
    return load_settings({"home": tmp_path}, {})


@pytest.fixture(params=ACTION_TYPES)
def adapter(request: pytest.FixtureRequest, home: Settings) -> Adapter:
    """Each adapter there is."""
    return create_adapters(home)[request.param]


@pytest.fixture
def payload(adapter: Adapter) -> Json:
    """A payload that this adapter accepts."""
    return copy.deepcopy(PAYLOADS[adapter.action_type])


@pytest.fixture
def outbox(adapter: Adapter, home: Settings) -> Path:
    """Where this adapter delivers."""
    return home.outbox / adapter.action_type


def deliveries(outbox: Path) -> list[Path]:
    """What was delivered, read or unread."""
    return [*outbox.glob("new/*"), *outbox.glob("cur/*")]


# What every adapter keeps


def test_every_adapter_has_its_payloads_here() -> None:
    assert set(ACTION_TYPES) == set(PAYLOADS) == set(REFUSED)


async def test_perform_delivers_and_says_so(adapter: Adapter, payload: Json, outbox: Path) -> None:
    adapter.validate(payload)
    result = await adapter.perform(payload, idempotency_key=KEY)
    assert result["transport"] == "outbox"
    assert len(deliveries(outbox)) == 1
    assert list(outbox.glob("tmp/*")) == []


async def test_the_same_key_delivers_once(adapter: Adapter, payload: Json, outbox: Path) -> None:
    first = await adapter.perform(payload, idempotency_key=KEY)
    assert await adapter.perform(payload, idempotency_key=KEY) == first
    assert len(deliveries(outbox)) == 1


async def test_another_key_delivers_again(adapter: Adapter, payload: Json, outbox: Path) -> None:
    await adapter.perform(payload, idempotency_key=KEY)
    await adapter.perform(payload, idempotency_key=f"{KEY}x")
    assert len(deliveries(outbox)) == 2


async def test_the_same_key_at_once_delivers_once(adapter: Adapter, payload: Json, outbox: Path) -> None:
    await asyncio.gather(*[adapter.perform(payload, idempotency_key=KEY) for _ in range(12)])
    (one,) = deliveries(outbox)
    assert one.read_bytes().rstrip().endswith(b"--")  # whole: the end of its last part
    assert list(outbox.glob("tmp/*")) == []


@pytest.mark.parametrize("flags", [":2,", ":2,S", ":2,RS"])
async def test_reconcile_finds_what_was_delivered_even_once_it_was_read(
    adapter: Adapter, payload: Json, outbox: Path, flags: str
) -> None:
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.NO
    await adapter.perform(payload, idempotency_key=KEY)
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.YES
    (unread,) = outbox.glob("new/*")
    unread.rename(outbox / "cur" / f"{unread.name}{flags}")  # what a mail reader does
    found = await adapter.reconcile(payload, idempotency_key=KEY)
    assert (found.happened, (found.result or {})["transport"]) == (Happened.YES, "outbox")
    assert (await adapter.reconcile(payload, idempotency_key=f"{KEY}x")).happened is Happened.NO
    await adapter.perform(payload, idempotency_key=KEY)
    assert len(deliveries(outbox)) == 1


async def test_reconcile_performs_nothing(adapter: Adapter, payload: Json, home: Settings) -> None:
    await adapter.reconcile(payload, idempotency_key=KEY)
    assert not home.outbox.exists()


async def test_a_folder_that_cannot_be_written_has_not_accepted(
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


async def test_a_full_disk_has_not_accepted_and_leaves_nothing(
    adapter: Adapter, payload: Json, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotAcceptedError, match="No space left"):
        await adapter.perform(payload, idempotency_key=KEY)
    assert [each for each in outbox.rglob("*") if each.is_file()] == []


async def test_a_delivery_that_may_not_stay_is_ambiguous(
    adapter: Adapter, payload: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(_outbox, "_sync", broken)
    with pytest.raises(AmbiguousError):
        await adapter.perform(payload, idempotency_key=KEY)
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.YES


async def test_the_payload_is_not_changed(adapter: Adapter, payload: Json) -> None:
    adapter.validate(payload)
    adapter.describe(payload)
    await adapter.perform(payload, idempotency_key=KEY)
    await adapter.reconcile(payload, idempotency_key=KEY)
    assert payload == PAYLOADS[adapter.action_type]


def test_describe_says_where_it_goes(adapter: Adapter, payload: Json) -> None:
    assert (payload.get("to") or payload["channel"]) in adapter.describe(payload)


@pytest.mark.parametrize(
    ("action_type", "field", "change"),
    [(name, field, change) for name, cases in REFUSED.items() for field, change in cases],
)
def test_what_cannot_be_sent_is_refused_by_its_field(
    home: Settings, action_type: str, field: str, change: Json
) -> None:
    adapter = create_adapters(home)[action_type]
    with pytest.raises(InvalidPayloadError, match=rf"\b{field}\b") as refused:
        adapter.validate(PAYLOADS[action_type] | change)
    assert refused.value.field == field


@pytest.mark.parametrize("action_type", ACTION_TYPES)
def test_every_required_field_is_named_when_it_is_missing(home: Settings, action_type: str) -> None:
    adapter = create_adapters(home)[action_type]
    for field in PAYLOADS[action_type].keys() - {"reply_to", "blocks"}:
        rest = {name: value for name, value in PAYLOADS[action_type].items() if name != field}
        with pytest.raises(InvalidPayloadError, match=rf"\b{field}\b") as refused:
            adapter.validate(rest)
        assert refused.value.field == field


# The mail

Delivered = Callable[..., Any]


@pytest.fixture
def delivered(home: Settings) -> Delivered:
    """Sends a mail with changes and parses what lies in the outbox."""

    async def send(**changes: Any) -> EmailMessage:
        adapter = create_adapters(home)["email"]
        payload = PAYLOADS["email"] | changes
        adapter.validate(payload)
        await adapter.perform(payload, idempotency_key=KEY)
        (one,) = (home.outbox / "email" / "new").iterdir()
        return email.message_from_bytes(one.read_bytes(), policy=default)

    return send


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body(preferencelist=(kind,))
    assert found is not None
    content: str = found.get_content()
    return content.replace("\r\n", "\n")


async def test_the_mail_has_the_headers_of_its_payload(delivered: Delivered) -> None:
    mail = await delivered()
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


async def test_the_mail_is_text_and_html(delivered: Delivered) -> None:
    mail = await delivered()
    assert mail.get_content_type() == "multipart/alternative"
    assert part(mail, "plain") == PAYLOADS["email"]["text"]
    html = part(mail, "html")
    assert "<p>Hello Ängström &amp; Søn &lt;b&gt;,</p>" in html
    link = "https://pay.example/i?a=1&amp;b=2"
    assert f'<a href="{link}">{link}</a>.</p>' in html
    assert "<p>株式会社</p>" in html


async def test_markup_in_the_text_stays_text(delivered: Delivered) -> None:
    html = part(await delivered(text='<script>x</script> <https://a.example/"onclick=x> y'), "html")
    assert "<script>" not in html
    assert '<a href="https://a.example/">https://a.example/</a>"onclick=x&gt;' in html


async def test_a_subject_of_the_longest_length_comes_through(delivered: Delivered) -> None:
    for length in range(60, 201, 7):
        for words in ("Ängström ", "plain ASCII ", "mixed Ä "):
            subject = (words * 40)[:length].strip()
            composed = compose(PAYLOADS["email"] | {"subject": subject}, KEY).as_bytes()
            assert email.message_from_bytes(composed, policy=default)["Subject"] == subject
    assert (await delivered(subject=subject))["Subject"] == subject


async def test_lines_of_any_length_come_through(delivered: Delivered) -> None:
    text = "x" * 5000 + "\nFrom the start\n.\n" + "ü" * 3000 + "\n"
    assert part(await delivered(text=text), "plain") == text


@pytest.mark.parametrize(
    "good", ["a@b.example", "first.last+tag@sub.b.example", "o'neil@b.example", "a@localhost"]
)
def test_addresses(good: str) -> None:
    assert is_address(good)


async def test_a_slack_message_keeps_its_blocks(home: Settings) -> None:
    await create_adapters(home)["slack"].perform(PAYLOADS["slack"], idempotency_key=KEY)
    (one,) = (home.outbox / "slack" / "new").iterdir()
    mail = email.message_from_bytes(one.read_bytes(), policy=default)
    assert mail["X-Slack-Channel"] == "#finance"
    assert part(mail, "plain").strip() == PAYLOADS["slack"]["text"]
    (attached,) = mail.iter_attachments()
    assert "株式会社" in attached.get_content().decode()
