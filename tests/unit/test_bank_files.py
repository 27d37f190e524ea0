"""The bank files of tests/data/bank are read right without an option; files that mean harm are refused."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execops.errors import InvalidInputError
from execops.sources.bank.layouts.layout import Options
from execops.sources.bank.reading import LARGEST, Statement, read_file
from execops.sources.bank.statement import LeftOut, Problem, Row
from tests import bank_files

SEQUENCES = json.loads((bank_files.FOLDER / "sequences" / "sequences.json").read_text(encoding="utf-8"))


def read(data: bytes, **options: Any) -> Statement:
    return read_file(
        data, Options(**options), account="main", books="USD", zone=ZoneInfo("UTC"), today=date(2026, 11, 28)
    )


def test_every_file_is_read_right() -> None:
    assert [f"{verdict.file}: {verdict.why}" for verdict in bank_files.verdicts() if not verdict.right] == []


@pytest.mark.parametrize("folder", bank_files.UNSEEN)
def test_no_row_of_an_unseen_file_is_silently_wrong(folder: str) -> None:
    verdicts, named, _ = bank_files.unseen(folder)
    assert len(verdicts) == 30
    assert [
        f"{verdict.file}: {verdict.why}"
        for verdict in verdicts
        if not (verdict.rows and verdict.sums) and not verdict.why.startswith("asks")
    ] == []
    assert sum(verdict.why.startswith("asks") and not verdict.rows for verdict in verdicts) <= 3
    assert named >= bank_files.UNSEEN[folder]


@pytest.mark.parametrize("folder", bank_files.NOT_MENDED)
def test_a_set_that_is_not_mended_is_read_no_worse(folder: str) -> None:
    verdicts, _, _ = bank_files.unseen(folder)
    right = sum(verdict.rows and verdict.sums and verdict.balance for verdict in verdicts)
    assert right >= bank_files.NOT_MENDED[folder]


@pytest.mark.parametrize("sequence", SEQUENCES, ids=lambda sequence: " ".join(sequence["files"]))
def test_files_that_overlap_add_up(sequence: dict[str, Any]) -> None:
    rows: dict[str, Row] = {}
    for name in sequence["files"]:
        for row in bank_files.read(bank_files.FOLDER / "sequences" / name).rows:
            rows.setdefault(row.external_id, row)
    assert len(rows) == sequence["rows_after"]
    sums: dict[str, Any] = {}
    for row in rows.values():
        code = row.amount.currency if row.amount.currency in sequence["sum_after"] else "null"
        sums[code] = sums.get(code, 0) + row.amount.major
    assert {code: str(total) for code, total in sums.items()} == sequence["sum_after"]


def test_a_statement_that_turns_round_is_read_the_same() -> None:
    """The signs of a file with balances are proven: turned signs come out right, and no other number changes."""
    lines = [
        "Date,Description,Amount,Balance",
        "2026-11-02,Globex,-50.00,50.00",
        "2026-11-03,Rent,12.00,38.00",
    ]
    assert [row.amount.minor for row in read("\n".join(lines).encode()).rows] == [5000, -1200]


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy="EUR">1</Amt><AddtlNtryInf>&b;</AddtlNtryInf></Ntry></Stmt></BkToCstmrStmt></Document>"""


