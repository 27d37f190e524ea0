"""Typing errors in ordinary words: "refnds", "chrun". A word that is known, or near to none or to two, stays."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from execops.canvas.ask.vocabulary import known_stems, known_words
from execops.canvas.ask.words import SPELLINGS, Question, stem

_LEAST = 5  # characters: shorter words are near to too many others


def correct(question: Question, names: Collection[str]) -> None:
    """Put the word that was meant in the place of a misspelt one."""
    for at, word in enumerate(question.words):
        if (
            word.isalpha()
            and len(word) >= _LEAST
            and word not in names
            and word not in known_words()
            and stem(word) not in known_stems()
        ):
            question.words[at] = SPELLINGS.get(_meant(word), _meant(word))


@lru_cache(maxsize=4096)
def _meant(word: str) -> str:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    words = [each for each in known_words() if len(each) >= _LEAST and each[0] == word[0]]
    slack = 1 if len(word) < 8 else 2
    near = process.extract(word, words, scorer=OSA.distance, score_cutoff=slack, limit=5)
    if not near:
        return word
    best = [each for each, distance, _ in near if distance == near[0][1]]
    return min(best, key=len) if len({stem(each) for each in best}) == 1 else word
