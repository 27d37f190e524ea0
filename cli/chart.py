"""A chart of an answer, drawn with plotext over its table."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from execops.canvas.catalogue import Column
    from execops.canvas.result import Answer

_NUMBERS = frozenset({"money", "count", "percent", "seconds", "months"})
_LEAST, _MOST = 2, 40  # points that a chart is worth, and those that it has room for


def draw(answer: Answer, width: int, *, height: int = 12) -> str:
    """The answer's charts, one a currency: amounts of several never share an axis. '' where there is none."""
    if answer.chart not in {"line", "bar"}:
        return ""
    value = _drawn(answer)
    if value is None:
        return ""
    return "\n".join(
        _one(answer, title, rows[:_MOST] if answer.chart == "bar" else rows, value, width, height)
        for title, rows in _by_currency(answer).items()
        if len(rows) >= _LEAST
    )


def _drawn(answer: Answer) -> int | None:
    """The column to draw: what the answer is about stands last among the amounts, else the first number."""
    units = [each.unit for each in answer.columns]
    for wanted in ({"money"}, _NUMBERS):
        found = [at for at, unit in enumerate(units) if unit in wanted]
        if found:
            names = [answer.columns[at].name for at in found]
            preferred = {"mrr", "churned"} & set(names)
            return found[names.index(preferred.pop())] if preferred else found[-1 if "money" in wanted else 0]
    return None


def _by_currency(answer: Answer) -> dict[str, list[tuple[Any, ...]]]:
    at = next((i for i, each in enumerate(answer.columns) if each.unit == "currency"), None)
    groups: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in answer.rows:
        groups["" if at is None else str(row[at])].append(row)
    return groups


def _one(
    answer: Answer, currency: str, rows: list[tuple[Any, ...]], value: int, width: int, height: int
) -> str:
    import plotext

    from execops.canvas.result import text
    from execops.text import clean_line

    column = answer.columns[value]
    labels = [clean_line(text(_label(answer), row[0], None) or "-", limit=16) for row in rows]
    heights = [_number(column, row[value], currency) for row in rows]
    figure = plotext.figure
    figure.clear()
    try:
        figure.theme("colorless")
        figure.plot_size(max(30, width), height)
        figure.title(f"{answer.title}: {column.name} {currency}".strip())
        if answer.chart == "bar":
            figure.draw(figure.bar(labels, heights))
        else:
            places = list(range(1, len(rows) + 1))
            figure.draw(figure.signal(places, heights).lines())
            step = max(1, -(-len(rows) * 12 // max(30, width)))
            figure.ruler("x").ticks(places[::step], labels[::step])
        return str(plotext.uncolorize(str(figure.build())))
    finally:
        figure.clear()  # the figure is the library's own: what is left would be drawn again


def _label(answer: Answer) -> Column:
    return answer.columns[0]


def _number(column: Column, value: Any, currency: str) -> float:  # noqa: ANN401
    from execops.money import Money

    if value is None:
        return 0.0
    return float(Money(value, currency).major) if column.unit == "money" else float(value)
