"""The inbox's own theme, and how its colours of urgency are found in any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.color import Color
from textual.theme import Theme

CALM = Theme(
    name="execops",
    primary="#7fb0d6",
    secondary="#9aa7b8",
    accent="#7fb0d6",
    success="#8fbf8f",
    warning="#dcae66",
    error="#e67f78",
    foreground="#d3d9e1",
    background="#11151a",
    surface="#171c22",
    panel="#232a33",
    dark=True,
    variables={
        "execops-muted": "#8793a1",
        "execops-critical": "#ff8f87",
        "execops-high": "#e6b873",
        "execops-medium": "#a9c3da",
        "execops-low": "#8793a1",
        "scrollbar": "#323c48",
        "scrollbar-background": "#11151a",
        "scrollbar-background-hover": "#11151a",
        "scrollbar-background-active": "#11151a",
        "scrollbar-corner-color": "#11151a",
    },
)
_FROM = {
    "execops-critical": "error",
    "execops-high": "warning",
    "execops-medium": "primary",
    "text-error": "error",
    "text-warning": "warning",
    "text-success": "success",
    "text-primary": "primary",
}
_QUIET = ("execops-muted", "execops-low")
_READABLE = 4.5  # the contrast that WCAG 2 asks of text


def readable(variables: Mapping[str, str]) -> dict[str, str]:
    """Colours of a theme for text: its own, moved towards its foreground until they can be read on its grounds.

    A theme made of the terminal's own colours keeps them: nobody knows what they are.
    """
    names = ("foreground", "background", "surface", "panel")
    front, *grounds = (Color.parse(variables[name]) for name in names)
    if front.ansi is not None or any(ground.ansi is not None for ground in grounds):
        return {name: variables[of] for name, of in _FROM.items()} | dict.fromkeys(
            _QUIET, variables["foreground"]
        )
    colours = {name: _moved(Color.parse(variables[of]), front, grounds) for name, of in _FROM.items()}
    quiet = _moved(grounds[0].blend(front, 0.5), front, grounds)
    return colours | dict.fromkeys(_QUIET, quiet)


def contrast(one: Color, other: Color) -> float:
    """From 1, which cannot be read, to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _moved(color: Color, front: Color, grounds: Sequence[Color]) -> str:
    for tenth in range(10):
        mixed = color.blend(front, tenth / 10)
        if min(contrast(mixed, ground) for ground in grounds) >= _READABLE:
            return mixed.hex
    return front.hex


def _luminance(color: Color) -> float:
    parts = (value / 255 for value in color.rgb)
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
