"""The codes of BAI2 and of ISO 20022 in a table: a balance or a sum stands in a line of its own.

Treasury reports of American banks have the ones, tables that a program made of CAMT.053 the others. Sources: BAI, Cash Management
Balance Reporting Specifications, version 2, appendix A: 001-099 account status, 100 and 400 the totals of credits and of debits,
900 and above for the bank's own use; ISO 20022, external code set ExternalBalanceType1Code.
"""

from __future__ import annotations

from collections.abc import Sequence

from execops.sources.bank.cells.headers import plain

_OPENING, _CLOSING = 10, 15
_FIRST_CREDIT = 100
_TOTALS = frozenset({100, 400})
_DIGITS = 3
_OF_ISO = {"OPBD": "opening", "PRCD": "opening", "CLBD": "closing"}
_OTHERS_OF_ISO = frozenset(
    {"ITBD", "XPCD", "OPAV", "CLAV", "ITAV", "FWAV"}
)  # interim, expected and available balances


def kind_by_code(header: Sequence[str], cells: Sequence[str]) -> str | None:
    """`opening`, `closing` or `total` for a line whose code is that of a balance or a sum; None for any other line."""
    for cell in cells:
        if kind := _OF_ISO.get(cell.strip()) or ("total" if cell.strip() in _OTHERS_OF_ISO else None):
            return kind
    for at, name in enumerate(header):
        if at >= len(cells) or "bai" not in plain(name).split():
            continue
        code = cells[at].strip()
        if not code.isascii() or not code.isdigit() or len(code) > _DIGITS:
            continue
        number = int(code)
        if number in {_OPENING, _CLOSING}:
            return "opening" if number == _OPENING else "closing"
        if number < _FIRST_CREDIT or number in _TOTALS:
            return "total"
    return None
