"""The one payment that a customer means who asks for money back; where it is not plain, a person looks."""

from __future__ import annotations

from typing import Any

import pytest

from execops.model import Json
from execops.money import Money
from execops.plays.customer_fire.refund_asked import meant
from execops.plays.support.meant_payment import names, says_twice
from tests.facts import facts


def charge(name: str, *, at: str = "2026-11-21T09:00:00+00:00", **changes: Any) -> Json:
    whole = {"amount_refunded": 0, "captured": True, "disputed": False}
    return {"id": name, "amount": 4900, "currency": "USD", "at": at} | whole | changes


def meant_by(words: str, *charges: Json) -> str | None:
    customer = {"customer": "cus_1", "name": "Acme", "charges": list(charges)}
    answer = meant(facts(conversation={"messages": [], "customers": [customer]}), words)
    return answer["id"] if answer else None


LATER = "2026-11-21T09:01:00+00:00"
TWICE, FIRST, SECOND = "You charged me twice.", charge("ch_1"), charge("ch_2", at=LATER)


def test_the_second_of_two_equal_payments_is_meant() -> None:
    assert meant_by(TWICE, FIRST, SECOND) == "ch_2"
    assert meant_by(TWICE, SECOND, FIRST, charge("ch_0", at="2026-10-21T09:00:00+00:00")) == "ch_2"
    assert meant_by(TWICE, FIRST) is None
    assert meant_by(TWICE, FIRST, charge("ch_2", at="2026-11-22T09:01:00+00:00")) is None
    assert meant_by(TWICE, FIRST, SECOND, charge("ch_3", at=LATER)) is None  # which one, out of three?


@pytest.mark.parametrize("words", [TWICE, "I want my $49 back."])
@pytest.mark.parametrize(
    "state", [{"amount_refunded": 4900}, {"amount_refunded": 100}, {"captured": False}, {"disputed": True}]
)
def test_a_payment_that_is_not_whole_is_never_meant(words: str, state: Json) -> None:
    assert meant_by(words, FIRST | state, SECOND) is None
    assert meant_by(words, FIRST, SECOND | state) is None
    assert meant_by(words, SECOND | state) is None


def test_payments_in_two_currencies_are_not_equal() -> None:
    assert meant_by(TWICE, FIRST, SECOND | {"currency": "EUR"}) is None


@pytest.mark.parametrize(
    "words",
    [
        "my card was hit twice on the 1st, 49 each",
        "I see two identical entries of 120.00. Please return the duplicate.",
        "You charged me double.",
        "There is a double charge on my card.",
        "2x 49 were taken",
        "sie haben mir zweimal 39 euro abgebucht",
        "Das wurde doppelt abgebucht.",
        "Ich sehe eine Doppelabbuchung.",
        "zwei Buchungen in einer Minute",
        "j'ai été débité deux fois",
        "je vois deux prélèvements de 59 €",
        "On m'a pris 2 fois 49 euros.",
        "I wrote to you yesterday. You charged me twice.",
    ],
)
def test_words_of_a_payment_that_was_taken_twice(words: str) -> None:
    assert says_twice(words)


@pytest.mark.parametrize(
    "words",
    [
        "I want a refund for the two weeks that it was down",
        "We have two seats, please refund one",
        "I asked twice for a refund",
        "Ich habe euch zweimal geschrieben, ich will mein Geld zurück",
        "Je vous ai écrit deux fois",
        "deux semaines sans service",
        "zwei Wochen war alles aus",
        "you doubled your prices",
        "It is double the price of before",
        "Das ist doppelt so teuer",
    ],
)
def test_words_of_two_things_that_are_no_payments(words: str) -> None:
    assert not says_twice(words)
    assert meant_by(words, FIRST, SECOND) is None


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Money(4900, "USD"), "put the $49 back"),
        (Money(4900, "USD"), "49 dollars, please."),
        (Money(4900, "USD"), "USD 49"),
        (Money(4900, "USD"), "49USD"),
        (Money(4900, "USD"), "refund 49.00, thanks"),
        (Money(4900, "USD"), "that was 49 bucks!"),
        (Money(4900, "EUR"), "Ich will die 49,- zurück"),
        (Money(4900, "EUR"), "49 Euro"),
        (Money(4900, "EUR"), "49,00 zurück"),
        (Money(4900, "EUR"), "49€."),
        (Money(120000, "EUR"), "1.200,00 €"),
        (Money(120000, "EUR"), "1 200 €"),
        (Money(120000, "CHF"), "CHF 1'200.-"),
        (Money(120000, "USD"), "$1,200"),
        (Money(1250, "KWD"), "refund 1.250 please"),
        (Money(1250, "KWD"), "KWD 1.25"),
        (Money(1200, "JPY"), "¥1,200"),
        (Money(1200, "JPY"), "1200 yen"),
    ],
)
def test_an_amount_is_named(amount: Money, words: str) -> None:
    assert names(words, amount)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Money(500, "USD"), "I have been a customer for 5 years"),
        (Money(500, "USD"), "$5k is too much"),
        (Money(500, "USD"), "$5K is too much"),
        (Money(500, "USD"), "$5.50 is too much"),
        (Money(500, "USD"), "since version v5.00"),
        (Money(500, "USD"), "$1,005 and $15"),
        (Money(900, "USD"), "it broke at 9.00 am"),
        (Money(4900, "USD"), "€49.00"),
        (Money(4900, "EUR"), "49.00 USD"),
        (Money(4900, "USD"), "room 49"),
        (Money(1200, "JPY"), "1200 users"),
        (Money(1250, "KWD"), "1.25 seats"),
    ],
)
def test_another_number_is_not_the_amount(amount: Money, words: str) -> None:
    assert not names(words, amount)


def test_a_late_payment_whose_amount_is_named_is_meant() -> None:
    assert meant_by("I want my $49 back.", FIRST) == "ch_1"
    assert meant_by("I want my $50 back.", FIRST) is None
    assert meant_by("I want my $49 back.", charge("ch_1", at="2026-11-01T09:00:00+00:00")) is None
    assert meant_by("for 5 years", charge("ch_1", amount=500)) is None
