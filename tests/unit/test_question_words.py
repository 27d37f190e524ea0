"""Every entry of the word lists decides its example: without the entry, the question is understood otherwise."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execops.canvas.ask import ask, lexicon, period_rules
from execops.canvas.ask.period_rules import RULES, Rule
from execops.canvas.ledger_names import LedgerNames
from execops.canvas.understanding import Suggestion, Understanding
from tests.draws import draws

TODAY = date(2026, 11, 22)
VENDORS = ("AWS", "GitHub")
CUSTOMERS = {"Acme Inc": "cus_acme", "Globex": "cus_globex"}
FILES = sorted(
    file.name.removesuffix(".toml")
    for file in (files("execops.canvas.ask") / "words").iterdir()
    if file.name.endswith(".toml")
)
# They hold nothing of the lists, or cost a second to fill: the catalogue's own words, the dictionary, stems, the weights.
KEPT = {
    "read",
    "_made",
    "phrases",
    "_catalogue_words",
    "_dictionary",
    "_load",
    "_stemmer",
    "_words_of",
    "regular_stem",
    "also",
    "stems_of",
}


@cache
def remembering() -> list[Any]:
    """The functions that remember what they made of the lists."""
    functions = {
        id(value): value
        for name, module in list(sys.modules.items())
        if name.startswith("execops.canvas.ask")
        for attribute, value in vars(module).items()
        if hasattr(value, "cache_clear") and attribute not in KEPT
    }
    return list(functions.values())


def forget() -> None:
    """Let everything that was made of the lists be made anew."""
    for function in remembering():
        function.cache_clear()


@contextmanager
def without(container: Any, key: Any, value: Any) -> Iterator[None]:
    """Put another value in the place of one of an entry, for as long as this lasts."""
    before = container[key]
    container[key] = value
    forget()
    try:
        yield
    finally:
        container[key] = before
        forget()


def understood(entry: dict[str, Any], word: str = "") -> tuple[Understanding, tuple[Suggestion, ...]] | None:
    """The example of an entry, with what is offered for it, in a ledger that holds the entry's names too.

    None where it cannot be read at all.
    """

    def filled(name: str) -> list[str]:
        return [text.replace("{}", word.capitalize()) for text in entry.get(name, [])]

    names = LedgerNames(
        vendors=(*VENDORS, *filled("vendors")),
        customers={name: name for name in filled("customers")} or CUSTOMERS,
        currencies=("USD", "EUR"),
    )
    try:
        asked = ask(entry["example"].replace("{}", word), TODAY, names)
    except StopIteration:  # a grouping without its noun
        return None
    return asked, asked.suggestions


def words_of(entry: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Each word of a list, with the key and the value of the list without it."""
    if "pairs" in entry:
        pairs = entry["pairs"]
        return [(word, "pairs", {key: pairs[key] for key in pairs if key != word}) for word in pairs]
    words = entry["words"].split()
    return [(word, "words", " ".join(other for other in words if other != word)) for word in words]


def entries(name: str) -> Iterator[tuple[str, list[dict[str, Any]], int]]:
    """The kind, the list and the place of every entry of a file."""
    for kind, listed in lexicon.read(name).items():
        if isinstance(listed, list):  # else texts that the entries share
            yield from ((kind, listed, place) for place in range(len(listed)))


def undecided(name: str) -> list[str]:
    """The entries of a file without which their example is understood the same."""
    idle = []
    for kind, listed, place in entries(name):
        entry = listed[place]
        if "pattern" in entry:
            right = understood(entry)
            listed.pop(place)
            forget()
            if understood(entry) == right:
                idle.append(f"{kind} {entry['pattern']}")
            listed.insert(place, entry)
            forget()
            continue
        for word, key, rest in words_of(entry):
            right = understood(entry, word)
            with without(entry, key, rest):
                if understood(entry, word) == right:
                    idle.append(f"{kind} {word}")
    return idle


@pytest.mark.parametrize("name", FILES)
def test_every_entry_decides_its_example(name: str) -> None:
    assert undecided(name) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.example)
def test_every_rule_of_periods_decides_its_example(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    right = ask(rule.example, TODAY)
    assert right.kind == "answer"
    assert "to" in right.params
    monkeypatch.setattr(period_rules, "RULES", tuple(other for other in RULES if other is not rule))
    forget()
    try:
        assert ask(rule.example, TODAY) != right
    finally:
        monkeypatch.undo()
        forget()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.example)
@settings(max_examples=draws(10, 30))
@given(st.data())
def test_a_question_that_fits_a_rule_has_one_of_its_words(rule: Rule, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(re.compile(rule.pattern, re.ASCII), fullmatch=True))
    assert rule.may_fit(text.split())


def test_an_entry_that_decides_nothing_is_noticed() -> None:
    numbers = lexicon.read("limits")["number"]
    twice = [*numbers, numbers[0]]
    with without(lexicon.read("limits"), "number", twice):
        assert undecided("limits") == [f"number {numbers[0]['pattern']}"] * 2
