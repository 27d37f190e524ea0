"""`python -m tests.needles`: write what the text must hold for each pattern of the canvas's words to fit at all.

A pattern that cannot fit is never compiled, so a question starts fast. The longest strings of each pattern are kept of which
every match holds one; a pattern without such strings is left out, and is always tried.
"""

from __future__ import annotations

import json
import re._constants as kinds  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from execops.canvas.ask import lexicon

TARGET = Path(lexicon.__file__).parent / "words" / "needles.json"
_MOST = 40  # strings: beyond them, looking for each costs more than a pattern
_LEAST = 2  # letters

Needles = frozenset[str]


def needles(pattern: str) -> Needles | None:
    """Strings of which every text that the pattern fits holds one, in lower case; None where there are none such."""
    best = _of_sequence(parser.parse(pattern))
    return best if best and len(best) <= _MOST and min(map(len, best)) >= _LEAST else None


def _of_sequence(sequence: Iterable[Any]) -> Needles | None:
    """The best of what the parts of a sequence require, one after the other."""
    return max(filter(None, _parts(sequence)), key=_worth, default=None)


def _worth(strings: Needles) -> tuple[int, int]:
    return min(4, *map(len, strings)), -len(strings)


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


def all_needles() -> dict[str, list[str]]:
    """The needles of every pattern in the word lists, by the pattern with its texts filled in."""
    return {
        text: sorted(strings)
        for file in sorted(
            file.name
            for file in (files("execops.canvas.ask") / "words").iterdir()
            if file.name.endswith(".toml")
        )
        for listed in lexicon.read(file.removesuffix(".toml")).values()
        if isinstance(listed, list)
        for entry in listed
        if "pattern" in entry
        for text in [lexicon.filled(file.removesuffix(".toml"), entry["pattern"])]
        if (strings := needles(text))
    }


def written() -> str:
    """The file's text: a pattern a line."""
    lines = (
        f"{json.dumps(text)}:{json.dumps(strings, separators=(',', ':'))}"
        for text, strings in all_needles().items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(written(), encoding="utf-8")
