"""The edges of a name in a bank's text: words beside it that belong to it, and words of it that do not.

`name_edges.toml` lists the words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from execops.sources.bank.parties.brands import brand
from execops.sources.bank.parties.movement_words import lists_of
from execops.sources.bank.parties.name_words import classes_of
from execops.sources.bank.parties.purposes import LEGAL_FORMS, pattern, to_words

_LETTERS = r"[^\W\d_]"
_HYPHENS = re.compile(rf"(?<={_LETTERS})-(?={_LETTERS})")
_SURNAME = re.compile(rf"(?<={_LETTERS}{{3}})-{_LETTERS}{{3,}}")
_FIRST_NAME = re.compile(rf"{_LETTERS}{{3,}}-$")
_NEXT = re.compile(rf"[ ](?P<word>{_LETTERS}[^\W\d_'’.&-]*(?:[-'’.&]{_LETTERS}+)*)(?![\w*#])")
_BEFORE = re.compile(rf"(?<![\w'’.&-])(?P<word>{_LETTERS}+)[ ]$")
_WORDS = re.compile(rf"{_LETTERS}+")
_RUN = re.compile(rf"{_LETTERS}+(?:['’-]{_LETTERS}+)*(?: {_LETTERS}+(?:['’-]{_LETTERS}+)*)+")
_MOVED = frozenset({"head", "qualifier", "moves", "own head"})
_TWO = 2
_SAINTS = frozenset({"sao", "santa", "santo", "san", "saint", "sainte", "sankt", "sint", "svaty"})
_MANY = 4  # words that a name goes on by
_FEW = 3  # words of a person's name


def mended(text: str, name: str) -> str:
    """The name that was found in a text, with its whole words, and without words of a movement before it."""
    at = _place(text, name)
    if not name or at < 0:
        return name
    start, end = _of_hyphen(text, at, at + len(name))
    start, end = _of_person(text, start, _going_on(text, start, end))
    return _without_purpose(without_movement(text[start:end]))


def person(texts: Sequence[str]) -> str | None:
    """The person in texts in which the weights see no name: words side by side, one of them a first name, and none of a movement."""
    return next(filter(None, map(_person_in, texts)), None)


def _person_in(text: str) -> str | None:
    is_paid = pattern(text) == "payroll"  # so a name that no list has is one of the staff
    for run in _RUN.finditer(text):
        words = run[0].split()
        if text[: run.start()].endswith("/") and to_words(words[0]) in _words("labels"):
            words = words[1:]
        is_free = [_may_go_on(word) and not _in_lists(word) for word in words]
        start = 0
        while start < len(words):
            end = start
            while end < len(words) and is_free[end]:
                end += 1
            name = words[start:end]
            parts = [part for word in name for part in to_words(word).split()]
            is_unknown = is_paid and len(name) <= _FEW and not any(map(classes_of, parts))
            if 1 < len(name) <= _MANY and (is_unknown or any("first" in classes_of(part) for part in parts)):
                return " ".join(name)
            start = max(end, start + 1)
    return None


def only_unknown(text: str) -> str | None:
    """The one run of unknown words in a text that begins with a purchase, which always has a merchant: `COMPRA TARJ. Globex`."""
    words = [match for match in _WORDS.finditer(text) if len(match[0]) > 1]
    if not words or to_words(words[0][0]) not in _words("purchases"):
        return None
    unknown = [at for at, word in enumerate(words) if _is_unknown(word[0])]
    if not unknown or len(unknown) > _FEW or unknown[-1] - unknown[0] >= len(unknown):
        return None
    name = text[words[unknown[0]].start() : words[unknown[-1]].end()]
    return name if not any(map(str.isdigit, name)) else None


def _is_unknown(word: str) -> bool:
    plain = to_words(word)
    return len(plain) > _TWO and not lists_of(plain, word) and not classes_of(plain)


def _place(text: str, name: str) -> int:
    match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return match.start() if match is not None else text.find(name)


def _of_hyphen(text: str, start: int, end: int) -> tuple[int, int]:
    """The run with the other half of a name that one hyphen joins: `ABIOLA-CROSS`. A bank that parts its fields so has several."""
    hyphens = [match.start() for match in _HYPHENS.finditer(text)]
    if len(hyphens) != 1 or not {start - 1, end} & set(hyphens):
        return start, end
    if hyphens[0] == end and " " in text[start:end] and (half := _SURNAME.match(text, end)):
        is_form = to_words(text[start:end]).split()[-1] in LEGAL_FORMS
        return (start, end) if is_form or _says_more(half[0][1:]) else (start, half.end())
    if hyphens[0] == start - 1 and (half := _FIRST_NAME.search(text[:start])):
        return (half.start(), end) if "first" in classes_of(to_words(half[0])) else (start, end)
    return start, end


def _says_more(word: str) -> bool:
    """Whether a word tells a movement, a purpose, a month or a bank."""
    plain = to_words(word)
    return bool(
        {"purposes", "moves", "labels"}.intersection(classes_of(plain))
        or {"head", "month", "bank", "own head", "currency"}.intersection(lists_of(plain, word))
    )


def _of_person(text: str, start: int, end: int) -> tuple[int, int]:
    """The run with the words of persons beside it, where it has no others: `MEI` and `LING TAN`."""
    if not all(map(_is_of_person, text[start:end].split())):
        return start, end
    while (before := _BEFORE.search(text[:start])) and _is_of_person(before["word"]):
        start = before.start("word")
    while (behind := _NEXT.match(text, end)) and _is_of_person(behind["word"]):
        end = behind.end()
    return start, end


def _is_of_person(word: str) -> bool:
    plain = to_words(word)
    return plain not in _words("paid_for") and bool({"first", "people"}.intersection(classes_of(plain)))


def _to_end_of_firm(text: str, end: int) -> int:
    """The end of a name of one word behind the word that ends a firm's, two words on at the most: `WOODSTOCK EXCHANGE OFFICES`."""
    reached = end
    for _ in range(_TWO):
        further = _NEXT.match(text, reached)
        if further is None or not _may_go_on(further["word"]):
            return end
        reached = further.end()
        if to_words(further["word"]) in _words("ends_of_firms"):
            return reached
    return end


