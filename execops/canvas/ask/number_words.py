"""Whole numbers in digits and in words: "5", "twelve", "a couple of"."""

from __future__ import annotations

_WORDS = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty"""
_NUMBERS = {word: number for number, word in enumerate(_WORDS.split(), start=1)} | {
    "thirty": 30,
    "sixty": 60,
    "ninety": 90,
    "couple": 2,
    "couple of": 2,
    "a couple of": 2,
}
NUMBER = rf"(?:\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"


def number(text: str) -> int:
    """The number that a word or digits name."""
    return _NUMBERS[text] if text in _NUMBERS else int(text)
