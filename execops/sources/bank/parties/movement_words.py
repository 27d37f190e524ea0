"""The words by which banks say how money moved: before a name, behind it, and in the place of one.

`movement_words.toml` lists them by language.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from execops.sources.bank.parties.purposes import LEGAL_FORMS, to_words

_TICKER = re.compile(r"(?<=dividend )(.*)\([A-Z]{3,5}\)", re.IGNORECASE)


def before_kind(name: str) -> str:
    """The name without the words for a kind that stand behind it: `VENDOR PMT`, `ACH CREDIT`, `RENT`."""
    kinds, words = _words()["kinds"], name.split()
    length = len(words)
    while length > 1 and _folded(words[length - 1]) in _trailing():
        length -= 1
    behind = [_folded(word) for word in words[length:]]
    if kinds["trailing_heads" if len(behind) > 1 else "trailing_alone"].intersection(behind):
        words = words[:length]
    if len(words) > 2 and _folded(words[-1]) in kinds["trailing_purposes"]:
        words = words[:-1]
    return " ".join(words)


@lru_cache(maxsize=10_000)
def is_banks_own(text: str) -> bool:
    """Whether a text names only what the bank charges or pays itself (`OUTGOING WIRE FEE`), or what has no one party."""
    own = _words()["banks_own"]
    words = [
        word
        for word in to_words(_TICKER.sub(r"\1", text.replace("'", ""))).split()
        if not any(map(str.isdigit, word))
    ]
    if not words:
        return False
    if words[0] in own["nobody"]:
        return all(word in own["words"] | own["nobody"] or _is_month(word) for word in words[1:])
    if words[-2:] in (["plan", "fee"], ["subscription", "fee"]) and len(words) <= 3:
        return True
    beside = _beside_fees()
    is_head = [_has("banks_own", "heads", word) for word in words]
    return any(is_head) and all(
        head or word in beside or _is_month(word) or len(word) == 1
        for word, head in zip(words, is_head, strict=True)
    )


@lru_cache(maxsize=50_000)
def lists_of(plain: str, word: str) -> tuple[str, ...]:
    """The lists that a word is in."""
    own, kinds = _words()["banks_own"], _words()["kinds"]
    tests = {
        "head": _has("kinds", "heads", plain),
        "qualifier": plain in kinds["qualifiers"],
        "trailing": plain in _trailing(),
        "own head": _has("banks_own", "heads", plain),
        "own": plain in own["words"],
        "bank": plain in own["banks"],
        "nobody": plain in own["nobody"],
        "region": word in places("states") or word in places("regions"),
        "country": word in places("countries"),
        "town": any(plain in town.split() for town in places("towns")),
        "form": plain in LEGAL_FORMS,
        "month": _is_month(plain),
        "currency": word in _CURRENCIES,
    }
    return tuple(name for name, holds in tests.items() if holds)


_CURRENCIES = frozenset(
    [
        "AUD",
        "BRL",
        "CAD",
        "CHF",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "INR",
        "JPY",
        "MXN",
        "NOK",
        "NZD",
        "PLN",
        "RON",
        "SEK",
        "SGD",
        "USD",
        "ZAR",
    ]
)


def names_nobody_by_label(*labels: str) -> bool:
    """Whether a cell for the kind of a movement says that it has no party."""
    return any(to_words(label) in _words()["banks_own"]["labels"] for label in labels)


def places(kind: str) -> frozenset[str]:
    """The `states`, `regions`, `countries` or `towns` that stand behind a merchant's name."""
    return _words()["places"][kind]


def _has(section: str, kind: str, word: str) -> bool:
    """Whether a word is among those of a kind, or is a longer word with one of their ends."""
    return word in _words()[section][kind] or word.endswith(_ends(section, kind))


@cache
def _ends(section: str, kind: str) -> tuple[str, ...]:
    return tuple(word[1:] for word in _words()[section][kind] if word.startswith("*"))


@cache
def _trailing() -> frozenset[str]:
    return _words()["kinds"]["trailing_heads"] | _words()["kinds"]["trailing_qualifiers"]


@cache
def _beside_fees() -> frozenset[str]:
    """The words that may stand beside the one for a fee or for interest."""
    own, kinds = _words()["banks_own"], _words()["kinds"]
    return own["words"] | own["banks"] | kinds["heads"] | kinds["qualifiers"] | places("towns")


def _folded(word: str) -> str:
    return to_words(word).replace(" ", "")


def _is_month(word: str) -> bool:
    return _MONTH.fullmatch(word) is not None


_MONTH = re.compile(
    r"(?:jan|feb|fev|mar|apr|avr|abr|may|mai|jun|jul|aug|ago|sep|set|oct|okt|out|ott|nov|dec|dez|dic)[a-z]{0,7}"
)


@cache
def _words() -> dict[str, dict[str, frozenset[str]]]:
    import tomllib  # only once a text is to be read

    text = (files("execops.sources.bank.parties") / "movement_words.toml").read_text(encoding="utf-8")
    return {
        section: {kind: frozenset(words) for kind, words in entry.items()}
        for section, entry in tomllib.loads(text).items()
    }
