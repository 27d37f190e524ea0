"""Which words of a bank's text are the party's name: by weights that `python -m tests.party_tagger` learns from labelled lines.

Each word stands before the name, is its first word, is one of its further words, or stands behind it. The words, their
shapes and their neighbours tell how well each place fits; the likeliest run of words is the name, or none is. Numbers and
codes count by their kind, so that a name is found alike whatever date, card, amount or reference stands around it.
"""

from __future__ import annotations

import math
import re
import struct
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

from execops.sources.bank.movement_words import lists_of
from execops.sources.bank.purposes import to_words

FILE = Path(__file__).with_name("party_weights.bin")
BEFORE, FIRST, INNER, AFTER = PARTS = range(4)
PLACES = 1 << 16  # of a mark's hash
STEPS = 127  # of the largest weight
PAYEE, TEXT, BESIDE = "payee", "text", "beside"  # columns: for the party; the first text; a text beside these
_HEAD = f"<{len(PARTS)}f2I"
_LONGEST = 60  # words of a text that are read
_LATIN = "A-Za-zÀ-ɏ"
_WORD = re.compile(
    r"(?<![^\W_])(?=[A-Za-z]*\d)[A-Za-z0-9]{4,}(?![^\W_])"  # letters and digits: a code, if they change often
    r"|(?<![^\W_])(?:[A-Za-z]\.){2,}(?:[A-Za-z](?![^\W_]))?"  # S.p.A., J.M.
    r"|\d+(?:[.,:/-]\d+)*"
    rf"|[{_LATIN}]+(?:['’][{_LATIN}]+)*|[^\W\d_{_LATIN}]+|[^\w\s]|_"
)
_PIECES = re.compile(rf"\d+|[{_LATIN}]+")
_CHANGES = 3  # between letters and digits, which no name has
_EDGE = ""

Scores = tuple[float, float, float, float]
Group = tuple[str, ...]


class Word(NamedTuple):
    """A word, a number, a code or a sign of a text."""

    text: str
    start: int
    end: int
    glue: str  # what stands before it: "" nothing, " " a blank, "_" several, "^" the text's beginning
    usage: str  # how often it stands outside names and in them: see `usage`


class Weights(NamedTuple):
    """What was learnt: how much each mark speaks for each part, and how the words are used."""

    parts: tuple[Sequence[float], ...]
    usages: Mapping[str, str]
    trace: int  # of the training: see `tests.party_tagger`


def run(text: str, column: str, labels: tuple[str, ...] = ()) -> str:
    """The words of a text that are the party's name; "" where it names nobody. `labels` tell the kind of the movement."""
    return _run(text, column, labels)


@lru_cache(maxsize=20_000)
def _run(text: str, column: str, labels: tuple[str, ...]) -> str:
    words = words_of(text, shipped().usages)
    places = [_sum(map(_score, groups)) for groups in groups_of(words, column, labels)]
    return cut(text, words, best(places))


def run_by(weights: Weights, text: str, column: str, labels: tuple[str, ...] = ()) -> str:
    """The same by other weights."""
    words = words_of(text, weights.usages)
    places = [
        _sum(_score_by(weights, group) for group in groups) for groups in groups_of(words, column, labels)
    ]
    return cut(text, words, best(places))


def cut(text: str, words: Sequence[Word], span: tuple[int, int] | None) -> str:
    """The text of a run of words."""
    return "" if span is None else text[words[span[0]].start : words[span[1] - 1].end]


def best(scores: Sequence[Scores]) -> tuple[int, int] | None:
    """The likeliest run: its first word, and the one behind it. `scores` are those of each word and of the text's end."""
    none = sum(score[BEFORE] for score in scores)
    after_all = sum(score[AFTER] for score in scores)
    likeliest, at_best = none, None
    before = inner = after = 0.0
    start, at_start = -math.inf, -1
    for at, score in enumerate(scores[:-1]):
        inner += score[INNER]
        if before + score[FIRST] - inner > start:
            start, at_start = before + score[FIRST] - inner, at
        before += score[BEFORE]
        after += score[AFTER]
        whole = start + inner + after_all - after
        if whole > likeliest:
            likeliest, at_best = whole, (at_start, at + 1)
    return at_best


