"""How likely it is that a contact leaves, threatens, is angry, asks for a refund, and so on: made by `python -m tests.support_scorer`.

A weight for each label stands beside each mark that at least two of the learnt texts hold: see `support_marks`. No model runs: the
weights of a text's marks are added. The file is read at the first message that is judged.
"""

from __future__ import annotations

import math
import struct
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from operator import mul
from pathlib import Path

from msgspec import Struct

from execops.plays.support import support_words
from execops.plays.support.support_marks import marks_of

FILE = Path(__file__).with_name("support_weights.bin")
LABELS = (
    "leaving",
    "threat",
    "angry",
    "refund",
    "complaint_mild",
    "question",
    "innocent",
    "thanks",
    "automatic",
    "spam",
)
BURNING = LABELS[:3]
STEPS = 127  # of the largest weight
_HEAD = f"<I{len(LABELS)}f"  # how many marks, and the largest weight of each label
_SHARPNESS = 3.0  # of the odds
_SENTENCES = 60  # that are read one by one

Odds = dict[str, float]


class Weights(Struct, frozen=True):
    """The numbers of the known marks in order, and the steps of each label for each of them, mark by mark."""

    marks: array[int]
    steps: array[int]
    worth: tuple[float, ...]  # of a step of each label


@lru_cache(maxsize=256)
def odds_of(words: str) -> Odds:
    """How likely each label is, from 0 to 1; the sum is 1. The words are without commands to an assistant."""
    return odds_by(_shipped(), words)


def odds_by(weights: Weights, words: str) -> Odds:
    """How likely each label is by these weights."""
    known, count, labels = weights.marks, len(weights.marks), len(LABELS)
    values: list[float] = []
    steps = array("b")  # of each label for each value, value by value
    for number, value in marks_of(words).items():
        at = bisect_left(known, number)
        if at < count and known[at] == number:
            values.append(value)
            steps.extend(weights.steps[at * labels : (at + 1) * labels])
    totals = [
        _SHARPNESS * worth * sum(map(mul, values, steps[label::labels]))
        for label, worth in enumerate(weights.worth)
    ]
    most = max(totals)
    odds = [math.exp(total - most) for total in totals]
    return {label: odd / sum(odds) for label, odd in zip(LABELS, odds, strict=True)}


@lru_cache(maxsize=256)
def parts_of(words: str) -> tuple[Odds, ...]:
    """The odds of the whole text, and of each of its sentences: what else is said does not hide one."""
    sentences = dict.fromkeys(sentence for sentence in support_words.sentences(words) if sentence.strip())
    return (odds_of(words), *(odds_by(_shipped(), sentence) for sentence in list(sentences)[:_SENTENCES]))


def burning(odds: Odds) -> float:
    """How likely it is that an executive has to know."""
    return sum(odds[label] for label in BURNING)


def stored(rows: Mapping[int, Sequence[float]]) -> bytes:
    """The weights of each mark as they are shipped: each label's largest weight, and steps of it, compressed."""
    marks = sorted(rows)
    tops = [max(abs(rows[mark][label]) for mark in marks) or 1.0 for label in range(len(LABELS))]
    steps = [
        round(weight / top * STEPS) for mark in marks for weight, top in zip(rows[mark], tops, strict=True)
    ]
    gaps = (mark - before for before, mark in pairwise((0, *marks)))
    head = struct.pack(_HEAD, len(marks), *tops)
    return zlib.compress(head + struct.pack(f"<{len(marks)}I", *gaps) + array("b", steps).tobytes(), 9)


def loaded(data: bytes) -> Weights:
    """The weights of each mark, from what is shipped."""
    data = zlib.decompress(data)
    count, *tops = struct.unpack_from(_HEAD, data)
    size = struct.calcsize(_HEAD)
    gaps = struct.unpack_from(f"<{count}I", data, size)
    return Weights(
        marks=array("Q", accumulate(gaps)),
        steps=array("b", data[size + 4 * count :]),
        worth=tuple(top / STEPS for top in tops),
    )


@cache
def _shipped() -> Weights:
    return loaded(FILE.read_bytes())
