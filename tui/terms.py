"""The terms of the filter: words, and fields such as `urgency:high` or `play:card`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct
from textual.suggester import Suggester

from execops.model import Urgency
from execops.proposals.listing import Summary

FIELDS: Mapping[str, Callable[[Summary], str]] = {
    "urgency": lambda summary: summary.urgency,
    "vertical": lambda summary: summary.vertical,
    "play": lambda summary: summary.play,
    "status": lambda summary: summary.effective_status,
}


class Terms(Struct, frozen=True):
    """All words, and all fields, must match; of a field's values, separated by commas, one begins its own."""

    words: tuple[str, ...] = ()
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.fields)

    def match(self, summary: Summary, text: str) -> bool:
        """Whether a row, which reads so, is asked for."""
        return all(word in text for word in self.words) and all(
            FIELDS[name](summary).casefold().startswith(values) for name, values in self.fields
        )


def parse(text: str) -> Terms:
    """The terms of what was typed; `u:h` is `urgency:high`. Everything that names no field is a word."""
    words: list[str] = []
    fields: list[tuple[str, tuple[str, ...]]] = []
    for part in text.casefold().split():
        head, colon, value = part.partition(":")
        name = _field(head) if colon else None
        if name is None:
            words.append(part)
        elif values := tuple(part for part in value.split(",") if part):
            fields.append((name, values))
    return Terms(tuple(words), tuple(fields))


class TermSuggester(Suggester):
    """Completes the last term: a field's name, then the values that there are."""

    def __init__(self, rows: Callable[[], Iterable[Summary]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._rows = rows

    async def get_suggestion(self, value: str) -> str | None:
        """All that is typed, with its last term completed."""
        last = value.rpartition(" ")[2]
        head, colon, begun = last.partition(":")
        if not last:
            return None
        if not colon:
            field = next((name for name in FIELDS if name.startswith(head.casefold())), None)
            return None if field is None else f"{value}{field[len(head) :]}:"
        name = _field(head.casefold())
        if name is None:
            return None
        begun = begun.rpartition(",")[2].casefold()
        values = list(Urgency) if name == "urgency" else sorted({FIELDS[name](row) for row in self._rows()})
        choice = next((choice for choice in values if choice.startswith(begun)), None)
        return None if choice is None else value + choice[len(begun) :]


def _field(head: str) -> str | None:
    return next((name for name in FIELDS if head and name.startswith(head)), None)
