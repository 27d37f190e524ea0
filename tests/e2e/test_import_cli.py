"""`execops import bank` as its users run it: its questions, its output, its exit codes."""

from __future__ import annotations

import asyncio
import os
import pty
from pathlib import Path

import pytest

from execops.client import Client
from execops.client.bank_file import LARGEST
from execops.context import Context
from tests import forking, records
from tests.e2e.test_cli import Cli, cli, environment
from tests.job_worker import drained, working

__all__ = ["cli"]  # a fixture

GERMAN = (
    '"Konto";"DE12"\n\n'
    "Buchungstag;Beguenstigter/Zahlungspflichtiger;Verwendungszweck;Betrag (EUR);Saldo\n"
    "30.10.2026;Müller GmbH;Rechnung 7;1.120,50;2.120,50\n"
    '31.10.2026;Hetzner Online GmbH;"R 5\nzwei Zeilen";-120,50;2.000,00\n'
)
ENGLISH = "Date,Description,Amount\n2026-10-30,AWS,-1.00\n2026-10-31,GitHub,-2.00\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The path for a statement."""
    return tmp_path / "statement.csv"


async def booked(ctx: Context) -> list[tuple[int, str, str]]:
    rows = await records.rows(ctx, "select amount_minor, currency, counterparty from transactions order by 1")
    return [(row["amount_minor"], row["currency"], row["counterparty"]) for row in rows]


async def test_help_names_every_option(cli: Cli) -> None:
    ran = await cli("import", "bank", "--help")
    assert ran.code == 0
    for option in (
        *(
            "--account",
            "--currency",
            "--date",
            "--amount",
            "--debit",
            "--credit",
            "--description",
            "--balance",
        ),
        *("--date-format", "--decimal", "--delimiter", "--encoding", "--dry-run", "--yes", "--json"),
    ):
        assert option in ran.out
    assert "bank" in (await cli("import", "--help")).out


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
async def test_a_german_statement_is_imported_in_every_encoding(
    cli: Cli, ctx: Context, file: Path, encoding: str
) -> None:
    file.write_text(GERMAN, encoding=encoding)
    ran = await cli("import", "bank", str(file), "--yes")
    assert ran.code == 0, ran.err
    assert ran.out == (
        "2 imported, 0 imported before, 0 not readable\n  sum      €1,000.00\n  balance  €2,000.00 on 2026-10-31\n"
    )
    assert "date         Buchungstag" in ran.err
    assert "decimal mark" in ran.err
    assert await booked(ctx) == [(-12050, "EUR", "Hetzner"), (112050, "EUR", "Müller GmbH")]
    again = await cli("import", "bank", str(file), "--yes", "--json")
    assert (again.json["imported"], again.json["known"], again.json["events"]) == (0, 2, 0)


async def test_a_dry_run_asks_nothing_and_changes_nothing(cli: Cli, ctx: Context, file: Path) -> None:
    file.write_text(ENGLISH)
    ran = await cli("import", "bank", str(file), "--dry-run", "--json")
    assert ran.code == 0
    document = ran.json
    assert (document["dry_run"], document["imported"], document["events"]) == (True, 2, 0)
    assert document["columns"] == {"date": "Date", "amount": "Amount", "description": "Description"}
    assert document["sums"] == [{"amount_minor": -300, "currency": "USD", "amount": "-$3.00"}]
    assert await booked(ctx) == []


async def test_what_is_certain_needs_no_question_without_a_terminal(
    cli: Cli, ctx: Context, file: Path
) -> None:
    file.write_text(ENGLISH)
    assert (await cli("import", "bank", str(file))).code == 0
    assert await booked(ctx) == [(-200, "USD", "GitHub"), (-100, "USD", "AWS")]


async def test_a_doubt_is_answered_by_an_option_and_not_by_yes(cli: Cli, ctx: Context, file: Path) -> None:
    file.write_text("Date,Merchant,Amount\n2026-10-30,AWS,1.00\n2026-10-31,GitHub,2.00\n")
    refused = await cli("import", "bank", str(file), "--yes")
    assert (refused.code, refused.out) == (2, "")
    assert "--sign plus" in refused.err
    assert await booked(ctx) == []
    assert (await cli("import", "bank", str(file), "--sign", "plus")).code == 0
    assert await booked(ctx) == [(-200, "USD", "GitHub"), (-100, "USD", "AWS")]


