"""The purpose of a movement, as far as the text of the bank tells it.

Payroll, tax, social security, pension, rent and loan instalments follow a contract or a law. A line may also be one
half of a transfer between accounts of the company. Only the ledger knows if the other half is in the books.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

PAYOUT = "payout"  # Stripe pays out: its half is a payout in the ledger
TRANSFER = (
    "transfer"  # the bank may mean a transfer between own accounts: its half is a line of another account
)
# Lent, invested or granted: see `financing`. The kind in the ledger is the same, as for Stripe's loans.
FINANCING = "financing"
HALVES = frozenset({PAYOUT, TRANSFER})
# Labels that mean a transfer, perhaps to somebody else. Überweisung, virement and transferencia name payments to anybody.
_MAYBE_OWN = re.compile(
    r"^(?:(?:interbank|bank|balance)[ _-])?transfers?(?:[ _-](?:in|out))?$", re.IGNORECASE
)
_STRIPE = re.compile(r"\bstripe(?!s\b)|ストライプ", re.IGNORECASE)
# Stripe bills its fees, and lends; neither is a payout.
_NO_PAYOUT = re.compile(
    r"\b(?:fees?|billing|invoice|atlas|gebühr(?:en)?|frais|stripe capital)\b", re.IGNORECASE
)
LEGAL_FORMS = frozenset(
    [
        "ab",
        "ag",
        "aps",
        "as",
        "asa",
        "bv",
        "co",
        "company",
        "corp",
        "corporation",
        "gbr",
        "gmbh",
        "inc",
        "incorporated",
        "kg",
        "kk",
        "kgaa",
        "lda",
        "limited",
        "llc",
        "llp",
        "lp",
        "ltd",
        "nv",
        "oy",
        "oyj",
        "pbc",
        "plc",
        "pte",
        "pty",
        "sa",
        "sarl",
        "sas",
        "se",
        "sl",
        "spa",
        "srl",
        "ug",
    ]
)
_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae"})  # no accents that come apart
# Words that banks put before the payee.
_BEFORE = re.compile(r"^(?:orig co name|ach|ach debit|payment to|paid to|sent money to|wire out|wire to|to) ")


def half(text: str, *labels: str | None) -> str | None:
    """PAYOUT or TRANSFER where a movement may be one half of a transfer, by its text or by a cell for category or type."""
    if _STRIPE.search(text) and not _NO_PAYOUT.search(text):
        return PAYOUT
    if any(label is not None and _MAYBE_OWN.match(label.strip()) for label in labels):
        return TRANSFER
    return None


def is_payroll_provider(name: str) -> bool:
    """Whether a name begins with the brand of a company that pays salaries for others: Gusto, Deel."""
    return _patterns()["payroll"].brand.match(f"{_BEFORE.sub('', to_words(name))} ") is not None


@lru_cache(maxsize=10_000)
def pattern(text: str) -> str | None:
    """The kind of contract or law that a payee or a text names: `tax`, `social`, `pension`, `payroll`, `rent`, `loan`."""
    words = f"{_BEFORE.sub('', to_words(text))} "
    if len(words) < 2:
        return None
    joined = words.replace(" ", "")
    for kind, matches in _patterns().items():
        if matches.excepted.search(words):
            continue
        if matches.latin.search(words) or any(word in joined for word in matches.japanese):
            return kind
    return None


class _Matches:
    """The names and words of a kind, as patterns for a text of whole words with a blank behind it."""

    def __init__(self, names: list[str], words: list[str], excepted: list[str]) -> None:
        plain = [(word.startswith("*"), to_words(word)) for word in words]
        self.japanese = tuple(word.replace(" ", "") for _, word in plain if not word.isascii())
        ends = [re.escape(word) for is_end, word in plain if is_end]
        whole = [re.escape(word) for is_end, word in plain if not is_end and word.isascii()]
        starts = "|".join(re.escape(to_words(name)) for name in names)
        self.brand = re.compile(rf"(?:{starts}) ")
        self.latin = re.compile(
            rf"^(?:{starts}) |(?:^| )(?:{'|'.join(whole)}) |(?:{'|'.join(ends) or '(?!)'}) "
        )
        self.excepted = re.compile(
            "|".join(rf"\b{re.escape(to_words(text))} " for text in excepted) or "(?!)"
        )


@cache
def _patterns() -> dict[str, _Matches]:
    import tomllib  # only once a text is to be read

    text = (files("execops.sources.bank.parties") / "purposes.toml").read_text(encoding="utf-8")
    return {
        kind: _Matches(entry["names"], entry["words"], entry.get("except", []))
        for kind, entry in tomllib.loads(text).items()
    }


@lru_cache(maxsize=20_000)
def to_words(text: str) -> str:
    """The text in small letters, without accents and signs; letters of every script stay."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold().translate(_STROKES))
    letters = (letter for letter in bare if not unicodedata.combining(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


def name_words(name: str) -> list[str]:
    """The words of a name in small letters, without accents, legal forms and numbers."""
    words = to_words(name.replace(".", "").replace("*", " ")).split()
    return [word for word in words if word not in LEGAL_FORMS and not any(map(str.isdigit, word))]
