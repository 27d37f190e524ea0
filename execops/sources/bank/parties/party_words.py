"""The words of a bank's text, and the marks by which `party_tagger` tells those of the party's name.

Numbers and codes count by their kind, so that a name is found alike whatever date, card, amount or reference stands around
it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from typing import NamedTuple

from execops.sources.bank.parties.movement_words import lists_of
from execops.sources.bank.parties.name_words import classes_of
from execops.sources.bank.parties.purposes import to_words

PLACES = 1 << 16  # of a mark's hash
UNUSED = "0 0"  # the usage of a word that no labelled line has
_LONGEST = 60  # words of a text that are read
_LATIN = "A-Za-zÀ-ɏ"
_WORD = re.compile(
    r"(?<![^\W_])\d{4,}[.,]\d\d(?![\w.,/:-])"  # an amount without a sign for thousands
    r"|(?<![^\W_])(?=[A-Za-z]*\d)[A-Za-z0-9]{4,}(?![^\W_])"  # letters and digits: a code, if they change often
    r"|(?<![^\W_])(?:[A-Za-z]\.){2,}(?:[A-Za-z](?![^\W_]))?"  # S.p.A., J.M.
    r"|\d+(?:[.,:/-]\d+)*"
    rf"|[{_LATIN}]+(?:['’][{_LATIN}]+)*|[^\W\d_{_LATIN}]+|[^\w\s]|_"
)
_PIECES = re.compile(rf"\d+|[{_LATIN}]+")
_DATE = re.compile(r"(?:\d{1,2}[./-]){1,2}(?:\d{4}|\d{2})|\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}")
_AMOUNT = re.compile(r"[\d.,]*[.,]\d\d")
_CHANGES = 3  # between letters and digits, which no name has
_SIZES = (2, 3, 4, 7)  # digits of a number
_EDGE = ""
_HYPHEN = "‐"  # within a word
_NUMBER, _CODE = "~", "~code"  # before the kind of a number

Group = tuple[str, ...]  # of marks: what kind they are, and what they are of


class Word(NamedTuple):
    """A word, a number, a code or a sign of a text."""

    start: int
    end: int
    key: str  # what it says; of a number and a code, their kind
    glue: str  # what stands before it: "" nothing, " " a blank, "_" several, "^" the text's beginning
    usage: str  # how often it stands outside names and in them: see `usage`


def words_of(text: str, usages: Mapping[str, str]) -> list[Word]:
    """The words of a text, each with its place."""
    words: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        pieces = _PIECES.finditer(match[0])
        parts = [match.span()]
        if match[0].isalnum() and not _is_code(match[0]):
            parts = [
                (match.start() + piece.start(), match.start() + piece.end()) for piece in pieces
            ] or parts
        for start, stop in parts:
            between = text[end:start]
            glue = "^" if not words else between if between in {"", " "} else "_"
            key = folded(text[start:stop]) if _is_number(text[start:stop]) else text[start:stop]
            words.append(Word(start, stop, key, glue, usages.get(folded(key), UNUSED)))
            end = stop
        if len(words) >= _LONGEST:
            break
    return _with_hyphen(words)


def _with_hyphen(words: list[Word]) -> list[Word]:
    """The words, with another key for a hyphen within a word: `ABIOLA-CROSS`. A bank that parts its fields so has several."""
    inside = [
        at
        for at in range(1, len(words) - 1)
        if words[at].key == "-"
        and not words[at].glue
        and not words[at + 1].glue
        and words[at - 1].key.isalpha()
        and words[at + 1].key.isalpha()
    ]
    if len(inside) == 1:
        words[inside[0]] = words[inside[0]]._replace(key=_HYPHEN)
    return words


@lru_cache(maxsize=50_000)
def _is_code(word: str) -> bool:
    """Whether letters and digits take turns, as in no name: K1H0Q4, T04K1188."""
    if not any(map(str.isdigit, word)):
        return False
    return len(list(groupby(word, str.isdigit))) > _CHANGES


def _is_number(word: str) -> bool:
    """Whether a word is a number or a code, which counts by its kind alone."""
    return word[0].isdigit() or _is_code(word)


@lru_cache(maxsize=50_000)
def folded(word: str) -> str:
    """The word in small letters without accents; a number and a code by their kind alone."""
    if word[0] == _NUMBER and len(word) > 1:
        return word
    if _is_number(word):
        return _kind_of_number(word)
    return to_words(word).replace(" ", "") or word


def _kind_of_number(number: str) -> str:
    if any(map(str.isalpha, number)):
        return _CODE
    if number.isdigit():
        return next((f"~{size}" for size in _SIZES if len(number) <= size), "~many")
    if ":" in number:
        return "~time"
    if _DATE.fullmatch(number):
        return "~date"
    return "~amount" if _AMOUNT.fullmatch(number) else "~number"


def usage(outside: int, inside: int) -> str:
    """How often a word stands outside names and in them, in so many banks' forms, as a mark."""
    steps = (0, 1, 3, 9)
    return f"{sum(outside > step for step in steps)} {min(inside, 2)}"


