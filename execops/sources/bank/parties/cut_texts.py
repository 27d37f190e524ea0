"""Texts that a bank or a program cut at a fixed width, in the middle of a word: `…MALABAR SPICE EXPORT` and `S-KESTREL APPS…`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from execops.sources.bank.parties import party_tagger
from execops.sources.bank.parties.party_words import folded

_SHORTEST = 20  # signs of a line that a bank fills
_LEAST = 3  # lines that are filled and go on
_LETTERS = 3  # of a word that stands by itself


def width(texts: Sequence[tuple[str, Sequence[str]]]) -> int:
    """The width at which the texts of a file are cut, each with the lines below it; 0 where they are not.

    Every text that goes on fills the width, but for a sign.
    """
    lengths = Counter(len(text) for text, below in texts if below)
    size, _ = next(iter(lengths.most_common(1)), (0, 0))
    is_cut = lengths.total() >= _LEAST and all(abs(length - size) <= 1 for length in lengths)
    return size if is_cut and size >= _SHORTEST else 0


def joined(text: str, below: Sequence[str], width: int) -> str:
    """The text with the lines below it. A word that is cut has no blank; two whole words have lost the one between them."""
    joined_text = text
    for number, line in enumerate(below):
        last, first = joined_text.split()[-1:], line.split()[:1]
        is_filled = number > 0 or len(text) >= width
        is_word = bool(last and first) and _stands_alone(last[0]) and _stands_alone(first[0])
        joined_text += line if is_filled and not is_word else f" {line}"
    return joined_text


def _stands_alone(word: str) -> bool:
    word = word.split("-")[0] or word
    return len(word) > _LETTERS and word.isalpha() and folded(word) in party_tagger.shipped().usages
