"""The word lists and phrases that questions are read with: `words/*.toml`, loaded at the first question.

Every entry of a file carries an example: a question that is understood because of this entry. In a list, `{}` stands
in the example for each of its words. A test asks every example with and without its entry.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from execops.canvas.ask.number_words import NUMBER


@cache
def read(name: str) -> dict[str, Any]:
    """The entries of a file, a list of each kind; under `texts`, those that its patterns share."""
    text = (files("execops.canvas.ask") / "words" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def words(name: str, kind: str) -> frozenset[str]:
    """All words of the entries of a kind."""
    return frozenset(word for entry in read(name)[kind] for word in entry["words"].split())


@cache
def pairs(name: str, kind: str) -> dict[str, str]:
    """Words, each with the word that takes its place."""
    return {word: meant for entry in read(name)[kind] for word, meant in entry["pairs"].items()}


@cache
def patterns(name: str, kind: str) -> list[re.Pattern[str]]:
    """The patterns of the entries of a kind, in the file's order."""
    return [pattern(name, entry["pattern"]) for entry in read(name)[kind]]


def pattern(name: str, text: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """One pattern of a file. `<<name>>` in it stands for a text under `[texts]`, `<<number>>` for any number."""
    texts = {"number": NUMBER} | read(name).get("texts", {})
    while "<<" in text:
        text = re.sub(r"<<(\w+)>>", lambda match: str(texts[match[1]]), text)
    return re.compile(text, re.IGNORECASE if ignore_case else 0)
