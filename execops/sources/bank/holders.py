"""The holder of an account, as a file names it: who has that name is nobody else, so a movement to it is between own accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from execops.sources.bank.purposes import LEGAL_FORMS, to_words

_FORMS = LEGAL_FORMS | {"spzoo", "sp", "zoo", "sro", "kft", "zrt", "uab", "ltda", "doo", "eood", "slu", "srls", "eurl", "sasu", "private", "pvt", "oue", "ou", "sia", "as"}  # fmt: skip
# Who keeps the account is named above the table too, and is paid for that.
_BANK = re.compile(
    r"\b(?:\w*bank\w*|banc[oa]|banque|caixa|caisse|cassa|credit|kasse|sparkasse|volksbank|raiffeisen\w*|wise|revolut|paypal|stripe|payments?)\b"
)
_LABEL = re.compile(r"^[^:]{3,40}:\s*")
_PLACE = re.compile(r"[,;|/\n].*$", re.DOTALL)
_MOST_WORDS = 7
_MOST_SHARE = 3  # at most one movement of so many is with oneself; else the column names the holder in place of the party
# UBS writes its accounts so: the number of the customer, and that of the account.
_OF_CUSTOMER = re.compile(r"\b(\d{4} ?\d{6,8})\.(\d{2}[A-Z])\b")


def firms_in(cells: Iterable[str]) -> frozenset[str]:
    """The firms that these cells name alone, without their legal forms; a bank is none."""
    return frozenset(name for cell in cells if (name := _firm(_LABEL.sub("", cell.strip()))))


def customers_in(cells: Iterable[str]) -> frozenset[tuple[str, str]]:
    """The accounts in these cells whose numbers begin with the one of their holder: the two parts of each."""
    return frozenset(
        (match[1].replace(" ", ""), match[2]) for cell in cells for match in _OF_CUSTOMER.finditer(cell)
    )


def is_holder(party: str, holders: frozenset[str]) -> bool:
    """Whether a party has the name of a holder, with or without a legal form and a place behind it."""
    if not holders or not party:
        return False
    return _bare(party) in holders


def names_few(parties: Sequence[str], holders: frozenset[str]) -> bool:
    """Whether the holder is the party of few movements; one of most is named by mistake."""
    return sum(is_holder(party, holders) for party in parties) * _MOST_SHARE <= max(_MOST_SHARE, len(parties))


def has_sister_account(texts: Iterable[str], customers: frozenset[tuple[str, str]]) -> bool:
    """Whether some text names another account of the same customer."""
    named = customers_in(texts) if customers else frozenset()
    return any(
        holder == customer and account != own for holder, own in customers for customer, account in named
    )


@lru_cache(maxsize=2_000)
def _firm(cell: str) -> str | None:
    words = to_words(_PLACE.sub("", cell).replace(".", "")).split()
    if not 2 <= len(words) <= _MOST_WORDS or words[-1] not in _FORMS or _BANK.search(" ".join(words)):
        return None
    return _bare(cell) or None


@lru_cache(maxsize=20_000)
def _bare(name: str) -> str:
    words = to_words(_PLACE.sub("", name).replace(".", "")).split()
    while len(words) > 1 and (words[-1] in _FORMS or words[-2:] == ["z", "oo"] or words[-1] == "oo"):
        words.pop()
    return " ".join(words)
