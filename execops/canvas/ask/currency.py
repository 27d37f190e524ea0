"""The currency that a question names: "in EUR", "how many dollars"."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from execops.canvas.ask import lexicon
from execops.canvas.ask.grouping import UnfitError
from execops.canvas.ask.sentence import Sentence
from execops.text.patterns import Pattern

_CONVERTED = Pattern(r"\b(?:convert(?:ed)?|conversion|equivalents?|translated|exchange|normali[sz]ed)\b")


def take_currency(sentence: Sentence, of_ledger: Iterable[str]) -> str | None:
    """Take the words that name a currency. Raises UnfitError for two, and for conversions."""
    codes = set()
    for code, pattern in _patterns(tuple(of_ledger)):
        while (match := sentence.find(pattern)) is not None:
            codes.add(code)
            sentence.take(match)
    if codes and sentence.find(_CONVERTED):
        raise UnfitError("Currencies are never converted.")
    if len(codes) > 1:
        raise UnfitError("One currency at a time, or all of them in rows of their own.")
    return next(iter(codes), None)


@lru_cache(maxsize=8)
def _patterns(of_ledger: tuple[str, ...]) -> list[tuple[str, Pattern]]:
    """In the file's order, "canadian dollars" before "dollars"; then the ledger's other codes."""
    words = {entry["code"]: entry["pattern"] for entry in lexicon.read("currencies")["currency"]}
    needles = {code: lexicon.needles(pattern) for code, pattern in words.items()}
    others = {code: code.lower() for code in of_ledger if code not in words and code.isalpha()}
    words |= others
    needles |= {code: [word] for code, word in others.items()}
    return [
        (
            code,
            Pattern(
                rf"(?<![^ ])(?:how many )?(?:(?:only )?(?:in|of) (?:the )?)?(?:{words[code]})(?: only)?(?![^ ])",
                needles[code],
            ),
        )
        for code in words
    ]
