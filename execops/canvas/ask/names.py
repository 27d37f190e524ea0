"""The vendors and customers that a question names, small typing errors and missing parts tolerated."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Protocol

from execops.canvas.ask.spelling import is_english
from execops.canvas.ask.vocabulary import FILLERS, GRAMMAR
from execops.canvas.ask.words import NAMED, TAKEN, Question

_LEGAL = frozenset(
    "inc incorporated llc ltd limited gmbh corp corporation co company ag sa sas sarl bv plc pty oy ab se kg the".split()  # noqa: SIM905
)
_MARKS = re.compile(
    r"(?<![^ ])(?:for|from|of|by|to|on|with|at|customer|vendor|merchant|named|called)(?: the)? $"
)
_ROLES = frozenset({"customer", "vendor", "merchant", "provider", "account", "company"})
_LONGEST = 6  # words of a name that a question spells out
_SURE = 4  # characters of which one may be too many, missing, or out of place
_MEDIUM = 6  # characters of which one may be another
_LONG = 8  # characters of which two may be wrong


class Names(Protocol):
    """What the ledger knows."""

    @property
    def vendors(self) -> tuple[str, ...]: ...
    @property
    def customers(self) -> Mapping[str, str] | None: ...
    @property
    def currencies(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Named:
    """Words that name somebody: `vendor` and `customer` are the parameters' values, where they are one."""

    text: str
    vendor: str | None
    customer: str | None


class NoNameError(Exception):
    """A name that fits several, or nobody; says which."""


class _Way(IntEnum):
    """How much of a name is written."""

    WHOLE = 0  # but for Inc, GmbH, …
    HEAD = 1
    PART = 2


@lru_cache(maxsize=8)
def _index(names: tuple[str, ...]) -> dict[tuple[str, ...], list[tuple[_Way, str]]]:
    """Every way to write a name, shortened at either end, to the names so written."""
    found: dict[tuple[str, ...], list[tuple[_Way, str]]] = {}
    for name in names:
        words = folded(name)
        telling = tuple(each for each in words if each not in _LEGAL) or words
        ways = {
            telling[first:end]: _Way.PART if first else _Way.HEAD
            for first in range(len(telling))
            for end in range(first + 1, len(telling) + 1)
        } | dict.fromkeys((words, telling, ("".join(telling),)), _Way.WHOLE)
        for way, how in ways.items():
            if sum(map(len, way)) >= 2:
                found.setdefault(way, []).append((how, name))
    return found