def words_of(text: str, usages: Mapping[str, str]) -> list[Word]:
    """The words of a text, each with its place."""
    words: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        pieces = _PIECES.finditer(match[0])
        parts = [match.span()]
        if match[0].isalnum() and not is_code(match[0]):
            parts = [
                (match.start() + piece.start(), match.start() + piece.end()) for piece in pieces
            ] or parts
        for start, stop in parts:
            between = text[end:start]
            glue = "^" if not words else between if between in {"", " "} else "_"
            word = text[start:stop]
            words.append(Word(word, start, stop, glue, usages.get(folded(word), "0 0")))
            end = stop
        if len(words) >= _LONGEST:
            break
    return words


@lru_cache(maxsize=50_000)
def is_code(word: str) -> bool:
    """Whether letters and digits take turns, as in no name: K1H0Q4, T04K1188."""
    if not any(map(str.isdigit, word)):
        return False
    return len(list(groupby(word, str.isdigit))) > _CHANGES


@lru_cache(maxsize=50_000)
def folded(word: str) -> str:
    """The word in small letters without accents; a number and a code by their kind alone."""
    if word[0].isdigit() or is_code(word):
        return _kind_of_number(word)
    return to_words(word).replace(" ", "") or word


def _kind_of_number(number: str) -> str:
    if not number[0].isdigit() or not number[-1].isdigit() or any(map(str.isalpha, number)):
        return "~code"
    if number.isdigit():
        return f"~{next(size for size in (2, 3, 4, 7, 1000) if len(number) <= size or size == 1000)}"
    if ":" in number:
        return "~time"
    if re.fullmatch(r"(?:\d{1,2}[./-]){1,2}(?:\d{4}|\d{2})|\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}", number):
        return "~date"
    return "~amount" if re.fullmatch(r"[\d.,]*[.,]\d\d", number) else "~number"


def usage(outside: int, inside: int) -> str:
    """How often a word stands outside names and in them, in so many banks' forms, as a mark."""
    steps = (0, 1, 3, 9)
    return f"{sum(outside > step for step in steps)} {min(inside, 2)}"


def _shape(word: str) -> str:
    if not word[0].isalpha():
        return "0" if word[0].isdigit() else word
    return "~" if is_code(word) else "U" if word.isupper() else "l" if word.islower() else "T"


def groups_of(words: Sequence[Word], column: str, labels: Sequence[str]) -> list[list[Group]]:
    """The groups of marks of each word, and last those of the text as a whole."""
    edge = Word(_EDGE, 0, 0, "$", "edge")
    stretches = _stretches(words)
    padded = [edge, edge, *words, edge, edge]
    groups = []
    for at, (two_before, before, word, behind, two_behind) in enumerate(
        zip(padded, padded[1:], padded[2:], padded[3:], padded[4:], strict=False)
    ):
        place = (str(min(at, 5)), str(min(len(words) - at, 4)), word.glue, behind.glue, column, word.text)
        groups.append(
            [
                ("0", word.text),
                ("-1", before.text),
                ("+1", behind.text),
                ("-2", two_before.text),
                ("+2", two_behind.text),
                ("-1 0", before.text, word.text),
                ("0 +1", word.text, behind.text),
                ("-1 +1", before.text, behind.text),
                ("usage", word.usage, word.text, before.usage, before.text, behind.usage, behind.text),
                ("place", *place),
                *((("stretch", *stretches[at]),) if at < len(words) else ()),
            ]
        )
    return [*groups, _groups_of_all(words, column, labels)]


