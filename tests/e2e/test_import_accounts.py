"""`execops import bank` and the account that a file goes into: no file replaces the cash of another bank's."""

from __future__ import annotations

import asyncio
import json
import os
import pty
from pathlib import Path

import pytest

from execops.context import Context
from tests import forking, records
from tests.e2e.test_cli import Cli, cli, environment

__all__ = ["cli"]  # a fixture

CHASE = (
    "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
    "DEBIT,10/30/2026,AWS,-1000.00,ACH_DEBIT,291052.16,\n"
    "CREDIT,10/15/2026,Customer One,5000.00,ACH_CREDIT,292052.16,\n"
    "DEBIT,10/02/2026,Gusto,-2000.00,ACH_DEBIT,287052.16,\n"
)
LATER = (
    "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
    "DEBIT,11/20/2026,AWS,-1000.00,ACH_DEBIT,289052.16,\n"
    "DEBIT,11/03/2026,Gusto,-1000.00,ACH_DEBIT,290052.16,\n"
)
BREX = (
    "Date,Description,Amount,Balance\n"
    "2026-11-02,Deposit,6000.00,6000.00\n"
    "2026-11-05,Figma,-400.00,5600.00\n"
    "2026-11-09,GitHub,-600.00,5000.00\n"
)
PLAIN = "Date,Description,Amount\n2026-10-30,AWS,-1.00\n2026-10-31,GitHub,-2.00\n"
OTHER_PLAIN = "Booked on,Merchant,Value\n2026-11-30,Slack,-1.00\n2026-11-29,Linear,-2.00\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files of two banks."""
    for name, text in {"Chase.csv": CHASE, "Later.csv": LATER, "Brex.csv": BREX}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


async def balances(ctx: Context) -> dict[str, int]:
    """The latest balance of each account."""
    rows = await records.rows(
        ctx, "select distinct on (account) account, amount_minor from balances order by account, as_of desc"
    )
    return {row["account"]: row["amount_minor"] for row in rows}


async def accounts(ctx: Context) -> dict[str, int]:
    """The number of movements of each account."""
    rows = await records.rows(
        ctx,
        "select e.payload_json ->> 'account' as account, count(*) as movements from transactions t"
        " join events e on e.id = t.event_id group by 1 order by 1",
    )
    return {row["account"]: row["movements"] for row in rows}


@pytest.mark.parametrize("words", [(), ("--yes",), ("--json",)])
async def test_another_bank_without_an_account_replaces_no_cash(
    cli: Cli, ctx: Context, folder: Path, words: tuple[str, ...]
) -> None:
    assert (await cli("import", "bank", str(folder / "Chase.csv"))).code == 0
    ran = await cli("import", "bank", str(folder / "Brex.csv"), *words)
    assert (ran.code, ran.out) == (2, "")
    assert "main has $291,052.16 at the end of 30 Oct 2026" in ran.err
    assert "begins on 2 Nov 2026 with $0.00" in ran.err
    assert "--account NAME" in ran.err
    assert "--account main" in ran.err
    assert await balances(ctx) == {"bank:main": 29_105_216}
    named = await cli("import", "bank", str(folder / "Brex.csv"), "--account", "brex")
    assert named.code == 0, named.err
    assert "warning" not in named.err
    assert await balances(ctx) == {"bank:main": 29_105_216, "bank:brex": 500_000}


async def test_the_next_file_of_the_account_is_not_asked_about(cli: Cli, ctx: Context, folder: Path) -> None:
    for name in ("Chase.csv", "Later.csv", "Later.csv", "Chase.csv"):
        ran = await cli("import", "bank", str(folder / name))
        assert ran.code == 0, ran.err
        assert "warning" not in ran.err
    assert await balances(ctx) == {"bank:main": 28_905_216}
    assert await accounts(ctx) == {"main": 5}


