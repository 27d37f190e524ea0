"""The marks of a text by which a support message is read: its words, pairs of them, runs of letters and meanings, and where they stand.

Each mark has a value, and a number by its hash. How much a mark counts for each label is learnt: see `support_scorer`.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise

from execops.plays.support import support_meanings, support_words

_LONG = 3000  # characters at the beginning and at the end of a text that are read
_RUNS = (3, 4, 5)  # letters
_LONGEST = 60  # letters of a word; a longer run is none
_BEGINNING = 5  # letters of a word in a pair of neighbours: its endings are one
_NEIGHBOURS = 0.5  # of all pairs of neighbours, beside 1 of all words and runs
_MANY = 3  # of lines, questions and exclamations that are told apart
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[?!]{2,}|\.\.\.|…|[\U0001F300-\U0001FAFF☀-➿]")
_EMOJI = re.compile(r"[\U0001F300-\U0001FAFF☀-➿]")
_SUM = re.compile(
    r"\d\s?[€$£]|[€$£]\s?\d|\b\d{1,12}(?:[.,]\d{1,12})? ?(?:euros?|eur|usd|dollars?|pounds?|quid|francs?|chf)\b",
    re.IGNORECASE,
)
_VALUES = {
    "meaning": 0.3,
    "meanings": 0.15,  # which stands in the text more than once
    "pair": 0.1,  # of meanings near each other
    "both": 0.05,  # meanings somewhere in the text
    "first meaning": 0.15,
    "last meaning": 0.2,
    "first": 0.1,
    "last": 0.1,
    "edge": 0.1,
    "asked": 0.1,
    "shape": 0.4,
}

Marks = dict[int, float]


def marks_of(words: str) -> Marks:
    """The marks of a text with their values, by their number, of 32 bits."""
    text = words if len(words) <= 2 * _LONG else f"{words[:_LONG]}\n{words[-_LONG:]}"
    marks: Marks = defaultdict(float, {_number("always"): 1.0})
    sentences = [sentence for sentence in support_words.sentences(text) if sentence.strip()]
    grams = _grams(_tokens(text))
    if not grams:
        return marks
    worth = 1 / math.sqrt(len(grams))
    for gram in grams:
        marks[_number(gram)] += worth
    neighbours = _neighbours(sentences)
    worth = _NEIGHBOURS / math.sqrt(len(neighbours) or 1)
    for pair in neighbours:
        marks[_number(pair)] += worth
    for kind, names in (*_of_meanings(text, sentences), *_of_sentences(sentences), ("shape", _shapes(text))):
        for name in dict.fromkeys(names):
            marks[_number(f"{kind} {name}")] += _VALUES[kind]
    return marks


def _number(mark: str) -> int:
    return zlib.crc32(mark.encode("utf-8", "replace"))


def _tokens(text: str) -> list[str]:
    tokens = _TOKEN.findall(support_words.unaccented(text))
    return [token.lower() for token in tokens if len(token) <= _LONGEST]


def _grams(tokens: list[str]) -> list[str]:
    """The different words and runs of letters, in the order of the text."""
    grams = dict.fromkeys(tokens)
    for word in dict.fromkeys(tokens):
        edged = f"_{word}_"
        for size in _RUNS:
            grams |= dict.fromkeys(f"~{edged[at : at + size]}" for at in range(len(edged) - size + 1))
    return list(grams)


def _neighbours(sentences: list[str]) -> list[str]:
    """The different pairs of words that follow each other in a sentence, by their beginnings."""
    beginnings = ([word[:_BEGINNING] for word in _tokens(sentence)] for sentence in sentences)
    return list(dict.fromkeys(f"{a}- {b}-" for words in beginnings for a, b in pairwise(words)))


def _of_meanings(text: str, sentences: list[str]) -> Iterator[tuple[str, Iterable[str]]]:
    often, pairs = support_meanings.meanings_in(text)
    yield "meaning", sorted(often)
    yield "meanings", sorted(meaning for meaning, count in often.items() if count > 1)
    yield "pair", sorted(pairs)
    yield "both", map(" ".join, combinations(sorted(often), 2))
    if sentences:
        yield "first meaning", sorted(support_meanings.meanings_in(sentences[0])[0])
        yield "last meaning", sorted(support_meanings.meanings_in(sentences[-1])[0])


def _of_sentences(sentences: list[str]) -> Iterator[tuple[str, Iterable[str]]]:
    """The words of the first and of the last sentence, those that are asked, and each sentence's first and last two."""
    tokens = list(map(_tokens, sentences))
    if sentences:
        yield "first", tokens[0]
        yield "last", tokens[-1]
    for sentence, words in zip(sentences, tokens, strict=True):
        asks = _is_question(sentence)
        if asks:
            yield "asked", words
        yield "edge", [f"^{' '.join(words[:size])}" for size in (1, 2)]
        yield "edge", [f"{' '.join(words[-2:])}{'?' if asks else '$'}"]


def _is_question(sentence: str) -> bool:
    return sentence.rstrip().endswith("?")


def _shapes(text: str) -> list[str]:
    capitals = [word for word in re.findall(r"[^\W\d_]{3,}", text) if word.isupper()]
    sentences = [sentence for sentence in support_words.sentences(text) if sentence.strip()]
    shown = {
        f"length {min(5, len(text.split()).bit_length() - 1)}": True,
        f"sentences {min(4, len(sentences).bit_length())}": True,
        f"lines {min(_MANY, text.strip().count(chr(10)))}": True,
        f"questions {min(_MANY, text.count('?'))}": True,
        f"exclamations {min(_MANY, text.count('!'))}": True,
        "asks": "?" in text,
        "asks first": bool(sentences) and _is_question(sentences[0]),
        "ends in a question": _is_question(text),
        "exclaims": "!" in text,
        "names a sum": bool(_SUM.search(text)),
        "names a number": any(letter.isdigit() for letter in text),
        "trails off": "..." in text or "…" in text,
        "begins small": text[:1].islower(),
        "shows an emoji": bool(_EMOJI.search(text)),
        "capitals": len(capitals) > 1,
        "shouted": support_words.is_shouted(text),
    } | {f"in {language.code}": True for language in support_words.spoken(text)}
    return [shape for shape, holds in shown.items() if holds]
