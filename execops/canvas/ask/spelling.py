"""Typing errors: "refnds", "chrun". An English word is none, and what is near to two words, or to none, stays."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from execops.canvas.ask.sentence import Sentence, respelled
from execops.canvas.ask.vocabulary import asks, known_words, stem_is_known
from execops.canvas.ask.word_forms import stem

if TYPE_CHECKING:
    from spellchecker import SpellChecker

_LEAST = 5  # characters: shorter words are near to too many others


def correct(sentence: Sentence, names: Collection[str]) -> None:
    """Put the word that was meant in the place of a misspelt one."""
    for place, word in enumerate(sentence.words):
        if len(word) < _LEAST or not word.isalpha() or word in names:
            continue
        if not (asks(word) or word in known_words() or stem_is_known(word)):
            sentence.words[place] = respelled(_meant(word))


def is_english(word: str) -> bool:
    """Whether a word is in the dictionary: it is then what was meant."""
    return word in _dictionary()


@cache
def _dictionary() -> SpellChecker:
    from spellchecker import SpellChecker  # loaded for the first word that is not known

    return SpellChecker(language="en", distance=1)


@lru_cache(maxsize=4096)
def _meant(word: str) -> str:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    words = [other for other in known_words() if len(other) >= _LEAST and other[0] == word[0]]
    slack = 1 if len(word) < 8 else 2
    near = process.extract(word, words, scorer=OSA.distance, score_cutoff=slack, limit=5)
    if not near or is_english(word):
        return word
    best = [other for other, distance, _ in near if distance == near[0][1]]
    return min(best, key=len) if len({stem(other) for other in best}) == 1 else word
