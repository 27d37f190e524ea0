"""What every dialog over the inbox shares: its styles."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from textual.screen import ModalScreen

_Answer = TypeVar("_Answer")


class Dialog(ModalScreen[_Answer]):
    """A dialog that ends with an answer. Its styles are read when the first one opens."""

    CSS_PATH = str(Path(__file__).with_name("dialog.tcss"))
