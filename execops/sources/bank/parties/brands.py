"""Well-known suppliers, whatever their banks and card networks make of their names: `brands.toml`.

Only what is certain is named: two names for one supplier are a nuisance, one name for two suppliers is a wrong number.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from execops.sources.bank.parties.movement_words import places
from execops.sources.bank.parties.purposes import LEGAL_FORMS, to_words

_STARRED = re.compile(r"^(?P<name>[^*]*[^\W_])\.?\s?\*")  # UBER *TRIP
_TICKET = re.compile(r"([a-z ]+ \d{3})\d{7,10}\b")
_PARTS = re.compile(r"[^\W\d_]+|\d+")
_LONGEST = 3  # words of a spelling
_FOR = frozenset(
    {"payroll", "subscription", "billing", "invoice", "payment", "payments", "charge", "monthly"}
)
_SITES = frozenset({"com", "co", "io", "net", "org", "app", "de", "help", "www", "https", "bill"})


class _Brands(NamedTuple):
    begins: dict[str, str]
    whole: dict[str, str]
    tickets: dict[str, str]


def brand(text: str) -> str | None:
    """The well-known supplier that a name is of, or None."""
    plain = to_words(text)
    if (ticket := _TICKET.match(plain)) and (name := _brands().tickets.get(ticket[1])):
        return name
    readings = (plain.split(), _PARTS.findall(plain))  # ADS4417 is one word, and two
    named = (_begins(words) for words in readings)
    return next(filter(None, named), None) or next(
        filter(None, (_whole(text, words) for words in readings)), None
    )


def brand_at(text: str) -> str | None:
    """The well-known supplier whose own words begin a text, whatever follows them: `TELEFONICA BRASIL S A VIVO`."""
    return _begins(to_words(text).split())


def brand_within(text: str) -> str | None:
    """The well-known supplier whose own words stand anywhere in a text."""
    words = to_words(text).split()
    return next(filter(None, (_begins(words[at:]) for at in range(len(words)))), None)


def _begins(words: list[str]) -> str | None:
    spellings = (" ".join(words[:length]) for length in range(min(_LONGEST, len(words)), 0, -1))
    return next(filter(None, map(_brands().begins.get, spellings)), None)


def _whole(text: str, words: list[str]) -> str | None:
    starred = _STARRED.match(text)
    for length in range(min(_LONGEST, len(words)), 0, -1):
        spelling = " ".join(words[:length])
        is_starred = starred is not None and to_words(starred["name"]) == spelling
        if (name := _brands().whole.get(spelling)) and (
            is_starred or _says_no_more(words[length:], spelling)
        ):
            return name
    return None


def _says_no_more(words: list[str], spelling: str) -> bool:
    """Whether the words behind a name are its legal form, its site, a place, a number or what is paid for."""
    return all(
        word in LEGAL_FORMS | _SITES | _FOR
        or word in spelling
        or any(map(str.isdigit, word))
        or word.upper() in places("states") | places("countries") | {"US"}
        or word in _towns()
        for word in words
    )


@cache
def _towns() -> frozenset[str]:
    return frozenset(word for town in places("towns") for word in town.split())


@cache
def _brands() -> _Brands:
    import tomllib  # only once a name is to be read

    text = (files("execops.sources.bank.parties") / "brands.toml").read_text(encoding="utf-8")
    entries: dict[str, dict[str, Any]] = tomllib.loads(text)
    return _Brands(
        {spelling: name for name, entry in entries.items() for spelling in entry["begins"]},
        {spelling: name for name, entry in entries.items() for spelling in entry["whole"]},
        {entry["ticket"]: name for name, entry in entries.items() if "ticket" in entry},
    )
