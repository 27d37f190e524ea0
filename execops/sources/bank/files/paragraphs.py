"""A statement that tells every movement in lines of its own, `Date: …`, `Description: …`, `Amount: …`, as Santander UK's text does.

It is written anew as a table, each movement at the number of its first line, so that every other rule holds for it too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from execops.sources.bank.cells import headers

_LINE = re.compile(r"\s*(?P<name>[^\W\d_][^:]{1,30}?)\s*:\s*(?P<value>.*?)\s*$")
_MOST_NAMES = 12  # of a movement
_LEAST = 2  # movements


def as_table(lines: Sequence[str]) -> list[str] | None:
    """The lines of such a file with commas between the cells; None for any other file."""
    blocks: list[tuple[int, dict[str, str]]] = []
    names: list[str] = []
    for number, line in enumerate(lines):
        match = _LINE.match(line.replace("\u00a0", " "))
        if match is None:
            if line.strip() and blocks:
                return None
            continue
        name = headers.plain(match["name"])
        if "date" in headers.candidates([name]) and (not names or name == names[0]):
            blocks.append((number, {}))
            names = names or [name]
        if blocks:
            blocks[-1][1][name] = match["value"]
            names += [name] if name not in names else []
    roles = headers.candidates(names)
    if len(blocks) < _LEAST or len(names) > _MOST_NAMES or not {"amount", "debit", "credit"} & roles.keys():
        return None
    above = list(lines[: blocks[0][0]])
    # The header takes the place of a line above the first movement, so that each movement keeps its number.
    table = [*above[:-1], _written(names)] if above else [_written(names)]
    for number, values in blocks:
        table += ["\r\n"] * (number - len(table))
        table.append(_written([values.get(name, "") for name in names]))
    return table


def _written(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
