"""What `execops import bank` says: how a file is understood, its movements in words, and the outcome."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from cli import output, session

if TYPE_CHECKING:
    from execops.client.bank_file import LeftOut, Options, Problem, Row, Statement
    from execops.client.records import Import, Report
    from execops.money import Money

Read: TypeAlias = Callable[["Options"], "Statement"]
_DATE_PARTS = {
    "d": "day", "m": "month", "b": "month", "B": "month", "Y": "year", "y": "year", "H": "hour", "M": "minute", "S": "second",
}  # fmt: skip
_MANY = 2_000  # lines; fewer are imported before a bar could be seen
_KINDS = {
    "workbook": "workbook", "web_table": "HTML", "ofx": "OFX", "mt940": "MT940", "camt": "CAMT", "qif": "QIF", "norma43": "Norma 43", "coda": "CODA", "cfonb120": "CFONB 120", "bai2": "BAI2", "client_bank": "1C", "gpc": "GPC", "csv": "CSV",
}  # fmt: skip


def show(file: Path, statement: Statement, account: str) -> None:
    """Show on stderr how the file is understood."""
    settings, layout = session.settings(), statement.layout
    head = f"{output.clean(file.name)}: {_KINDS[statement.kind]}, {output.counted(len(statement.rows), 'movement')}"
    if layout is None:
        output.note(head)
    else:
        order = {"dmy": "day first", "mdy": "month first"}.get(layout.date_order or "", "unambiguous")
        dates = _in_words(layout.date_format) if layout.date_format else order
        if layout.swapped_days:
            dates += f", {layout.swapped_days} of them with day and month swapped back"
        delimiter = {"\t": "tab"}.get(layout.delimiter, repr(layout.delimiter))
        where = f"the header in line {layout.header_line}" if layout.header_record >= 0 else "no header"
        output.note(
            f"{head}, {where}; encoding {statement.encoding or 'of the workbook'}, delimiter {delimiter},"
            f" decimal mark {layout.decimal!r}, dates {dates}"
        )
        for role, name in layout.named().items():
            output.note(f"  {role:<12} {output.clean(name)}")
        if layout.format is not None:
            output.note(f"  {'format':<12} {layout.format}")
    currencies = sorted({row.amount.currency for row in statement.rows})
    if currencies == [settings.currency] and layout is not None and layout.names_no_currency:
        currencies.append("as the books, for the file names none")
    elif layout is not None and layout.is_named_by_file:
        currencies.append("as the file's name says")
    output.note(f"  {'currency':<12} {', '.join(currencies)}")
    output.note(f"  {'account':<12} {account}")
    output.note(f"  {'time zone':<12} {settings.time_zone}")


def movement(row: Row) -> str:
    """A movement in words: `12 Nov 2026: €125.00 paid to Hetzner`."""
    from execops.money import Money

    amount = Money(abs(row.amount.minor), row.amount.currency)
    name = output.clean(row.vendor or row.description or "nobody named")
    if row.transfer:
        way = (
            "moved out to another account of yours"
            if row.amount.minor < 0
            else "moved in from another account of yours"
        )
        return f"{row.day:%-d %b %Y}: {amount} {way}"
    way = "paid to" if row.amount.minor < 0 else "received from"
    return f"{row.day:%-d %b %Y}: {amount} {way} {name}"


def reading(answered: Options, read: Read, option: str, value: object) -> str:
    """What an answer to a doubt would make of the file: its first movement in words."""
    from execops.errors import InvalidInputError

    if option == "balance_is_checked":
        return "import it as it is"
    try:
        rows = read(answered).rows
    except InvalidInputError as exc:
        return f"{value}: {exc.message}"
    return movement(rows[0]) if rows else f"{value}: no movement"


@contextmanager
def progress(statement: Statement) -> Iterator[Iterable[Row | Problem | LeftOut]]:
    """The lines to import, with a progress bar in a terminal where they are many."""
    import sys

    import click

    if not sys.stderr.isatty() or len(statement.lines) < _MANY:
        yield statement.lines
        return
    with click.progressbar(statement.lines, label="Importing", file=sys.stderr) as lines:
        yield lines


def tell(statement: Statement, report: Report | None) -> None:
    """Print the outcome; without a report, what would be imported."""
    from execops.money import Money

    problems = len(_problems(statement))
    if report is None:
        output.data(f"{len(statement.rows)} would be imported, {problems} not readable")
    else:
        output.data(f"{report.imported} imported, {report.known} imported before, {problems} not readable")
    for currency, minor in sorted((_sums(statement) if report is None else report.imported_sums).items()):
        output.data(f"  sum      {Money(minor, currency)}")
    for balance, day in _balances(statement, report):
        output.data(f"  balance  {balance}{f' on {day}' if day else ''}")
    if report is not None and report.import_id is not None:
        output.note(f"Take it back with: execops import undo {report.import_id}")
    if report is not None and report.events:
        output.note("A worker processes them next. See: execops proposals list")


def _in_words(date_format: str) -> str:
    """A format of strptime as a person says it: `%m/%d/%Y` is `month/day/year`."""
    return re.sub("%(.)", lambda code: _DATE_PARTS.get(code[1], code[0]), date_format)


def import_table(imports: Sequence[Import], *, in_terminal: bool) -> tuple[list[str], list[tuple[str, ...]]]:
    """The columns and the lines of `execops import list`; a pipe gets every column whole.

    A terminal has no room for all of it: it leaves out who imported, where all are of one person, and says "taken back" in
    place of the day of an import that was.
    """
    columns = {
        "id": [str(entry.id) for entry in imports],
        "account": [entry.account for entry in imports],
        "file": [entry.file or "" for entry in imports],
        "days": [_days(entry, short=in_terminal) for entry in imports],
        "rows": [str(entry.held) for entry in imports],
        "new": [str(entry.booked) for entry in imports],
        "imported": [
            "taken back" if in_terminal and entry.undone_at else f"{entry.created_at:%Y-%m-%d}"
            for entry in imports
        ],
    }
    if not in_terminal or len({entry.created_by for entry in imports}) > 1:
        columns["by"] = [entry.created_by for entry in imports]
    if not in_terminal:
        columns["taken back"] = [
            f"{entry.undone_at:%Y-%m-%d} by {entry.undone_by}" if entry.undone_at else "" for entry in imports
        ]
    return list(columns), list(zip(*columns.values(), strict=True))


def _days(entry: Import, *, short: bool) -> str:
    first, last = entry.first_day, entry.last_day
    if first is None or last is None:
        return ""
    return f"{first} to {last:%m-%d}" if short and first.year == last.year else f"{first} to {last}"


def complain(statements: list[tuple[Path, Statement]]) -> bool:
    """Name the lines that were left out and those that cannot be read; whether there are none of these."""
    from execops.client.bank_file import LeftOut

    readable = True
    for file, statement in statements:
        prefix = f"{output.clean(file.name)} " if len(statements) > 1 else ""
        for line in statement.lines:
            if isinstance(line, LeftOut):
                output.note(f"{prefix}line {line.line} skipped: {output.clean(line.reason)}")
        for problem in _problems(statement):
            readable = False
            output.note(
                f"{prefix}{output.style('line', '31')} {problem.line}: {output.clean(problem.reason)}"
            )
    if not readable:
        output.note("These lines were not imported. Correct them, then import the file again.")
    return readable


def document(file: Path, statement: Statement, account: str, report: Report | None) -> dict[str, object]:
    """The outcome as a JSON document; `movements` only where nothing was imported yet."""
    from execops.client.bank_file import LeftOut
    from execops.money import Money

    layout = statement.layout
    sums = _sums(statement) if report is None else report.imported_sums
    shown: dict[str, object] = {
        "file": str(file),
        "account": account,
        "import": None if report is None else report.import_id,
        "dry_run": report is None,
        "kind": statement.kind,
        "format": layout.format if layout else None,
        "columns": layout.named() if layout else {},
        "encoding": statement.encoding,
        "delimiter": layout.delimiter if layout else None,
        "decimal": layout.decimal if layout else None,
        "date_order": layout.date_order if layout else None,
        "date_format": layout.date_format if layout else None,
        "rows": len(statement.rows),
        "imported": len(statement.rows) if report is None else report.imported,
        "known": None if report is None else report.known,
        "events": 0 if report is None else report.events,
        "sums": [_money(Money(minor, code)) for code, minor in sorted(sums.items())],
        "balances": [
            _money(balance) | {"on": day.isoformat() if day else None}
            for balance, day in _balances(statement, report)
        ],
        "absent": [
            {
                "on": booked.day.isoformat(),
                **_money(Money(booked.amount_minor, booked.currency)),
                "vendor": booked.vendor,
            }
            for booked in (report.absent if report is not None else ())
        ],
        "left_out": [line for line in statement.lines if isinstance(line, LeftOut)],
        "problems": _problems(statement),
    }
    if report is None:
        shown["movements"] = [
            {
                "line": row.line,
                "on": row.day.isoformat(),
                **_money(row.amount),
                "vendor": row.vendor,
                "description": row.description,
                "category": row.category,
                "own_transfer": row.transfer,
            }
            for row in statement.rows
        ]
    return shown


def _problems(statement: Statement) -> list[Problem]:
    from execops.client.bank_file import Problem

    return [line for line in statement.lines if isinstance(line, Problem)]


def _sums(statement: Statement) -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in statement.rows:
        sums[row.amount.currency] = sums.get(row.amount.currency, 0) + row.amount.minor
    return sums


def _balances(statement: Statement, report: Report | None) -> list[tuple[Money, date | None]]:
    if report is not None:
        return list(report.balances)
    return [(told.amount, told.day) for told in statement.closing]


def _money(amount: Money) -> dict[str, object]:
    return {"amount_minor": amount.minor, "currency": amount.currency, "amount": str(amount)}


def choice(question: str, answers: Iterable[str], refusal: Exception) -> int:
    """In a terminal, ask which answer is right; returns its place, from 0. Raises the refusal for none, and in a script."""
    import click

    if not session.interactive():
        raise refusal
    output.note(question)
    keys = []
    for number, answer in enumerate(answers, start=1):
        output.note(f"  {number}  {answer}")
        keys.append(str(number))
    output.note("  n  import nothing")
    with session.asking():
        chosen = click.prompt(
            "Which is right?", type=click.Choice([*keys, "n"]), show_choices=False, err=True
        )
    if chosen == "n":
        raise refusal
    return keys.index(chosen)
