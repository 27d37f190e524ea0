"""The line above the keys: short words about what happened, which cover nothing and go once they are answered."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from msgspec import Struct
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

SECONDS = {"information": 4.0, "warning": 8.0, "error": 10.0}
READ = 1.0  # seconds after which the next key answers a word
MOST = 3  # words that are shown together
_STYLES = {"information": "", "warning": "$text-warning", "error": "$text-error"}


class Word(Struct, frozen=True):
    """A short text, its severity, and its monotonic moment."""

    text: str
    severity: str
    at: float


class StatusLine(Static):
    """Shows the latest words, each for its time or until a key answers it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__("", id=id, markup=False)
        self._words: list[Word] = []
        self._timer: Timer | None = None

    def say(self, text: str, severity: str) -> None:
        """Show a text, clean by now; one that stands here already is shown anew."""
        words = [word for word in self._words if word.text != text]
        self._words = [*words, Word(text, severity, monotonic())][-MOST:]
        self._write()

    def answer(self) -> None:
        """The person pressed a key: whatever could be read by now goes."""
        self._keep(lambda word: monotonic() - word.at < READ)

    def _expire(self) -> None:
        self._keep(lambda word: monotonic() - word.at < SECONDS[word.severity])

    def _keep(self, stays: Callable[[Word], bool]) -> None:
        words = [word for word in self._words if stays(word)]
        if words != self._words:
            self._words = words
            self._write()

    def _write(self) -> None:
        lines = [Content.styled(word.text, _STYLES[word.severity]) for word in self._words]
        self.update(Content("\n").join(lines))
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._words:
            ends = min(word.at + SECONDS[word.severity] for word in self._words)
            self._timer = self.set_timer(max(0.0, ends - monotonic()) + 0.01, self._expire)
