"""Mailboxes, and the link to the customer portal with the customer's address in it."""

from __future__ import annotations

import email
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from execops.adapters.email import compose
from execops.plays import wording
from execops.text.addresses import Mailbox, fill_portal_link, is_address, mailbox, portal_link
from tests.facts import facts
from tests.payloads import parsed

KEY = "execops-0a1b2c3d4e5f-1-1-1"
MAIL = {"to": "a@acme.example", "subject": "Hello", "text": "Hello,\n"}


def sent(**fields: str) -> EmailMessage:
    """The mail with these fields, as a mail program reads it."""
    return parsed(compose({**MAIL, **fields}, KEY).as_bytes())


@pytest.mark.parametrize(
    ("text", "name", "address", "shown"),
    [
        ("billing@example.com", "", "billing@example.com", "billing@example.com"),
        ("<billing@example.com>", "", "billing@example.com", "billing@example.com"),
        (
            "Billing at Example <billing@example.com>",
            "Billing at Example",
            "billing@example.com",
            "Billing at Example <billing@example.com>",
        ),
        ("Billing<billing@example.com>", "Billing", "billing@example.com", "Billing <billing@example.com>"),
        ("Example Inc. <b@example.com>", "Example Inc.", "b@example.com", '"Example Inc." <b@example.com>'),
        ('"Example, Inc." <b@example.com>', "Example, Inc.", "b@example.com", '"Example, Inc." <b@example.com>'),
        ('"The \\"Best\\" Co" <b@example.com>', 'The "Best" Co', "b@example.com", '"The \\"Best\\" Co" <b@example.com>'),
        ('The "Best, Co" <b@example.com>', "The Best, Co", "b@example.com", '"The Best, Co" <b@example.com>'),
        ('"a@b.example" <b@example.com>', "a@b.example", "b@example.com", '"a@b.example" <b@example.com>'),
        ("O'Brien & Søn <b@example.com>", "O'Brien & Søn", "b@example.com", "O'Brien & Søn <b@example.com>"),
        ('"株式会社サクラ, 東京" <b@example.com>', "株式会社サクラ, 東京", "b@example.com", '"株式会社サクラ, 東京" <b@example.com>'),
    ],
)  # fmt: skip
def test_a_sender_may_have_a_display_name(text: str, name: str, address: str, shown: str) -> None:
    named = mailbox(text)
    assert named == Mailbox(name, address)
    assert (str(named), mailbox(shown)) == (shown, named)
    for header, field in (("From", "from"), ("Reply-To", "reply_to")):
        mail = sent(**{field: text})
        [read] = mail[header].addresses
        assert (read.display_name, read.addr_spec) == (name, address)
        assert mail.defects == []
    assert sent(**{"from": text})["Message-ID"] == f"<{KEY}@example.com>"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Billing",
        "a@b.example, c@d.example",
        "a@b.example; c@d.example",
        "Billing <a@b.example>, Other <c@d.example>",
        "Billing, a@b.example",
        "Example, Inc. <b@example.com>",
        "c@d.example <b@example.com>",
        "Billing <a@b.example> <c@d.example>",
        "Billing <a@b.example> more",
        "Team: a@b.example;",
        "Team: Billing <a@b.example>",
        "Billing (the team) <b@example.com>",
        "Billing <b@example.com",
        "Billing b@example.com>",
        'Billing "half <b@example.com>',
        "Billing <b@example.com>\r\nBcc: c@d.example",
        "Billing\r\n <b@example.com>",
        "Billing\n <b@example.com>",
        "Billing\x00 <b@example.com>",
        "Billing\u2028 <b@example.com>",
        "Billing\u202e <b@example.com>",
        "=?utf-8?q?Billing=0D=0ABcc=3A_c=40d.example?= <b@example.com>",
        '"=?utf-8?q?a?=" <b@example.com>',
        "Billing <zoë@example.com>",
        "Billing <b@exämple.com>",
        "Billing <@example.com>",
        "Billing <b@>",
        "Billing < >",
        f"{'x' * 201} <b@example.com>",
        None,
        ["b@example.com"],
        7,
    ],
)
def test_a_text_that_is_not_one_mailbox_is_refused(text: object) -> None:
    assert mailbox(text) is None


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs", "M"]), max_size=60))
def test_every_display_name_arrives_as_it_is_written(name: str) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    named = mailbox(f'"{quoted}" <billing@example.com>')
    if named is None:
        assert "=?" in name or not name.isprintable()
        return
    assert named.name == " ".join(name.split())
    content = compose({**MAIL, "from": str(named)}, KEY).as_bytes()
    words, address = parseaddr(str(email.message_from_bytes(content)["From"]))
    # decode_header joins the encoded words of a long name as RFC 2047 says; the default policy puts a space between.
    decoded = str(make_header(decode_header("".join(words.splitlines()))))
    assert (decoded, address) == (named.name, "billing@example.com")
    assert mailbox(str(named)) == named