def zip_bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", b"")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (200 << 20))
    return content.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (ENTITIES, "entities"),
        (b"<html><table><tr><td>Date</td></tr></table></html>", "web page"),
        (b"%PDF-1.7", "PDF"),
        (b'[{"date": "2026-03-02", "amount": -5.0}]', "JSON"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "damaged"),
        (b"OFXHEADER:100\n\n<OFX>", "damaged"),
        (b"<Document/>", "no statement"),
        (b"<Document", "damaged"),
        (b":20:A\n:25:B\n:60F:nonsense\n", "cannot be read"),
        (b"", "empty"),
    ],
)
def test_a_file_that_is_no_statement_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        read(data)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["camt053.xml", "camt052.xml"], "archive of 2 files, such as camt053.xml"),
        (["export/"], "archive of 0 files;"),
        (["export/", "export/a.csv"], "archive of 1 file, such as export/a.csv"),
    ],
)
def test_an_archive_of_statements_is_to_be_unpacked(names: list[str], why: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(
                name, "Date,Description,Amount\n2026-11-02,AWS,-1.00\n" if name[-1] != "/" else ""
            )
    with pytest.raises(InvalidInputError, match=why) as refused:
        read(content.getvalue())
    assert "Unpack it" in str(refused.value.hint)


def test_a_document_of_numbers_is_to_be_exported() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("Index/Document.iwa", b"")
    with pytest.raises(InvalidInputError, match="document of Numbers"):
        read(content.getvalue())


def test_what_is_too_large_is_refused_unread() -> None:
    with pytest.raises(InvalidInputError, match="MB"):
        read(b"Date,Amount\n" + b"x" * LARGEST)
    with pytest.raises(InvalidInputError, match="unpacks to 200 MB"):
        read(zip_bomb())


def test_a_nul_a_formula_and_a_foreign_encoding_are_text_or_named() -> None:
    head = "Date,Description,Amount\n"
    [row] = read((head + '2026-11-02,"=HYPERLINK(""http://evil.example"")",-1.00\n').encode()).rows
    assert row.description.startswith("=HYPERLINK")  # the faces that write cells make it harmless
    statement = read(
        head.encode() + b"2026-11-02,A\x00B,-1.00\n2026-11-03,Caf\xe9,-2.00\n2026-11-04,Caf\xc3\xa9,-3.00\n"
    )
    assert all(isinstance(line, Row | Problem | LeftOut) for line in statement.lines)
    assert sum(row.amount.minor for row in statement.rows) == -600
    assert "\x00" not in "".join(row.description for row in statement.rows)


@given(data=st.binary(max_size=400))
def test_any_bytes_are_a_statement_or_refused(data: bytes) -> None:
    try:
        statement = read(data)
    except InvalidInputError:
        return
    assert all(isinstance(line, Row | Problem | LeftOut) for line in statement.lines)


@pytest.mark.parametrize(
    "name",
    [
        "hypovereinsbank_mt940.sta",
        "raiffeisen_camt053_v02.xml",
        "chase_checking.qfx",
        "qif.qif",
        "zkb.csv",
        "handelsbanken.xlsx",
    ],
)
@settings(max_examples=40)
@given(cuts=st.data())
def test_a_file_with_damage_is_read_or_refused(name: str, cuts: st.DataObject) -> None:
    data = (bank_files.FOLDER / name).read_bytes()
    at = cuts.draw(st.integers(0, len(data)))
    end = cuts.draw(st.integers(at, min(len(data), at + 40)))
    try:
        read(data[:at] + cuts.draw(st.binary(max_size=20)) + data[end:])
    except InvalidInputError:
        return


def _of_accounts(*accounts: str) -> bytes:
    """Six movements on two days, two of which are the halves of one amount, each of an account."""
    amounts = (-100, 100, -20, -30, 55, -7)
    lines = [
        f"2026-11-{2 + number // 3:02},{account},Party {number},{amount}.00"
        for number, (account, amount) in enumerate(zip(accounts, amounts, strict=True))
    ]
    return "\n".join(["Date,Account number,Description,Amount", *lines, ""]).encode()


def test_the_other_half_in_the_file_makes_a_transfer_own() -> None:
    two_of_ours = read(
        _of_accounts("100200300", "100200400", "100200300", "100200400", "100200300", "100200300")
    )
    assert [row.transfer for row in two_of_ours.rows] == [True, True, False, False, False, False]
    of_others = read(_of_accounts("900100", "900200", "900300", "900400", "900500", "900600"))
    assert not any(row.transfer for row in of_others.rows)


def test_each_account_of_a_file_proves_its_own_balances() -> None:
    statement = bank_files.read(bank_files.FOLDER / "unseen_e" / "relay_transactions.csv")
    assert {row.balance for row in statement.rows} == {None}  # each is the balance of one account of two
    assert [str(balance.amount.major) for balance in statement.closing] == ["14423.80"]


def test_accounts_of_the_other_side_hide_no_gap() -> None:
    lines = [
        "111111,Acme,-10.00,90.00",
        "222222,Globex,-10.00,80.00",
        "333333,Initech,-10.00,60.00",
        "444444,Hooli,-10.00,50.00",
    ]
    table = [f"2026-11-{2 + day:02},{line}" for day, line in enumerate(lines)]
    with pytest.raises(InvalidInputError, match="the movements come to"):
        read("\n".join(["Date,Account number,Description,Amount,Balance", *table, ""]).encode())


def test_a_gap_in_one_of_several_accounts_is_asked_about() -> None:
    file = bank_files.FOLDER / "unseen_e" / "relay_transactions.csv"
    short = [line for line in file.read_text(encoding="utf-8").splitlines() if "DigitalOcean" not in line]
    with pytest.raises(InvalidInputError, match="the movements come to"):
        read("\n".join([*short, ""]).encode())


def test_a_line_with_amounts_in_two_currencies_is_reported() -> None:
    header = "Account Type,Transaction Date,Description 1,Description 2,CAD$,USD$"
    statement = read(
        f"{header}\nChequing,11/14/2026,BLUE,,-6.50,-4.80\nChequing,11/15/2026,RED,,,-7.50\n".encode()
    )
    assert [line.reason for line in statement.lines if isinstance(line, Problem)] == [
        "it has amounts in several currencies"
    ]
    assert [str(row.amount.currency) for row in statement.rows] == ["USD"]


def test_a_note_makes_no_transfer_own() -> None:
    rows = [
        "2026-11-02,Acme Ltd,Invoice 12,Internal,-10.00",
        "2026-11-03,Globex,Licence,Exchange,-20.00",
        "2026-11-04,Hooli,Cleaning,Sweep,-5.00",
    ]
    statement = read("\n".join(["Date,Payee,Description,Reference,Amount", *rows, ""]).encode())
    assert [row.transfer for row in statement.rows] == [False] * 3


@pytest.mark.parametrize("begin", ["166?00", "?00", "020~00", "020^00", "020<00"])
def test_mt940_parts_its_fields_by_the_sign_that_it_begins_with(begin: str) -> None:
    sign = begin[-3]
    alone = ":86:020\n" if begin.startswith("020") else ""  # Polish banks write the code twice
    details = f"{begin}KIND{sign}20RE 12{sign}32GLOBEX GMBH"
    text = f":20:1\n:25:DE1\n:60F:C261101EUR100,00\n:61:2611021102D10,00NMSCNONREF\n{alone}:86:{details}\n:62F:C261102EUR90,00\n-\n"
    [row] = read(text.encode()).rows
    assert (row.vendor, row.description) == ("GLOBEX GMBH", "GLOBEX GMBH RE 12")


LETTERS = {
    "MARKS &amp; SPENCER PLC": "MARKS & SPENCER PLC",
    "JOE&#39;S BARBERS": "JOE'S BARBERS",
    "BARTON &AMP; SONS LTD": "BARTON & SONS LTD",
    "TRADER JOE&amp;#39;S": "TRADER JOE'S",
    "SOCIETE D&eacute;COR SARL": "SOCIETE DéCOR SARL",
    "R&D;FUND LTD": "R&D;FUND LTD",  # no entity
}


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_entities_of_html_are_the_letters_that_they_stand_for(delimiter: str) -> None:
    lines = [f"2026-03-0{at},{text},-{at}.00" for at, text in enumerate(LETTERS, 1)]
    text = "\n".join(["Date,Payee,Amount", *lines]).replace(",", delimiter)
    assert [row.description for row in read(text.encode()).rows] == list(LETTERS.values())


def test_the_semicolon_of_an_entity_parts_no_cell() -> None:
    text = (
        "Date;Payee;Note;Amount\n2026-03-01;A &amp; B Ltd;no &quot;x&quot;;-1,00\n"
        '2026-03-02;"A &quot;B&quot; Ltd";z;-2,00\n'
    )
    rows = read(text.encode()).rows
    assert [row.description for row in rows] == ["A & B Ltd no 'x'", 'A "B" Ltd z']
