"""A bank's format takes the place of a person's options, and only for its own export."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from execops.errors import InvalidInputError
from execops.money import Money
from execops.sources.bank import formats
from execops.sources.bank.formats import BankFormat
from execops.sources.bank.layouts.layout import Options, survey
from execops.sources.bank.statement import LeftOut, Problem, Row, read

DATA = Path(__file__).parents[1] / "data" / "bank"
MINIMAL = 'name = "Bank"\nheader = ["Day", "Sum"]\n'


def rows_of(text: str, options: Options | None = None) -> list[Row | Problem | LeftOut]:
    lines = text.splitlines(keepends=True)
    layout = survey(lines, options or Options())
    return list(read(lines, layout, account="main", currency=layout.currency or "USD", zone=ZoneInfo("UTC")))


@pytest.mark.parametrize(
    ("file", "name", "count", "total"),
    [
        ("chase.csv", "Chase, checking", 5, Money(977_333, "USD")),
        ("n26.csv", "N26", 6, Money(495_030, "EUR")),
    ],
)
def test_a_shipped_format_reads_its_export_without_an_option(
    file: str, name: str, count: int, total: Money
) -> None:
    text = (DATA / file).read_text()
    assert survey(text.splitlines(keepends=True), Options()).format == name
    rows = [row for row in rows_of(text) if isinstance(row, Row)]
    assert len(rows) == count
    assert {row.amount.currency for row in rows} == {total.currency}
    assert sum(row.amount.minor for row in rows) == total.minor


def test_every_shipped_format_is_valid_and_has_a_sample() -> None:
    shipped = {bank_format.name for bank_format in formats.all_formats()}
    assert shipped
    missing = set(shipped)
    for path in sorted(DATA.rglob("*.csv"), key=lambda path: len(path.parts)):
        if missing:
            missing.discard(_format_of(path) or "")
    assert missing == set()


def _format_of(path: Path) -> str | None:
    try:
        return survey(
            path.read_bytes().decode("utf-8", "replace").splitlines(keepends=True), Options()
        ).format
    except InvalidInputError:
        return None


def test_a_format_decides_what_the_file_leaves_open() -> None:
    """Every date of this file may be day first or month first, so without a format it is refused."""
    header = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #"
    row = "DEBIT,01/02/2026,COFFEE,-1.50,DEBIT_CARD,10.00,"
    [first] = rows_of(f"{header}\n{row}\n")
    assert isinstance(first, Row)
    assert first.day.isoformat() == "2026-01-02"
    with pytest.raises(InvalidInputError, match="day/month or month/day"):
        rows_of(f"{header.replace('Details', 'Info')}\n{row}\n")


def test_a_persons_option_comes_before_the_format() -> None:
    text = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\nX,01/02/2026,COFFEE,-1.50,Y,10.00,\n"
    [row] = rows_of(
        text, Options(date_format="DD/MM/YYYY", columns={"description": "Details"}, currency="CAD")
    )
    assert isinstance(row, Row)
    assert (row.day.isoformat(), row.description, row.amount) == ("2026-02-01", "X", Money(-150, "CAD"))


def test_the_format_with_the_most_columns_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    short = BankFormat(name="short", header=frozenset({"day", "sum"}))
    long = BankFormat(name="long", header=frozenset({"day", "sum", "note"}))
    monkeypatch.setattr(formats, "all_formats", lambda: (long, short))
    recognised = [formats.recognise(header) for header in (["Day", "Sum"], ["Note", "Sum", "Day"], ["Day"])]
    assert recognised == [short, long, None]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name = ", "bad.toml: "),
        ('header = ["Day"]', "needs a name and a header"),
        ('name = "Bank"', "needs a name and a header"),
        (MINIMAL + 'colums = "x"', "unknown key 'colums'"),
        (MINIMAL + "decimal = 1", "decimal must be text"),
        (MINIMAL + '[columns]\nday = "Day"', "unknown role 'day'"),
        (MINIMAL + '[columns]\ndate = "Date"', "the header has no column 'Date'"),
    ],
)
def test_an_invalid_format_is_refused_with_its_file_name(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        BankFormat.from_toml(text, "bad.toml")