async def test_columns_are_named_by_name_or_number(cli: Cli, ctx: Context, file: Path) -> None:
    file.write_text(ENGLISH)
    named = await cli("import", "bank", str(file), "--date", "Date", "--amount", "3", "--currency", "eur")
    assert named.code == 0, named.err
    assert await booked(ctx) == [(-200, "EUR", "GitHub"), (-100, "EUR", "AWS")]


async def test_bad_lines_are_reported_and_the_others_are_imported(cli: Cli, ctx: Context, file: Path) -> None:
    file.write_text(ENGLISH + "soon,Late,-3.00\n2026-11-01,Odd,many\n2026-11-02,Last,-4.00\n")
    ran = await cli("import", "bank", str(file), "--yes", "--json")
    assert ran.code == 2
    assert ran.json["imported"] == 3
    assert ran.json["problems"] == [
        {"line": 4, "reason": "'soon' is not a date"},
        {"line": 5, "reason": "'many' is not an amount"},
    ]
    assert "line 4: 'soon' is not a date" in ran.err
    assert "line 5: 'many' is not an amount" in ran.err
    file.write_text(ENGLISH + "2026-11-01,Late,-3.00\n2026-11-01,Odd,-5.00\n2026-11-02,Last,-4.00\n")
    right = await cli("import", "bank", str(file), "--yes")
    assert right.code == 0
    assert right.out.startswith("2 imported, 3 imported before")
    assert sum(minor for minor, _, _ in await booked(ctx)) == -1500


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("Date,Amount\n01/02/2026,1.00\n", [], "--date-format"),
        ("Date;Amount\n2026-01-02;-1,234\n", [], "--decimal"),
        ("Date,Amount\n2026-01-02,1.00\n", [], "--sign"),
        ("Date,Amount,Fee\n2026-01-02,-1.00,0.10\n", [], "--fee"),
        (
            "Date,Amount,Balance\n2026-01-02,-1.00,9.00\n2026-01-03,-1.00,8.00\n2026-01-04,-1.00,6.00\n",
            [],
            "--no-balance-check",
        ),
        (ENGLISH, ["--sign", "none"], "--sign"),
        (ENGLISH, ["--fee", "none"], "--fee"),
        ("Wann,Wieviel\n2026-01-02,1.00\n", [], "--date COL"),
        ("", [], "empty"),
        (ENGLISH, ["--amount", "Nothing"], "Nothing"),
        (ENGLISH, ["--decimal", ";"], "--decimal"),
        (ENGLISH, ["--delimiter", "long"], "--delimiter"),
        (ENGLISH, ["--currency", "dollars"], "--currency"),
        (ENGLISH, ["--date-format", "nonsense"], "DD/MM/YYYY"),
        (ENGLISH, ["--encoding", "nonsense"], "utf-8"),
        (ENGLISH, ["--amount", "Amount", "--debit", "Amount"], "not both"),
        (ENGLISH, ["--account", " "], "name"),
    ],
)
async def test_an_unclear_statement_is_refused_with_the_option_to_give(
    cli: Cli, ctx: Context, file: Path, text: str, words: list[str], hint: str
) -> None:
    file.write_text(text)
    ran = await cli("import", "bank", str(file), "--yes", *words)
    assert (ran.code, ran.out) == (2, "")
    assert hint in ran.err
    assert "Traceback" not in ran.err
    assert await booked(ctx) == []


async def test_a_wrong_encoding_and_a_missing_file_are_refused(cli: Cli, tmp_path: Path, file: Path) -> None:
    file.write_bytes("Date,Description,Amount\n2026-10-30,Müller,-1.00\n".encode("cp1252"))
    wrong = await cli("import", "bank", str(file), "--yes", "--encoding", "utf-8")
    assert wrong.code == 2
    assert "--encoding" in wrong.err
    assert (await cli("import", "bank", str(tmp_path / "missing.csv"), "--yes")).code == 2
    (tmp_path / "empty").mkdir()
    empty = await cli("import", "bank", str(tmp_path / "empty"), "--yes")
    assert (empty.code, "holds no file" in empty.err) == (2, True)


