"""Totals under the rows of an answer: for each currency, and never where a program takes them for a row."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from cli.answers import Show
from execops.canvas import catalogue
from execops.canvas.params import bind
from execops.canvas.result import Answer, Receipt, Watermark, total_line
from execops.canvas.understanding import answer as understood
from execops.errors import InvalidInputError
from execops.money import _THREE_DECIMAL, _ZERO_DECIMAL

TODAY = date(2026, 11, 22)
ROWS = (
    (None, "cus_a", "Acme", "in_1", "EUR", 120_000, "open"),
    (None, "cus_b", "Blue", "in_2", "EUR", 5, "open"),
    (None, "cus_c", "Cyan", "in_3", "USD", 700, "open"),
)


def answer(*, truncated: bool = False) -> Answer:
    metric = catalogue.load()["receivables"]
    mark = Watermark(event_id=None, event_at=None, transaction_id=None, transaction_at=None)
    return Answer(
        metric=metric.name,
        title=metric.title,
        columns=metric.columns,
        rows=ROWS,
        chart="list",
        unknown=None,
        added=metric.totals,
        receipt=Receipt(
            metric=metric.name,
            definition=metric.definition,
            params={},
            today=TODAY,
            time_zone="UTC",
            watermark=mark,
            rows=len(ROWS),
            truncated=truncated,
        ),
    )


def test_a_total_is_of_one_currency_and_of_all_its_rows() -> None:
    assert answer().totals() == [{"currency": "EUR", "open": 120_005}], "one row in dollars is its own total"
    assert total_line(answer()) == "Total in EUR: open €1,200.05"
    assert answer(truncated=True).totals() == []
    assert total_line(replace(answer(), added=())) is None
    assert answer().to_json()["totals"] == [{"currency": "EUR", "open": 120_005}]


@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_no_form_puts_the_total_among_the_rows(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    show = Show(as_json=form == "json", as_csv=form == "csv")
    show.answer("who owes us", understood("receivables", {}), answer())
    printed = capsys.readouterr()
    if form == "json":
        document = json.loads(printed.out)
        assert (len(document["rows"]), len(document["totals"])) == (3, 1)
        return
    assert "Total in EUR: open €1,200.05." in printed.err
    lines = list(csv.reader(io.StringIO(printed.out))) if form == "csv" else printed.out.splitlines()
    assert len(lines) == 1 + len(ROWS)


@pytest.mark.parametrize(
    ("metric", "params"),
    [
        ("movements", {"over": "-5"}),
        ("movements", {"over": "1e3"}),
        ("movements", {"over": True}),
        ("movements", {"order": "smallest"}),
        ("movements", {"direction": "sideways"}),
        ("cash", {"to": "2026-12-24"}),
        ("cash", {"from": "2026-01-01"}),
    ],
)
def test_what_a_movement_or_a_balance_does_not_take_is_refused(metric: str, params: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        bind(catalogue.load()[metric], params, TODAY)


def test_movements_know_how_many_decimals_each_currency_has() -> None:
    sql = catalogue.load()["movements"].sql.decode()
    for code in _ZERO_DECIMAL | _THREE_DECIMAL:
        assert sql.count(f"'{code}'") == 2, code


@pytest.mark.parametrize("as_csv", [True, False])
def test_rows_that_were_cut_are_named_beside_the_rows(
    as_csv: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A CSV of a thousand rows that does not say so passes for the whole."""
    show = Show(as_json=False, as_csv=as_csv)
    for truncated in (True, False):
        show.answer("", understood("receivables", {}), answer(truncated=truncated))
        written = capsys.readouterr()
        assert ("Only the first" in written.err) is truncated
        assert "Only the first" not in written.out
