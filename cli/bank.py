"""`execops import bank`: reads bank statements, asks what they leave open, and imports movements and balances."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import bank_absent, bank_accounts, bank_doubles, bank_input, bank_words, output, session
from cli.bank_accounts import Reading
from cli.options import AsJson

if TYPE_CHECKING:
    from execops.client.bank_file import DoubtError, Options, Statement
    from execops.client.records import Report

app = typer.Typer(help="Import data from files.", no_args_is_help=True)
_Column = Annotated[
    str | None,
    typer.Option(
        metavar="COL", help="The name or number of the column; guessed if not set.", show_default=False
    ),
]
_Statements = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        exists=True,
        readable=True,
        allow_dash=True,
        help="Statements of one account, or a folder of them; - for standard input.",
    ),
]
_Account = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The account, with the same name for all its files; main if not set, and a doubt is asked.",
        show_default=False,
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


def _option(help_: str, metavar: str | None = None) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(metavar=metavar, help=help_, show_default=False)
    return option


_Decimal = Annotated[str | None, _option("The decimal mark of amounts.", ",|.")]
_Delimiter = Annotated[str | None, _option("The character between fields, or 'tab'.")]
_Encoding = Annotated[str | None, _option("The encoding, such as utf-8 or latin-1.")]
_Sign = Annotated[
    str | None, _option("How money that leaves is written: with a minus, or plus as on a card.", "minus|plus")
]
_Fee = Annotated[str | None, _option("Whether fees are inside the amounts, or apart.", "inside|apart")]
_Header = Annotated[
    bool, typer.Option("--header/--no-header", help="Whether a line names the columns.", show_default=False)
]
_BalanceCheck = Annotated[
    bool,
    typer.Option(
        "--balance-check/--no-balance-check",
        help="Refuse a file whose balances do not add up.",
        show_default=False,
    ),
]
_DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Show what would be imported; needs no server and changes nothing."),
]
_Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Import what is certain without asking; it answers no doubt.")
]


_Doubles = Annotated[
    str | None,
    _option("What to do with movements that the books seem to have already in other words.", "skip|import"),
]


@app.callback()
def _group() -> None:
    """Import data from files."""


@app.command()
def bank(
    files: _Statements,
    account: _Account = None,
    currency: _Currency = None,
    date: _Column = None,
    amount: _Column = None,
    debit: _Column = None,
    credit: _Column = None,
    description: _Column = None,
    payee: _Column = None,
    balance: _Column = None,
    currency_column: _Column = None,
    date_format: _DateFormat = None,
    decimal: _Decimal = None,
    delimiter: _Delimiter = None,
    encoding: _Encoding = None,
    sign: _Sign = None,
    fee: _Fee = None,
    header: _Header = True,
    balance_check: _BalanceCheck = True,
    doubles: _Doubles = None,
    dry_run: _DryRun = False,
    yes: _Yes = False,
    as_json: AsJson = False,
) -> None:
    """Import bank statements: CSV, XLSX, OFX, QFX, MT940, CAMT.053, CODA, CFONB, BAI2, Norma 43, GPC, 1C, QIF. Rows that were imported before are skipped.

    Exits with 2 if a line could not be read, and for a doubt, with the option that answers it.
    """
    from execops.client.bank_file import Options

    columns = {
        "date": date, "amount": amount, "debit": debit, "credit": credit, "description": description, "payee": payee,
        "balance": balance, "currency": currency_column,
    }  # fmt: skip

    async def command() -> bool:
        options = Options(
            columns={role: name for role, name in columns.items() if name is not None},
            date_format=date_format,
            decimal=_one_of("--decimal", decimal, ".", ","),
            delimiter=_delimiter(delimiter),
            currency=_currency(currency),
            sign=_one_of("--sign", sign, "minus", "plus"),
            fee=_one_of("--fee", fee, "inside", "apart"),
            header=header,
            balance_is_checked=balance_check,
        )
        answer = _one_of("--doubles", doubles, "skip", "import")
        return await _import_all(
            files, account, encoding, options, answer, dry_run=dry_run, yes=yes, as_json=as_json
        )

    if not session.run(command()):
        raise typer.Exit(2)


@app.command("list")
def list_(
    account: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the imports of this account.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the imports of bank files, the latest first, with the ids that `import undo` takes."""

    async def command() -> None:
        async with session.client() as client:
            imports = await client.books.imports(account)
        if as_json:
            output.document(imports)
            return
        output.table(
            *bank_words.import_table(imports, in_terminal=sys.stdout.isatty()), right=["rows", "new"]
        )

    session.run(command())


