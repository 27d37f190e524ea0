"""An answer as a chart: what of it is drawn, and how plotext draws it into a number of cells.

The inbox's canvas and `execops canvas` share this; neither plotext nor a widget is loaded before something is drawn.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from math import floor, log10
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tui.text import clean

if TYPE_CHECKING:
    from execops.canvas.result import Answer

NUMBERS = frozenset({"money", "count", "percent", "seconds", "months"})
LEAST = 2  # points that a chart is worth
_MOST_BARS = 40
FRAME = 3  # lines of a bar chart that are no bar
_LABEL = 18  # cells
_TIME_LABEL = 30  # cells of a step of time: "2026-07-01 until 15 September"
_COARSE = frozenset({"linux", "dumb", "vt100", "vt220", "cons25"})  # terminals whose fonts have no Braille
_MARK = 0xE000  # private characters stand for labels while plotext, which counts characters, lays them out
_LIGHT = {ord(sign): "░" for sign in "█▇▆▅▄▃▂▌▐▀▉▊▋▍▎▏"}
_PARTIAL = re.compile(r"[^│┤|]*(?:so far|(?:from|until) \d+ [A-Z][a-z]+) *[│┤|]")
_PRIVATE = re.compile("[\ue000-\uf8ff]")


class Series(Struct, frozen=True, kw_only=True):
    """What one chart shows: amounts of several currencies never share an axis."""

    kind: str  # line | bar
    title: str
    currency: str
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    over_time: bool = False  # the latest values are last, and stay where not all fit
    partial: tuple[int, ...] = ()  # the places of the values that do not hold all days of their step


def series(answer: Answer) -> list[Series]:
    """The answer's charts, one a currency; none where there is nothing to draw."""
    at = headline(answer)
    if answer.chart not in {"line", "bar"} or at is None:
        return []
    return [
        Series(
            kind=answer.chart,
            over_time=isinstance(rows[-1][0], date),
            partial=tuple(place for place, row in enumerate(rows) if answer.mark(row[0])),
            title=clean(f"{answer.columns[at].name} {currency}".strip().replace("_", " ")),
            currency=currency,
            labels=tuple(f"{label(answer, row)} {answer.mark(row[0])}".rstrip() for row in rows),
            values=tuple(_number(answer.columns[at].unit, row[at], currency) for row in rows),
        )
        for currency, rows in _drawn_rows(answer)
        if sum(row[at] is not None for row in rows) >= LEAST
    ]


def _drawn_rows(answer: Answer) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """The rows of each currency. A line has a place for each step of time, so that a week without a row is a week wide."""
    from execops.canvas.catalogue import TIME_GROUPS

    groups = list(_by_currency(answer).items())
    if answer.chart != "line" or answer.receipt.params.get("group_by") not in TIME_GROUPS:
        return groups
    return [
        (currency, _with_steps(answer, rows) if all(isinstance(row[0], date) for row in rows) else rows)
        for currency, rows in groups
    ]


