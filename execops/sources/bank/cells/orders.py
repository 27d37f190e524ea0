"""The decimal mark of a whole file, and the order of day, month and year in its dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from execops.sources.bank.cells.amounts import decimal_mark
from execops.sources.bank.cells.dates import is_year_first, order_of, order_of_all
from execops.sources.bank.doubts import DoubtError


def decimal_of_all(cells: Iterable[str], delimiter: str) -> str:
    """The decimal mark of all amounts of a file. Raises DoubtError where nothing tells it.

    Groups of three digits alone are thousands where the file separates its cells by the same comma, or by a semicolon as
    files with decimal commas do: no currency of a statement has three decimals, but for a few.
    """
    marks = Counter(mark for cell in cells if (mark := decimal_mark(cell)))
    if marks["."] and marks[","]:
        raise DoubtError(
            "Some amounts have a decimal point, others a decimal comma.",
            hint="Choose one: --decimal . or --decimal ,",
            option="decimal",
            values=(".", ","),
        )
    if marks["."] or marks[","]:
        return "." if marks["."] else ","
    groups = {mark for mark in ".," if marks[f"?{mark}"]}
    if not groups:
        return "."
    if len(groups) == 1:
        mark = groups.pop()
        if (mark, delimiter) in {(",", ","), (".", ";")}:
            return "." if mark == "," else ","
    raise DoubtError(
        "Amounts such as 1,234 may be a thousand or a bit more than one.",
        hint="Choose one: --decimal . or --decimal ,",
        option="decimal",
        values=(".", ","),
    )


def proves_decimal(money: Iterable[str]) -> bool:
    """Whether some amount shows the decimal mark for certain."""
    return any(decimal_mark(cell) in {".", ","} for cell in money)


def order_of_days(cells: Sequence[str], today: date | None, decimal: str | None) -> str | None:
    """The order of day and month: what one date proves, else the only one in which the dates are sorted and past.

    Nobody who writes a decimal comma writes the month first. A year of two digits may stand first too: `26/03/02`. Raises
    DoubtError.
    """
    if (year_first := is_year_first(cells, today)) is not None:
        if year_first:
            return "ymd"
        raise DoubtError(
            "The dates may begin with the year or with the day.",
            hint="Choose one: --date-format YY/MM/DD or --date-format DD/MM/YY",
            option="date_format",
            values=tuple(re.sub(r"[/.-]", _mark(cells), text) for text in ("YY/MM/DD", "DD/MM/YY")),
        )
    orders = Counter(order for cell in cells if (order := order_of(cell)))
    if orders["dmy"] and orders["mdy"]:
        fault = "mix day/month and month/day"
    elif orders["?"] and not (orders["dmy"] or orders["mdy"]):
        if order := order_of_all(cells, today):
            return order
        if decimal == ",":
            return "dmy"
        fault = "may be day/month or month/day"
    else:
        return "dmy" if orders["dmy"] else "mdy" if orders["mdy"] else None
    raise DoubtError(
        f"The dates {fault}.",
        hint="Choose one: --date-format DD/MM/YYYY or --date-format MM/DD/YYYY",
        option="date_format",
        values=("DD/MM/YYYY", "MM/DD/YYYY"),
    )


def _mark(cells: Sequence[str]) -> str:
    """The mark between the numbers of dates."""
    return next((mark for cell in cells for mark in "/.-" if mark in cell), "/")
