"""The meaning of words: those of the metrics, those that say nothing, and those that no metric can answer for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from msgspec import Struct

from execops.canvas import catalogue
from execops.canvas.ask import lexicon
from execops.canvas.ask.sentence import plain_words, respelled
from execops.canvas.ask.word_forms import stem, stems


class Phrase(Struct, frozen=True):
    """Words by which a metric may be asked for, in any order."""

    metric: str
    stems: frozenset[str]
    joined: bool  # by "and": its words may stand on both sides of one


@cache
def _words_of(metric: str) -> dict[str, list[str]]:
    """The words of all that a metric may be asked for by: its name, its title, its synonyms."""
    asked = catalogue.load()[metric]
    return {text: plain_words(text) for text in (asked.name.replace("_", " "), asked.title, *asked.synonyms)}


@cache
def phrases() -> tuple[Phrase, ...]:
    """By what every metric may be asked for: its name, its title, its synonyms."""
    unique: dict[Phrase, None] = {}
    for metric in catalogue.load():
        for text, words in _words_of(metric).items():
            telling = (word for word in words if not is_filler(word))
            phrase = Phrase(metric, stems(telling), " and " in text)
            if phrase.stems:
                unique[phrase] = None
    return tuple(unique)


@cache
def phrases_by_stem() -> Mapping[str, Sequence[tuple[int, Phrase]]]:
    """Each phrase with its place among all, by one of its stems: a question is asked about those of its own stems alone."""
    by_stem: dict[str, list[tuple[int, Phrase]]] = {}
    for place, phrase in enumerate(phrases()):
        by_stem.setdefault(min(phrase.stems), []).append((place, phrase))
    return by_stem


@cache
def _asking() -> frozenset[str]:
    return frozenset().union(*(phrase.stems for phrase in phrases()))


def asks(word: str) -> bool:
    """Whether a metric may be asked for by this word, in any form of it."""
    return stem(word) in _asking()


@cache
def is_phrase(word: str) -> bool:
    """Whether a metric is asked for by this word alone."""
    return any(phrase.stems == {stem(word)} for phrase in phrases())


@cache
def also(metric: str) -> frozenset[str]:
    """The stems of the words that a question for a metric may hold besides."""
    return stems(map(respelled, " ".join(catalogue.load()[metric].also).split()))


@cache
def stems_of(metric: str) -> frozenset[str]:
    """The stems of all words that a question for a metric may hold."""
    return also(metric).union(*(phrase.stems for phrase in phrases() if phrase.metric == metric))


@cache
def mute() -> frozenset[str]:
    """Words that tell metrics apart, and that explain nothing of a question: pronouns, for "who pays us"."""
    return lexicon.words("fillers", "mute")


@cache
def soft() -> frozenset[str]:
    """Words that a metric may be asked for by, and that do no harm where none is."""
    return mute() | lexicon.words("fillers", "soft")


def is_filler(word: str) -> bool:
    """Whether a word has no bearing on what is asked, those aside that tell metrics apart."""
    return word in lexicon.words("fillers", "filler") and word not in soft()


@cache
def grammar() -> frozenset[str]:
    """The words that the rules of periods, groupings and currencies look for."""
    return lexicon.words("grammar", "word")


@cache
def reasons() -> dict[str, str]:
    """Why questions are refused for a word of theirs, by the names of the reasons."""
    whys: dict[str, str] = lexicon.read("refusals")["why"]
    return whys


@cache
def _out_of_scope() -> dict[str, str]:
    """The reason for each word that no metric answers for: of several, the first in the file."""
    return {
        word: entry["reason"]
        for entry in reversed(lexicon.read("refusals")["out_of_scope"])
        for word in entry["words"].split()
    }


def why_not(word: str) -> str | None:
    """Why no metric answers for a word; None where the word is not out of scope."""
    reason = _out_of_scope().get(word)
    return reason and reasons()[reason]


@cache
def writes() -> frozenset[str]:
    """Verbs that order something to be done, where an object follows."""
    orders = (word for word, reason in _out_of_scope().items() if reason == "order")
    return lexicon.words("orders", "write").union(orders)


@cache
def _catalogue_words() -> frozenset[str]:
    return frozenset(
        word
        for name, metric in catalogue.load().items()
        for words in (*_words_of(name).values(), *map(plain_words, metric.also))
        for word in words
    )


@cache
def known_words() -> frozenset[str]:
    """Every word that is understood as it stands, so that it is never taken for a typing error."""
    return _catalogue_words().union(
        soft(),
        lexicon.words("fillers", "filler"),
        grammar(),
        _out_of_scope(),
        lexicon.pairs("spellings", "spelling"),
        writes(),
    )


def read() -> None:
    """Read all words now: the first question waits for them."""
    known_words()
    _asking()


@cache
def known_stems() -> frozenset[str]:
    """The stems of all that is understood."""
    return stems(known_words())


def stem_is_known(word: str) -> bool:
    """Whether a word is a form of one that is understood."""
    return stem(word) in known_stems()
