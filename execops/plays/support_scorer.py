"""How likely it is that a contact leaves, threatens, is angry, asks for a refund, and so on: made by `python -m tests.support_scorer`.

A row of weights for each label, over the words of a text, their short runs of letters, and their meanings. No model runs: the
marks of a text are counted, and their weights are added. The file is read at the first message that is judged.
"""

from __future__ import annotations

import math
import re
import struct
import zlib
from array import array
from collections import defaultdict
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from execops.plays import support_meanings, support_words

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
PLACES = 1 << 15  # of a mark's hash
STEPS = 127  # of the largest weight
_TOPS = f"<{len(LABELS)}f"
_SHARPNESS = 3.0  # of the odds
_LONG = 3000  # characters at the beginning and at the end of a text that are read
_SENTENCES = 60  # that are read one by one
_RUNS = (3, 4)  # letters
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[?!]{2,}|\.\.\.|…|[\U0001F300-\U0001FAFF☀-➿]")
_SUM = re.compile(
    r"\d\s?[€$£]|[€$£]\s?\d|\b\d{1,12}(?:[.,]\d{1,12})? ?(?:euros?|eur|usd|dollars?|pounds?|quid|francs?|chf)\b",
    re.IGNORECASE,
)

Marks = dict[int, float]
Odds = dict[str, float]
Weights = tuple[list[float], ...]


@lru_cache(maxsize=256)
def odds_of(words: str) -> Odds:
    """How likely each label is, from 0 to 1; the sum is 1. The words are without commands to an assistant."""
    return odds_by(_shipped(), words)


def odds_by(weights: Weights, words: str) -> Odds:
    """How likely each label is by these weights."""
    marks = marks_of(words)
    totals = [_SHARPNESS * sum(row[place] * value for place, value in marks.items()) for row in weights]
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


def marks_of(words: str) -> Marks:
    """The marks of a text with their values, by the place of their hash."""
    text = words if len(words) <= 2 * _LONG else f"{words[:_LONG]}\n{words[-_LONG:]}"
    marks: Marks = defaultdict(float)
    grams = _grams(text)
    for gram in grams:
        marks[_place(gram)] += 1 / math.sqrt(len(grams))
    often, pairs = support_meanings.meanings_in(text)
    for meaning, count in sorted(often.items()):
        marks[_place(f"meaning {meaning}")] += 0.3
        if count > 1:
            marks[_place(f"meanings {meaning}")] += 0.15
    for pair in sorted(pairs):
        marks[_place(f"pair {pair}")] += 0.1
    for shape in _shapes(text):
        marks[_place(f"shape {shape}")] += 0.4
    marks[_place("always")] += 1
    return marks


def _place(mark: str) -> int:
    return zlib.crc32(mark.encode("utf-8", "replace")) % PLACES


def _grams(text: str) -> list[str]:
    """The different words, pairs of words and runs of letters, in the order of the text."""
    tokens = [token.lower() for token in _TOKEN.findall(support_words.unaccented(text))]
    grams = dict.fromkeys(tokens) | dict.fromkeys(map(" ".join, pairwise(tokens)))
    for word in dict.fromkeys(tokens):
        edged = f"_{word[:_LONG]}_"
        for size in _RUNS:
            grams |= dict.fromkeys(f"~{edged[at : at + size]}" for at in range(len(edged) - size + 1))
    return list(grams)


def _shapes(text: str) -> list[str]:
    capitals = [word for word in re.findall(r"[^\W\d_]{3,}", text) if word.isupper()]
    shown = {
        f"length {min(5, len(text.split()).bit_length() - 1)}": True,
        "asks": "?" in text,
        "ends in a question": text.rstrip().endswith("?"),
        "exclaims": "!" in text,
        "names a sum": bool(_SUM.search(text)),
        "capitals": len(capitals) > 1,
        "shouted": support_words.is_shouted(text),
    }
    return [shape for shape, holds in shown.items() if holds]


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
        [step * top / STEPS for step in steps[number * PLACES : (number + 1) * PLACES]]
        for number, top in enumerate(tops)
    )


@cache
def _shipped() -> Weights:
    return loaded(FILE.read_bytes())
