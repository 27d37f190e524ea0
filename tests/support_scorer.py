"""`python -m tests.support_scorer`: make the weights by which Customer Fire reads a message, from the labelled texts.

A support vector machine for each label against all others, trained in the dual by one example after the other. `--check` leaves one
writer out after the other, and prints how the texts of that writer are read by the rest; it keeps the file.

Beside the weights it writes a trace, by which a test finds that the same texts, words and steps would make the same weights: the
whole training takes minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import add, itemgetter, mul
from pathlib import Path

from execops.model import Json
from execops.plays.support import support_marks, support_scorer, support_words
from execops.plays.support import support_verdict as support
from tests import conversations

TEXTS = Path(__file__).parent / "data" / "support_texts"
WRITERS = tuple(f"w{number}" for number in (*range(1, 6), 7, 8, 9, *range(13, 18), 19, *range(21, 34)))
PLAIN = "plain"  # the plainest ways to say each label, which no writer used
KINDS_MISSED = (
    "kinds"  # more of the kinds that were missed when a writer was left out, such as quiet farewells
)
APART = (
    "apart",
    "apart_b",
    "apart_c",
    "apart_d",
    "apart_long",
)  # further writers, whose texts nothing has learnt from
KINDS_APART = "kinds_apart"  # short texts of kinds that were missed, by the author of the code; no weight has learnt from them
KINDS_APART_B = (
    "kinds_apart_b"  # more such texts, as bitter praise, joy in the words of anger, and stories with a turn
)
CONTRACTIONS_APART = "contractions_apart"  # forty short fires with contractions, the same without, and forty quiet texts with them
FOLDERS = ("intercom", "intercom_blind", "intercom_third", "intercom_fifth", "intercom_sixth")
MEANINGS = support_scorer.FILE.with_name("support_meanings.toml")
COUNTS = dict.fromkeys(FOLDERS, 0.3) | {PLAIN: 2.0}  # how much a text counts, beside one of a writer
TRACE = Path(__file__).parent / "data" / "support_weights.trace.json"
TRACED = 40  # one text of so many, whose weights are trained to compare them
ROUNDS = 8
LOOSE = 2.0  # how freely an error is forgiven
RARE = 1.5  # the power by which a mark counts more the rarer it is
STRONG = 2.5  # of all marks
LEANING = 0.5  # how much the leaning of a mark to a label decides its strength for it
SETTLED = 1e-3
OFTEN = 2  # texts that hold a mark, else it is not learnt: it may be a name, or chance
QUIET = "quiet"
KINDS = {  # of judged conversations that are neither a fire nor a refund
    "complaint_mild": {"outage_wave", "grumpy_trial", "trial", "sla"},
    "innocent": {
        "innocent",
        "innocent_cancel",
        "innocent_refund",
        "sarcasm_friendly",
        "angry_elsewhere",
        "quoted_old_anger",
    },
    "thanks": {"thanks", "html_quoted", "closed_reopened", "answered_between"},
    "automatic": {"out_of_office", "auto", "newsletter"},
    "spam": {"seo_spam", "spam", "phishing"},
}
SINGLE = {"u074_sla_ooo": "automatic", "o48_sla_missed_long_ago": "thanks"}

Example = tuple[tuple[int, ...], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Text:
    """A contact's newest words with the label that a person gave them."""

    writer: str
    words: str
    label: str


