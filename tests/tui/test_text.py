"""Nothing from the outside moves the cursor, hides, or turns round what a person reads."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from tui.text import clean, hidden


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07Acme", "]0;titleAcme"),  # OSC
        ("\x1b]52;c;ZXZpbA==\x1b\\Acme", "]52;c;ZXZpbA==\\Acme"),
        ("\x1b[2J\x1b[31mAcme\x1b[0m", "[2J[31mAcme[0m"),  # CSI
        ("\x9b2JAcme\x9d0;x\x9c\x90", "2JAcme0;x"),  # the same in C1
        ("Ac\x00me\x7f\x08\x0e", "Acme"),
        ("invoice\u202egpj.exe\u202c \u2066a\u2069 \u200eb\u200f \u061cc", "invoicegpj.exe a b c"),
        ("pay\u200bpal\u200c.c\u200dom\ufeff\u2060\u00ad", "paypal.com"),
        ("a\U000e0041\U000e007fb\ufff9c\u3164d", "abcd"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("one\r\ntwo\rthree\u2028four\x85five\tsix", "one two three four five six"),
        ("[red]x[/] [/oops [b", "[red]x[/] [/oops [b"),
        ("Müller & Söhne 株式会社 🧾 €", "Müller & Söhne 株式会社 🧾 €"),
        (42, "42"),
        ("a" + "\u0301" * 50 + "b", "a\u0301\u0301b"),  # marks piled on one letter
        ("\ufdfd\U0001242b\u2e3b", "\ufffd\ufffd\ufffd"),  # drawn wider than their cell
        ("\u2764\ufe0f \U0001f44d\U0001f3fd", "\u2764 \U0001f44d"),  # measured differently by terminals
    ],
)
def test_clean_shows_only_what_can_be_seen(text: object, shown: str) -> None:
    assert clean(text) == shown


def test_clean_keeps_lines_where_they_are_meant() -> None:
    assert clean("one\r\n\ttwo\rthree\x1b[A\n", lines=True) == "one\n    two\nthree[A\n"


def test_clean_caps_the_length() -> None:
    assert clean("x" * 1000) == "x" * 499 + "…"
    assert clean("abc", limit=3) == "abc"
    assert clean("abcd", limit=3) == "ab…"
    assert clean("\n" * 200_000, lines=True).endswith("\n… 180000 more characters")


def test_clean_leaves_no_control_and_no_format_character() -> None:
    characters = map(chr, range(sys.maxunicode + 1))
    everything = "".join(char for char in characters if unicodedata.category(char) in {"Cc", "Cf", "Cs"})
    left = clean(everything, lines=True, limit=len(everything) + 1)
    assert {each for each in left if unicodedata.category(each) in {"Cc", "Cs"}} == {"\n"}
    seen_formats = {  # signs that are drawn, though Unicode calls them format characters
        each for each in left if unicodedata.category(each) == "Cf"
    }
    assert all(unicodedata.bidirectional(each) in {"AN", "AL", "L"} for each in seen_formats)


def test_hidden_counts_what_is_left_out() -> None:
    assert hidden("pay\u200bpal\x00") == 2
    assert hidden("two\r\nlines\tand a tab") == 0
