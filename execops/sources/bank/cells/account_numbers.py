"""The number of the account that a table is of, where the table tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_DIGITS = 4  # of a number at the least
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_ROUNDED = re.compile(r"\d[.,]\d+E\+\d+")  # a long number as a spreadsheet shows it: its last digits are lost
_FEW = 3  # movements that may have one account in common by chance


def number_in(above: Iterable[str], accounts: Sequence[str]) -> str | None:
    """The number of the account: an IBAN above the table, or the one number in the column of the account."""
    ibans = {match[0].replace(" ", "") for cell in above for match in _IBAN.finditer(cell)}
    ibans = {iban for iban in ibans if _is_iban(iban)}
    if len(ibans) == 1:
        return ibans.pop()
    name = accounts[0].strip() if len(set(accounts)) == 1 and len(accounts) >= _FEW else ""
    return name if sum(map(str.isdigit, name)) >= _DIGITS and not _ROUNDED.fullmatch(name) else None


def _is_iban(iban: str) -> bool:
    """Whether its check digits are right, as ISO 13616 says."""
    return int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97 == 1