async def test_a_named_account_is_the_answer_and_the_broken_balance_is_a_warning(
    cli: Cli, ctx: Context, folder: Path
) -> None:
    assert (await cli("import", "bank", str(folder / "Chase.csv"))).code == 0
    ran = await cli("import", "bank", str(folder / "Brex.csv"), "--account", "main")
    assert ran.code == 0
    assert "warning: main has $291,052.16 at the end of 30 Oct 2026" in ran.err
    assert "with $0.00" in ran.err
    assert await accounts(ctx) == {"main": 6}


async def test_a_missing_month_is_asked_about_with_both_reasons(cli: Cli, ctx: Context, folder: Path) -> None:
    assert (await cli("import", "bank", str(folder / "Chase.csv"))).code == 0
    (folder / "gap.csv").write_text(
        "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
        "DEBIT,01/20/2027,AWS,-1000.00,ACH_DEBIT,200000.00,\n"
    )
    ran = await cli("import", "bank", str(folder / "gap.csv"))
    assert (ran.code, ran.out) == (2, "")
    assert "$291,052.16" in ran.err
    assert "$201,000.00" in ran.err
    assert "it is of another account, or a file of the days between is missing" in ran.err
    assert await accounts(ctx) == {"main": 3}


async def test_a_file_of_the_same_days_that_tells_other_balances_is_asked_about(
    cli: Cli, ctx: Context, folder: Path
) -> None:
    assert (await cli("import", "bank", str(folder / "Chase.csv"))).code == 0
    (folder / "same_days.csv").write_text(
        CHASE.replace("AWS", "Azure").replace("29", "19").replace("287", "187")
    )
    ran = await cli("import", "bank", str(folder / "same_days.csv"))
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert "by the file it is $191,052.16" in ran.err
    assert await accounts(ctx) == {"main": 3}


