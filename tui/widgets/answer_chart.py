"""The charts of an answer: drawn for the cells there are, each time anew, so that nothing is kept of an old size."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import set_cell_size
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui import chart
from tui.chart import Series

LEAST_HEIGHT = 7  # lines that a chart and its title are worth
_LEAST_WIDTH = 36  # cells
_LINE = 13  # lines that a curve takes at most
_DRAWN = re.compile("([▀-▟░]+)")
_MUTED, _CURVE = "$execops-muted", "$text-primary"


class AnswerChart(Widget):
    """One chart a currency: below each other or side by side where they fit, else that of the row under the cursor."""

    currency: reactive[str] = reactive("")

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self.series: Sequence[Series] = ()

    def show(self, series: Sequence[Series]) -> None:
        """Show these."""
        self.series = series
        self.currency = series[0].currency if series else ""
        self.refresh()

    def wanted(self) -> int:
        """The lines that all charts would take."""
        return sum(_wanted(series) for series in self.series)

    def render(self) -> Content:
        """The charts, in as many cells as there are."""
        width, height = self.size
        if not self.series or width < 20 or height < LEAST_HEIGHT - 1:
            return Content("")
        count = len(self.series)
        heights = _shared(height, [_wanted(series) for series in self.series])
        if min(heights) >= LEAST_HEIGHT or height >= self.wanted():
            drawn = [
                line
                for series, own in zip(self.series, heights, strict=True)
                for line in _lines(series, width, own)
            ]
        elif width // count >= _LEAST_WIDTH:
            own = width // count - 1
            columns = [_lines(series, own, height) for series in self.series]
            drawn = [
                " ".join(set_cell_size(cell, own) for cell in line).rstrip()
                for line in zip(*columns, strict=True)
            ]
        else:
            at = next((at for at, series in enumerate(self.series) if series.currency == self.currency), 0)
            drawn = _lines(self.series[at], width, height, f" ({at + 1} of {count}: the row's)")
        return Content("\n").join([_content(line) for line in drawn])


def _wanted(series: Series) -> int:
    return 1 + (len(series.values) + chart.FRAME if series.kind == "bar" else _LINE)


def _shared(height: int, wanted: Sequence[int]) -> list[int]:
    """The lines of each: what it wants while there is enough, else less of the largest."""
    shares = list(wanted)
    while sum(shares) > height and max(shares) > 1:
        shares[shares.index(max(shares))] -= 1
    return shares


def _lines(series: Series, width: int, height: int, note: str = "") -> list[str]:
    """A title, and the chart in the lines below it."""
    room = height - 1
    if series.kind == "bar":
        room = min(room, len(series.values) + chart.FRAME)
    more = chart.cut_words(series, chart.bars_in(room))
    lines = [
        set_cell_size(f"{series.title}{more}{note}", width).rstrip(),
        *chart.draw_one(series, width, room).split("\n"),
    ]
    return [*lines, *[""] * (height - len(lines))][:height]


def _content(line: str) -> Content:
    parts = _DRAWN.split(line)
    return Content.assemble(*((part, _CURVE if at % 2 else _MUTED) for at, part in enumerate(parts) if part))
