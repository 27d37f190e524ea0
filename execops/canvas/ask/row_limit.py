"""How many rows a question wants: "top 5", "our biggest customer"."""

from __future__ import annotations

from execops.canvas.ask import lexicon
from execops.canvas.ask.grouping import UnfitError
from execops.canvas.ask.number_words import number
from execops.canvas.ask.sentence import Sentence


def take_limit(sentence: Sentence) -> int | None:
    """Take the number of rows. Raises UnfitError for two numbers."""
    limits = set()
    for pattern in lexicon.patterns("limits", "number"):
        while (match := sentence.find(pattern)) is not None:
            limits.add(number(match["n"]))
            # "last" stays: it is for lists by date alone.
            taken = ["n"] if match.groupdict().get("drop") in {None, "last", "most recent"} else ["n", "drop"]
            for group in sorted(taken, key=match.start, reverse=True):  # the words before keep their places
                sentence.take(match, group)
    for pattern in lexicon.patterns("limits", "single"):
        if not limits and (match := sentence.find(pattern)) is not None:
            limits.add(1)
            if match["drop"] in {"first", "single", "one"}:
                sentence.take(match, "drop")
    if len(limits) > 1:
        raise UnfitError("One number of rows at a time.")
    return next(iter(limits), None)