@app.command()
def undo(
    import_id: Annotated[int, typer.Argument(metavar="ID", help="As `execops import list` shows it.")],
    reason: Annotated[
        str | None, typer.Option("--why", "--reason", "-m", help="Kept in the audit log.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take an import back: its movements and balances leave the books, but for those that another import holds."""

    async def command() -> None:
        async with session.client() as client:
            undone = await client.books.undo_import(import_id, reason)
        if as_json:
            output.document(undone)
            return
        stay = f" {output.counted(undone.kept, 'movement')} stay: another import holds them, or none was recorded."
        output.note(
            f"Import {undone.id} is taken back: {output.counted(undone.removed, 'movement')} of"
            f" {output.clean(undone.account)} left the books.{stay if undone.kept else ''}"
        )

    session.run(command())


async def _import_all(
    paths: list[Path],
    account: str | None,
    encoding: str | None,
    options: Options,
    doubles: str | None,
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> bool:
    """Import the files one after the other, once all of them are read; whether every line could be read."""
    from execops.errors import InvalidInputError

    if "amount" in options.columns and {"debit", "credit"} & options.columns.keys():
        raise InvalidInputError("Use --amount, or --debit and --credit, not both.")
    name = "main" if account is None else bank_accounts.named(account)
    readings = [_read(file, name, encoding, options) for file in bank_input.files(paths)]
    for reading in readings:
        bank_words.show(reading.file, reading.statement, name)
    documents = []
    if dry_run:
        for reading in readings:
            documents.append(bank_words.document(reading.file, reading.statement, name, None))
            if not as_json:
                bank_words.tell(reading.statement, None)
    else:
        async with session.client() as client:
            readings = await bank_accounts.settle(client, readings, is_named=account is not None)
            readings = await bank_doubles.settle(client, readings, doubles)
            _confirm(readings, yes)
            for reading in readings:
                statement = reading.statement
                with bank_words.progress(statement) as lines:
                    report: Report = await client.books.import_statement(
                        reading.account,
                        lines,
                        balances=statement.closing,
                        file=reading.file.name,
                        digest=statement.digest,
                        shape=statement.shape,
                        number=statement.number,
                    )
                report.absent = bank_absent.unexplained(reading, report)
                documents.append(bank_words.document(reading.file, statement, reading.account, report))
                if not as_json:
                    bank_words.tell(statement, report)
                bank_absent.warn(reading, report)
    if as_json:
        output.document(documents[0] if len(documents) == 1 else {"files": documents})
    return bank_words.complain([(reading.file, reading.statement) for reading in readings])


def _read(file: Path, account: str, encoding: str | None, options: Options) -> Reading:
    """Read a file; in a terminal, a person settles each doubt with one key. Raises InvalidInputError."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from execops.client.bank_file import DoubtError, read_file
    from execops.errors import InvalidInputError

    settings = session.settings()
    zone = ZoneInfo(settings.time_zone)
    file, data = bank_input.content(file)

    def read(chosen: Options, as_account: str = account) -> Statement:
        return read_file(
            data,
            chosen,
            account=as_account,
            books=settings.currency,
            zone=zone,
            today=datetime.now(UTC).astimezone(zone).date(),
            encoding=encoding,
            name=file.stem,
        )

    while True:
        try:
            return Reading(file, account, read(options), partial(read, options))
        except DoubtError as doubt:
            options = _ask(file, doubt, options, read)
        except InvalidInputError as exc:
            raise InvalidInputError(f"{file.name}: {exc.message}", hint=exc.hint) from exc


def _ask(file: Path, doubt: DoubtError, options: Options, read: bank_words.Read) -> Options:
    """Show what each answer would make of the file, and let a person choose one. Raises the doubt for none."""
    answered = [options.answered(doubt.option, value) for value in doubt.values]
    readings = (
        bank_words.reading(option, read, doubt.option, value)
        for option, value in zip(answered, doubt.values, strict=True)
    )
    return answered[bank_words.choice(f"{output.clean(file.name)}: {doubt.question}", readings, doubt)]


def _one_of(name: str, value: str | None, *allowed: str) -> str | None:
    from execops.errors import InvalidInputError

    if value is not None and value not in allowed:
        raise InvalidInputError(f"{name} takes {' or '.join(allowed)}.")
    return value


def _delimiter(delimiter: str | None) -> str | None:
    from execops.errors import InvalidInputError

    delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter or "", delimiter)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n '):
        raise InvalidInputError("--delimiter takes one character, or tab.")
    return delimiter


def _currency(currency: str | None) -> str | None:
    from execops.errors import InvalidInputError

    code = currency.strip().upper() if currency is not None else None
    if code is not None and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise InvalidInputError(f"--currency takes a code such as USD, not {currency!r}.")
    return code


def _confirm(readings: list[Reading], yes: bool) -> None:
    """In a terminal, show the first movements in words and ask. Elsewhere what is certain needs no question."""
    import sys

    if yes or not session.interactive():
        return
    sys.stdout.flush()
    for reading in readings:
        for row in reading.statement.rows[:3]:
            output.note(f"  {bank_words.movement(row)}")
    count = sum(len(reading.statement.rows) for reading in readings)
    names = [output.clean(name) for name in dict.fromkeys(reading.account for reading in readings)]
    into = f"the account {names[0]}" if len(names) == 1 else f"the accounts {', '.join(names)}"
    if not session.confirm(f"Import {output.counted(count, 'movement')} into {into}?", err=True):
        raise typer.Exit(0)