def _shape(word: str) -> str:
    if word[0] == _NUMBER and len(word) > 1:
        return "~" if word == _CODE else "0"
    if not word[0].isalpha():
        return word
    return "U" if word.isupper() else "l" if word.islower() else "T"


def groups_of(words: Sequence[Word], column: str, labels: Sequence[str]) -> list[list[Group]]:
    """The groups of marks of each word, and last those of the text as a whole."""
    edge = Word(0, 0, _EDGE, "$", "edge")
    stretches = _stretches(words)
    padded = [edge, edge, *words, edge, edge]
    groups = []
    for at, (two_before, before, word, behind, two_behind) in enumerate(
        zip(padded, padded[1:], padded[2:], padded[3:], padded[4:], strict=False)
    ):
        place = (str(min(at, 5)), str(min(len(words) - at, 4)), word.glue, behind.glue, column, word.key)
        groups.append(
            [
                ("0", word.key),
                ("-1", before.key),
                ("+1", behind.key),
                ("-2", two_before.key),
                ("+2", two_behind.key),
                ("-1 0", before.key, word.key),
                ("0 +1", word.key, behind.key),
                ("-1 +1", before.key, behind.key),
                ("usage", word.usage, word.key, before.usage, before.key, behind.usage, behind.key),
                ("place", *place),
                ("stretch", *stretches[at]),
                ("class", *(class_of(near.key) for near in (two_before, before, word, behind, two_behind))),
            ]
        )
    return [*groups, _groups_of_all(words, column, labels)]


def _stretches(words: Sequence[Word]) -> list[Group]:
    """The place of each word between two signs or runs of blanks."""
    starts = [
        at for at, word in enumerate(words) if at == 0 or word.glue == "_" or not _is_joint(words[at - 1].key)
    ]
    groups: list[Group] = []
    for number, (start, end) in enumerate(pairwise([*starts, len(words)])):
        before = words[start - 1].key if start and words[start].glue != "_" else words[start].glue
        behind = (
            "$" if end == len(words) else words[end].glue if words[end].glue == "_" else words[end - 1].key
        )
        signs = folded(before), folded(behind), folded(words[start].key)
        groups += [
            (str(min(number, 4)), str(min(at - start, 3)), str(min(end - at, 4)), *signs)
            for at in range(start, end)
        ]
    return groups


def _is_joint(key: str) -> bool:
    return key[0].isalnum() or key[0] == _NUMBER or key in f"&.'-’{_HYPHEN}"


def _groups_of_all(words: Sequence[Word], column: str, labels: Sequence[str]) -> list[Group]:
    plain = [folded(word.key) for word in words]
    return [
        ("all", "length", column, str(min(len(words), 8))),
        *(("all", "has", word) for word in dict.fromkeys(plain)),
        *(("all", "pair", *pair) for pair in dict.fromkeys(pairwise(plain))),
        *(("all", "label", column, word) for label in labels for word in to_words(label).split()),
        *(
            ("all", side, word)
            for side, word in zip(("first", "last"), [*plain[:1], *plain[-1:]], strict=False)
        ),
    ]


