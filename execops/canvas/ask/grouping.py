"""How a question wants rows grouped: "by week", "per vendor", "monthly", "over time"."""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct

from execops.canvas.ask import lexicon
from execops.canvas.ask.sentence import Sentence
from execops.canvas.catalogue import TIME_GROUPS
from execops.text.patterns import Pattern

_EACH = Pattern(
    r"(?<![^ ])(?:(?:for|in|per) )?(?:each|every) of"
    r"(?= (?:the )?(?:last|past|previous|trailing) \S+ (?P<unit>day|week|month|quarter)s(?![^ ]))",
    ("each of ", "every of "),
)

_YEAR = 366  # days
_GROWTH = Pattern(
    r"(?<![^ ])(?:growth|grows?|grew|grown|growing|changes?|changed|increased?|decreased?|rates?|percent|delta|difference)(?![^ ])"
)


class UnfitError(Exception):
    """Words that ask for rows as no answer has them; says why."""


class Grouping(Struct, frozen=True):
    """How rows are grouped, and whether the question wants to see how a number moved."""

    by: str | None = None
    trend: bool = False
    each: str | None = None  # what rows are of besides, in each step of time


def take_each(sentence: Sentence) -> str | None:
    """Take "each of" before "the last six weeks": rows go by weeks then."""
    if (match := sentence.find(_EACH)) is None:
        return None
    sentence.take(match)
    return match["unit"]


def take_grouping(sentence: Sentence, step: str | None = None) -> Grouping:
    """Take the words that say how rows are grouped, besides `step`. Raises UnfitError for two ways, and for years."""
    if any(map(sentence.find, lexicon.patterns("groupings", "yearly"))):
        raise UnfitError("Rows go by day, week, month or quarter, not by year.")
    fits = possible_groupings(sentence, step)
    if len(fits) > 1:
        raise UnfitError("Rows go by one thing at a time.")
    return fits[0]


def possible_groupings(sentence: Sentence, step: str | None = None) -> list[Grouping]:
    """Take the words that say how rows are grouped; several where a question names several ways, the likeliest first."""
    groups = dict.fromkeys([step] if step else [])
    for pattern in lexicon.patterns("groupings", "rule"):
        while (match := sentence.find(pattern)) is not None:
            groups[_group(match)] = None
            sentence.take(match)
    trend = False
    for pattern in lexicon.patterns("groupings", "trend"):
        while (match := sentence.find(pattern)) is not None:
            trend = True
            sentence.take(match)
    steps = [group for group in groups if group in TIME_GROUPS]
    others = [group for group in groups if group not in TIME_GROUPS]
    if len(steps) == len(others) == 1:
        return [Grouping(steps[0], trend, others[0])]
    return [Grouping(group, trend) for group in (*others, *steps)] or [Grouping(None, trend)]


def take_yearly_comparison(sentence: Sentence, grouping: Grouping, days: int) -> None:
    """Take "yoy" where rows of months or quarters of both years answer it: of a period of so many days, more than a year.

    Nothing is taken if a growth is asked for: the rows tell the change from one step to the next.
    """
    if (
        grouping.by not in {"month", "quarter"}
        or grouping.trend
        or days <= _YEAR
        or sentence.find_in_full(_GROWTH)
    ):
        return
    for place in sentence.untaken():
        if sentence.words[place] == "yoy":
            sentence.take_range(place, place + 1)


def asks_who(sentence: Sentence) -> bool:
    """Whether a question wants customers as rows without saying "by": "which customers left", "who got a refund"."""
    return any(map(sentence.find_in_full, lexicon.patterns("groupings", "who")))


def compared_values(sentence: Sentence) -> str | None:
    """The grouping of which a question names two values: "won vs lost" is by status; None where it names none."""
    entries = lexicon.read("groupings")["values"]
    for group in dict.fromkeys(entry["group"] for entry in entries):
        values = {word for entry in entries if entry["group"] == group for word in entry["words"].split()}
        if len(values & {word.lower() for word in sentence.written}) > 1:
            return str(group)
    return None


def hinted(sentence: Sentence) -> list[str]:
    """The groupings that words which nothing took may mean."""
    left = {sentence.words[place] for place in sentence.untaken()}
    return [
        str(entry["group"])
        for entry in lexicon.read("groupings")["hint"]
        if not left.isdisjoint(entry["words"].split())
    ]


def crossed(sentence: Sentence) -> str | None:
    """The step of time that stands beside customers: "customers against months"; None where nothing does."""
    hints = hinted(sentence)
    steps = [group for group in hints if group in TIME_GROUPS]
    return steps[0] if steps and "customer" in hints else None


def _group(match: re.Match[str]) -> str:
    """The parameter's value for the word that a rule matched: "weekly", "weeks" and "week" are `week`."""
    word = match["noun"]
    return next(name for name, pattern in _nouns().items() if pattern.fullmatch(word))


@cache
def _nouns() -> dict[str, Pattern]:
    return {
        entry["group"]: lexicon.pattern("groupings", entry["pattern"])
        for entry in lexicon.read("groupings")["noun"]
    }
