"""Accounts of one customer, which UBS numbers alike: `0230 00123456.60E` and `0230 00123456.01A`."""

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
