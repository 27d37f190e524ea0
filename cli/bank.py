"""`execops import bank`: a bank statement in CSV becomes movements, a balance, and whatever plays say of them."""

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

app = typer.Typer(help="Take in what is no webhook.", no_args_is_help=True)
_CHUNK = 1 << 20  # bytes
_EVERY = 1000  # lines between two steps of a progress bar
_Column = typer.Option(
    metavar="COL", help="Its column, by name or number; guessed from the header.", show_default=False
)


@app.callback()
def _group() -> None:
    """Take in what is no webhook."""


@app.command()
def bank(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.csv", exists=True, dir_okay=False, readable=True, help="The statement."),
    ],
    account: Annotated[
        str, typer.Option(metavar="NAME", help="The same for every file of an account.")
    ] = "main",
    currency: Annotated[
        str | None,
        typer.Option(
            metavar="CUR", help="Of rows that name none; that of the books unless given.", show_default=False
        ),
    ] = None,
    date: Annotated[str | None, _Column] = None,
    amount: Annotated[str | None, _Column] = None,
    debit: Annotated[str | None, _Column] = None,
    credit: Annotated[str | None, _Column] = None,
    description: Annotated[str | None, _Column] = None,
    balance: Annotated[str | None, _Column] = None,
    date_format: Annotated[
        str | None, typer.Option(metavar="FMT", help="Such as DD/MM/YYYY or %d.%m.%y.", show_default=False)
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(metavar=",|.", help="The decimal mark of amounts.", show_default=False)
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="Between the fields; 'tab' for a tab.", show_default=False)
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Such as utf-8 or latin-1.", show_default=False)
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be imported; change nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask whether the columns are right.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Import a bank statement. Importing it again, or one that overlaps, changes nothing; exit code 2 where a line could not be read."""

    async def command() -> Report:
        return await _import(
            file,
            account,
            encoding,
            _options(given, currency, date_format, decimal, delimiter),
            dry_run,
            yes,
            as_json,
        )

    columns = {
        "date": date, "amount": amount, "debit": debit, "credit": credit, "description": description,
        "balance": balance,
    }  # fmt: skip
    given = {role: name for role, name in columns.items() if name is not None}
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
        raise InvalidInputError("An account has a name; nothing was imported.")
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
    for each in report.left_out:
        output.note(f"line {each.line} left out: {each.reason}")
    for problem in report.problems:
        output.note(f"{output.style('line', '31')} {problem.line}: {output.clean(problem.reason)}")
    if report.problems:
        output.note("These lines were not imported. Put them right and import the file again.")
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
        raise InvalidInputError("--decimal is . or ,")
    delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter or "", delimiter)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n '):
        raise InvalidInputError("--delimiter is one character, or tab.")
    if "amount" in columns and {"debit", "credit"} & columns.keys():
        raise InvalidInputError("Say --amount, or --debit and --credit, not both.")
    code = currency.strip().upper() if currency is not None else None
    if code is not None and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise InvalidInputError(f"--currency {currency!r} is no currency code such as USD.")
    return Options(
        columns=columns, date_format=date_format, decimal=decimal, delimiter=delimiter, currency=code
    )


def _encoding(file: Path) -> str:
    from execops.client.bank_file import detect_encoding
    from execops.errors import InvalidInputError

    if not file.is_file():
        raise InvalidInputError(
            f"{file} is no plain file: it is read twice.", hint="Save it to a file first."
        )
    try:
        with file.open("rb") as raw:
            return detect_encoding(iter(lambda: raw.read(_CHUNK), b""))
    except OSError as exc:
        raise InvalidInputError(f"{file} cannot be read: {exc.strerror}; nothing was imported.") from exc


@contextmanager
def _lines(file: Path, encoding: str, label: str) -> Iterator[Iterator[str]]:
    """The file's lines, with a progress bar on a terminal. Raises InvalidInputError where it is no such text."""
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
                yield _watched(text, raw.tell, bar.update)
    except UnicodeError as exc:
        raise InvalidInputError(
            f"{file} is not {encoding} throughout.", hint="Say --encoding, such as utf-8 or latin-1."
        ) from exc
    except LookupError as exc:
        raise InvalidInputError(
            f"There is no encoding {encoding!r}.", hint="Such as utf-8 or latin-1."
        ) from exc
    except OSError as exc:
        raise InvalidInputError(f"{file} cannot be read: {exc.strerror}.") from exc


def _watched(lines: Iterator[str], position: Callable[[], int], step: Callable[[int], None]) -> Iterator[str]:
    seen = 0
    for number, line in enumerate(lines):
        if number % _EVERY == 0:
            step(position() - seen)
            seen = position()
        yield line
    step(position() - seen)


def _show(file: Path, encoding: str, layout: Layout, account: str, currency: str, settings: Settings) -> None:
    """On stderr: how the file is understood."""
    dates = layout.date_format or {"dmy": "day first", "mdy": "month first"}.get(
        layout.date_order or "", "clear"
    )
    fields = {"\t": "tab"}.get(layout.delimiter, repr(layout.delimiter))
    output.note(
        f"{output.clean(file.name)}: {layout.records} lines below the header in line {layout.header_line};"
        f" {encoding}, {fields} between fields, {layout.decimal!r} as decimal mark, dates {dates}"
    )
    for role, name in layout.named().items():
        output.note(f"  {role:<12} {output.clean(name)}")
    if layout.format is not None:
        output.note(f"  {'format':<12} {layout.format}")
    output.note(f"  {'account':<12} {account}")
    named = "" if "currency" not in layout.columns else ", where a row names none"
    output.note(f"  {'in':<12} {currency}{named}; days of {settings.time_zone}")


def _confirm(layout: Layout, options: Options, account: str, yes: bool) -> None:
    """Ask in a terminal; elsewhere the columns, or --yes, must have been given."""
    import sys

    from execops.errors import InvalidInputError

    given = options.columns.keys()
    if yes or ("date" in given and {"amount", "debit", "credit"} & given):
        return
    if not session.interactive():
        if layout.format is not None:  # nothing was guessed
            return
        raise InvalidInputError(
            "The columns were guessed, and nobody is there to look at them; nothing was imported.",
            hint="Say --yes to take them, or name them: --date COL --amount COL (see --dry-run).",
        )
    sys.stdout.flush()
    if not typer.confirm(f"Import {layout.records} lines into the account {account}?", err=True):
        raise typer.Exit(0)


def _print(report: Report, dry_run: bool) -> None:
    from execops.money import Money

    done = "would be imported" if dry_run else "imported"
    output.data(
        f"{report.imported} {done}, {report.known} known already, {len(report.problems)} not readable"
    )
    for currency, minor in sorted(report.imported_sums.items()):
        output.data(f"  sum      {Money(minor, currency)}")
    for balance, day in report.balances:
        output.data(f"  balance  {balance} on {day}")
    if report.events and not dry_run:
        output.note("A worker takes it from here: execops proposals list")


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