async def test_a_folder_is_imported_file_by_file_or_not_at_all(
    cli: Cli, ctx: Context, tmp_path: Path
) -> None:
    folder = tmp_path / "statements"
    folder.mkdir()
    (folder / "2026-10.csv").write_text(ENGLISH)
    (folder / "2026-11.csv").write_text(
        "Date,Description,Amount\n2026-11-01,AWS,-4.00\n2026-10-31,GitHub,-2.00\n"
    )
    (folder / "2026-12.csv").write_text("Date,Description,Amount\n01/02/2026,AWS,-4.00\n")
    doubt = await cli("import", "bank", str(folder))
    assert (doubt.code, doubt.out) == (2, "")
    assert await booked(ctx) == []
    (folder / "2026-12.csv").unlink()
    (folder / "2025").mkdir()
    ran = await cli("import", "bank", str(folder), "--json")
    assert [(entry["imported"], entry["known"]) for entry in ran.json["files"]] == [(2, 0), (1, 1)]
    assert "are not read: 2025" in ran.err
    assert await booked(ctx) == [(-400, "USD", "AWS"), (-200, "USD", "GitHub"), (-100, "USD", "AWS")]


async def test_a_dry_run_needs_neither_a_server_nor_a_token(cli: Cli, file: Path) -> None:
    file.write_text(ENGLISH)
    nowhere = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "EXECOPS_TOKEN": "none"}
    ran = await cli("import", "bank", str(file), "--dry-run", "--json", **nowhere)
    assert ran.code == 0, ran.err
    assert [(row["on"], row["amount_minor"], row["vendor"]) for row in ran.json["movements"]] == [
        ("2026-10-30", -100, "AWS"),
        ("2026-10-31", -200, "GitHub"),
    ]


async def test_a_doubt_in_a_terminal_shows_each_reading_and_takes_one_key(
    cli: Cli, ctx: Context, file: Path
) -> None:
    file.write_text("Date,Description,Amount\n03/04/2026,AWS,-1.00\n05/06/2026,GitHub,-2.00\n")
    output = await in_terminal(cli, file, b"2\ny\n")
    assert "1  3 Apr 2026: $1.00 paid to AWS" in output
    assert "2  4 Mar 2026: $1.00 paid to AWS" in output
    [first, _] = await records.rows(ctx, "select occurred_at from transactions order by 1")
    assert f"{first['occurred_at']:%Y-%m-%d}" == "2026-03-04"


async def test_control_characters_of_a_file_do_not_reach_the_terminal(cli: Cli, file: Path) -> None:
    file.write_text("Date,De\x1b[31mscription,Amount\n2026-10-30,A\x1b]0;x\x07,-1.00\nbad\x1b[31m,x,1.00\n")
    ran = await cli("import", "bank", str(file), "--yes")
    assert "\x1b" not in ran.out + ran.err


async def test_an_operator_who_may_not_decide_may_not_import(cli: Cli, ctx: Context, file: Path) -> None:
    file.write_text(ENGLISH)
    token = (await cli("operators", "add", "Robin", "--role", "viewer", "--json")).json["token"]
    ran = await cli("import", "bank", str(file), "--yes", EXECOPS_TOKEN=token)
    assert ran.code == 4
    assert await booked(ctx) == []


async def in_terminal(cli: Cli, file: Path, keys: bytes) -> str:
    """The output of an import in a terminal in which these keys are typed. It has to end well."""
    return await shown_in_terminal(cli, keys, "import", "bank", str(file))


async def shown_in_terminal(cli: Cli, keys: bytes, *command: str) -> str:
    """The output of a command in a terminal in which these keys are typed. It has to end well."""
    outer, inner = pty.openpty()
    process = await forking.start(
        "cli.main", *command,
        stdin=inner, stdout=inner, stderr=inner, env=environment(cli.env),
    )  # fmt: skip
    os.close(inner)
    os.write(outer, keys)
    assert await asyncio.wait_for(process.wait(), 30) == 0
    output = os.read(outer, 65536).decode()
    os.close(outer)
    return output


