"""Typing errors: "refnds", "chrun". An English word is none, and what is near to two words, or to none, stays."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from execops.canvas.ask.vocabulary import known_stems, known_words
from execops.canvas.ask.words import SPELLINGS, Question, stem

if TYPE_CHECKING:
    from spellchecker import SpellChecker

_LEAST = 5  # characters: shorter words are near to too many others


def correct(question: Question, names: Collection[str]) -> None:
    """Put the word that was meant in the place of a misspelt one."""
    for at, word in enumerate(question.words):
        unknown = word not in names and word not in known_words() and stem(word) not in known_stems()
        if unknown and word.isalpha() and len(word) >= _LEAST:
            question.words[at] = SPELLINGS.get(_meant(word), _meant(word))


def is_english(word: str) -> bool:
    """Whether a word is in the dictionary: it is then what was meant."""
    return word in _dictionary()


@cache
def _dictionary() -> SpellChecker:
    from spellchecker import SpellChecker  # loaded for the first word that nobody knows

    return SpellChecker(language="en", distance=1)


@lru_cache(maxsize=4096)
def _meant(word: str) -> str:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    words = [each for each in known_words() if len(each) >= _LEAST and each[0] == word[0]]
    slack = 1 if len(word) < 8 else 2
    near = process.extract(word, words, scorer=OSA.distance, score_cutoff=slack, limit=5)
    if not near or is_english(word):
        return word
    best = [each for each, distance, _ in near if distance == near[0][1]]
    return min(best, key=len) if len({stem(each) for each in best}) == 1 else word
