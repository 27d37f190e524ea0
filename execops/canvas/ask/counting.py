"""Whether a question asks how many, and of what: a metric's own noun, or the question is not for it."""

from __future__ import annotations

from functools import cache

from execops.canvas import catalogue
from execops.canvas.ask import lexicon
from execops.canvas.ask.sentence import NAMED, TAKEN, Sentence
from execops.canvas.ask.word_forms import stem, stems
from execops.canvas.catalogue import Metric
from execops.text.patterns import Pattern

# The words that ask, and say nothing else about the metric.
COUNT_WORDS = frozenset({"many", "count", "counts", "often", "frequently", "frequency", "times", "number"})
_TOTALS = frozenset({"total", "totals", "sum", "tot", "ttl"})
_HOW_MANY = Pattern(
    r"\b(?:how many|number of|count of)\b(?: of)?(?: the| our| all)* ", ("how many", "number of", "count of")
)
_ASKED = Pattern(
    r"(?<![^ ])(?:how (?:many|often|frequently)|count|number|frequency of)(?![^ ])",
    ("how ", "count", "number", "frequency of"),
)


def is_count(sentence: Sentence) -> bool:
    """Whether a question asks how many."""
    return sentence.find(_ASKED) is not None


def asks_total(sentence: Sentence) -> bool:
    """Whether a question asks for a sum, and for no number of anything: "AWS's total"."""
    return not is_count(sentence) and any(
        sentence.words[place] in _TOTALS and sentence.before(place) not in {"in", "on"}
        for place in sentence.untaken()
    )


def miscounted(sentence: Sentence, metric: Metric) -> str | None:
    """Why a metric does not count what the question wants counted; None where it may."""
    match = sentence.find(_HOW_MANY)
    if match is None:
        return None
    wanted = _noun(match.string[match.end() :].split())
    if wanted is None or stem(wanted) in _counted(metric.name):
        return None
    return f"{metric.title} does not count {wanted}."


def _noun(words: list[str]) -> str | None:
    """The noun that is counted: the last of the first ones in a row, as in "customer payments"."""
    nouns = _countable()
    last = None
    for word in words:
        if word in {NAMED, TAKEN}:
            continue
        if stem(word) in nouns:
            last = word
        elif last:
            break
    return last


@cache
def _counted(name: str) -> frozenset[str]:
    metric = catalogue.load()[name]
    return stems([*metric.counts, *(column.name for column in metric.columns if column.unit == "count")])


@cache
def _countable() -> frozenset[str]:
    """Every noun that some metric counts, or speaks of without counting it."""
    return stems(lexicon.words("refusals", "uncounted")).union(*map(_counted, catalogue.load()))
