"""Words of a balance or a sum in a line that has none where movements have theirs: `Sub-total` in the column of accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.currencies import is_code
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.cells.unbooked import summary, tells_no_more

_WORDS = ("description", "payee", "payer", "merchant")
_OFTEN = 3  # lines with the same word in one column: it says something about movements


def frequent_words(below: Iterable[Sequence[str]]) -> frozenset[tuple[int, str]]:
    """The columns and the words that stand in several lines alike, such as the name of the account."""
    counts = Counter((at, cell.strip()) for cells in below for at, cell in enumerate(cells) if cell.strip())
    return frozenset(place for place, count in counts.items() if count >= _OFTEN)


def kind_elsewhere(
    cells: Sequence[str],
    columns: Mapping[str, int],
    more_texts: Sequence[int],
    frequent: frozenset[tuple[int, str]],
) -> str | None:
    """`opening`, `closing` or `total` for a line whose only words are the name of a balance or a sum; None for any other line."""
    if any(role in columns and cell_at(cells, columns[role]) for role in _WORDS):
        return None
    if any(cell_at(cells, at) for at in more_texts):
        return None
    for at, cell in enumerate(cells):
        text = cell.strip()
        is_word = any(map(str.isalpha, text)) and not (
            looks_like_amount(text) or is_date(text) or is_code(text)
        )
        if not is_word or (at, text) in frequent:
            continue
        kind = summary([text]) or ("total" if tells_no_more(text) else None)
        if kind in {"opening", "closing"} or (kind == "total" and tells_no_more(text)):
            return kind
    return None