def _stretches(words: Sequence[Word]) -> list[Group]:
    """Where each word stands between two signs or runs of blanks."""
    starts = [
        at for at, word in enumerate(words) if at == 0 or word.glue == "_" or not is_joint(words[at - 1].text)
    ]
    found: list[Group] = []
    for number, (start, end) in enumerate(pairwise([*starts, len(words)])):
        before = words[start - 1].text if start and words[start].glue != "_" else words[start].glue
        behind = (
            "$" if end == len(words) else words[end].glue if words[end].glue == "_" else words[end - 1].text
        )
        for at in range(start, end):
            found.append(
                (
                    str(min(number, 4)),
                    str(min(at - start, 3)),
                    str(min(end - at, 4)),
                    folded(before),
                    folded(behind),
                    folded(words[start].text),
                )
            )
    return found


def is_joint(word: str) -> bool:
    return word[0].isalnum() or word in "&.'-’"


def _groups_of_all(words: Sequence[Word], column: str, labels: Sequence[str]) -> list[Group]:
    plain = [folded(word.text) for word in words]
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
        one, two = (
            (f"w {folded(part)}", f"s {_shape(part)}") if part else ("edge", "edge") for part in parts
        )
        return [f"{kind} {a} {b}" for a in one for b in two]
    return [f"{kind} {mark}" for mark in _marks_of_word(parts[0], near=kind != "0")]


@lru_cache(maxsize=50_000)
def _marks_of_word(word: str, near: bool) -> list[str]:
    if not word:
        return ["edge"]
    plain = folded(word)
    found = [f"w {plain}", f"s {_shape(word)}", *(f"list {name}" for name in lists_of(plain, word))]
    if near or not plain[0].isalpha():
        return found
    found += ["always", f"length {_shape(word)} {min(len(word), 4)}"]
    found += [f"begins {plain[:size]}" for size in (3, 5) if len(plain) > size]
    found += [f"ends {plain[-size:]}" for size in (2, 3, 4) if len(plain) > size]
    return found


def places(group: Group) -> list[int]:
    """The places of a group's marks."""
    return [zlib.crc32(mark.encode("utf-8", "replace")) % PLACES for mark in marks(group)]


@lru_cache(maxsize=200_000)
def _score(group: Group) -> Scores:
    return _score_by(shipped(), group)


def _score_by(weights: Weights, group: Group) -> Scores:
    found = places(group)
    before, first, inner, after = (sum(map(part.__getitem__, found)) for part in weights.parts)
    return before, first, inner, after


def _sum(scores: Iterable[Scores]) -> Scores:
    before = first = inner = after = 0.0
    for b, f, i, a in scores:
        before += b
        first += f
        inner += i
        after += a
    return before, first, inner, after


def stored(weights: Weights) -> bytes:
    """The weights as they are shipped: each part's largest weight, and steps of it, compressed."""
    tops = [max(map(abs, part)) or 1.0 for part in weights.parts]
    steps = [
        round(value / top * STEPS) for part, top in zip(weights.parts, tops, strict=True) for value in part
    ]
    words = "\n".join(f"{word} {used}" for word, used in sorted(weights.usages.items())).encode()
    return zlib.compress(
        struct.pack(_HEAD, *tops, weights.trace, len(words)) + words + array("b", steps).tobytes(), 9
    )


def loaded(data: bytes) -> Weights:
    """The weights, from what is shipped."""
    data = zlib.decompress(data)
    *tops, trace, length = struct.unpack_from(_HEAD, data)
    at = struct.calcsize(_HEAD) + length
    lines = data[at - length : at].decode().split("\n")
    steps = array("b", data[at:])
    parts = tuple(
        [step * top / STEPS for step in steps[number * PLACES : (number + 1) * PLACES]]
        for number, top in enumerate(tops)
    )
    return Weights(parts, dict(line.split(" ", 1) for line in lines), trace)


@cache
def shipped() -> Weights:
    """The weights that are shipped, read once."""
    return loaded(FILE.read_bytes())