def _going_on(text: str, start: int, end: int) -> int:
    """The end of a name that begins with a trade alone, such as `FASTIGHETS AB`, or ends with a joining word: `CITY OF`."""
    words = to_words(text[start:end]).split()
    if len(words) == 1 and brand(text[start:end]) is None and (firm := _to_end_of_firm(text, end)) > end:
        return firm
    if len(words) > 1 and words[-1] in _SAINTS and (saint := _NEXT.match(text, end)):  # `FARMACIA SAO LUCAS`
        return saint.end()
    forms = LEGAL_FORMS | {"the"}
    bare = [word for word in words if word not in forms]
    is_generic = bool(bare) and all(
        {"trades", "joints", "offices"}.intersection(classes_of(word)) for word in bare
    )
    if (
        not words
        or len(bare) > 2
        or brand(text[start:end])
        or not ((is_generic and "trades" in classes_of(bare[0])) or "joints" in classes_of(words[-1]))
    ):
        return end
    for _ in range(_MANY):
        further = _NEXT.match(text, end)
        if further is None or not _may_go_on(further["word"]):
            break
        end = further.end()
    return end


def _may_go_on(word: str) -> bool:
    plain = to_words(word)
    if "first" in classes_of(plain) and plain not in _words("paid_for"):  # `Marc` begins as a month does
        return True
    in_lists = {
        "head",
        "qualifier",
        "month",
        "own head",
        "currency",
        "town",
        "region",
        "country",
    }.intersection(lists_of(plain, word))
    return not in_lists and not {"purposes", "moves", "labels", "towns", "lands"}.intersection(
        classes_of(plain)
    )


def _in_lists(word: str) -> bool:
    plain = to_words(word)
    return bool(lists_of(plain, word)) and "first" not in classes_of(plain)


def without_movement(name: str) -> str:
    """The name without words of a movement before it: two or more, a code, or one of pay before a person: `SALARY T NKOSI`."""
    words = name.split()
    plain = [to_words(word) for word in words]
    if len(words) > _TWO and plain[0] in _words("codes"):
        return without_movement(" ".join(words[1:]))
    moved = 0
    while moved < len(words) - 1 and _MOVED.intersection(
        (*lists_of(plain[moved], words[moved]), *classes_of(plain[moved]))
    ):
        moved += 1
    paid = 0
    while paid < len(words) - 1 and plain[paid] in _words("pay"):
        paid += 1
    if paid and (len(plain[paid]) == 1 or "first" in classes_of(plain[paid])):
        return " ".join(words[paid:])
    is_back = len(words) > 1 and plain[0] in _words("given_back") and _may_go_on(words[1])
    if is_back and (LEGAL_FORMS.isdisjoint(plain) or len(words) > _FEW):  # `Retur Logistik AB` is a firm
        return without_movement(" ".join(words[1:]))
    tail = words[moved:]
    is_name = any(len(word) > 2 and not lists_of(word, word) for word in plain[moved:])
    return " ".join(tail) if moved >= 2 and is_name and not LEGAL_FORMS.issuperset(plain[moved:]) else name


def _without_purpose(name: str) -> str:
    """The name without what is paid for behind it: `Vesterbro Ejendomme husleje marts`. A firm may go on to its legal form."""
    words = name.split()
    plain = [to_words(word) for word in words]
    at = next((at for at, word in enumerate(plain) if at > 1 and word in _words("paid_for")), len(words))
    if at == len(words) or LEGAL_FORMS.intersection(plain[at:]):
        return name
    return " ".join(words[:at]).rstrip(" -,;:/")


def _words(name: str) -> frozenset[str]:
    return _lists()[name]


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = (files("execops.sources.bank.parties") / "name_edges.toml").read_text(encoding="utf-8")
    return {name: frozenset(words) for name, words in tomllib.loads(text).items()}
