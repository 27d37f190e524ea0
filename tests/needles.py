"""`python -m tests.needles`: write the canvas's words as JSON, and what the text must hold for each pattern to fit at all.

JSON is read in a tenth of the time of TOML. A pattern that cannot fit is never compiled, so a question starts fast. The longest strings of each pattern are kept of which
every match holds one; a pattern without such strings is left out, and is always tried.
"""

from __future__ import annotations

import json
import re._constants as kinds  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from execops.canvas.ask import lexicon

FOLDER = Path(lexicon.__file__).parent / "words"
_MOST = 40  # strings: beyond them, looking for each costs more than a pattern
_LEAST = 2  # letters; a sign may stand alone

# Words of many questions: a pattern that one of them lets in is compiled for nothing.
_COMMON = (
    "how much did we spend by vendor last month. what are the refunds per customer this quarter, by week"
)

Needles = frozenset[str]


def needles(pattern: str) -> Needles | None:
    """Strings of which every text that the pattern fits holds one, in lower case; None where there are none such."""
    best = _of_sequence(parser.parse(pattern))
    return best if best and len(best) <= _MOST and all(map(_tells, best)) else None


def _tells(needle: str) -> bool:
    """Whether a string is rare enough to be worth looking for."""
    return len(needle) >= _LEAST or not (needle.isalnum() or needle.isspace())


def _of_sequence(sequence: Iterable[Any]) -> Needles | None:
    """The best of what the parts of a sequence require, one after the other."""
    return max(filter(None, _parts(sequence)), key=_worth, default=None)


def _worth(strings: Needles) -> tuple[bool, bool, int, int]:
    """Strings that tell something, then rare ones before those that many questions hold, then long ones, then few."""
    is_rare = not any(string in _COMMON for string in strings)
    return all(map(_tells, strings)), is_rare, min(4, *map(len, strings)), -len(strings)


def _parts(sequence: Iterable[Any]) -> Iterator[Needles | None]:
    run = ""
    for kind, value in sequence:
        if kind is kinds.LITERAL:
            run += chr(value).lower()
            continue
        if run:
            yield frozenset([run])
        run = ""
        yield _required(kind, value)
    if run:
        yield frozenset([run])


def _required(kind: Any, value: Any) -> Needles | None:
    """The strings that one part requires; None for a part that may be missing, or be anything."""
    if kind is kinds.SUBPATTERN:
        return _of_sequence(value[-1])
    if kind is kinds.BRANCH:
        branches = [_of_sequence(branch) for branch in value[1]]
        return frozenset().union(*filter(None, branches)) if all(branches) else None
    if kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT}:
        return _of_sequence(value[2]) if value[0] > 0 else None
    if kind is kinds.ASSERT:  # what stands before or behind is in the text too
        return _of_sequence(value[1])
    return None


def all_entries() -> dict[str, dict[str, Any]]:
    """The entries of each file of word lists, by its name."""
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))
    }


def all_needles() -> dict[str, list[str]]:
    """The needles of every pattern in the word lists, by the pattern with its texts filled in."""
    return {
        text: sorted(strings)
        for file, kinds_of_entries in all_entries().items()
        for listed in kinds_of_entries.values()
        if isinstance(listed, list)
        for entry in listed
        if "pattern" in entry
        for text in [lexicon.filled(entry["pattern"], kinds_of_entries.get("texts", {}))]
        if (strings := needles(text))
    }


def written() -> dict[Path, str]:
    """The text of both files: an entry a line, and a pattern a line."""
    return {
        FOLDER / "entries.json": _object(
            (file, _object((kind, _lines(listed)) for kind, listed in entries.items()))
            for file, entries in all_entries().items()
        ),
        FOLDER / "needles.json": _object((text, _dense(strings)) for text, strings in all_needles().items()),
    }


def _object(members: Iterable[tuple[str, str]]) -> str:
    return "{\n" + ",\n".join(f"{json.dumps(name)}:{value.strip()}" for name, value in members) + "\n}\n"


def _lines(listed: Any) -> str:
    return "[\n" + ",\n".join(map(_dense, listed)) + "\n]" if isinstance(listed, list) else _dense(listed)


def _dense(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
