"""`execops inbox`. It loads only the modules that the first rows need, so the inbox opens fast."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cli import session

_SOON = ("textual.app", "tui.screens.inbox", "tui.app")


def open_inbox(*, readonly: bool, canvas: bool = False, wanted: str = "") -> None:
    """Run the inbox until the user leaves it, with the canvas open if asked for, and a filter `wanted`. Exits with an error without a terminal or a database."""
    # The start allocates objects that stay; the inbox resumes the collector after its first rows.
    session.run(_open(readonly=readonly, canvas=canvas, wanted=wanted), collects=False)


async def _open(*, readonly: bool, canvas: bool, wanted: str) -> None:
    from execops.errors import InvalidInputError

    if not session.interactive():
        if canvas:
            raise InvalidInputError(
                "The canvas needs a terminal, or a question.",
                hint='In scripts: execops canvas "QUESTION" --json',
            )
        raise InvalidInputError(
            "The inbox needs a terminal.", hint="In scripts: execops proposals list --json"
        )
    from execops.settings.keymap import load_keys, load_views
    from tui.habits import Habits
    from tui.keys import is_key

    settings = session.settings()
    keymap = load_keys(settings, is_key)
    async with session.client(wait=False, soon=_SOON) as client:
        from tui.app import run_inbox

        habits = Habits(
            advances=settings.after_decision == "next",
            views=load_views(settings),
            filter=wanted,
            theme=settings.theme or "",
            keep_theme=_keeping(settings.home),
        )
        await run_inbox(
            client,
            readonly=readonly,
            keymap=keymap,
            rings=settings.bell == "on",
            canvas=canvas,
            habits=habits,
        )


def _keeping(home: Path) -> Callable[[str], None]:
    def keep(theme: str) -> None:
        from execops.settings import config_file  # only once a person chooses another theme

        config_file.store(home / config_file.NAME, "theme", theme)

    return keep
