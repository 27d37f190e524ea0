"""Whether a question asks how many, and of what: a metric's own noun, or the question is not for it."""

from __future__ import annotations

import re
from functools import cache

from execops.canvas import catalogue
from execops.canvas.ask.words import NAMED, TAKEN, Question, stem, stems
from execops.canvas.catalogue import Metric

_HOW_MANY = re.compile(r"\b(?:how many|number of|count of)\b(?: of)?(?: the| our| all)* ")
# The words that ask, and say nothing else about the metric.
COUNT_WORDS = frozenset({"many", "count", "counts", "often", "frequently", "frequency", "times", "number"})
_ASKED = re.compile(r"(?<![^ ])(?:how (?:many|often|frequently)|count|number|frequency of)(?![^ ])")
# Nouns that some metric speaks of and none counts.
_UNCOUNTED = stems(
    """customers clients subscribers subscriptions accounts users people vendors products plans types operators days
    weeks cards invoices""".split()  # noqa: SIM905
)


def counts(question: Question) -> bool:
    """Whether a question asks how many."""
    return question.find(_ASKED) is not None


def miscounted(question: Question, metric: Metric) -> str | None:
    """Why a metric does not count what the question wants counted; None where it may."""
    match = question.find(_HOW_MANY)
    if match is None:
        return None
    wanted = _noun(match.string[match.end() :].split())
    if wanted is None or stem(wanted) in _counted(metric.name):
        return None
    return f"{metric.title} does not count {wanted}."


def _noun(words: list[str]) -> str | None:
    """The noun that is counted: the last of the first ones in a row, as in "customer payments"."""
    nouns = _countable()
    found = None
    for word in words:
        if word in {NAMED, TAKEN}:
            continue
        if stem(word) in nouns:
            found = word
        elif found:
            break
    return found


@cache
def _counted(name: str) -> frozenset[str]:
    metric = catalogue.load()[name]
    return stems([*metric.counts, *(each.name for each in metric.columns if each.unit == "count")])


@cache
def _countable() -> frozenset[str]:
    return _UNCOUNTED.union(*map(_counted, catalogue.load()))
