"""Which words of a bank's text are the party's name: by weights that `python -m tests.party_tagger` learns from labelled lines.

Each word stands before the name, is its first word, is one of its further words, or stands behind it. The words, their
shapes and their neighbours tell how well each place fits; the likeliest run of words is the name, or none is.
"""

from __future__ import annotations

import math
import struct
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from execops.sources.bank.parties.party_words import (
    PLACES,
    UNUSED,
    Group,
    Word,
    folded,
    groups_of,
    places,
    words_of,
)

FILE = Path(__file__).with_name("party_weights.bin")
BEFORE, FIRST, INNER, AFTER = PARTS = range(4)
STEPS = 127  # of the largest weight
PAYEE, TEXT, BESIDE = "payee", "text", "beside"  # columns: for the party; the first text; a text beside these
_HEAD = f"<{len(PARTS)}f2I"

Span = tuple[int, int]  # of words: the first, and the one behind the last
Scores = tuple[float, float, float, float]


class Weights(NamedTuple):
    """The result of the training: how much each mark speaks for each part, and how the words are used."""

    parts: tuple[Sequence[float], ...]
    usages: Mapping[str, str]
    trace: int  # of the training: see `tests.party_tagger`


class Guess(NamedTuple):
    """The words of a text that are the party's name, "" where it names nobody, and by how much they are likelier than nobody."""

    words: str
    odds: float


def run(text: str, column: str, labels: tuple[str, ...] = ()) -> Guess:
    """The party's name in a text. `labels` tell the kind of the movement."""
    words = words_of(text, shipped().usages)
    span, odds = _best(tuple((word.key, word.glue) for word in words), column, labels)
    return Guess(cut(text, words, span), odds)


@lru_cache(maxsize=20_000)
def _best(
    keys: tuple[tuple[str, str], ...], column: str, labels: tuple[str, ...]
) -> tuple[Span | None, float]:
    """The run of words that differ from a text's by no more than their numbers and codes."""
    usages = shipped().usages
    words = [Word(0, 0, key, glue, usages.get(folded(key), UNUSED)) for key, glue in keys]
    return best([_sum(map(_score, groups)) for groups in groups_of(words, column, labels)])


def run_by(weights: Weights, text: str, column: str, labels: tuple[str, ...] = ()) -> Guess:
    """The same by other weights."""
    words = words_of(text, weights.usages)
    scores = [
        _sum(_score_by(weights, group) for group in groups) for groups in groups_of(words, column, labels)
    ]
    span, odds = best(scores)
    return Guess(cut(text, words, span), odds)


def cut(text: str, words: Sequence[Word], span: Span | None) -> str:
    """The text of a run of words."""
    return "" if span is None else text[words[span[0]].start : words[span[1] - 1].end]


def best(scores: Sequence[Scores]) -> tuple[Span | None, float]:
    """The likeliest run: its first word, and the one behind it; and by how much it is likelier than none.

    `scores` are those of each word and of the text's end.
    """
    none = sum(score[BEFORE] for score in scores)
    after_all = sum(score[AFTER] for score in scores)
    likeliest, at_best = none, None
    before = inner = after = 0.0
    start, at_start = -math.inf, -1
    for at, score in enumerate(scores[:-1]):
        inner += score[INNER]
        if before + score[FIRST] - inner > start:
            start, at_start = before + score[FIRST] - inner, at
        before += score[BEFORE]
        after += score[AFTER]
        whole = start + inner + after_all - after
        if whole > likeliest:
            likeliest, at_best = whole, (at_start, at + 1)
    return at_best, likeliest - none


@lru_cache(maxsize=200_000)
def _score(group: Group) -> Scores:
    return _score_by(shipped(), group)


def _score_by(weights: Weights, group: Group) -> Scores:
    of_group = places(group)
    before, first, inner, after = (sum(map(part.__getitem__, of_group)) for part in weights.parts)
    return before, first, inner, after


def _sum(scores: Iterable[Scores]) -> Scores:
    before = first = inner = after = 0.0
    for b, f, i, a in scores:
        before += b
        first += f
        inner += i
        after += a
    return before, first, inner, after


def stored(weights: Weights) -> bytes:
    """The weights as they are shipped: each part's largest weight, and steps of it, compressed."""
    tops = [max(map(abs, part)) or 1.0 for part in weights.parts]
    steps = [
        round(value / top * STEPS) for part, top in zip(weights.parts, tops, strict=True) for value in part
    ]
    words = "\n".join(f"{word} {used}" for word, used in sorted(weights.usages.items())).encode()
    return zlib.compress(
        struct.pack(_HEAD, *tops, weights.trace, len(words)) + words + array("b", steps).tobytes(), 9
    )


def loaded(data: bytes) -> Weights:
    """The weights, from what is shipped."""
    data = zlib.decompress(data)
    *tops, trace, length = struct.unpack_from(_HEAD, data)
    at = struct.calcsize(_HEAD) + length
    lines = data[at - length : at].decode().split("\n")
    steps = array("b", data[at:])
    parts = tuple(
        [step * top / STEPS for step in steps[number * PLACES : (number + 1) * PLACES]]
        for number, top in enumerate(tops)
    )
    return Weights(parts, dict(line.split(" ", 1) for line in lines), trace)


@cache
def shipped() -> Weights:
    """The weights that are shipped, read once."""
    return loaded(FILE.read_bytes())
