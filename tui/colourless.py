"""No colour at all, as NO_COLOR asks for: bold, underlined and reversed text tell what colours would."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter


class Colourless(LineFilter):
    """Takes every colour off the lines that are drawn. Textual's own filter leaves shades of grey."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """The same text and attributes without colours."""
        return [Segment(text, _plain(style) if style else None, control) for text, style, control in segments]


def _plain(style: Style) -> Style:
    return Style(
        bold=style.bold,
        italic=style.italic,
        underline=style.underline,
        reverse=style.reverse,
        strike=style.strike,
    )
