"""Text from outside keeps no character that a terminal obeys, hides or reorders."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from execops.text import MAX_BLOCK, MAX_LINE, clean_block, clean_line

ATTACKS = {
    "colour": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;ZWNobyBvd25lZA==\x07",
    "link": "\x1b]8;;https://evil.example\x1b\\pay\x1b]8;;\x1b\\",
    "C1 CSI": "\x9b2J",
    "C1 OSC": "\x9d0;owned\x9c",
    "device control": "\x1bP+q544e\x1b\\",
    "overwrite": "paid\rfree",
    "backspace": "safe\b\b\b\bevil",
    "bell and NUL": "a\x07b\x00c",
    "delete": "a\x7fb",
    "bidi override": "invoice\u202egpj.exe",
    "bidi isolate": "\u2066abc\u2069",
    "arabic mark": "a\u061cb",
    "zero width": "pay\u200bpal\u200d\ufeff",
    "soft hyphen": "pay\u00adpal",
    "line separator": "one\u2028two\u2029three",
    "tags": "ok" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all"),
    "lone surrogate": "a\ud800b",
    "annotation": "a\ufff9b\ufffac\ufffb",
    "many": "\x1b" * 10_000 + "x",
}
# Letters and signs of every kind that must stay as they are.
HARMLESS = [
    "Müller & Söhne",
    "株式会社",
    "Ω ≠ €",
    "🙂",
    "👍🏽",
    "naïve",
    "[bold]not markup[/bold]",
    "a\u0301",
]

anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)
nasty = st.text(st.sampled_from("".join(ATTACKS.values()) + "ab \n\t\r"), max_size=200)


def assert_safe(text: str) -> None:
    """Fail where a character moves the cursor, or hides or reorders others."""
    for character in text:
        category = unicodedata.category(character)
        assert category not in {"Cc", "Cs", "Zl", "Zp"}, f"U+{ord(character):04X}"
        assert unicodedata.bidirectional(character) not in {"LRE", "RLE", "LRO", "RLO", "PDF"}
        assert unicodedata.bidirectional(character) not in {"LRI", "RLI", "FSI", "PDI"}
    text.encode("utf-8")


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_attacks_are_disarmed(text: str) -> None:
    assert_safe(clean_line(text))
    for line in clean_block(text).split("\n"):
        assert_safe(line)


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert clean_line(text) == text
    assert clean_block(text) == text


@given(anything | nasty)
@example("\x1b]52;c;x\x07")
def test_a_line_is_one_safe_line(text: str) -> None:
    line = clean_line(text)
    assert_safe(line)
    assert len(line) <= MAX_LINE
    assert clean_line(line) == line


@given(anything | nasty)
def test_a_block_is_safe_lines(text: str) -> None:
    block = clean_block(text)
    for line in block.split("\n"):
        assert_safe(line)
    assert clean_block(block) == block


@given(anything | nasty, st.integers(1, 20))
def test_no_line_is_over_its_limit(text: str, limit: int) -> None:
    line = clean_line(text, limit=limit)
    assert len(line) <= limit
    assert_safe(line)


@given(st.text(st.characters(categories=["Lu", "Ll", "Nd"]), max_size=MAX_LINE))
def test_letters_and_digits_are_never_lost(text: str) -> None:
    assert clean_line(text) == text


def test_breaks_become_one_space_in_a_line_and_one_break_in_a_block() -> None:
    text = "one\r\ntwo\n\nthree\rfour\tfive"
    assert clean_line(text) == "one two three four five"
    assert clean_block(text).split("\n") == ["one", "two", "", "three", "four    five"]
    for mark in "\v\f\x85\u2028\u2029":
        assert (clean_line(f"one{mark}two"), clean_block(f"one{mark}two")) == ("one two", "one\ntwo")


def test_a_cut_text_says_so() -> None:
    assert clean_line("a" * MAX_LINE) == "a" * MAX_LINE
    assert clean_line("a" * (MAX_LINE + 1)) == "a" * (MAX_LINE - 1) + "…"
    assert clean_block("a" * MAX_BLOCK) == "a" * MAX_BLOCK
    assert clean_block("a" * MAX_BLOCK + "bc") == "a" * MAX_BLOCK + "\n… 2 more characters"


def test_a_text_whose_end_was_cut_unseen_says_so_too() -> None:
    """A visible end after thousands of invisible characters is cut, and the line ends in `…`."""
    assert clean_line("a" + "\u200b" * 5_000 + "b").endswith("…")


def test_a_huge_text_costs_no_more_than_its_beginning() -> None:
    assert len(clean_line("x" * 10_000_000)) == MAX_LINE
    assert len(clean_block("\n" * 10_000_000)) < MAX_BLOCK + 100
