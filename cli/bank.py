"""`execops import bank`: reads a bank statement in CSV, and imports its movements and its balance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session

if TYPE_CHECKING:
    from execops.client.bank_file import Layout, Options
    from execops.client.records import Report
    from execops.money import Money
    from execops.settings import Settings

app = typer.Typer(help="Import data from files.", no_args_is_help=True)
_CHUNK = 1 << 20  # bytes
_EVERY = 1000  # lines between two steps of a progress bar
_Column = Annotated[
    str | None,
    typer.Option(
        metavar="COL", help="The name or number of the column; guessed if not set.", show_default=False
    ),
]
_Statement = Annotated[
    Path,
    typer.Argument(
        metavar="FILE.csv", exists=True, dir_okay=False, readable=True, help="The bank statement."
    ),
]
_Currency = Annotated[
    str | None,
    typer.Option(
        metavar="CUR",
        help="The currency of rows that name none; EXECOPS_CURRENCY if not set.",
        show_default=False,
    ),
]
_DateFormat = Annotated[
    str | None,
    typer.Option(
        metavar="FMT", help="The format of dates, such as DD/MM/YYYY or %d.%m.%y.", show_default=False
    ),
]


@app.callback()
def _group() -> None:
    """Import data from files."""


@app.command()
def bank(
    file: _Statement,
    account: Annotated[
        str, typer.Option(metavar="NAME", help="The account; use the same name for all its files.")
    ] = "main",
    currency: _Currency = None,
    date: _Column = None,
    amount: _Column = None,
    debit: _Column = None,
    credit: _Column = None,
    description: _Column = None,
    balance: _Column = None,
    date_format: _DateFormat = None,
    decimal: Annotated[
        str | None, typer.Option(metavar=",|.", help="The decimal mark of amounts.", show_default=False)
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="The character between fields, or 'tab'.", show_default=False)
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="The encoding, such as utf-8 or latin-1.", show_default=False)
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be imported; change nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Import without asking about the columns.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Import a bank statement. Rows that were imported before are skipped.

    Exits with 2 if a line could not be read.
    """

    async def command() -> Report:
        return await _import(
            file,
            account,
            encoding,
            _options(columns, currency, date_format, decimal, delimiter),
            dry_run,
            yes,
            as_json,
        )

    options = {
        "date": date, "amount": amount, "debit": debit, "credit": credit, "description": description,
        "balance": balance,
    }  # fmt: skip
    columns = {role: name for role, name in options.items() if name is not None}
    if session.run(command()).problems:
        raise typer.Exit(2)


async def _import(
    file: Path, account: str, encoding: str | None, options: Options, dry_run: bool, yes: bool, as_json: bool
) -> Report:
    from zoneinfo import ZoneInfo

    from execops.client.bank_file import read, survey
    from execops.errors import InvalidInputError
    from execops.text import clean_line

    account = clean_line(account, limit=60).strip()
    if not account:
        raise InvalidInputError("The name of the account is empty; nothing was imported.")
    encoding = encoding or _encoding(file)
    with _lines(file, encoding, "Reading") as lines:
        layout = survey(lines, options)
    settings = session.settings()
    currency = layout.currency or settings.currency
    _show(file, encoding, layout, account, currency, settings)
    if not dry_run:
        _confirm(layout, options, account, yes)
    async with session.client() as client:
        with _lines(file, encoding, "Importing" if not dry_run else "Checking") as lines:
            rows = read(lines, layout, account=account, currency=currency, zone=ZoneInfo(settings.time_zone))
            report = await client.books.import_statement(account, rows, dry_run=dry_run)
    if as_json:
        output.document(_document(file, encoding, layout, report, dry_run))
    else:
        _print(report, dry_run)
    for skipped in report.left_out:
        output.note(f"line {skipped.line} skipped: {skipped.reason}")
    for problem in report.problems:
        output.note(f"{output.style('line', '31')} {problem.line}: {output.clean(problem.reason)}")
    if report.problems:
        output.note("These lines were not imported. Correct them, then import the file again.")
    return report


def _options(
    columns: dict[str, str],
    currency: str | None,
    date_format: str | None,
    decimal: str | None,
    delimiter: str | None,
) -> Options:
    from execops.client.bank_file import Options
    from execops.errors import InvalidInputError

    if decimal not in {None, ".", ","}:
        raise InvalidInputError("--decimal takes . or ,")
    delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter or "", delimiter)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n '):
        raise InvalidInputError("--delimiter takes one character, or tab.")
    if "amount" in columns and {"debit", "credit"} & columns.keys():
        raise InvalidInputError("Use --amount, or --debit and --credit, not both.")
    code = currency.strip().upper() if currency is not None else None
    if code is not None and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise InvalidInputError(f"--currency takes a code such as USD, not {currency!r}.")
    return Options(
        columns=columns, date_format=date_format, decimal=decimal, delimiter=delimiter, currency=code
    )


