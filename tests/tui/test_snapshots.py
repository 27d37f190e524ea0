"""The main screens look as they did. After a change that is meant: python -m tests.tui.scenes --snapshots"""

from __future__ import annotations

import html
import re

import pytest

from tests.tui.inbox import opened
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


def words(svg: str) -> list[str]:
    """The lines of a picture, so that a difference can be read."""
    texts = re.findall(r"<text[^>]*\by=\"([0-9.]+)\"[^>]*>(.*?)</text>", svg)
    lines: dict[float, str] = {}
    for y, text in texts:
        lines[float(y)] = lines.get(float(y), "") + html.unescape(text).replace("\xa0", " ")
    return [lines[y].rstrip() for y in sorted(lines)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
async def test_a_screen_looks_as_it_did(name: str, size: tuple[int, int]) -> None:
    drawn = await draw(name, size)
    kept = snapshot(name, size).read_text(encoding="utf-8")
    assert words(drawn) == words(kept)
    assert drawn == kept, "the words are the same: a colour, or a style, is not"


def test_the_readme_shows_scenes_that_are_tested() -> None:
    assert set(README) <= set(SCENES)
    assert README_SIZE in SIZES


async def test_every_theme_says_the_same() -> None:
    async with opened(FixedClient(scene_data()), size=(120, 36)) as inbox:
        await inbox.card()
        said = inbox.text()
        for theme in inbox.app.available_themes:
            inbox.app.theme = theme
            await inbox.pilot.pause()
            assert inbox.text() == said, theme