def marks(group: Group) -> list[str]:
    """The marks of a group."""
    kind, *parts = group
    if kind == "all":
        return [" ".join(group)]
    if kind == "usage":
        own, word, used_before, before, used_behind, behind = parts
        a, b, c = (
            f"{used}{_shape(text) if text else ''}"
            for used, text in ((used_before, before), (own, word), (used_behind, behind))
        )
        return [f"u {b}", f"u- {a}", f"u+ {c}", f"u-0 {a} {b}", f"u0+ {b} {c}", f"u-0+ {a} {b} {c}"]
    if kind == "class":
        far, a, b, c, off = parts
        return [
            f"c {b}",
            f"c- {a}",
            f"c+ {c}",
            f"c-0 {a} {b}",
            f"c0+ {b} {c}",
            f"c-0+ {a} {b} {c}",
            f"c--0 {far} {a} {b}",
            f"c0++ {b} {c} {off}",
            f"c-- {far} {a}",
            f"c++ {c} {off}",
        ]
    if kind == "stretch":
        number, start, end, before, behind, first = parts
        return [
            f"no {number} {start}",
            f"in {start} {end}",
            f"b {before} {start}",
            f"e {behind} {end}",
            f"be {before} {behind} {start}",
            f"f {first} {start}",
        ]
    if kind == "place":
        start, end, glue, glue_behind, column, word = parts
        shape = _shape(word)
        return [
            f"from {start} {column}",
            f"to {end} {column}",
            f"glue {glue}{glue_behind}",
            f"glue- {glue} {shape}",
            f"glue+ {glue_behind} {shape}",
            f"in {column} {shape}",
        ]
    if len(parts) > 1:
        lefts, rights = (
            (f"w {folded(part)}", f"s {_shape(part)}") if part else ("edge", "edge") for part in parts
        )
        return [f"{kind} {a} {b}" for a in lefts for b in rights]
    return [f"{kind} {mark}" for mark in _marks_of_word(parts[0], near=kind != "0")]


@lru_cache(maxsize=50_000)
def class_of(key: str) -> str:
    """The class of a word, by the lists that it is in; of a number its kind, of a sign the sign."""
    if not key:
        return "$"
    plain = folded(key)
    if not plain[0].isalpha():
        return plain
    names = [*lists_of(plain, key), *classes_of(plain)]
    return "".join(dict.fromkeys(_LETTERS.get(name, "") for name in names)) or "?" + _shape(key)


# The letter of a list in the class of a word; the lists that are left out say little beside these.
_LETTERS = {
    "head": "h",
    "qualifier": "q",
    "own head": "o",
    "bank": "b",
    "form": "G",
    "month": "m",
    "currency": "$",
    "country": "c",
    "region": "r",
    "moves": "h",
    "first": "F",
    "people": "N",
    "titles": "T",
    "trades": "W",
    "purposes": "p",
    "labels": "l",
    "offices": "A",
    "joints": "j",
    "lands": "c",
    "towns": "t",
}


@lru_cache(maxsize=50_000)
def _marks_of_word(word: str, near: bool) -> list[str]:
    if not word:
        return ["edge"]
    plain = folded(word)
    of_word = [f"w {plain}", f"s {_shape(word)}", *(f"list {name}" for name in lists_of(plain, word))]
    of_word += [f"list {name}" for name in classes_of(plain)]
    if near or not plain[0].isalpha():
        return of_word
    of_word += ["always", f"length {_shape(word)} {min(len(word), 4)}"]
    of_word += [f"begins {plain[:size]}" for size in (3, 5) if len(plain) > size]
    of_word += [f"ends {plain[-size:]}" for size in (2, 3, 4) if len(plain) > size]
    return of_word


def places(group: Group) -> list[int]:
    """The places of a group's marks."""
    return [zlib.crc32(mark.encode("utf-8", "replace")) % PLACES for mark in marks(group)]
