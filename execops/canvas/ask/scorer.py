"""Which metrics a question is most likely about: weights of short runs of letters, made by `python -m tests.scorer`.

They order suggestions, and never answer. The file is read at the first question that has no answer.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from functools import cache
from importlib.resources import files

from msgspec import Struct

_SIZES = (2, 3, 4)  # letters


class Weights(Struct, frozen=True):
    """For each run of letters its rarity, and its weight for each metric."""

    metrics: tuple[str, ...]
    runs: dict[str, tuple[float, ...]]  # the rarity first


def odds_of(words: str) -> dict[str, float]:
    """How likely each metric is, from 0 to 1; none for words that no labelled question has a run of letters of."""
    weights = _load()
    present = present_runs(words, weights.runs)
    if not present:
        return {}
    totals = [0.0] * len(weights.metrics)
    for run, value in present.items():
        for place, weight in enumerate(weights.runs[run][1:]):
            totals[place] += value * weight
    most = max(totals)
    odds = [math.exp(total - most) for total in totals]
    whole = sum(odds)
    return {name: odd / whole for name, odd in zip(weights.metrics, odds, strict=True)}


def present_runs(words: str, known: dict[str, tuple[float, ...]]) -> dict[str, float]:
    """The known runs of letters of these words, each with its share; the squares of all shares are one."""
    counts = Counter(run for run in runs_of(words) if run in known)
    values = {run: (1 + math.log(count)) * known[run][0] for run, count in counts.items()}
    length = math.sqrt(sum(value * value for value in values.values()))
    return {run: value / length for run, value in values.items()}


def runs_of(words: str) -> list[str]:
    """Every run of letters, within one word and its edges."""
    edged = [f" {word} " for word in words.split()]
    return [
        word[first : first + size]
        for word in edged
        for size in _SIZES
        for first in range(len(word) - size + 1)
    ]


@cache
def _load() -> Weights:
    text = (files("execops.canvas.ask") / "words" / "weights.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    scale = stored["scale"]
    return Weights(
        tuple(stored["metrics"]),
        {
            run: (rarity / scale, *(weight / scale for weight in weights))
            for run, (rarity, *weights) in stored["runs"].items()
        },
    )
