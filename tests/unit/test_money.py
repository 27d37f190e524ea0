"""Money is exact, keeps its currency, and is written as each currency is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execops.money import Money, decimals, money


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123456, "USD", "$1,234.56"),
        (1, "USD", "$0.01"),
        (0, "USD", "$0.00"),
        (-500, "EUR", "-€5.00"),
        (1200, "JPY", "¥1,200"),
        (1250, "KWD", "KWD 1.250"),
        (1_234_567, "BHD", "BHD 1,234.567"),
        (100, "CHF", "CHF 1.00"),
        (-7, "CLP", "-CLP 7"),
        (2**63 - 1, "USD", "$92,233,720,368,547,758.07"),
    ],
)
def test_money_reads_as_its_currency_is_written(minor: int, currency: str, text: str) -> None:
    assert str(Money(minor, currency)) == text


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("UGX", 2), ("ISK", 2)])
def test_decimals_are_those_stripe_counts_in(currency: str, digits: int) -> None:
    # UGX and ISK have no minor unit, but Stripe counts them in hundredths.
    assert decimals(currency) == digits


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.sampled_from(["USD", "JPY", "KWD", "XXX"]))
def test_major_units_are_exact(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert amount.major * 10 ** decimals(currency) == minor
    digits = str(amount).replace(",", "").lstrip("-").lstrip("$¥").removeprefix(f"{currency} ")
    assert Decimal(digits) == abs(amount.major)


def test_money_from_outside_takes_any_case() -> None:
    assert money(100, "usd") == Money(100, "USD")


@pytest.mark.parametrize(
    ("minor", "currency"),
    [
        (None, "usd"),
        (True, "usd"),
        ("100", "usd"),
        (1.0, "usd"),
        (2**63, "usd"),
        (-(2**63), "usd"),
        (100, None),
        (100, ""),
        (100, "us"),
        (100, "usdt"),
        (100, "us1"),
        (100, "üsd"),
        (100, {"id": "usd"}),
    ],
)
def test_malformed_money_reads_as_none(minor: object, currency: object) -> None:
    assert money(minor, currency) is None


@given(st.one_of(st.none(), st.booleans(), st.floats(), st.text(), st.integers()), st.text())
def test_reading_money_never_raises(minor: object, currency: str) -> None:
    amount = money(minor, currency)
    assert amount is None or (amount.minor == minor and len(amount.currency) == 3)