async def test_an_import_in_a_terminal_shows_the_columns_and_asks(cli: Cli, ctx: Context, file: Path) -> None:
    file.write_text(ENGLISH)
    for answer, count in ((b"n\n", 0), (b"y\n", 2)):
        output = await in_terminal(cli, file, answer)
        assert "30 Oct 2026: $1.00 paid to AWS" in output
        assert "Import 2 movements into the account main?" in output
        assert "Description" in output
        assert len(await booked(ctx)) == count


async def test_a_large_file_shows_its_progress_in_a_terminal(cli: Cli, ctx: Context, file: Path) -> None:
    lines = "".join(f"2026-10-{n % 28 + 1:02},Vendor {n % 7} {'long ' * 10},-{n}.00\n" for n in range(2_000))
    file.write_text("Date,Description,Amount\n" + lines)
    outer, inner = pty.openpty()
    process = await forking.start(
        "cli.main", "import", "bank", str(file), "--yes", "--json",
        stdin=inner, stdout=asyncio.subprocess.PIPE, stderr=inner, env=environment(cli.env),
    )  # fmt: skip
    os.close(inner)
    output = b""

    def drain() -> None:
        nonlocal output
        while True:
            try:
                read = os.read(outer, 65536)
            except OSError:
                return
            if not read:
                return
            output += read

    reading = asyncio.create_task(asyncio.to_thread(drain))
    out, _ = await asyncio.wait_for(process.communicate(), 120)
    await reading
    os.close(outer)
    assert process.returncode == 0
    assert b"Importing" in output
    assert b"100%" in output
    assert b'"imported": 2000' in out
    assert sum(minor for minor, _, _ in await booked(ctx)) == -100 * sum(range(2_000))


async def test_an_import_ends_in_proposals(cli: Cli, ctx: Context, client: Client, file: Path) -> None:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from execops.books.cash import month_start

    now = datetime.now(UTC)
    months = [f"{month_start(now, ZoneInfo('UTC'), back):%Y-%m}" for back in (3, 2, 1)]
    rows = "".join(f"{month}-03,AWS,-1000.00,\n" for month in months)
    today = f"{now:%Y-%m-%d},AWS,-2000.00,3500.00\n"
    file.write_text(f"Date,Description,Amount,Balance\n{rows}{today}")
    assert (await cli("import", "bank", str(file), "--yes")).code == 0
    async with working(ctx):
        await drained(ctx)
    plays = {proposal["play"] for proposal in (await cli("proposals", "list", "--json")).json}
    assert plays == {"runway_low", "spend_spike"}


OTHER_FORM = (
    "Booking date,Counterparty,Memo,Amount\n2026-10-30,Amazon,cloud,-1.00\n2026-10-31,GITHUB,x,-2.00\n"
)


async def test_another_form_of_a_statement_asks_before_it_counts_twice(
    cli: Cli, ctx: Context, tmp_path: Path, file: Path
) -> None:
    file.write_text(ENGLISH)
    first = await cli("import", "bank", str(file), "--json")
    assert (first.code, first.json["import"]) == (0, 1)
    other = tmp_path / "other.csv"
    other.write_text(OTHER_FORM)
    for more in ((), ("--yes",), ("--json",)):
        ran = await cli("import", "bank", str(other), "--account", "main", *more)
        assert (ran.code, ran.out) == (2, ""), ran.err
        assert "2 of 2 new movements look like movements that the account main has already" in ran.err
        assert "--doubles skip" in ran.err
    assert len(await booked(ctx)) == 2
    assert "  1  they are the same" in await in_terminal(cli, other, b"1\ny\n")
    assert len(await booked(ctx)) == 2
    skipped = await cli("import", "bank", str(other), "--doubles", "skip", "--json")
    assert (skipped.code, skipped.json["imported"]) == (0, 0)
    taken = await cli("import", "bank", str(other), "--doubles", "import", "--json")
    assert (taken.code, taken.json["imported"]) == (0, 2)
    assert len(await booked(ctx)) == 4
    assert (await cli("import", "bank", str(other), "--doubles", "maybe")).code == 2
    undone = await cli("import", "undo", str(taken.json["import"]), "--why", "it was the same", "--json")
    assert (undone.code, undone.json["removed"]) == (0, 2)
    assert (await cli("import", "undo", str(taken.json["import"]))).code == 5
    assert (await cli("import", "undo", "99")).code == 3
    assert len(await booked(ctx)) == 2
    listed = (await cli("import", "list", "--json")).json
    assert [(entry["file"], entry["removed"]) for entry in listed] == [("other.csv", 2), (file.name, None)]
    shown = await cli("import", "list")
    assert (
        " ".join(shown.out.splitlines()[0].split()) == "ID ACCOUNT FILE DAYS ROWS NEW IMPORTED BY TAKEN BACK"
    )
    assert "statement.csv  2026-10-30 to 2026-10-31" in shown.out
    head, *lines = (await shown_in_terminal(cli, b"", "import", "list")).splitlines()
    assert " ".join(head.split()) == "ID ACCOUNT FILE DAYS ROWS NEW IMPORTED"
    assert lines[0].endswith("  taken back")
    assert "statement.csv  2026-10-30 to 10-31  " in lines[1]
    assert all(len(line) <= 80 for line in (head, *lines)), lines


