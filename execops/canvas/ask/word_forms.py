"""The stem that the forms of a word share: "refunded", "refunds" and "refund" are one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from execops.canvas.ask import lexicon


@cache
def _stemmer() -> Any:  # noqa: ANN401 - the package has no types
    import Stemmer

    return Stemmer.Stemmer("english")


@cache
def regular_stem(word: str) -> str:
    """The stem by the English Snowball rules."""
    return str(_stemmer().stemWord(word))


def stem(word: str) -> str:
    """The stem, irregular forms included."""
    return regular_stem(lexicon.pairs("spellings", "irregular").get(word, word))


def stems(words: Iterable[str]) -> frozenset[str]:
    """The stems of several words."""
    return frozenset(map(stem, words))
