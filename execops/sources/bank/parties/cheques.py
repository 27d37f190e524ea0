"""The party that a bank's text names beside a cheque: `CHECK 1187 LONE STAR PROPERTY MGMT`. Most texts of cheques name nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence

from execops.sources.bank.parties.movement_words import lists_of
from execops.sources.bank.parties.purposes import to_words

_CHEQUE = re.compile(
    r"^(?:(?:mobile|inward|outward|remise(?: de)?|deposit) )*(?:check|cheque|chq|clg|scheckeinreichung|cheques?)\b"
    r"(?:[\s/:#-]*(?:(?:deposit|clg|chk|chq|no|nr|n°|paid|mailed|number)\b\.?|\d+))*[\s/:-]*"
    r"(?:(?:payee(?: keyed)?|from|to|e\.v(?=\.)|pour|de)\b[:.]?\s*)?(?P<name>[^\W\d_][^/,;\"]*?)"
    r"(?=\s*(?:[,;/\"]|\s-\s|\s\d|\bmemo\b|\bfact\b|\binv\b|$))",
    re.IGNORECASE,
)
_FEWEST, _MOST = 2, 6  # words
_NO_NAME = frozenset({"head", "own head", "qualifier", "own", "nobody", "month"})


def party(texts: Sequence[str]) -> str | None:
    """The name in the first text of a cheque; None where it has none."""
    return next(filter(None, map(_in, texts[:1])), None)


def _in(text: str) -> str | None:
    cheque = _CHEQUE.match(" ".join(text.split()))
    if cheque is None:
        return None
    words = cheque["name"].split()
    is_name = not any(_NO_NAME.intersection(lists_of(to_words(word), word)) for word in words[:1])
    free = sum(not lists_of(to_words(word), word) for word in words)
    return cheque["name"].strip() if is_name and free >= 1 and _FEWEST <= len(words) <= _MOST else None
