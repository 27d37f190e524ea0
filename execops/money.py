"""Money: a whole number of minor units and an ISO 4217 currency, always together."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from fractions import Fraction

# Stripe's lists of currencies: https://docs.stripe.com/currencies#zero-decimal and #three-decimal.
_ZERO_DECIMAL = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905
)
_THREE_DECIMAL = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}


# These are compiled when a text is first read by them: most commands read none.
_RATE = r"(?P<currency>[A-Za-z]{3})=(?P<worth>[0-9]{1,12}(?:\.[0-9]{1,12})?)"
_BIGINT = 2**63
_WRITTEN = r"(?P<major>[0-9]{1,12})(?:\.(?P<minor>[0-9]{1,3}))? ?(?P<currency>[A-Z]{3})"
_EXACT = r"(?P<major>[0-9]{1,15})(?:\.(?P<minor>[0-9]{1,3}))? (?P<currency>[A-Z]{3})"
NO_CURRENCY = "XXX"  # ISO 4217's code for "no currency"


def storable(number: int) -> bool:
    """Whether Postgres can keep a whole number as bigint, as it keeps amounts. The bounds are symmetric."""
    return abs(number) < _BIGINT


def decimals(currency: str) -> int:
    """The number of digits after the point in this currency's major unit: 0, 2 or 3."""
    if currency in _ZERO_DECIMAL:
        return 0
    return 3 if currency in _THREE_DECIMAL else 2


class Money(Struct, frozen=True):
    """An amount in minor units (cents, yen, fils) of one currency."""

    minor: int
    currency: str

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact: `Money(1999, "USD").major == Decimal("19.99")`."""
        return Decimal(self.minor).scaleb(-decimals(self.currency))

    @property
    def exact(self) -> str:
        """The amount as `parse_exact` reads it: `1200.00 USD`, `1200 JPY`."""
        return f"{self.major:.{decimals(self.currency)}f} {self.currency}"

    def __str__(self) -> str:
        """The exact amount with its currency: `$1,200.00`, `¥1,200`, `KWD 1.250`, `-€5.00`."""
        return _written(self)


@lru_cache(maxsize=512)
def _written(amount: Money) -> str:
    digits = f"{abs(amount.major):,.{decimals(amount.currency)}f}"
    sign = "-" if amount.minor < 0 else ""
    symbol = _SYMBOLS.get(amount.currency)
    return f"{sign}{symbol}{digits}" if symbol else f"{sign}{amount.currency} {digits}"


def money(minor: object, currency: object) -> Money | None:
    """Money from two outside values; None where one of them is missing or malformed."""
    if isinstance(minor, bool) or not isinstance(minor, int) or not isinstance(currency, str):
        return None
    code = currency.upper()
    if len(code) != 3 or not (code.isascii() and code.isalpha()) or not storable(minor):
        return None
    return Money(minor, code)


def parse_exact(text: object) -> Money | None:
    """Read `1200.00 USD`: every digit of the currency's minor units, then its code; None for any other text.

    So an amount of a payment cannot be taken for another one: neither `1200` nor `1,200.00 USD` is read.
    """
    parts = re.fullmatch(_EXACT, text) if isinstance(text, str) else None
    if parts is None or len(parts["minor"] or "") != decimals(parts["currency"]):
        return None
    return money(int(parts["major"] + (parts["minor"] or "")), parts["currency"])


def parse_amount(text: str) -> Money:
    """Read an amount as a person writes it: `500.00USD`, `500USD`, `500 USD`. Raises ValueError, which says how to write it."""
    parts = re.fullmatch(_WRITTEN, text.strip())
    if parts is None or len(parts["minor"] or "") > decimals(parts["currency"]):
        raise ValueError(f"an amount such as 500USD or 500.00USD, not {text!r}")
    digits = decimals(parts["currency"])
    return Money(int(parts["major"] + (parts["minor"] or "").ljust(digits, "0")), parts["currency"])


def minor_rate(currency: str, into: str, books: str, rates: tuple[tuple[str, str], ...]) -> Fraction | None:
    """The worth of one minor unit of a currency in minor units of another; None without a rate of one of them.

    `rates` are those of `parse_rates`: the worth of one major unit of a currency in that of the `books`.
    """
    from fractions import Fraction  # few commands compare currencies

    if currency == into:
        return Fraction(1)
    worth = {name: Fraction(rate) for name, rate in rates} | {books: Fraction(1)}
    if currency not in worth or into not in worth:
        return None
    return worth[currency] / worth[into] * Fraction(10) ** (decimals(into) - decimals(currency))


def parse_rates(text: str) -> tuple[tuple[str, str], ...]:
    """Read `EUR=1.08 JPY=0.0065`: pairs of a currency and the worth of one major unit of it, a decimal as text.

    Raises ValueError, which names the first pair that is not usable.
    """
    accepted = "pairs such as EUR=1.08 JPY=0.0065, with spaces between them"
    rates: dict[str, str] = {}
    for pair in text.split():
        parts = re.fullmatch(_RATE, pair)
        if parts is None or not Decimal(parts["worth"]):
            raise ValueError(f"{accepted}, not {pair!r}")
        currency = parts["currency"].upper()
        if currency in rates:
            raise ValueError(f"{accepted}, and one rate for {currency}, not two")
        rates[currency] = parts["worth"]
    return tuple(rates.items())
