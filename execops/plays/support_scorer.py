"""How likely it is that a contact leaves, threatens, is angry, asks for a refund, and so on: made by `python -m tests.support_scorer`.

A row of weights for each label, over the marks of a text: see `support_marks`. No model runs: the weights of a text's marks are
added. The file is read at the first message that is judged.
"""

from __future__ import annotations

import math
import struct
import zlib
from array import array
from functools import cache, lru_cache
from pathlib import Path

from execops.plays import support_words
from execops.plays.support_marks import PLACES, marks_of

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
_TOPS = f"<{len(LABELS)}f"
_SHARPNESS = 3.0  # of the odds
_SENTENCES = 60  # that are read one by one

Odds = dict[str, float]
Weights = tuple[tuple[float, "array[int]"], ...]  # of each label: the worth of a step, and steps by place


@lru_cache(maxsize=256)
def odds_of(words: str) -> Odds:
    """How likely each label is, from 0 to 1; the sum is 1. The words are without commands to an assistant."""
    return odds_by(_shipped(), words)


def odds_by(weights: Weights, words: str) -> Odds:
    """How likely each label is by these weights."""
    marks = marks_of(words)
    totals = [
        _SHARPNESS * step * sum(row[place] * value for place, value in marks.items()) for step, row in weights
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


def stored(rows: list[list[float]]) -> bytes:
    """The weights as they are shipped: each label's largest weight, and steps of it, compressed."""
    tops = [max(map(abs, row)) or 1.0 for row in rows]
    steps = [round(weight / top * STEPS) for row, top in zip(rows, tops, strict=True) for weight in row]
    return zlib.compress(struct.pack(_TOPS, *tops) + array("b", steps).tobytes(), 9)


def loaded(data: bytes) -> Weights:
    """The weights of each label, from what is shipped."""
    data = zlib.decompress(data)
    tops = struct.unpack_from(_TOPS, data)
    steps = array("b", data[struct.calcsize(_TOPS) :])
    return tuple(
        (top / STEPS, steps[number * PLACES : (number + 1) * PLACES]) for number, top in enumerate(tops)
    )


@cache
def _shipped() -> Weights:
    return loaded(FILE.read_bytes())
