"""An answer of the canvas in a chat: its first rows, its totals and its receipt, and why there is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from execops.client.questions import Understanding, cells, total_line
from execops.text import clean_block
from execops.text.links import without_sites

if TYPE_CHECKING:
    from execops.client.records import Answer

_ROWS = 10
_NUMBERS = frozenset({"money", "amounts", "count", "percent", "seconds", "months"})
_MARKUP = re.compile(r"[\\`<>\[\]]")  # of links, pictures and tags: a chat draws its text as Markdown


def answered(answer: Answer, understood: Understanding) -> str:
    """The answer as lines; a list has its first rows, and the state has all."""
    receipt = answer.receipt
    more = len(answer.rows) - _ROWS
    lines = [
        answer.title,
        *(f"- {_row(answer, row)}" for row in answer.rows[:_ROWS]),
        f"- and {more:,} more rows" if more > 0 else "",
        "" if answer.rows or answer.unknown else "Nothing in this period.",
        f"{total}." if (total := total_line(answer)) else "",
        f"Unknown: {answer.unknown}." if answer.unknown else "",
        f"Note: {receipt.note}." if receipt.note else "",
        *answer.step_notes,
        f"{receipt.cut.capitalize()}." if receipt.cut else "",
        f"Read as: {understood.read_as}" if understood.read_as else "",
        f"Picked by {receipt.picked_by} among the catalogue." if receipt.picked_by else "",
        ", ".join(part for part in (f"As of {receipt.today} ({receipt.time_zone})", receipt.words) if part)
        + ".",
    ]
    return _safe("\n".join(line for line in lines if line))


def refused(understood: Understanding) -> str:
    """Why there is no answer, and what to ask instead: a number picks one."""
    refusal = understood.refusal()
    if not understood.suggestions:
        return _safe(f"{refusal.message} {refusal.hint or ''}".strip())
    offers = (f"{number}. {offer.title}" for number, offer in enumerate(understood.suggestions, 1))
    return _safe("\n".join((f"{refusal.message} You can ask:", *offers)))


def _row(answer: Answer, row: tuple[Any, ...]) -> str:
    """The values of a row, each number with its name; an amount shows its currency."""
    values = [
        (column, value)
        for column, value in zip(answer.columns, cells(answer, row), strict=True)
        if column.unit != "currency"
    ]
    return ", ".join(
        f"{column.name.replace('_', ' ')} {value}" if column.unit in _NUMBERS else value
        for column, value in values
        if value
    )


def _safe(words: str) -> str:
    """Names come from outside: none of them is drawn as a link or a picture, or hides what stands beside it."""
    return _MARKUP.sub(r"\\\g<0>", without_sites(clean_block(words)))
