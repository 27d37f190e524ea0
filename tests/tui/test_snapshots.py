"""The main screens look as they did. After a change that is meant: python -m tests.tui.scenes --snapshots"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from textual.color import Color

from tests.tui.inbox import Inbox, opened
from tests.tui.scenes import (
    README,
    README_SIZE,
    SCENES,
    SIZES,
    FixedClient,
    draw,
    scene_data,
    snapshot,
)
from tui.theme import contrast

OF_THE_TERMINAL = {"ansi-dark", "ansi-light"}  # themes whose colours nobody knows


def words(svg: str) -> list[str]:
    """The lines of a picture, so that a difference can be read."""
    texts = re.findall(r"<text[^>]*\by=\"([0-9.]+)\"[^>]*>(.*?)</text>", svg)
    lines: dict[float, str] = {}
    for y, text in texts:
        lines[float(y)] = lines.get(float(y), "") + html.unescape(text).replace("\xa0", " ")
    return [lines[y].rstrip() for y in sorted(lines)]


@pytest.mark.parametrize("name", SCENES)
async def test_a_screen_looks_as_it_did_in_every_size(name: str) -> None:
    """The scenes take turns in the size that they begin in; a terminal that is resized shows what one of that size shows."""
    first = list(SCENES).index(name) % len(SIZES)
    pictures = await draw(name, *SIZES[first:], *SIZES[:first])
    for size, drawn in pictures.items():
        before = snapshot(name, size).read_text(encoding="utf-8")
        assert words(drawn) == words(before), size
        assert drawn == before, f"{size}: the words are the same: a colour, or a style, is not"


def test_the_readme_shows_scenes_that_are_tested() -> None:
    assert set(README) <= set(SCENES)
    assert README_SIZE in SIZES


async def test_every_theme_says_the_same_and_can_be_read() -> None:
    async with opened(FixedClient(scene_data()), size=(120, 36)) as inbox:
        await inbox.card()
        said = inbox.text()
        for name, theme in inbox.app.available_themes.items():
            inbox.app.theme = name
            await inbox.pilot.pause()
            assert inbox.text() == said, name
            if theme.name not in OF_THE_TERMINAL:
                assert not list(faint(inbox)), name


def faint(inbox: Inbox) -> Iterator[tuple[str, float]]:
    """The texts on the screen that hardly stand out from their ground."""
    for strip in inbox.app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if style and style.color and style.bgcolor and set(text) - set(" ─│▁▂▃▄▅▆▇"):
                front, ground = map(Color.from_rich_color, (style.color, style.bgcolor))
                if contrast(front, ground) < 3:
                    yield text, contrast(front, ground)
