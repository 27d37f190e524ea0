"""An answer that is one number, or one a currency: in large digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.widgets import Digits, Static

from tui import chart
from tui.text import clean

if TYPE_CHECKING:
    from execops.canvas.result import Answer

_MOST = 3
HEIGHT = 5  # lines


class AnswerFigures(Horizontal):
    """Numbers in large digits, each with its name below."""

    def show(self, answer: Answer) -> int:
        """Show the numbers; returns how many there are."""
        self.remove_children()
        figures = figures_of(answer)
        self.mount(
            *(
                Vertical(Digits(number), Static(about, classes="figure-about", markup=False))
                for number, about in figures
            )
        )
        return len(figures)


def figures_of(answer: Answer) -> list[tuple[str, str]]:
    """Number and name of each row that is known; none where the answer is no number."""
    from execops.canvas.result import text

    at = chart.headline(answer)
    if answer.chart != "number" or at is None:
        return []
    column = answer.columns[at]
    currency = next(
        (at for at, unit in enumerate(c.unit for c in answer.columns) if unit == "currency"), None
    )
    figures = []
    for row in answer.rows[:_MOST]:
        if row[at] is not None:
            code = None if currency is None else row[currency]
            about = [column.name.replace("_", " ")]
            if column.unit != "money" and code:
                about.append(str(code))
            figures.append((clean(text(column, row[at], code)), clean(" · ".join(about))))
    return figures
