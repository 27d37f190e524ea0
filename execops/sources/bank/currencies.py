"""The currencies of ISO 4217, and what signs such as `$` stand for in the books of a company."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Active codes of ISO 4217 (https://www.iso.org/iso-4217-currency-codes.html), without funds and metals.
CODES = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED
    VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG""".split()  # noqa: SIM905
)
# The currencies that a sign may stand for, the likeliest first. `kr` and `¥` stand for several alike.
_SIGNS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "₹": ("INR",),
    "₩": ("KRW",),
    "₺": ("TRY",),
    "₽": ("RUB",),
    "₪": ("ILS",),
    "₴": ("UAH",),
    "zł": ("PLN",),
    "Kč": ("CZK",),
    "Ft": ("HUF",),
    "lei": ("RON",),
    "TL": ("TRY",),
    "Rs": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "R$": ("BRL",),
    "CA$": ("CAD",),
    "US$": ("USD",),
    "A$": ("AUD",),
    "HK$": ("HKD",),
    "S$": ("SGD",),
    "NZ$": ("NZD",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "CLP", "COP"),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
}
_WORD = re.compile(r"\beuros?\b", re.IGNORECASE)
_SIGN = re.compile(
    r"(?<![^\W\d_])(?:CA\$|US\$|HK\$|NZ\$|A\$|S\$|R\$|[€£₹₩₺₽₪₴$¥]|zł|kr|Kč|Rs(?=\.? ?\d))(?![^\W\d_])"
    r"|(?:(?<=\d)|(?<=\d[ \u00a0])|(?<=\())(?:Ft|lei|TL)(?![^\W\d_])"  # beside a number alone: they are words too
)
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")

# The country of an IBAN, as far as it has a currency of its own; every other country of the euro has EUR.
_OF_COUNTRY = {
    "GB": "GBP",
    "CH": "CHF",
    "LI": "CHF",
    "PL": "PLN",
    "CZ": "CZK",
    "HU": "HUF",
    "SE": "SEK",
    "NO": "NOK",
    "DK": "DKK",
    "RO": "RON",
} | dict.fromkeys(
    (
        "AT",
        "BE",
        "CY",
        "DE",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PT",
        "SI",
        "SK",
    ),
    "EUR",
)
_IBAN = re.compile(r"\b([A-Z]{2})\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")


def of_iban(texts: Iterable[str]) -> str | None:
    """The currency of the one country whose accounts stand in some texts; None without one, and for several."""
    countries = {match[1] for text in texts for match in _IBAN.finditer(text)}
    codes = {_OF_COUNTRY.get(country) for country in countries}
    return codes.pop() if len(codes) == 1 else None


def is_code(text: str) -> bool:
    """Whether a text is a code of ISO 4217: `TTC` and `VAT` are none."""
    return text.strip().upper() in CODES


def code_in(text: str) -> str | None:
    """The one code that stands in a text as a word of its own, in capitals; None for none and for several."""
    codes = {code for code in _CODE.findall(text) if code in CODES}
    return codes.pop() if len(codes) == 1 else None


def of_sign(text: str, books: str) -> str | None:
    """The currency of the sign in a text, such as `-$6.50`; the books' own where the sign may stand for it.

    None without a sign, and for a sign that may stand for several currencies of which none is the books'.
    """
    match = _SIGN.search(text)
    if match is None:
        return "EUR" if _WORD.search(text) else None
    meant = _SIGNS[match[0]]
    if books in meant:
        return books
    return meant[0] if len(meant) == 1 or match[0] == "$" else None


def one_sign(cells: Iterable[str], books: str) -> str | None:
    """The currency that all signs of these cells stand for; None where there is none, or where they differ."""
    signs = {of_sign(cell, books) for cell in cells if _SIGN.search(cell) or _WORD.search(cell)}
    return signs.pop() if len(signs) == 1 else None
