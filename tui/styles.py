"""Style sheets that the first frame of the inbox does without. A part reads its own before it mounts its widgets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.app import App

# All dialogs share it. The first one that opens reads it.
DIALOGS = str(Path(__file__).with_name("screens") / "dialogs.tcss")


def read(app: App[Any], sheet: Path) -> None:
    """Add a style sheet to the app's; widgets that are mounted from now on follow it."""
    app.stylesheet.add_source(sheet.read_text(encoding="utf-8"), (str(sheet), ""))