def _with_steps(answer: Answer, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    filled = rows[:1]
    for row in rows[1:]:
        step = answer.after(filled[-1][0])
        while step < row[0]:
            filled.append((step, *[None] * (len(row) - 1)))
            step = answer.after(step)
        filled.append(row)
    return filled


def not_drawn(answer: Answer, drawn: Sequence[Series]) -> str | None:
    """Say which currencies the charts leave out, for they have too few rows; None where nothing is drawn, or all is."""
    at = headline(answer)
    if at is None or not drawn:
        return None
    shown_ = {series_.currency for series_ in drawn}
    left_out = [
        currency or "amounts without a currency"
        for currency, rows in _by_currency(answer).items()
        if currency not in shown_ and any(row[at] is not None for row in rows)
    ]
    return f"not drawn: {', '.join(sorted(left_out))}; see the table" if left_out else None


def headline(answer: Answer) -> int | None:
    """The column that the answer is about: of the metric's unit, the last among amounts, else the first."""
    from execops.canvas import catalogue

    metric = catalogue.load().get(answer.metric)
    units = [column.unit for column in answer.columns]
    for wanted in ({metric.unit} & NUMBERS if metric else set(), {"money"}, NUMBERS):
        places = [at for at, unit in enumerate(units) if unit in wanted]
        if places:
            names = [answer.columns[at].name for at in places]
            named = next((name for name in ("mrr", "churned") if name in names), None)
            return places[names.index(named)] if named else places[-1 if "money" in wanted else 0]
    return None


def label(answer: Answer, row: tuple[Any, ...]) -> str:
    """What a row is called, on one line."""
    from execops.canvas import result

    return clean(result.label(answer, row)) or "-"


def draw(answer: Answer, width: int, *, height: int = 12) -> str:
    """All charts of an answer, one below the other; '' where there is none."""
    drawn, drawings = [], series(answer)
    for drawing in drawings:
        lines = min(len(drawing.values), _MOST_BARS) + FRAME if drawing.kind == "bar" else height
        title = (
            f"{answer.title}: {drawing.title}{cut_words(drawing, _MOST_BARS)}"[:width].center(width).rstrip()
        )
        drawn.append(f"{title}\n{draw_one(drawing, width, lines)}")
    if left_out := not_drawn(answer, drawings):
        drawn.append(clean(f"{left_out[0].upper()}{left_out[1:]}."))
    return "\n".join(drawn)


def bars_in(height: int) -> int:
    """How many bars fit into so many lines."""
    return max(0, min(_MOST_BARS, height - FRAME))


def shown(series_: Series, most: int) -> slice:
    """The bars that are drawn of so many at most: the latest ones, or else the first."""
    count = len(series_.values)
    return slice(max(0, count - most), None) if series_.over_time else slice(most)


def cut_words(series_: Series, most: int) -> str:
    """Say which bars are drawn where not all are: `, the latest 40 of 90`; empty for a whole chart."""
    count = len(series_.values)
    if series_.kind != "bar" or count <= most:
        return ""
    return f", the {'latest' if series_.over_time else 'first'} {most} of {count}"


def draw_one(series_: Series, width: int, height: int) -> str:
    """One chart, in exactly so many cells; bars that do not fit are left out: see `shown`."""
    import plotext

    figure = plotext.figure
    figure.clear()
    plotext.terminal.limit(False, False)  # the cells given count, not the size of a terminal
    try:
        figure.theme("colorless")
        figure.plot_size(width, height)
        marks = (_draw_bars if series_.kind == "bar" else _draw_line)(figure, series_, width, height)
        text = str(plotext.uncolorize(str(figure.build()))).rstrip("\n")
    finally:
        figure.clear()  # the figure is the library's own: what is left would be drawn again
    for mark, meant in marks.items():
        text = text.replace(mark, meant)
    lines = [line.rstrip() for line in text.split("\n")]
    if series_.kind == "bar" and series_.partial:  # their labels are the only ones that end so
        lines = [line.translate(_LIGHT) if _PARTIAL.match(line) else line for line in lines]
    return "\n".join(lines)


def _draw_bars(figure: Any, series_: Series, width: int, height: int) -> dict[str, str]:  # noqa: ANN401
    """One line a bar, the first on top."""
    kept = shown(series_, bars_in(height))
    count = len(series_.values[kept])
    values = [value or 0.0 for value in series_.values[kept]][::-1]
    room = min(_TIME_LABEL, width * 2 // 5) if series_.over_time else min(_LABEL, width // 3)
    names, marks = _marked(series_.labels[kept][::-1], room)
    figure.draw(figure.bar(names, values, orientation="h", width=0.2))
    # Each bar is exactly one line: other limits let a bar be drawn over its neighbour's line.
    figure.ruler("y").lim(1, count) if count > 1 else figure.ruler("y").lim(0.5, 1.5)
    low, high = min(0.0, *values), max(0.0, *values)
    places = ticks(low, high if high > low else 1.0, max(2, width // 14))
    figure.ruler("x").lim(places[0] if low < 0 else 0.0, max(places[-1], high))
    figure.ruler("x").ticks(places, [short(place) for place in places])
    return marks


def _draw_line(figure: Any, series_: Series, width: int, height: int) -> dict[str, str]:  # noqa: ANN401
    """Points in their order; what is not known is left out."""
    points = [(at, value) for at, value in enumerate(series_.values, 1) if value is not None]
    heights = [value for _, value in points] or [0.0]
    low, high = min(heights), max(heights)
    if low > 0 and low < high * 0.6:
        low = 0.0
    if low == high:
        low, high = min(0.0, low), max(0.0, high) or 1.0
    places = ticks(low, high, max(2, (height - 2) // 2))
    figure.draw(figure.signal([at for at, _ in points] or [1], heights, marker=_marker()).lines())
    inside = [place for place in places if low <= place <= high]
    places = inside if len(inside) > 1 else places
    figure.ruler("y").lim(min(low, places[0]), max(high, places[-1]))
    figure.ruler("y").ticks(places, [short(place) for place in places])
    names, marks = _marked(series_.labels, 10)
    step = max(1, -(-len(names) * 13 // max(13, width)))
    figure.ruler("x").lim(1, max(2, len(names)))
    figure.ruler("x").ticks(list(range(1, len(names) + 1))[::step], names[::step])
    return marks


def _marker() -> str:
    """The finest signs for a line that the terminal has: eight dots a cell, or four where its font has no Braille."""
    return "hd" if os.environ.get("TERM", "") in _COARSE else "braille"


def _marked(labels: tuple[str, ...], cells: int) -> tuple[list[str], dict[str, str]]:
    """For each label a stand-in as long as the label is wide, and what each of them stands for."""
    from rich.cells import cell_len, set_cell_size

    if all(label.isascii() for label in labels):
        return [label if len(label) <= cells else label[: cells - 1] + "…" for label in labels], {}
    marked: list[str] = []
    for at, label in enumerate(labels):
        meant = _PRIVATE.sub("", label)
        meant = meant if cell_len(meant) <= cells else set_cell_size(meant, cells - 1).rstrip() + "…"
        marked.append(chr(_MARK + at % 6000) * max(1, cell_len(meant)))
        labels = (*labels[:at], meant, *labels[at + 1 :])
    return marked, dict(zip(marked, labels, strict=True))


def _by_currency(answer: Answer) -> dict[str, list[tuple[Any, ...]]]:
    at = next((i for i, column in enumerate(answer.columns) if column.unit == "currency"), None)
    groups: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in answer.rows:
        groups["" if at is None else str(row[at] or "")].append(row)
    return groups


def _number(unit: str, value: Any, currency: str) -> float | None:  # noqa: ANN401
    from execops.money import Money

    if value is None:
        return None
    return float(Money(value, currency).major) if unit == "money" else float(value)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from `low` to `high`, at most so many."""
    span = high - low
    size = 10.0 ** floor(log10(span / most))
    step = next(size * factor for factor in (1, 2, 5, 10, 20) if span / (size * factor) <= most)
    first = floor(low / step)
    return [round(number * step, 10) for number in range(first, floor(high / step + 1e-9) + 1)]


def short(value: float) -> str:
    """A number on a scale: `2.5k`."""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"