@settings(deadline=None)
@example("a@b")  # few of the texts are an address
@example("a@.")
@given(st.text(st.sampled_from('ab@.,;:<>()[]"\\ =?\r\né'), max_size=30))
def test_no_text_becomes_two_addresses_or_another_header(text: str) -> None:
    if mailbox(text) is None:
        return
    mail = sent(**{"from": text})
    assert len(mail["From"].addresses) == 1
    assert sorted(mail.keys()) == [
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
        "X-ExecOps-Digest",
    ]
    assert is_address(mail["From"].addresses[0].addr_spec)


LOGIN = "https://billing.stripe.com/p/login/live_1"
JANE = "jane+bills@acme.example"


@pytest.mark.parametrize(
    ("link", "email", "filled"),
    [
        (LOGIN, JANE, f"{LOGIN}?prefilled_email=jane%2Bbills%40acme.example"),
        (f"{LOGIN}?locale=de", JANE, f"{LOGIN}?locale=de&prefilled_email=jane%2Bbills%40acme.example"),
        (f"{LOGIN}?", JANE, f"{LOGIN}?prefilled_email=jane%2Bbills%40acme.example"),
        (f"{LOGIN}#top", JANE, f"{LOGIN}?prefilled_email=jane%2Bbills%40acme.example#top"),
        (
            f"{LOGIN}?prefilled_email=x%40y.example&a=1",
            JANE,
            f"{LOGIN}?a=1&prefilled_email=jane%2Bbills%40acme.example",
        ),
        (
            LOGIN + "?prefilled_email={email}",
            JANE,
            f"{LOGIN}?prefilled_email=jane%2Bbills%40acme.example",
        ),
        (LOGIN, None, LOGIN),
        ("https://pay.example/me?who={email}&x=1", "o'neil&co@b.example", "https://pay.example/me?who=o%27neil%26co%40b.example&x=1"),
        ("https://pay.example/me", JANE, "https://pay.example/me"),
        ("https://pay.example/?who={email}", None, "https://pay.example/?who="),
        ("https://billing.stripe.com/p/other", JANE, "https://billing.stripe.com/p/other"),
        ("https://billing.stripe.com.pay.example/p/login/1", JANE, "https://billing.stripe.com.pay.example/p/login/1"),
    ],
)  # fmt: skip
def test_the_portal_link_names_the_customer(link: str, email: str | None, filled: str) -> None:
    assert fill_portal_link(portal_link(link), email) == filled


@pytest.mark.parametrize(
    "link",
    [
        "http://billing.stripe.com/p/login/1",
        "billing.stripe.com/p/login/1",
        "https:///p/login/1",
        "https://",
        "https://user@pay.example/",
        "https://user:word@pay.example/",
        "https://pay.example\\@evil.example/",
        "https://pay.example/a b",
        "https://pay.example/\nBcc:x",
        "https://pay.example/<b>",
        "https://pay.example/{name}",
        "https://pay.example/{email",
        "https://{email}/",
        "https://pay.example:0/",
        "https://pay.example:99999/",
        "https://[::1/",
        "javascript:alert(1)",
        "https://billing.stripe.com/p/session/live_1",
        "https://billing.stripe.com/session/1",
    ],
)
def test_a_link_that_is_no_portal_is_refused(link: str) -> None:
    with pytest.raises(ValueError, match="https link"):
        portal_link(link)


def test_the_portal_stands_in_for_a_missing_page_of_the_invoice() -> None:
    org = {"customer_portal_url": LOGIN}
    customer = {"email": "a@acme.example"}
    filled = f"{LOGIN}?prefilled_email=a%40acme.example"
    assert wording.portal(facts(org=org, customer=customer)) == filled
    assert wording.portal(facts(org=org, customer={"email": "nobody"})) == LOGIN
    assert wording.portal(facts(customer=customer)) is None
