"""Patterns that are compiled once a text may fit them: compiling a pattern takes longer than most commands look for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection


class Pattern:
    """A pattern that is compiled only for a text that holds one of its needles: most fit no question at all.

    `needles` are strings, in lower case, of which every text that it fits holds one; with none, it is always tried.
    """

    __slots__ = ("_compiled", "_flags", "_needles", "_text")

    def __init__(self, text: str, needles: Collection[str] = (), *, ignore_case: bool = False) -> None:
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

    def findall(self, text: str) -> list[str]:
        """All that it fits, or the one group of each; for a pattern of at most one group."""
        return self._whole().findall(text) if self._may_fit(text) else []

    def split(self, text: str) -> list[str]:
        """The parts of the text between all that it fits; for a pattern without groups."""
        parts: list[str] = self._whole().split(text) if self._may_fit(text) else [text]
        return parts

    def sub(self, by: str | Callable[[re.Match[str]], str], text: str) -> str:
        """The text with `by`, or what it makes of each match, in the place of all that it fits."""
        return self._whole().sub(by, text) if self._may_fit(text) else text

    def _may_fit(self, text: str) -> bool:
        if not self._needles:
            return True
        lower = text.lower()
        for needle in self._needles:  # noqa: SIM110 - a generator takes twice the time
            if needle in lower:
                return True
        return False

    def _whole(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self._text, self._flags)
        return self._compiled
