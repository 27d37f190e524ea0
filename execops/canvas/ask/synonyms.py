"""Synonyms that a person added: words of their company, each for words that the rules know.

They are looked at only where the rules alone have no answer. They make no order a question: a phrase that heads a sentence
with an object behind it orders something, whatever it means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from execops.canvas import catalogue
from execops.canvas.ask import lexicon
from execops.canvas.ask.names import NoNameError, take_names, words_of
from execops.canvas.ask.refusals import orders_with
from execops.canvas.ask.sentence import Sentence
from execops.canvas.ask.vocabulary import asks, grammar, is_filler, known_words, why_not, writes
from execops.canvas.ledger_names import LedgerNames
from execops.errors import InvalidInputError

_MOST = 4  # words of a phrase, and of what it means


def checked(phrase: str, means: str) -> tuple[str, str]:
    """The phrase and its meaning in the form in which they are kept.

    Raises InvalidInputError for a phrase that the rules understand or that orders something, and for a meaning that asks
    for nothing.
    """
    words, meaning = _words(phrase), _words(means)
    is_metric = tuple(meaning) in _metrics()
    if (
        not 1 <= len(words) <= _MOST
        or not (is_metric or 1 <= len(meaning) <= _MOST)
        or Sentence(f"{phrase} {means}").is_code
    ):
        raise InvalidInputError(
            f"A phrase and its meaning have one to {_MOST} plain words each; nothing was changed."
        )
    ordering = writes() | lexicon.words("orders", "verb")
    for word in words:
        if word in ordering or why_not(word):
            raise InvalidInputError(
                f"“{word}” orders something or asks for what is not in the ledger, so it stays refused;"
                " nothing was changed."
            )
    if all(word in known_words() for word in words):
        raise InvalidInputError(
            f"The canvas understands “{' '.join(words)}” already, so it keeps its meaning; nothing was changed."
        )
    for word in () if is_metric else meaning:
        if is_filler(word) or why_not(word) or not (asks(word) or word in grammar()):
            raise InvalidInputError(
                f"The canvas knows no “{word}” to ask for; nothing was changed.",
                hint="Use the words of a metric or a grouping: execops canvas --list",
            )
    return " ".join(words), " ".join(meaning)


@cache
def _metrics() -> frozenset[tuple[str, ...]]:
    """The names and titles of the metrics, word by word: some hold a word that asks for nothing alone (`burn rate`)."""
    metrics = catalogue.load().values()
    return frozenset(
        tuple(_words(text.replace("_", " "))) for metric in metrics for text in (metric.name, metric.title)
    )


def reworded(question: str, names: LedgerNames) -> str | None:
    """The question in words that the rules know; None where it has no synonym, or where one orders something."""
    present = {phrase: means for phrase, means in names.synonyms.items() if _pattern(phrase).search(question)}
    if not present:
        return None
    sentence = Sentence(question, words_of(names))
    try:
        take_names(sentence, names)
    except NoNameError:
        return None
    if any(orders_with(sentence, phrase.split()) for phrase in present):
        return None
    return _replaced(question, present)


def _replaced(question: str, synonyms: Mapping[str, str]) -> str:
    """The question with every phrase replaced at once, the longer ones first."""
    phrases = sorted(synonyms, key=len, reverse=True)
    pattern = re.compile("|".join(_pattern(phrase).pattern for phrase in phrases), re.IGNORECASE)
    return pattern.sub(lambda match: synonyms[" ".join(match[0].lower().split())], question)


def _pattern(phrase: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, phrase.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _words(text: str) -> list[str]:
    return [word.lower() for word in Sentence(text).written]
