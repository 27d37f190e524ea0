"""Money that is lent, invested or granted, as far as the text of the bank tells it: it comes in, and is no income.

A word alone does not tell it. A customer may be called Loan Star Media, and may buy a loan calculator. So a payee's name
counts less than the text beside it, and a word of a sale (invoice, licence) or of money that came back (interest,
refund) wins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from execops.sources.bank.parties.purposes import to_words

_INVOICE = re.compile(r"(?:^| )(?:(?:inv|rg|re|fac)\d+|re \d)")  # INV00412, RE-2026-1183


def is_financing(payee: str, *texts: str | None) -> bool:
    """Whether money that came in from a payee is financing, by its texts: the bank's text, category and type."""
    words, name = _words(), to_words(payee)
    spoken = [to_words(text) for text in texts if text]
    if name:
        spoken = [_without(text, name) for text in spoken]
    whole = f" {' | '.join(spoken)} "
    if words.sales.search(whole) or any(_INVOICE.search(text) for text in spoken):
        return False
    who = name or (spoken or [""])[0]
    if words.lenders.match(f"{who} ") or who in words.short_lenders:
        return True
    if words.phrases.search(whole) or words.texts.search(whole):
        return True
    return any(_heads(text, words, has_name=not name and at == 0) for at, text in enumerate(spoken))


def _heads(text: str, words: _Words, *, has_name: bool) -> bool:
    """Whether a word of financing is what the text is about. `has_name` says that the payee's name may be part of it."""
    heads = (words.followed.search(f" {text} "), words.last.search(f" {text}"))
    return any(
        head is not None and (not has_name or head["word"] == text or head["word"] not in words.in_names)
        for head in heads
    )


def _without(text: str, name: str) -> str:
    """The text without the payee's name."""
    return " ".join(f" {text} ".replace(f" {name} ", " ").split())


class _Words:
    """The words of the file, as patterns for a text in small letters with a blank around it."""

    def __init__(self, entries: dict[str, list[str]]) -> None:
        self.lenders = re.compile(rf"(?:{_either(entries['lenders'])}) ")
        self.short_lenders = frozenset(entries["short_lenders"])
        self.phrases = _whole(entries["phrases"])
        self.texts = _whole(entries["words"])
        self.sales = _whole(entries["sales"])
        heads = _either(entries["heads"])
        self.followed = re.compile(rf" (?P<word>{heads}) (?:\d|(?:{_either(entries['after'])}) )")
        self.last = re.compile(rf" (?P<word>{heads})$")
        self.in_names = frozenset(entries["in_names"])


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in words)


def _whole(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf" (?:{_either(words)}) ")


@cache
def _words() -> _Words:
    import tomllib  # only once money has come in

    text = (files("execops.sources.bank.parties") / "financing.toml").read_text(encoding="utf-8")
    entries: dict[str, Any] = tomllib.loads(text)
    return _Words(entries)
