"""A payload of each action type, and what its receiver sees of it: in the outbox, or in the account at Stripe."""

from __future__ import annotations

import email
import html
import json
import re
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from execops.adapters.stripe_submit_evidence import SubmitEvidenceAdapter
from execops.model import Json
from execops.money import Money
from tests.fake_stripe_writes import StripeWrites

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
        "text": "Dispute over 49,00 €: Ängström &amp; Søn\n\n*株式会社*\n<https://stripe.example/d?a=1&amp;b=2|Answer>\n",
    },
    "enable": {"kind": "play", "name": "card_update"},
    "notice": {
        "subject": "Auszahlung über 49,00 € an Ängström & Søn <b>",
        "text": "Reason: 株式会社\n\nEnter another bank account.\n\nOpen at Stripe: https://stripe.example/p?a=1&b=2\n",
    },
    "intercom_reply": {
        "conversation": "12",
        "after": "p1",
        "text": "Hello Ängström,\n\n株式会社 <b> & sorry.",
    },
    "intercom_note": {"conversation": "12", "text": "Ängström & Søn pays 49,00 €."},
    "stripe_refund": {"charge": "ch_1", "amount": "10.00 USD", "reason": "duplicate"},
    "stripe_accept_dispute": {"dispute": "du_1", "amount": "49.00 USD"},
    "stripe_submit_evidence": {
        "dispute": "du_1",
        "amount": "49.00 USD",
        "uncategorized_text": "The payment was refunded on 3 May: refund re_1 over 49,00 € to Ängström & Søn.",
        "duplicate_charge_explanation": "株式会社 paid twice.\nThe other charge was refunded.",
        "duplicate_charge_id": "ch_2",
        "customer_name": "Ängström & Søn <b",
    },
    "stripe_retry_invoice": {"invoice": "in_1", "amount": "49.00 USD", "payment_method": "pm_2"},
    "stripe_void_invoice": {"invoice": "in_1", "amount": "49.00 USD"},
}


def parsed(content: bytes) -> EmailMessage:
    """The message as a mail program reads it."""
    return email.message_from_bytes(content, policy=default)


def parse(path: Path) -> EmailMessage:
    """The message in a file of the outbox."""
    return parsed(path.read_bytes())


def part(mail: EmailMessage, kind: str) -> str:
    """The plain or the HTML part of a mail, with line feeds alone."""
    body = mail.get_body(preferencelist=(kind,))
    assert body is not None
    content: str = body.get_content()
    return content.replace("\r\n", "\n")


def posted(path: Path) -> Json:
    """The Slack message in a file of the outbox."""
    [attachment] = parse(path).iter_attachments()
    message: Json = json.loads(attachment.get_content())
    return message


def html_as_shown(page: str) -> list[str]:
    """The lines of a page of paragraphs and line breaks as a browser shows them, with its spaces, without empty lines."""
    shown = re.sub(r"[ \t\n]+", " ", re.sub(r"<!doctype[^>]*>", "", page))
    shown = re.sub(r" ?<(?:br|/?p|/?html|/?body)\b[^>]*> ?", "\n", shown)
    return lines_of(html.unescape(re.sub(r"<[^>]+>", "", shown)))


def lines_of(text: str) -> list[str]:
    """The lines that are not empty, without spaces at their ends; a tab is four spaces."""
    lines = (line.replace("\xa0", " ").rstrip().expandtabs(4) for line in text.split("\n"))
    return [line for line in lines if line]


def mail_as_received(path: Path) -> str:
    """The mail as a mail program shows it; its HTML part says the same words."""
    mail = parse(path)
    headers = [
        f"{name}: {'not set' if mail[name] == 'not set:;' else mail[name]}"
        for name in ("From", "To", "Reply-To", "Subject")
        if mail[name]
    ]
    text = part(mail, "plain").rstrip("\n")
    assert html_as_shown(part(mail, "html")) == lines_of(text)
    return "\n".join([*headers, "", text])


def post_as_received(path: Path) -> str:
    """The Slack message of a file in the outbox as Slack shows it."""
    return as_slack_shows(posted(path))


def as_slack_shows(message: Json) -> str:
    """The Slack message as Slack shows it: its blocks, within Slack's limits, with links and entities resolved."""
    assert len(message["blocks"]) <= 50
    assert len(message["text"]) <= 40_000
    sections = []
    for block in message["blocks"]:
        assert block["type"] == "section"
        assert block["text"]["type"] == "mrkdwn"
        section = block["text"]["text"]
        assert section.strip()
        assert len(section) <= 3000
        section = re.sub(r"<([#@])[^<>|]+\|([^<>]+)>", r"\1\2", section)
        section = re.sub(r"<[^<>|]+\|([^<>]+)>", r"\1", section)
        section = re.sub(r"<!([^<>|]+)>", r"@\1", section)
        section = re.sub(r"<([^<>|]+)>", r"\1", section)
        sections.append(section.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    return "\n".join([f"Channel: {message['channel']}", "", *sections])


def _amount(minor: int, stripe_object: Json) -> str:
    return str(Money(minor, stripe_object["currency"].upper()))


def refund_at_stripe(account: StripeWrites, object_id: str) -> str:
    """The refund as the account shows it."""
    refund = account.find("refunds", object_id)
    reason = f"\nReason: {refund['reason']}" if refund["reason"] else ""
    return f"Refund: {_amount(refund['amount'], refund)}\nCharge: {refund['charge']}{reason}"


def closed_at_stripe(account: StripeWrites, object_id: str) -> str:
    """The dispute that was accepted."""
    dispute = account.find("disputes", object_id)
    assert dispute["status"] == "lost"
    return f"Accept dispute: {object_id}\nAmount: {_amount(dispute['amount'], dispute)}"


def evidence_at_stripe(account: StripeWrites, object_id: str) -> str:
    """The evidence that the bank got, in the order of the adapter's fields."""
    dispute = account.find("disputes", object_id)
    assert dispute["status"] in {"under_review", "warning_under_review"}
    head = f"Evidence on dispute: {object_id}\nAmount: {_amount(dispute['amount'], dispute)}"
    texts = [
        f"{field.label}:\n{dispute['evidence'][field.name]}"
        for field in SubmitEvidenceAdapter.fields
        if field.name in dispute["evidence"]
    ]
    return "\n\n".join([head, *texts])


def paid_at_stripe(account: StripeWrites, object_id: str) -> str:
    """The invoice that was charged, and the payment method."""
    invoice = account.find("invoices", object_id)
    method = f"\nPayment method: {invoice['paid_with']}" if invoice["paid_with"] else ""
    return f"Pay invoice: {object_id}\nAmount: {_amount(invoice['amount_paid'], invoice)}{method}"


def voided_at_stripe(account: StripeWrites, object_id: str) -> str:
    """The invoice that was voided."""
    invoice = account.find("invoices", object_id)
    assert invoice["status"] == "void"
    return f"Void invoice: {object_id}\nAmount: {_amount(invoice['amount_remaining'], invoice)}"


# What each effect in the account looks like to a person, by its name in `effects`.
AT_STRIPE: dict[str, Callable[[StripeWrites, str], str]] = {
    "refund": refund_at_stripe,
    "close": closed_at_stripe,
    "evidence": evidence_at_stripe,
    "pay": paid_at_stripe,
    "void": voided_at_stripe,
}

# The action types that send something; a notice is only acknowledged.
AS_RECEIVED: dict[str, Callable[[Path], str]] = {"email": mail_as_received, "slack": post_as_received}