@cache
def written(name: str) -> tuple[Text, ...]:
    """The texts of one writer."""
    lines = (TEXTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(
        Text(name, support_words.without_commands("\n".join(entry["words"])), entry["label"])
        for entry in map(json.loads, lines)
    )


def of_conversations() -> list[Text]:
    """The newest words of the judged conversations, with the label that their expectation and kind tell."""
    texts = []
    for folder in FOLDERS:
        for case in conversations.read_cases(conversations.FOLDER.with_name(folder)):
            for facts in conversations.facts_of(case, conversations.events_of(case)):
                messages = support.unanswered(facts)
                if messages:
                    words = support_words.without_commands("\n".join(messages))
                    texts.append(Text(folder, words, label_of(case)))
    return texts


@cache
def learnt() -> tuple[Text, ...]:
    """Every text that the weights are learnt from."""
    return (
        *(text for name in (*WRITERS, KINDS_MISSED, PLAIN) for text in written(name)),
        *of_conversations(),
    )


def label_of(case: Json) -> str:
    """The label of a judged conversation's words."""
    kind, plays = case["kind"], case["expected"]["plays"]
    if plays == ["angry_customer"]:
        if kind in {"cold_cancel", "polite_leave", "leaving", "external_id", "understatement", "understated"}:
            return "leaving"
        return "threat" if kind.endswith("threat") else "angry"
    if plays == ["refund_asked"]:
        return "refund"
    return SINGLE.get(case["name"]) or next(
        (label for label, kinds in KINDS.items() if kind in kinds), "question"
    )


def example(text: Text) -> Example:
    """The marks of a text: their numbers, and their values, whose order is the same."""
    marks = support_marks.marks_of(text.words)
    return tuple(marks), tuple(marks.values())


def places_of(examples: Iterable[Example]) -> dict[int, int]:
    """The marks that are learnt, by their number, each with its place among the weights."""
    often = Counter(mark for marks, _ in examples for mark in marks)
    return {mark: place for place, mark in enumerate(sorted(m for m, n in often.items() if n >= OFTEN))}


def placed(examples: Iterable[Example], places: dict[int, int]) -> list[Example]:
    """The examples with the places of their learnt marks instead of the numbers."""
    shown = (
        [(places[mark], value) for mark, value in zip(*example, strict=True) if mark in places]
        for example in examples
    )
    return [(tuple(place for place, _ in pairs), tuple(value for _, value in pairs)) for pairs in shown]


def stretches(examples: list[Example], count: int) -> list[float]:
    """How much the mark at each of so many places counts: the rarer it is, the more."""
    often = Counter(place for places, _ in examples for place in places)
    rarity = [(1 + math.log((1 + len(examples)) / (1 + often[place]))) ** RARE for place in range(count)]
    usual = math.sqrt(sum(rarity[place] ** 2 * n for place, n in often.items()) / often.total())
    return [STRONG * value / usual for value in rarity]


def leanings(examples: list[Example], count: int, signs: list[int], counts: list[float]) -> list[float]:
    """How much more the mark at each of so many places counts, the more it leans to the examples of sign 1, or away from them.

    As in naive Bayes, the leaning is the logarithm of the ratio of two shares: of the marks of either sign's examples. The usual is 1.
    """
    often = {1: [1.0] * count, -1: [1.0] * count}
    for (places, _), sign, worth in zip(examples, signs, counts, strict=True):
        for place in places:
            often[sign][place] += worth
    ratio = math.log(sum(often[1]) / sum(often[-1]))
    leans = [
        1 - LEANING + LEANING * abs(math.log(ours / theirs) - ratio)
        for ours, theirs in zip(often[1], often[-1], strict=True)
    ]
    both = list(map(add, often[1], often[-1]))
    usual = math.sqrt(sum(lean**2 * n for lean, n in zip(leans, both, strict=True)) / sum(both))
    return [lean / usual for lean in leans]


def train(examples: list[Example], count: int, signs: list[int], counts: list[float]) -> list[float]:
    """The weights, of so many places, that tell the examples of sign 1 from those of sign -1.

    The same examples give the same weights.
    """
    stretch = list(map(mul, stretches(examples, count), leanings(examples, count, signs, counts)))
    examples = [
        (places, tuple(value * stretch[place] for place, value in zip(places, values, strict=True)))
        for places, values in examples
    ]
    weights = [0.0] * count
    forces = [0.0] * len(examples)
    loose = [LOOSE / count for count in counts]
    curves = [sum(value * value for value in values) + loose[n] for n, (_, values) in enumerate(examples)]
    # One look at all places takes half the time of a look at each; it gives a tuple for two places or more.
    looks = [itemgetter(*places, 0, 0) for places, _ in examples]
    order, at_random = list(range(len(examples))), random.Random(1)
    for _ in range(ROUNDS):
        at_random.shuffle(order)
        for number in order:
            places, values = examples[number]
            sign, force = signs[number], forces[number]
            slope = sign * sum(map(mul, looks[number](weights), values)) - 1 + loose[number] * force
            if abs(slope) < SETTLED or (not force and slope > 0):
                continue
            forces[number] = max(force - slope / curves[number], 0.0)
            step = (forces[number] - force) * sign
            for place, value in zip(places, values, strict=True):
                weights[place] += step * value
    return list(map(mul, weights, stretch))


def signs_of(texts: Iterable[Text], label: str) -> list[int]:
    """1 for each text of the label, -1 for all others."""
    return [1 if text.label == label else -1 for text in texts]


def counts_of(texts: Iterable[Text]) -> list[float]:
    """How much each text counts."""
    return [COUNTS.get(text.writer, 1.0) for text in texts]


def make(texts: Sequence[Text], examples: list[Example]) -> bytes:
    """The weights of every label, as they are shipped."""
    places = places_of(examples)
    learnt_by = placed(examples, places)
    labels = [
        train(learnt_by, len(places), signs_of(texts, label), counts_of(texts))
        for label in support_scorer.LABELS
    ]
    return support_scorer.stored(dict(zip(places, zip(*labels, strict=True), strict=True)))


def trace(texts: Sequence[Text], shipped: bytes) -> dict[str, str]:
    """The digests of the shipped weights and of all that they are made of, and of the weights that a few of the texts make."""
    few = texts[::TRACED]
    common = [" ".join(sorted(language.common)) for language in support_words.languages().values()]
    return {
        "weights": _digest(shipped),
        "texts": _digest(*("\n".join((text.writer, text.label, text.words)).encode() for text in texts)),
        "words": _digest(MEANINGS.read_bytes(), "\n".join(common).encode()),
        "training": _digest(zlib.decompress(make(few, list(map(example, few))))),
    }


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def group(label: str) -> str:
    """The meaning of a label for the judgement: a fire, a refund, or neither."""
    return "fire" if label in support_scorer.BURNING else label if label == "refund" else QUIET


def read_as(odds: support_scorer.Odds) -> str:
    """The reading of a text, by the likeliest group of labels."""
    groups: dict[str, float] = defaultdict(float)
    for label, share in odds.items():
        groups[group(label)] += share
    return max(groups, key=lambda name: groups[name])


def report(texts: Sequence[Text], weights: support_scorer.Weights) -> str:
    """How many texts are read rightly, in all and by label, and what the others are read as."""
    read: dict[str, Counter[str]] = {label: Counter() for label in support_scorer.LABELS}
    for text in texts:
        read[text.label][read_as(support_scorer.odds_by(weights, text.words))] += 1
    right = sum(counts[group(label)] for label, counts in read.items())
    lines = [f"{right} of {len(texts)} right, {100 * right / len(texts):.1f} %"]
    lines += [
        f"  {label}: {counts[group(label)]} of {counts.total()}, read as {dict(counts)}"
        for label, counts in read.items()
    ]
    return "\n".join(lines)


def main() -> int:
    """Make the weights, or print what they are worth."""
    parser = argparse.ArgumentParser(prog="python -m tests.support_scorer", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="leave one writer out after the other; keep the file"
    )
    parser.add_argument(
        "--apart", action="store_true", help="print how the texts of further writers are read"
    )
    options = parser.parse_args()
    if options.apart:
        for writer in (*APART, KINDS_APART, KINDS_APART_B, CONTRACTIONS_APART):
            weights = support_scorer.loaded(support_scorer.FILE.read_bytes())
            print(writer, report(written(writer), weights))
        return 0
    texts = learnt()
    examples = list(map(example, texts))
    if not options.check:
        data = make(texts, examples)
        support_scorer.FILE.write_bytes(data)
        TRACE.write_text(json.dumps(trace(texts, data), indent=2) + "\n", encoding="utf-8")
        return 0
    for writer in WRITERS:
        numbers = [number for number, text in enumerate(texts) if text.writer != writer]
        data = make([texts[number] for number in numbers], [examples[number] for number in numbers])
        print(writer, report(written(writer), support_scorer.loaded(data)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
