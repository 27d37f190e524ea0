"""Words that name a period, as they stand beside the sum of one: `w/e 20 Mar`, `February 2026 (5)`, `KW 12`, `bis 31.03.`"""

from __future__ import annotations

import re

from execops.sources.bank.cells.dates import names_month
from execops.sources.bank.cells.headers import plain

_BEGINNING = re.compile(
    r"(?:w e|w c|weeks?(?: ending| commencing| beginning| of)?|wk|kw|kalenderwoche|woche|semaine|sem|semana|settimana|vecka|v|uge|uke|tyden|tydzien|viikko"
    r"|to|till|until|up to|from|bis|ab|von|vom|jusqu au|au|du|hasta|desde|fino al|dal|tot|tom|til|fra|fran|do|od"
    r"|month(?: of| ending)?|monat|mois(?: de)?|mes(?: de)?|mese(?: di)?|maand|manad|maned|miesiac|mesic|quarter|quartal|trimestre|kwartaal|kvartal|fy|year|jahr|annee|ano|anno|jaar) (?=.)"
)
_OF_NUMBERS = re.compile(
    r"(?:19|20)\d{2}(?: (?:\d{1,2}|w\d{1,2}|kw ?\d{1,2}|q[1-4]|h[12]))?|(?:q[1-4]|h[12]|w\d{1,2})(?: (?:19|20)?\d{2})?|\d{1,2} (?:19|20)\d{2}"
)
_COUNT = re.compile(r"\s*\(\s*(?P<count>\d{1,5})(?: [^\W\d]{1,20})?\s*\)\s*$")
_LONGEST = 6  # words


def names_period(text: str) -> bool:
    """Whether a text is the name of a period, and of nothing beside it but a number of movements in brackets."""
    words = plain(_COUNT.sub("", text)).split()
    if not words or len(words) > _LONGEST:
        return False
    phrase = " ".join(words)
    if _OF_NUMBERS.fullmatch(phrase):
        return True
    tail = (phrase[match.end() :] if (match := _BEGINNING.match(phrase)) else phrase).split()
    has_period = len(tail) < len(words) or any(map(names_month, tail))
    return has_period and all(
        word.isdigit() or names_month(word) or _OF_NUMBERS.fullmatch(word) for word in tail
    )


def count_in(text: str) -> int | None:
    """The number of movements that stands in brackets behind the name of a group: `February 2026 (5)`; None without one."""
    match = _COUNT.search(text)
    return int(match["count"]) if match else None
