"""Whole numbers in digits and in words: "5", "twelve", "a couple of"; and words put into digits: "forty-five"."""

from __future__ import annotations

import re

from execops.text.patterns import Pattern

_WORDS = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty"""
_NUMBERS = {word: number for number, word in enumerate(_WORDS.split(), start=1)} | {
    "thirty": 30,
    "sixty": 60,
    "ninety": 90,
    "dozen": 12,
    "half dozen": 6,
    "couple": 2,
    "couple of": 2,
    "a couple of": 2,
}
NUMBER = rf"(?:\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_TENS = {
    word: 10 * tens
    for tens, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
_TEN, _ONE = "|".join(_TENS), "|".join(_WORDS.split())
_UP_TO_99 = rf"(?:(?:{_TEN})(?:[ -](?:{_ONE}))?|{_ONE})"
_COMPOUND = Pattern(
    rf"\b(?:(?:(?P<hundreds>a|{_ONE}) )?hundred(?: and)?(?: (?P<rest>{_UP_TO_99}))?|(?P<small>(?:{_TEN})[ -](?:{_ONE})|forty|fifty|seventy|eighty))"
    r"(?=[ -](?:days?|weeks?|months?|quarters?|rows?|biggest|largest|latest|last|most)\b)",
    ("hundred", *_TENS),
    ignore_case=True,
)
_THOUSANDS = {"thousand": 1_000, "grand": 1_000, "million": 1_000_000}
_AMOUNTS = Pattern(
    rf"\b(?:(?P<n>\d{{1,3}})|(?:(?P<hundreds>a|{_ONE}) hundred(?: and)? ?)?(?P<rest>{_UP_TO_99}|a)?) (?P<scale>thousand|grand|million)\b"
    rf"|(?<=over )(?P<few>a|{_ONE}) hundred(?: and)?(?: (?P<more>{_UP_TO_99}))?(?= (?:us )?(?:dollars|euros|pounds|usd|eur|gbp|bucks)\b)",
    (*_THOUSANDS, "hundred"),
    ignore_case=True,
)
_ORDINALS = {
    word: number
    for number, word in enumerate(
        """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
        fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split(),  # noqa: SIM905
        start=1,
    )
} | {"thirtieth": 30}
_DAY = rf"(?:(?:twenty|thirty)[ -])?(?:{'|'.join(_ORDINALS)})"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*"
_DAYS = Pattern(
    rf"\b{_DAY}(?= of {_MONTH}\b| (?:-|to|until|till|through|and)(?: the)? {_DAY} (?:of )?{_MONTH}\b)"
    rf"|(?<=\bto ){_DAY}(?= {_MONTH}\b)",
    _ORDINALS,
    ignore_case=True,
)


def number(text: str) -> int:
    """The number that a word or digits name."""
    return _NUMBERS[text] if text in _NUMBERS else int(text)


def in_digits(text: str) -> str:
    """The text with numbers of several words in digits, and with the days of months: "tenth of November"."""
    in_figures = _AMOUNTS.sub(_amount, _COMPOUND.sub(lambda match: str(_sum(match)), text))
    return _DAYS.sub(lambda match: str(_day(match[0])), in_figures)


def _amount(match: re.Match[str]) -> str:
    """An amount in words, in digits: "ten thousand", "5 grand", and "over five hundred dollars"."""
    if match["few"]:
        return str(100 * _count(match["few"]) + (_small(match["more"]) if match["more"] else 0))
    count = int(match["n"] or 100 * _count(match["hundreds"]) + _count(match["rest"]))
    return str(count * _THOUSANDS[match["scale"].lower()]) if count else match[0]


def _count(words: str | None) -> int:
    return 0 if words is None else 1 if words.lower() == "a" else _small(words)


def _sum(match: re.Match[str]) -> int:
    if match["small"]:
        return _small(match["small"])
    return 100 * (_NUMBERS.get((match["hundreds"] or "a").lower(), 1)) + (
        _small(match["rest"]) if match["rest"] else 0
    )


def _small(text: str) -> int:
    return sum(_TENS.get(word) or _NUMBERS[word] for word in re.split("[ -]", text.lower()))


def _day(text: str) -> int:
    return sum(_ORDINALS.get(word) or _TENS[word] for word in re.split("[ -]", text.lower()))
