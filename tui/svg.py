"""An answer's charts as one SVG picture: the same bars, lines and scales as in the terminal, for a page or a mail."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tui.chart import Series, cut_words, not_drawn, series, short, shown, ticks
from tui.text import clean

if TYPE_CHECKING:
    from execops.canvas.result import Answer

_WIDTH, _LEFT, _RIGHT = 800, 200, 40  # pixels
_BAR, _GAP, _PLOT = 16, 8, 240
_MOST = 40  # bars
_LETTERS = 30  # of a label
_INK, _MUTED, _FILL = "#1f2933", "#7b8794", "#3a6ea5"


def picture(answer: Answer) -> str:
    """The charts of an answer, one a currency, below each other; '' where there is nothing to draw."""
    top, parts = 34.0, list[str]()
    drawings = series(answer)
    for drawing in drawings:
        head = _text(12, top, f"{answer.title}: {drawing.title}{cut_words(drawing, _MOST)}", size=15)
        body, height = _bars(drawing, top + 18) if drawing.kind == "bar" else _line(drawing, top + 18)
        parts += [head, *body]
        top += height + 60
    if not parts:
        return ""
    notes = [f"As of {answer.receipt.today} ({answer.receipt.time_zone}), {answer.receipt.words}"]
    notes += answer.step_notes
    if cut := answer.receipt.cut:
        notes.append(f"{cut[0].upper()}{cut[1:]}.")
    if left_out := not_drawn(answer, drawings):
        notes.append(f"{left_out[0].upper()}{left_out[1:]}.")
    for note in notes:
        parts.append(_text(12, top - 10, note, colour=_MUTED))
        top += 18
    title = f"<title>{_safe(answer.title)}</title>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{top:.0f}" viewBox="0 0 {_WIDTH} {top:.0f}"'
        f' font-family="sans-serif">\n{title}\n<rect width="100%" height="100%" fill="#ffffff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _bars(drawing: Series, top: float) -> tuple[list[str], float]:
    """One line a bar, from zero, the first on top; the elements and their height."""
    kept = shown(drawing, _MOST)
    labels, values = drawing.labels[kept], [value or 0.0 for value in drawing.values[kept]]
    low, high = min(0.0, *values), max(0.0, *values)
    places = ticks(low, high if high > low else 1.0, 6)
    low, high = min(low, places[0]), max(high, places[-1])
    height = len(values) * (_BAR + _GAP)

    def across(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    parts = [_rule(across(place), top, across(place), top + height) for place in places]
    parts += [_text(across(place), top + height + 16, short(place), anchor="middle") for place in places]
    for number, (label, value) in enumerate(zip(labels, values, strict=True)):
        at = top + number * (_BAR + _GAP) + _GAP / 2
        start, end = sorted((across(0.0), across(value)))
        partial = number + (kept.indices(len(drawing.values))[0]) in drawing.partial
        style = f'fill="#ffffff" stroke="{_FILL}" stroke-dasharray="4 3"' if partial else f'fill="{_FILL}"'
        parts.append(
            f'<rect x="{start:.1f}" y="{at:.1f}" width="{end - start:.1f}" height="{_BAR}" {style}/>'
        )
        parts.append(_text(_LEFT - 8, at + _BAR - 4, label, anchor="end"))
    return parts, height


def _line(drawing: Series, top: float) -> tuple[list[str], float]:
    """Points in their order, from zero unless they are negative; the elements and their height."""
    points = [(at, value) for at, value in enumerate(drawing.values) if value is not None]
    heights = [value for _, value in points] or [0.0]
    low, high = min(0.0, *heights), max(0.0, *heights)
    places = ticks(low, high if high > low else 1.0, 5)
    low, high = min(low, places[0]), max(high, places[-1], low + 1e-9)
    last = max(1, len(drawing.values) - 1)

    def across(at: float) -> float:
        return _LEFT + at / last * (_WIDTH - _LEFT - _RIGHT)

    def down(value: float) -> float:
        return top + _PLOT - (value - low) / (high - low) * _PLOT

    parts = [_rule(_LEFT, down(place), _WIDTH - _RIGHT, down(place)) for place in places]
    parts += [_text(_LEFT - 8, down(place) + 4, short(place), anchor="end") for place in places]
    step = max(1, -(-len(drawing.labels) // 8))
    parts += [
        _text(across(at), top + _PLOT + 18, label, anchor="middle")
        for at, label in list(enumerate(drawing.labels))[::step]
    ]
    path = " ".join(f"{across(at):.1f},{down(value):.1f}" for at, value in points)
    parts.append(f'<polyline points="{path}" fill="none" stroke="{_FILL}" stroke-width="2"/>')
    parts += [
        f'<circle cx="{across(at):.1f}" cy="{down(value):.1f}" r="3" fill="{_FILL}"/>' for at, value in points
    ]
    return parts, _PLOT


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12, colour: str = _INK) -> str:
    label = text if anchor != "end" or len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">{_safe(label)}</text>'


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#d8dee4"/>'


def _safe(text: str) -> str:
    """The text as a part of XML: without characters that no XML may hold."""
    return escape(clean(text, limit=1000))
