"""The style sheet that the dialogs over the inbox share. Textual reads it when the first of them opens."""

from __future__ import annotations

from pathlib import Path

DIALOGS = str(Path(__file__).with_name("dialogs.tcss"))
