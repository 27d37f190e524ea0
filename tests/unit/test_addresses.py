"""Mailboxes, and the link to the customer portal with the customer's address in it."""

from __future__ import annotations

import pytest

from execops.plays import wording
from execops.text.addresses import fill_portal_link, portal_link
from tests.facts import facts

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