async def test_another_form_without_balances_is_asked_about(cli: Cli, ctx: Context, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(PLAIN)
    (tmp_path / "b.csv").write_text(OTHER_PLAIN)
    assert (await cli("import", "bank", str(tmp_path / "a.csv"))).code == 0
    ran = await cli("import", "bank", str(tmp_path / "b.csv"), "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert "its columns or its format are others than those of the files of main" in ran.err
    assert await accounts(ctx) == {"main": 2}
    (tmp_path / "c.csv").write_text(PLAIN.replace("2026-10", "2026-08"))
    assert (await cli("import", "bank", str(tmp_path / "c.csv"))).code == 0


async def test_another_currency_is_asked_about(cli: Cli, ctx: Context, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(PLAIN)
    (tmp_path / "b.csv").write_text(PLAIN.replace("2026-10", "2026-08"))
    assert (await cli("import", "bank", str(tmp_path / "a.csv"))).code == 0
    ran = await cli("import", "bank", str(tmp_path / "b.csv"), "--currency", "EUR")
    assert (ran.code, ran.out) == (2, "")
    assert "it is in EUR, and main is in USD" in ran.err
    assert await accounts(ctx) == {"main": 2}


def _mt940(iban: str, day: str, opening: str, closing: str) -> str:
    return (
        f":20:1\n:25:{iban}\n:28C:1\n:60F:C{day}EUR{opening}\n:61:{day}{day[2:]}D10,00NMSC1\n"
        f":86:Miete\n:62F:C{day}EUR{closing}\n-\n"
    )


async def test_the_number_of_the_account_decides(cli: Cli, ctx: Context, tmp_path: Path) -> None:
    mine, theirs = "DE89370400440532013000", "DE02120300000000202051"
    (tmp_path / "a.sta").write_text(_mt940(mine, "261030", "100,00", "90,00"))
    (tmp_path / "b.sta").write_text(_mt940(theirs, "261031", "90,00", "80,00"))
    (tmp_path / "c.sta").write_text(_mt940(mine, "261130", "50,00", "40,00"))
    assert (await cli("import", "bank", str(tmp_path / "a.sta"))).code == 0
    ran = await cli("import", "bank", str(tmp_path / "b.sta"))
    assert (ran.code, ran.out) == (2, "")
    assert f"it is of the account number {theirs}, and the files of main are of {mine}" in ran.err
    assert await accounts(ctx) == {"main": 1}
    gap = await cli("import", "bank", str(tmp_path / "c.sta"))
    assert gap.code == 0, gap.err
    assert "warning: main has €90.00 at the end of 30 Oct 2026" in gap.err


async def test_two_banks_in_one_folder_are_asked_about_before_anything_is_imported(
    cli: Cli, ctx: Context, folder: Path
) -> None:
    ran = await cli("import", "bank", str(folder))
    assert (ran.code, ran.out) == (2, "")
    assert "Brex.csv may be of another account than main" in ran.err
    assert await accounts(ctx) == {}
    (folder / "Brex.csv").unlink()
    assert (await cli("import", "bank", str(folder))).code == 0
    assert await balances(ctx) == {"bank:main": 28_905_216}


@pytest.mark.parametrize(
    ("keys", "held"),
    [
        (b"1\nbrex\ny\n", {"brex": 3, "main": 3}),
        (b"2\ny\n", {"main": 6}),
        (b"n\n", {"main": 3}),
    ],
)
async def test_in_a_terminal_a_person_says_whose_file_it_is(
    cli: Cli, ctx: Context, folder: Path, keys: bytes, held: dict[str, int]
) -> None:
    assert (await cli("import", "bank", str(folder / "Chase.csv"))).code == 0
    outer, inner = pty.openpty()
    process = await forking.start(
        "cli.main", "import", "bank", str(folder / "Brex.csv"),
        stdin=inner, stdout=inner, stderr=inner, env=environment(cli.env),
    )  # fmt: skip
    os.close(inner)
    os.write(outer, keys)
    assert await asyncio.wait_for(process.wait(), 30) == (2 if keys == b"n\n" else 0)
    shown = os.read(outer, 65536).decode()
    os.close(outer)
    assert "1  it is another account" in shown
    assert "2  it is the same account, main" in shown
    assert await accounts(ctx) == held
    assert ("bank:brex" in await balances(ctx)) is ("brex" in held)


async def test_doubles_that_are_left_out_leave_their_balance_out(
    cli: Cli, ctx: Context, folder: Path
) -> None:
    assert (await cli("import", "bank", str(folder / "Chase.csv"))).code == 0
    again = ("import", "bank", str(folder / "Chase.csv"), "--account", "chase")
    ran = await cli(*again)
    assert (ran.code, ran.out) == (2, "")
    assert "this file is import 1 of account main" in ran.err
    skipped = await cli(*again, "--doubles", "skip")
    assert skipped.code == 0, skipped.err
    assert "no balance is booked for chase" in skipped.err
    assert "balance" not in skipped.out
    assert await balances(ctx) == {"bank:main": 29_105_216}
    (folder / "words.csv").write_text(CHASE.replace("AWS", "Amazon Web Services").replace("Gusto", "Wages"))
    second = await cli(
        "import", "bank", str(folder / "words.csv"), "--account", "chase", "--doubles", "skip", "--json"
    )
    assert (second.code, second.json["imported"], second.json["balances"]) == (0, 0, [])
    assert await balances(ctx) == {"bank:main": 29_105_216}


async def test_a_file_of_two_movements_counts_twice_in_no_other_account(
    cli: Cli, ctx: Context, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(PLAIN)
    assert (await cli("import", "bank", str(tmp_path / "a.csv"))).code == 0
    ran = await cli("import", "bank", str(tmp_path / "a.csv"), "--account", "other")
    assert (ran.code, ran.out) == (2, "")
    assert "this file is import 1 of account main" in ran.err
    meant = await cli("import", "bank", str(tmp_path / "a.csv"), "--account", "other", "--doubles", "import")
    assert meant.code == 0
    assert await accounts(ctx) == {"main": 2, "other": 2}


async def test_an_answer_names_the_accounts_without_a_balance(cli: Cli, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "bare.csv").write_text(PLAIN)
    assert (await cli("import", "bank", str(folder / "Chase.csv"))).code == 0
    assert (await cli("import", "bank", str(tmp_path / "bare.csv"), "--account", "hsbc")).code == 0
    for question in ("cash", "runway"):
        shown = await cli("canvas", question)
        assert "Note: no balance is known of: hsbc." in shown.err
        assert "Note: no balance is known of: hsbc." in (await cli("canvas", question, "--csv")).err
        document = (await cli("canvas", question, "--json")).json
        assert document["receipt"]["note"] == "no balance is known of: hsbc"


async def test_the_cash_of_a_past_day_is_counted_back(cli: Cli, folder: Path) -> None:
    assert (await cli("import", "bank", str(folder / "Chase.csv"))).code == 0
    shown = await cli("canvas", "cash", "--as-of", "2026-10-20")
    assert shown.code == 0, shown.err
    assert "$292,052.16" in shown.out
    assert (
        "Note: counted back, less the movements since: bank:main from its balance of 2026-10-30." in shown.err
    )


DAYS = "Date,Description,Amount,Balance\n2026-11-02,Deposit,6000.00,6000.00\n"


async def test_a_movement_that_the_bank_changed_is_named(cli: Cli, ctx: Context, tmp_path: Path) -> None:
    """The bank corrected 400 to 390 afterwards: both are in the books, and nobody would see it."""
    first, corrected = tmp_path / "first.csv", tmp_path / "corrected.csv"
    first.write_text(DAYS + "2026-11-05,Figma,-400.00,5600.00\n2026-11-09,GitHub,-600.00,5000.00\n")
    corrected.write_text(DAYS + "2026-11-05,Figma,-390.00,5610.00\n2026-11-09,GitHub,-600.00,5010.00\n")
    await cli("import", "bank", str(first), "--account", "brex")
    ran = await cli("import", "bank", str(corrected), "--account", "brex", "--json")
    assert ran.code == 0
    assert "account brex has 1 movement of the same days that this file does not tell" in " ".join(
        ran.err.split()
    )
    assert "5 Nov 2026: -$400.00 Figma" in ran.err
    figma = {
        "on": "2026-11-05",
        "amount_minor": -40000,
        "currency": "USD",
        "amount": "-$400.00",
        "vendor": "Figma",
    }
    assert json.loads(ran.out)["absent"] == [figma]
    await cli("import", "undo", "1")
    assert await accounts(ctx) == {"brex": 3}
    again = await cli("import", "bank", str(corrected), "--account", "brex", "--json")
    assert json.loads(again.out)["absent"] == []
    assert "does not tell" not in again.err


async def test_overlaps_and_other_words_are_no_change(cli: Cli, tmp_path: Path) -> None:
    """The first and the last day may be told in part, and a double that is left out stands for its movement."""
    for name, text in {
        "first.csv": DAYS + "2026-11-05,Figma,-400.00,5600.00\n2026-11-09,GitHub,-600.00,5000.00\n",
        "early.csv": DAYS + "2026-11-05,Figma,-400.00,5600.00\n",
        "late.csv": "Date,Description,Amount\n2026-11-09,GitHub,-600.00\n2026-11-10,Linear,-8.00\n",
        "words.csv": DAYS + "2026-11-05,Figma Inc.,-400.00,5600.00\n2026-11-09,GitHub,-600.00,5000.00\n",
    }.items():
        (tmp_path / name).write_text(text)
        ran = await cli("import", "bank", str(tmp_path / name), "--account", "brex", "--doubles", "skip")
        assert ran.code == 0, ran.err
        assert "does not tell" not in ran.err, name
