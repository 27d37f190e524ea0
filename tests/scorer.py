"""`python -m tests.scorer`: make the weights that order the canvas's suggestions, from the labelled questions.

A softmax over short runs of letters, once names, periods and groupings are taken out; each metric's samples, title
and synonyms are rows too. `--check` makes them without the third set, and prints how often the right metric of one of
its questions stands first, and among the first three.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from execops.canvas import catalogue
from execops.canvas.ask import scorer
from execops.canvas.ask.suggestions import telling_words
from tests.questions import DATA, SETS, names

TARGET = Path(scorer.__file__).parent / "words" / "weights.json"
SCALE = 16  # steps of a weight
LEAST = 3  # texts that hold a run of letters
ROUNDS = 24
RATE = 0.5

Runs = dict[str, tuple[float, ...]]


def labelled(*sets: str) -> list[tuple[str, str]]:
    """The words of each labelled question that has an answer, with its metric."""
    ledger = names()
    rows = []
    for name in sets:
        for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            label = json.loads(line)
            if label["kind"] == "answer":
                words = telling_words(label["question"], date.fromisoformat(label["as_of"]), ledger)
                rows.append((words, label["metric"]))
    return rows


def of_catalogue() -> list[tuple[str, str]]:
    """The texts of each metric's header, with its name."""
    today, ledger = date(2026, 11, 22), names()
    return [
        (telling_words(text, today, ledger), metric.name)
        for metric in catalogue.load().values()
        for text in (metric.title, *metric.synonyms, *metric.samples)
    ]


def train(rows: list[tuple[str, str]]) -> tuple[tuple[str, ...], Runs]:
    """The metrics, and for each run of letters its rarity and weights; the same rows give the same weights."""
    metrics = tuple(catalogue.load())
    often = Counter(run for words, _ in rows for run in set(scorer.runs_of(words)))
    rarity: Runs = {
        run: (1 + math.log((1 + len(rows)) / (1 + count)),)
        for run, count in sorted(often.items())
        if count >= LEAST
    }
    weights = {run: [0.0] * len(metrics) for run in rarity}
    steps = {run: [1e-6] * len(metrics) for run in rarity}
    examples = [(scorer.present_runs(words, rarity), metrics.index(name)) for words, name in rows]
    order = random.Random(1)
    for _ in range(ROUNDS):
        order.shuffle(examples)
        for present, right in examples:
            _learn(weights, steps, present, right, len(metrics))
    return metrics, {run: (*rarity[run], *values) for run, values in weights.items()}


def _learn(
    weights: dict[str, list[float]],
    steps: dict[str, list[float]],
    present: dict[str, float],
    right: int,
    metrics: int,
) -> None:
    totals = [0.0] * metrics
    for run, value in present.items():
        for place, weight in enumerate(weights[run]):
            totals[place] += value * weight
    most = max(totals)
    odds = [math.exp(total - most) for total in totals]
    whole = sum(odds)
    errors = [(place, odd / whole - (place == right)) for place, odd in enumerate(odds)]
    learned = [(place, error) for place, error in errors if abs(error) > 0.005]  # the others change nothing
    for run, value in present.items():
        for place, error in learned:
            slope = error * value
            steps[run][place] += slope * slope
            weights[run][place] -= RATE * slope / math.sqrt(steps[run][place])


def store(metrics: tuple[str, ...], runs: Runs) -> None:
    """Write the weights, a run of letters a line."""
    lines = [
        f"{json.dumps(run, ensure_ascii=False)}:"
        f"{json.dumps([round(value * SCALE) for value in values], separators=(',', ':'))}"
        for run, values in runs.items()
    ]
    head = f'{{"metrics":{json.dumps(metrics)},"scale":{SCALE},"runs":{{\n'
    TARGET.write_text(head + ",\n".join(lines) + "\n}}\n", encoding="utf-8")


def check(rows: list[tuple[str, str]]) -> str:
    """How often the right metric is first, and among three."""
    places = [by_odds(words).index(metric) for words, metric in rows]
    first, three = sum(place == 0 for place in places), sum(place < 3 for place in places)
    return (
        f"first {100 * first / len(rows):.1f} %, among three {100 * three / len(rows):.1f} % of {len(rows)}"
    )


def by_odds(words: str) -> list[str]:
    """The metrics, the likeliest first."""
    odds = scorer.odds_of(words)
    return sorted(odds, key=lambda name: -odds[name])


def main() -> int:
    """Make the weights, and print what they are worth."""
    parser = argparse.ArgumentParser(prog="python -m tests.scorer", description=__doc__)
    parser.add_argument("--check", action="store_true", help="leave the third set out, and keep the file")
    options = parser.parse_args()
    before = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    seen = [name for name in SETS if name not in {"blind", "third"}]
    store(*train(labelled(*seen, *(() if options.check else ("third",))) + of_catalogue()))
    print(check(labelled("third")))
    if options.check:
        TARGET.write_text(before, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
