"""Accounts of one customer: UBS numbers them alike, `0230 00123456.60E` and `0230 00123456.01A`; a British branch has one sort code.

Many customers have an account at one branch. So a movement to it stays with the holder only where the bank calls it a transfer
of funds, and where nothing but the account stands in the place of a reference: a supplier is paid with a reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"\b(\d{4} ?\d{6,8})\.(\d{2}[A-Z0-9]?)\b")


def accounts_in(texts: Iterable[str]) -> frozenset[tuple[str, str]]:
    """The accounts in some texts: the number of the customer, and that of the account."""
    return frozenset(
        (match[1].replace(" ", ""), match[2]) for text in texts for match in _NUMBER.finditer(text)
    )


def names_sister(texts: Iterable[str], accounts: frozenset[tuple[str, str]]) -> bool:
    """Whether some text names another account of a customer of these accounts."""
    named = accounts_in(texts) if accounts else frozenset()
    customers = {customer for customer, _ in accounts}
    return any(customer in customers and (customer, number) not in accounts for customer, number in named)


_BRITISH = r"(?P<branch>\d\d-\d\d-\d\d) ?(?P<number>\d{8})"
_OF_ACCOUNT = re.compile(_BRITISH)
_TO_ACCOUNT = re.compile(rf"(?:^|\t|\s{{2,}}){_BRITISH}(?: FT)?$")
_TO_NUMBER = re.compile(r"(?:to|from) a/c \d{8}\b", re.IGNORECASE)
_FUNDS = frozenset({"funds transfer", "account transfer", "internal transfer"})


def moves_within_branch(account: str, text: str, labels: Iterable[str]) -> bool:
    """Whether a text has another account of the branch at which `account` is, without a reference, in a transfer of funds."""
    if _TO_NUMBER.match(text) and any(label.strip().casefold() == "tfr" for label in labels):
        return True  # Lloyds pays others by a code of its own
    own, party = _OF_ACCOUNT.fullmatch(account.strip()), _TO_ACCOUNT.search(text)
    if own is None or party is None or _FUNDS.isdisjoint(label.strip().casefold() for label in labels):
        return False
    return own["branch"] == party["branch"] and own["number"] != party["number"]
