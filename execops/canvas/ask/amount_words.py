"""Words of a question about single movements: "over $500", "biggest", "outgoing"; and "at the end of" for a balance."""

from __future__ import annotations

from decimal import Decimal

from execops.canvas.ask import lexicon
from execops.canvas.ask.grouping import UnfitError
from execops.canvas.ask.sentence import Sentence
from execops.model import Json
from execops.text.patterns import Pattern

_SCALE = {"k": 1_000, "m": 1_000_000}


def take_over(sentence: Sentence) -> str | None:
    """Take the amount that movements are to exceed, in major units; the currency beside it stays. Raises UnfitError for two."""
    amounts = set()
    for pattern in lexicon.patterns("amounts", "over"):
        while (match := sentence.find(pattern)) is not None:
            amount = Decimal(match["n"].replace(",", "")) * _SCALE.get(match["scale"] or "", 1)
            amounts.add(f"{amount:f}")
            for group in ("n", "drop"):  # the words before keep their places
                sentence.take(match, group)
    if len(amounts) > 1:
        raise UnfitError("One amount at a time.")
    return next(iter(amounts), None)


def senses(sentence: Sentence) -> Json:
    """The order and the direction that a question asks of single movements, by its words."""
    return {
        name: value
        for name, value in (("order", "largest"), ("direction", "in"), ("direction", "out"))
        if any(map(sentence.find_in_full, lexicon.patterns("amounts", value)))
    }


def ends_there(sentence: Sentence) -> bool:
    """Whether the end of a period is asked for: "at the end of September"."""
    return sentence.find(_END) is not None


_END = Pattern(r"(?<![^ ])(?:end|close) of(?![^ ])", ("end of", "close of"))
