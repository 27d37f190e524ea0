"""The word lists and phrases that questions are read with: `words/*.toml`, from which `python -m tests.needles` makes
`words/entries.json`, loaded at the first question.

Every entry of a file carries an example: a question that is understood because of this entry. In a list, `{}` stands
in the example for each of its words. A test asks every example with and without its entry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from execops.canvas.ask.number_words import NUMBER
from execops.text.patterns import Pattern


@cache
def read(name: str) -> dict[str, Any]:
    """The entries of a file, a list of each kind; under `texts`, those that its patterns share."""
    entries: dict[str, Any] = _made("entries")[name]
    return entries


@cache
def words(name: str, kind: str) -> frozenset[str]:
    """All words of the entries of a kind."""
    return frozenset(word for entry in read(name)[kind] for word in entry["words"].split())


@cache
def pairs(name: str, kind: str) -> dict[str, str]:
    """Words, each with the word that takes its place."""
    return {word: meant for entry in read(name)[kind] for word, meant in entry["pairs"].items()}


@cache
def patterns(name: str, kind: str) -> list[Pattern]:
    """The patterns of the entries of a kind, in the file's order."""
    return [pattern(name, entry["pattern"]) for entry in read(name)[kind]]


@cache
def pattern(name: str, text: str, *, ignore_case: bool = False) -> Pattern:
    """One pattern of a file, with its needles."""
    whole = filled(text, read(name).get("texts", {}))
    return Pattern(whole, needles(whole), ignore_case=ignore_case)


def filled(text: str, texts: Mapping[str, str]) -> str:
    """A pattern's text. `<<name>>` in it stands for one of the file's `texts`, `<<number>>` for any number."""
    texts = {"number": NUMBER, **texts}
    while "<<" in text:
        text = re.sub(r"<<(\w+)>>", lambda match: str(texts[match[1]]), text)
    return text


def needles(pattern: str) -> Sequence[str]:
    """The strings of which a text must hold one for a pattern of the files to fit at all; none where none are known."""
    strings: list[str] = _made("needles").get(pattern, [])
    return strings


@cache
def _made(name: str) -> dict[str, Any]:
    """A file that `python -m tests.needles` makes of the word lists: JSON is read in a tenth of the time of TOML."""
    text = (files("execops.canvas.ask") / "words" / f"{name}.json").read_text(encoding="utf-8")
    made: dict[str, Any] = json.loads(text)
    return made
