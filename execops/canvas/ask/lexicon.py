"""The word lists and phrases that questions are read with: `words/*.toml`, loaded at the first question.

Every entry of a file carries an example: a question that is understood because of this entry. In a list, `{}` stands
in the example for each of its words. A test asks every example with and without its entry.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection
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


class Pattern:
    """A pattern that is compiled only for a text that holds one of its needles: most fit no question at all.

    `needles` are strings of which every text that it fits holds one; with none, it is always tried.
    """

    __slots__ = ("_compiled", "_flags", "_needles", "_text")

    def __init__(self, text: str, needles: Collection[str], *, ignore_case: bool = False) -> None:
        self._text, self._needles = text, needles
        self._flags = re.IGNORECASE if ignore_case else 0
        self._compiled: re.Pattern[str] | None = None

    def search(self, text: str) -> re.Match[str] | None:
        """The first place where it fits."""
        return self._whole().search(text) if self._may_fit(text) else None

    def match(self, text: str) -> re.Match[str] | None:
        """Whether it fits the beginning."""
        return self._whole().match(text) if self._may_fit(text) else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Whether it fits the whole text."""
        return self._whole().fullmatch(text) if self._may_fit(text) else None

    def sub(self, by: str, text: str) -> str:
        """The text with `by` in the place of all that it fits."""
        return self._whole().sub(by, text) if self._may_fit(text) else text

    def _may_fit(self, text: str) -> bool:
        lower = text.lower()
        return not self._needles or any(needle in lower for needle in self._needles)

    def _whole(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self._text, self._flags)
        return self._compiled


@cache
def patterns(name: str, kind: str) -> list[Pattern]:
    """The patterns of the entries of a kind, in the file's order."""
    return [pattern(name, entry["pattern"]) for entry in read(name)[kind]]


def pattern(name: str, text: str, *, ignore_case: bool = False) -> Pattern:
    """One pattern of a file, with its needles."""
    whole = filled(name, text)
    return Pattern(whole, _needles().get(whole, ()), ignore_case=ignore_case)


def filled(name: str, text: str) -> str:
    """A pattern's text. `<<name>>` in it stands for a text under `[texts]`, `<<number>>` for any number."""
    texts = {"number": NUMBER} | read(name).get("texts", {})
    while "<<" in text:
        text = re.sub(r"<<(\w+)>>", lambda match: str(texts[match[1]]), text)
    return text


@cache
def _needles() -> dict[str, list[str]]:
    """The strings that a text must hold for each pattern to fit: see `python -m tests.needles`."""
    text = (files("execops.canvas.ask") / "words" / "needles.json").read_text(encoding="utf-8")
    needles: dict[str, list[str]] = json.loads(text)
    return needles
