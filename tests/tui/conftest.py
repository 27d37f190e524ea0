"""The inboxes of one process share their parsed style sheets, and draw no frame that nobody sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

_draw, _pause = Compositor.render_update, Pilot.pause


@pytest.fixture(scope="session", autouse=True)
def _parse_each_style_sheet_once() -> Iterator[None]:
    """Textual parses them anew for each app."""
    parse = Stylesheet._parse_rules
    parsed: dict[Any, list[RuleSet]] = {}

    def parse_once(self: Stylesheet, *text: Any, **place: Any) -> list[RuleSet]:
        key = (text, *(frozenset(names.items()) for names in (place, self._variables)))
        if key not in parsed:
            parsed[key] = parse(self, *text, **place)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture
def every_frame() -> None:
    """Draw sixty frames a second, as in a terminal."""


@pytest.fixture(autouse=True)
def _draw_at_pauses(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw what has changed at the end of each pause of the pilot, so after each key and each wait.

    Without a terminal, Textual draws sixty frames a second and throws them away: a third of the time of these tests.
    """
    if "every_frame" in request.fixturenames:
        return

    def leave_undrawn(self: Compositor, full: bool = False, **options: Any) -> Any:
        """Keep the regions that are to be drawn, unless the whole screen is asked for, as a picture."""
        return _draw(self, full, **options) if full else None

    async def pause(self: Pilot[Any], delay: float | None = None) -> None:
        await _pause(self, delay)
        app = self.app
        _draw(app.screen._compositor, screen_stack=app._background_screens)

    monkeypatch.setattr(Compositor, "render_update", leave_undrawn)
    monkeypatch.setattr(Pilot, "pause", pause)
