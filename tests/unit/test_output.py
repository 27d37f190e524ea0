"""The output of commands: JSON types, aligned columns, ages, and data kept apart from notes."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from cli import output
from execops.errors import ConflictError
from execops.money import Money
from execops.text import cell_width


class Colour(StrEnum):
    """An enum, as records hold them."""

    RED = "red"


class Inner(Struct, frozen=True):
    """A record without money."""

    at: datetime
    colour: Colour


class Outer(Struct, frozen=True):
    """A record with money, and another record in it."""

    inner: Inner
    amount_minor: int | None
    currency: str | None

    @property
    def amount(self) -> Money | None:
        """The amount, or None: as `Proposal.amount`."""
        return (
            None
            if self.amount_minor is None or self.currency is None
            else Money(self.amount_minor, self.currency)
        )


MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=2)))


def test_records_become_objects_all_the_way_down() -> None:
    record = Outer(Inner(MOMENT, Colour.RED), 1250, "KWD")
    assert output.jsonable({"it": [record], 3: (Path("/a"), {Colour.RED})}) == {
        "it": [
            {
                "inner": {"at": "2026-03-01T07:30:00+00:00", "colour": "red"},
                "amount_minor": 1250,
                "currency": "KWD",
                "amount": "KWD 1.250",
            }
        ],
        "3": ["/a", ["red"]],
    }


def test_a_missing_amount_is_null() -> None:
    document = output.jsonable(Outer(Inner(MOMENT, Colour.RED), None, None))
    assert document["amount"] is None
    assert document["amount_minor"] is None


def test_times_are_utc() -> None:
    assert output.jsonable(MOMENT) == "2026-03-01T07:30:00+00:00"


def test_a_class_is_not_a_record() -> None:
    assert output.jsonable(Inner) is Inner


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
)


@given(json_values)
def test_json_values_do_not_change(value: Any) -> None:
    assert output.jsonable(value) == value


def test_a_document_is_one_json_value(capsys: pytest.CaptureFixture[str]) -> None:
    output.document({"name": "Ä\x1b[31m", "at": MOMENT})
    out, err = capsys.readouterr()
    assert json.loads(out) == {"name": "Ä\x1b[31m", "at": "2026-03-01T07:30:00+00:00"}
    assert "\x1b" not in out
    assert err == ""


def test_columns_are_aligned_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(
        ["id", "title", "age"], [(1, "short", "4 s"), (22, "a longer one", "12 m")], right=["id", "age"]
    )
    assert capsys.readouterr().out.splitlines() == [
        "ID  TITLE          AGE",
        " 1  short          4 s",
        "22  a longer one  12 m",
    ]


def test_no_line_ends_with_spaces(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(["a", "b"], [("x", ""), ("", "yyyy")])
    assert [line == line.rstrip() for line in capsys.readouterr().out.splitlines()] == [True] * 3


def test_an_empty_table_prints_its_header(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(["id", "name"], [])
    assert capsys.readouterr().out == "ID  NAME\n"


def test_cells_hold_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(["a", "b"], [("\x1b]52;c;x\x07evil\r\nline", "\u202eb")])
    out = capsys.readouterr().out
    assert out.count("\n") == 2
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)


def test_a_row_with_too_few_cells_is_an_error() -> None:
    with pytest.raises((IndexError, ValueError)):
        output.table(["a", "b"], [("x",)])


@pytest.mark.parametrize(
    ("ago", "age"),
    [
        (timedelta(), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(seconds=60), "1 m"),
        (timedelta(minutes=59, seconds=59), "59 m"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=400), "400 d"),
        (timedelta(seconds=-30), "0 s"),  # another machine's clock is ahead
    ],
)
def test_an_age_is_shown_in_one_unit(ago: timedelta, age: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Frozen(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return MOMENT.astimezone(tz)

    monkeypatch.setattr("datetime.datetime", Frozen)
    assert output.age(MOMENT - ago) == age


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries"), (1200, "1,200 entries")]
)
def test_a_number_stands_with_its_noun(number: int, words: str) -> None:
    assert output.counted(number, "entry", "entries") == words
    assert output.counted(number, "job").endswith("job" if number == 1 else "jobs")


def test_notes_go_to_stderr_after_the_data(capfd: pytest.CaptureFixture[str]) -> None:
    output.data("data")
    output.note("note")
    assert capfd.readouterr() == ("data\n", "note\n")


def test_a_failure_tells_the_user_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    output.failure(ConflictError("It is\x1b[2J gone.", hint="Look\nagain."))
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "error: It is[2J gone.\n       Look again.\n"


def test_colours_need_a_terminal_and_no_color_turns_them_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert output.style("x", "31") == "x"
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert output.style("x", "31") == "\x1b[31mx\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert output.style("x", "31") == "x"


def test_a_columns_name_stands_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(["money_in", "n"], [("$1.00", 2)])
    assert capsys.readouterr().out == "MONEY IN  N\n$1.00     2\n"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("plain", 5),
        ("山田太郎", 8),
        ("ﾔﾏﾀﾞ", 4),
        ("Ｗｉｄｅ", 8),
        ("🎉 done", 7),
        ("e\u0301a\u0308", 2),
        ("❤️", 2),
        ("❤", 1),
        ("각", 2),
        ("\u1100\u1161\u11a8", 2),
        ("नमस्ते", 4),
        ("กิน", 2),
        ("Ä", 1),
        ("", 0),
    ],
)
def test_a_width_counts_the_cells_of_a_terminal(text: str, cells: int) -> None:
    assert cell_width(text) == cells


@pytest.mark.parametrize(
    "name", ["山田太郎", "🎉 Party", "e\u0301te\u0301", "❤️ you", "محمد", "한국어 주식회사"]
)
def test_wide_names_push_no_column(capsys: pytest.CaptureFixture[str], name: str) -> None:
    output.table(["name", "sum", "age"], [(name, "1", "4 s"), ("plain", "22", "12 m")], right=["sum"])
    lines = capsys.readouterr().out.splitlines()
    ages = [
        cell_width(line[: line.rindex(age)]) for line, age in zip(lines, ["AGE", "4 s", "12 m"], strict=True)
    ]
    assert len(set(ages)) == 1


def in_terminal(monkeypatch: pytest.MonkeyPatch, columns: int, **environment: str) -> None:
    """Let stdout look like a terminal of this many columns."""
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"COLUMNS": str(columns)} | environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)


ROWS = [
    (1, "critical", "Payment of Müller 東京 GmbH failed for the third time", "US$1,250.00"),
    (22, "low", "A card expires", "US$9.00"),
]


@pytest.mark.parametrize("columns", [200, 80, 60, 40])
def test_a_row_is_a_line_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    in_terminal(monkeypatch, columns, NO_COLOR="1")
    output.table(["id", "urgency", "title", "amount"], ROWS, right=["amount"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert max(map(cell_width, lines)) <= columns
    assert all("US$" in line and line.endswith(".00") for line in lines[1:])  # an amount is never cut
    assert ("…" in lines[1]) == (columns < 79)


def test_a_pipe_gets_every_cell_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    output.table(["id", "urgency", "title", "amount"], ROWS, right=["amount"])
    out = capsys.readouterr().out
    assert "third time" in out
    assert "\x1b" not in out


def test_no_terminal_is_too_narrow_for_a_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_terminal(monkeypatch, 5, NO_COLOR="1")
    output.table(["id", "urgency", "title", "amount"], ROWS, right=["amount"])
    assert "US$1,250.00" in capsys.readouterr().out


def test_states_have_colours_and_keep_the_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_terminal(monkeypatch, 200)
    output.table(["id", "urgency", "title", "amount"], ROWS, right=["amount"])
    coloured = capsys.readouterr().out
    assert "\x1b[31mcritical\x1b[0m" in coloured
    assert "\x1b[2mlow\x1b[0m" in coloured
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        in_terminal(monkeypatch, 200, **environment)
        output.table(["id", "urgency", "title", "amount"], ROWS, right=["amount"])
        assert capsys.readouterr().out == re.sub(r"\x1b\[\d*m", "", coloured)