def folded(text: str) -> tuple[str, ...]:
    """The words of a name without case, accents and signs."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("ß", "ss")
    return tuple(re.findall(r"[^\W_]+", "".join(each for each in plain if not unicodedata.combining(each))))


def words_of(names: Names) -> frozenset[str]:
    """Every word of a name that the ledger knows."""
    return _words_of(tuple(names.vendors) + tuple(names.customers or ()))


@lru_cache(maxsize=4)
def _words_of(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for name in names for word in folded(name))


def take_names(question: Question, names: Names, *, exact: bool, ordinary: Collection[str]) -> list[Named]:
    """Take the words that name somebody: whole names; or else, not `exact`, parts and misspelt ones.

    Raises NoNameError where they fit several.
    """
    found = []
    parts = words_of(names)
    for first in range(len(question.words)):
        for end in range(min(len(question.words), first + _LONGEST), first, -1):
            words = question.words[first:end]
            common = [each in ordinary for each in words]
            marked = _is_marked(question, first, end) or (question.written[first][0].isupper() and first > 0)
            if {TAKEN, NAMED} & set(words) or (all(common) and not _may_name(words, exact, marked)):
                continue
            if not exact and (common[-1] or (common[0] and words[0] not in parts)):
                continue
            written = folded(" ".join(question.written[first:end]))
            if written and (named := _named(written, names, exact, marked)):
                found.append(named)
                question.take_range(first, end, NAMED)
                if first and question.words[first - 1] in _ROLES | {"by"}:
                    question.take_range(first - 1, first)
                break
    return found


def _may_name(words: Sequence[str], exact: bool, marked: bool) -> bool:
    """Whether ordinary words may be a name: several ("Office Depot"), or one that means nothing, after "on"."""
    if not exact or set(words) <= GRAMMAR:
        return False
    return len(words) > 1 or (marked and words[0] in FILLERS)


def _is_marked(question: Question, first: int, end: int) -> bool:
    """Whether a name is to be expected here: after "from", before an apostrophe."""
    before = " ".join(question.words[:first]) + " "
    return bool(_MARKS.search(before)) or question.possessive[end - 1]


def take_written(question: Question, ordinary: Collection[str]) -> str | None:
    """Take a name nobody knows, as it was written: what stands after "from", "on", "for"."""
    left = [at for at in question.left() if question.words[at] not in ordinary]
    if not left or left != list(range(left[0], left[-1] + 1)):
        return None
    if not _is_marked(question, left[0], left[-1] + 1):
        return None
    text = " ".join(question.written[left[0] : left[-1] + 1])
    question.take_range(left[0], left[-1] + 1)
    return text


def _named(words: tuple[str, ...], names: Names, exact: bool, marked: bool) -> Named | None:
    customers = names.customers or {}
    vendor = _one(words, tuple(names.vendors), exact=exact, marked=marked)
    customer = _one(words, tuple(customers), exact=exact, marked=marked)
    if vendor is None and customer is None:
        return None
    return Named(" ".join(words), vendor, customers.get(customer or ""))


def _one(words: tuple[str, ...], names: tuple[str, ...], *, exact: bool, marked: bool) -> str | None:
    """The name that these words write. Raises NoNameError where they write several."""
    index = _index(names)
    most = _Way.WHOLE if exact else _Way.PART if marked else _Way.HEAD
    plain = len(words) == 1 and not exact and bool(index.get(words)) and is_english(words[0])
    if plain:  # "cloud" alone is no name, "from Umbrella" is
        most = _Way.HEAD if marked else _Way.WHOLE
    fits = _best(index.get(words) or index.get(("".join(words),), []), most)
    if not fits and not exact and not plain and sum(map(len, filter(str.isalpha, words))) >= _SURE:
        fits = _misspelt(words, names, _Way.HEAD if marked else _Way.WHOLE)
    if len(fits) > 1:
        raise NoNameError(f"More than one is called that: {_listed(fits)}.")
    return fits[0] if fits else None


def _best(fits: Iterable[tuple[_Way, str]], most: _Way) -> list[str]:
    """The names of which the most is written."""
    allowed = [(how, name) for how, name in fits if how <= most]
    least = min((how for how, _ in allowed), default=None)
    return [name for how, name in allowed if how == least]


@lru_cache(maxsize=8)
def _spelled(names: tuple[str, ...]) -> list[str]:
    """Every way to write a name that is long enough to be misspelt, but for those that no question may misspell."""
    return [
        " ".join(way)
        for way, fits in _index(names).items()
        if len("".join(way)) >= _SURE and any(how <= _Way.HEAD for how, _ in fits)
    ]


def _misspelt(words: tuple[str, ...], names: tuple[str, ...], most: _Way) -> list[str]:
    """The names that these words nearly write: one letter wrong, or two of a longer name."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    index, text = _index(names), " ".join(words)
    if text.endswith("s") and (plain := _best(index.get((text[:-1],), []), most)):
        return plain  # "acmes", without its apostrophe
    if len(words) == 1 and is_english(text):
        return []
    near = [
        (way, distance)
        for way, distance, _ in process.extract(
            text, _spelled(names), scorer=OSA.distance, score_cutoff=1 if len(text) < _LONG else 2, limit=20
        )
        if way[0] == text[0]
        and (len(way) >= _MEDIUM or not _is_substituted(way, text))
        and distance <= (1 if len(way) < _LONG else 2)
        and _best(index[tuple(way.split())], most)
    ]
    closest = min((distance for _, distance in near), default=None)
    fits = [pair for way, distance in near if distance == closest for pair in index[tuple(way.split())]]
    return list(dict.fromkeys(_best(fits, most)))


def _is_substituted(one: str, other: str) -> bool:
    """Whether a letter stands for another: in a short name, that is another name."""
    return len(one) == len(other) and sorted(one) != sorted(other)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)[:5])
