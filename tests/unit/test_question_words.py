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
# They hold no list, or cost a second to fill: single patterns, the catalogue's own words, the dictionary, stems, the weights.
KEPT = {
    "read",
    "_made",
    "pattern",
    "phrases",
    "phrases_by_stem",
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
    """Put another value in the place of one of an entry, for as long as this lasts. Afterwards, all is to be forgotten."""
    before = container[key]
    container[key] = value
    forget()
    try:
        yield
    finally:
        container[key] = before


@pytest.fixture(autouse=True)
def forgetting() -> Iterator[None]:
    """No test leaves what it made of changed lists."""
    yield
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
    lists = lexicon.read(name)
    changes: list[tuple[str, dict[str, Any], str, Any, str, Any]] = []
    for kind, listed, place in entries(name):
        entry = listed[place]
        if "pattern" in entry:
            others = [*listed[:place], *listed[place + 1 :]]
            changes.append((f"{kind} {entry['pattern']}", entry, "", lists, kind, others))
        else:
            changes += [
                (f"{kind} {word}", entry, word, entry, key, rest) for word, key, rest in words_of(entry)
            ]
    forget()
    right = [understood(entry, word) for _, entry, word, *_ in changes]  # with what is made of the lists once
    idle = []
    for (title, entry, word, *change), usual in zip(changes, right, strict=True):
        with without(*change):
            if understood(entry, word) == usual:
                idle.append(title)
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
    assert ask(rule.example, TODAY) != right


@cache
def fitting(pattern: str) -> st.SearchStrategy[str]:
    """The texts that a pattern fits: made once, and not for each draw."""
    return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.example)
@settings(max_examples=draws(10, 30))
@given(st.data())
def test_a_question_that_fits_a_rule_has_one_of_its_words(rule: Rule, data: st.DataObject) -> None:
    text = data.draw(fitting(rule.pattern))
    assert rule.may_fit(text.split())


def test_an_entry_that_decides_nothing_is_noticed() -> None:
    numbers = lexicon.read("limits")["number"]
    twice = [*numbers, numbers[0]]
    with without(lexicon.read("limits"), "number", twice):
        assert undecided("limits") == [f"number {numbers[0]['pattern']}"] * 2