async def test_a_category_of_no_vendor_in_the_books_says_so(cli: Cli, file: Path) -> None:
    file.write_text(ENGLISH)
    assert (await cli("import", "bank", str(file), "--yes")).code == 0
    matched = await cli("vendors", "category", "github", "tools")
    assert matched.err == "GitHub is in the category tools now.\n"
    mistyped = await cli("vendors", "category", "Git Hub", "tools")
    assert "No movement has the name Git Hub yet, so no answer changes. Like it: GitHub." in mistyped.err
    assert "execops vendors uncategorise 'Git Hub'" in mistyped.err
    document = (await cli("vendors", "category", "Git Hub", "tools", "--json")).json
    assert document == {"vendor": "Git Hub", "category": "tools", "movements": 0, "near": ["GitHub"]}


async def test_a_dry_run_says_the_form_of_dates_in_words(cli: Cli, file: Path) -> None:
    file.write_text("Date,Description,Amount\n01/02/2026,AWS,-1.00\n")
    ran = await cli("import", "bank", str(file), "--date-format", "%m/%d/%Y", "--dry-run")
    assert "dates month/day/year\n" in ran.err
    assert "%m" not in ran.err


async def test_two_forms_in_one_folder_are_no_two_statements(cli: Cli, ctx: Context, tmp_path: Path) -> None:
    folder = tmp_path / "statements"
    folder.mkdir()
    (folder / "a.csv").write_text(ENGLISH)
    (folder / "b.csv").write_text(OTHER_FORM)
    ran = await cli("import", "bank", str(folder), "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert "b.csv" in ran.err
    assert await booked(ctx) == []


async def test_a_file_of_200_mb_is_refused_unread(cli: Cli, file: Path) -> None:
    with file.open("wb") as large:
        large.truncate(200 << 20)
    ran = await cli("import", "bank", str(file), "--dry-run")
    assert (ran.code, ran.out) == (2, "")
    assert "200 MB" in ran.err


async def test_a_statement_is_piped_in(cli: Cli, ctx: Context, tmp_path: Path) -> None:
    """By `-` or by a named pipe; nothing can be asked then, so a doubt is refused with its option."""
    ran = await cli("import", "bank", "-", stdin=ENGLISH)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("2 imported, 0 imported before")
    assert [row["file"] for row in await records.rows(ctx, "select file from imports")] == ["standard input"]
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = asyncio.create_task(asyncio.to_thread(pipe.write_text, ENGLISH))
    ran = await cli("import", "bank", str(pipe))
    await writing
    assert ran.out.startswith("0 imported, 2 imported before")
    ambiguous = ENGLISH.replace("2026-10-30", "02/03/2026").replace("2026-10-31", "03/04/2026")
    doubtful = await cli("import", "bank", "-", stdin=ambiguous)
    assert doubtful.code == 2
    assert "--date-format" in doubtful.err
    assert len(await booked(ctx)) == 2


@pytest.mark.parametrize(
    ("content", "why"), [("", "The file is empty"), (" " * (LARGEST + 2), "The file has 32 MB")]
)
async def test_an_empty_or_endless_pipe_is_refused(cli: Cli, ctx: Context, content: str, why: str) -> None:
    ran = await cli("import", "bank", "-", stdin=content)
    assert (ran.code, ran.out) == (2, "")
    assert f"standard input: {why}" in ran.err
    assert "nothing was imported" in ran.err
    assert await booked(ctx) == []