def _encoding(file: Path) -> str:
    from execops.client.bank_file import detect_encoding
    from execops.errors import InvalidInputError

    if not file.is_file():
        raise InvalidInputError(
            f"{file} is not a regular file; nothing was imported.",
            hint="ExecOps reads the file twice. Save the data to a file first.",
        )
    try:
        with file.open("rb") as raw:
            return detect_encoding(iter(lambda: raw.read(_CHUNK), b""))
    except OSError as exc:
        raise InvalidInputError(f"{file} cannot be read: {exc.strerror}; nothing was imported.") from exc


@contextmanager
def _lines(file: Path, encoding: str, label: str) -> Iterator[Iterator[str]]:
    """The file's lines, with a progress bar in a terminal. Raises InvalidInputError if it cannot be decoded."""
    import io
    import sys

    import click

    from execops.errors import InvalidInputError

    try:
        with file.open("rb") as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
            size = file.stat().st_size
            if not sys.stderr.isatty() or size < _CHUNK:
                yield iter(text)
                return
            with click.progressbar(length=size, label=label, file=sys.stderr) as bar:
                yield _reporting(text, raw.tell, bar.update)
    except UnicodeError as exc:
        raise InvalidInputError(
            f"{file} cannot be read as {encoding}.", hint="Set --encoding, such as utf-8 or latin-1."
        ) from exc
    except LookupError as exc:
        raise InvalidInputError(
            f"{encoding!r} is not an encoding.", hint="Set --encoding, such as utf-8 or latin-1."
        ) from exc
    except OSError as exc:
        raise InvalidInputError(f"{file} cannot be read: {exc.strerror}.") from exc


def _reporting(
    lines: Iterator[str], position: Callable[[], int], advance: Callable[[int], None]
) -> Iterator[str]:
    """The lines, while `advance` learns how many bytes were read; `position` tells the place in the file."""
    reported = 0
    for number, line in enumerate(lines):
        if number % _EVERY == 0:
            advance(position() - reported)
            reported = position()
        yield line
    advance(position() - reported)


def _show(file: Path, encoding: str, layout: Layout, account: str, currency: str, settings: Settings) -> None:
    """Show on stderr how the file is understood."""
    dates = layout.date_format or {"dmy": "day first", "mdy": "month first"}.get(
        layout.date_order or "", "unambiguous"
    )
    delimiter = {"\t": "tab"}.get(layout.delimiter, repr(layout.delimiter))
    output.note(
        f"{output.clean(file.name)}: {output.counted(layout.records, 'line')} below the header in line"
        f" {layout.header_line}; encoding {encoding}, delimiter {delimiter}, decimal mark {layout.decimal!r},"
        f" dates {dates}"
    )
    columns = layout.named()
    columns["currency"] = f"{columns['currency']}, else {currency}" if "currency" in columns else currency
    for role, name in columns.items():
        output.note(f"  {role:<12} {output.clean(name)}")
    if layout.format is not None:
        output.note(f"  {'format':<12} {layout.format}")
    output.note(f"  {'account':<12} {account}")
    output.note(f"  {'time zone':<12} {settings.time_zone}")


def _confirm(layout: Layout, options: Options, account: str, yes: bool) -> None:
    """Ask in a terminal. Elsewhere the user must have set the columns or --yes. Raises InvalidInputError."""
    import sys

    from execops.errors import InvalidInputError

    columns = options.columns.keys()
    if yes or ("date" in columns and {"amount", "debit", "credit"} & columns):
        return
    if not session.interactive():
        if layout.format is not None:  # the format names the columns
            return
        raise InvalidInputError(
            "The columns were guessed and need your confirmation; nothing was imported.",
            hint="Accept them with --yes, or name them: --date COL --amount COL. --dry-run shows them.",
        )
    sys.stdout.flush()
    if not typer.confirm(
        f"Import {output.counted(layout.records, 'line')} into the account {account}?", err=True
    ):
        raise typer.Exit(0)


def _print(report: Report, dry_run: bool) -> None:
    from execops.money import Money

    imported = f"{report.imported} {'would be imported' if dry_run else 'imported'}"
    output.data(f"{imported}, {report.known} imported before, {len(report.problems)} not readable")
    for currency, minor in sorted(report.imported_sums.items()):
        output.data(f"  sum      {Money(minor, currency)}")
    for balance, day in report.balances:
        output.data(f"  balance  {balance} on {day}")
    if report.events and not dry_run:
        output.note("A worker processes them next. See: execops proposals list")


def _document(file: Path, encoding: str, layout: Layout, report: Report, dry_run: bool) -> dict[str, object]:
    from execops.money import Money

    return {
        "file": str(file),
        "account": report.account,
        "dry_run": dry_run,
        "format": layout.format,
        "columns": layout.named(),
        "encoding": encoding,
        "delimiter": layout.delimiter,
        "decimal": layout.decimal,
        "date_order": layout.date_order,
        "date_format": layout.date_format,
        "rows": report.rows,
        "imported": report.imported,
        "known": report.known,
        "events": report.events,
        "sums": [_money(Money(minor, code)) for code, minor in sorted(report.imported_sums.items())],
        "balances": [_money(balance) | {"on": day.isoformat()} for balance, day in report.balances],
        "left_out": report.left_out,
        "problems": report.problems,
    }


def _money(amount: Money) -> dict[str, object]:
    return {"amount_minor": amount.minor, "currency": amount.currency, "amount": str(amount)}
