"""Typing errors: "refnds", "chrun". An English word is none, and what is near to two words, or to none, stays."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from execops.canvas.ask import lexicon
from execops.canvas.ask.sentence import Sentence, respelled
from execops.canvas.ask.vocabulary import asks, known_words, stem_is_known
from execops.canvas.ask.word_forms import stem

if TYPE_CHECKING:
    from spellchecker import SpellChecker

_LETTERS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LEAST = 4  # characters: shorter words are near to too many others
_SURE = 5  # characters of which one may be wrong; in a shorter word, two may be exchanged


def correct(sentence: Sentence, names: Collection[str]) -> None:
    """Put the word that was meant in the place of a misspelt one."""
    for place, word in enumerate(sentence.words):
        if _is_strange(word, names):
            sentence.words[place] = respelled(_meant(word))


def corrected(text: str, names: Collection[str]) -> str:
    """The text with each misspelt word of a phrase put right, so that the rewrites see it: "recievables"."""

    def meant(match: re.Match[str]) -> str:
        word = match[0].lower()
        if (
            not word.isalpha()
            or len(word) < _LEAST
            or word in names
            or word in known_words()
            or word in _of_rewrites()
        ):
            return match[0]
        return _meant(word) if _meant(word) in _of_rewrites() else match[0]

    return _LETTERS.sub(meant, text)


def _is_strange(word: str, names: Collection[str]) -> bool:
    """Whether a word is long enough to be a misspelt one, and none that is understood."""
    if len(word) < _LEAST or not word.isalpha() or word in names:
        return False
    return not (asks(word) or word in known_words() or stem_is_known(word))


@cache
def _of_rewrites() -> frozenset[str]:
    """The words of the phrases that are rewritten before a text is split."""
    examples = " ".join(entry["example"] for entry in lexicon.read("rewrites")["rewrite"])
    return frozenset(word for word in _LETTERS.findall(examples.lower()) if len(word) >= _LEAST)


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

    words = [
        candidate
        for candidate in known_words() | _of_rewrites()
        if len(candidate) >= _LEAST and candidate[0] == word[0]
    ]
    if len(word) < _SURE:
        words = [candidate for candidate in words if sorted(candidate) == sorted(word)]
    slack = 1 if len(word) < 8 else 2
    near = process.extract(word, words, scorer=OSA.distance, score_cutoff=slack, limit=5)
    if not near or is_english(word):
        return word
    best = [candidate for candidate, distance, _ in near if distance == near[0][1]]
    if word.endswith("d") and f"{word[:-1]}ed" in best:
        return f"{word[:-1]}ed"  # "recoverd" is as near to "recovery"
    if len({stem(candidate) for candidate in best}) == 1:
        return min(best, key=len)
    meanings = {respelled(candidate) for candidate in best}  # "mothly" is as near to "mthly" as to "monthly"
    return min(meanings, key=len) if len({stem(candidate) for candidate in meanings}) == 1 else word
