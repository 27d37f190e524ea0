"""QIF, the old file of Quicken: one letter a line, `^` after each movement. It tells no currency and no year's order.

The form: https://en.wikipedia.org/wiki/Quicken_Interchange_Format.
"""

from __future__ import annotations

import re

from execops.sources.bank.standards.one_account import require_end

# The accounts whose movements are money of a bank or a card; investments and lists of categories are none.
_ACCOUNTS = re.compile(r"^!type:(bank|ccard|cash|oth [al])", re.IGNORECASE)
HEADER = ("Date", "Amount", "Payee", "Memo", "Category", "Number", "Status")
_LETTERS = {"D": 0, "T": 1, "U": 1, "P": 2, "M": 3, "L": 4, "N": 5}


def qif_records(text: str) -> list[tuple[int, list[str]]]:
    """The movements as the records of a table, below HEADER: the number of their first line, and their cells.

    Raises InvalidInputError for a file that ends within a line of a movement.
    """
    records: list[tuple[int, list[str]]] = [(1, list(HEADER))]
    cells, first, inside = [""] * len(HEADER), 0, False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("!"):
            inside = bool(_ACCOUNTS.match(line)) if line.casefold().startswith("!type:") else inside
        elif line.startswith("^"):
            if inside and any(cells):
                records.append((first, cells))
            cells, first = [""] * len(HEADER), 0
        elif line and line[0] in _LETTERS:
            first = first or number
            value = line[1:].strip()
            at = _LETTERS[line[0]]
            # Quicken writes 11/14'26 for years from 2000 on.
            cells[at] = (
                re.sub(r"\s*'\s*(\d\d)$", r"/20\1", re.sub(r"(?<=/)\s+", "", value))
                if at == 0
                else cells[at] or value
            )
    if inside and any(cells):
        require_end(text.endswith(("\n", "\r")))
        records.append((first, cells))
    return records
