"""Lines among the movements that sum others up, repeat them, or tell what the bank has not moved yet."""

from __future__ import annotations

import pytest

from execops.errors import InvalidInputError
from execops.sources.bank.cells.names_of_periods import names_period
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.files.sheets import one_table
from execops.sources.bank.statement import Problem
from tests.unit.test_bank_books import amounts, left_out
from tests.unit.test_bank_copied_tables import balances
from tests.unit.test_bank_files import read

WEEKS = """Date;Account;Amount;Memo
02/03/2026;20-12-34 3187420;-54,00;SLACK
05/03/2026;20-12-34 3187420;-1250,00;RENT
{first}
19/03/2026;20-12-34 3187420;-8,50;COMMISSION
{second}
27/03/2026;20-12-34 3187420;1987,05;STRIPE
31/03/2026;Balance per bank;9442,96;
"""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("w/e 6 Mar;Sub-total;-1304,00;", "w/e 20 Mar;;-8,50;"),
        ("KW 10;;-1304,00;", "bis 19.03.;;8,50;"),
        ("semaine 10;;1304,00;", "to 19 Mar;;-8,50;"),
    ],
)
def test_sums_of_weeks_are_left_out_and_counted(first: str, second: str) -> None:
    text = WEEKS.format(first=first, second=second)
    assert amounts(text) == [-5400, -125000, -850, 198705]
    assert left_out(text) == [(4, "total"), (6, "total"), (8, "closing balance")]
    assert balances(text) == [944296]


def test_a_line_without_a_day_that_is_no_sum_is_reported() -> None:
    text = WEEKS.format(first="w/e 6 Mar;;-1304,01;", second="Marco;;-8,50;")
    problems = [line.line for line in read(text.encode()).lines if isinstance(line, Problem)]
    assert problems == [4, 6]


GROUPS = """Label,Date,Partner,Amount
BNP (4),,,1170.00
{month},,,1270.00
Huur,2026-03-03,Kantoor,-1331.00
Payout,2026-03-09,Stripe,2541.00
Fee,2026-03-30,,60.00
April 2026 (1),,,-100.00
Domiciliering,2026-04-02,Proximus,-100.00
"""


def test_sums_above_the_movements_of_their_groups_are_left_out() -> None:
    text = GROUPS.format(month="March 2026 (3)")
    assert amounts(text) == [-133100, 254100, 6000, -10000]
    assert left_out(text) == [(2, "total"), (3, "total"), (7, "total")]


def test_a_group_whose_count_contradicts_its_sum_is_reported() -> None:
    lines = read(GROUPS.format(month="March 2026 (2)").encode()).lines
    assert [line.line for line in lines if isinstance(line, Problem)] == [3]


@pytest.mark.parametrize(
    ("text", "is_period"),
    [
        ("w/e 20 Mar", True),
        ("February 2026 (5)", True),
        ("mars 2026 (12 écritures)", True),
        ("2026-03", True),
        ("Q1", True),
        ("Stripe", False),
        ("Total Energies", False),
        ("3187420", False),
        ("to Anna Mair", False),
    ],
)
def test_the_name_of_a_period(text: str, is_period: bool) -> None:
    assert names_period(text) is is_period


def test_words_of_a_movement_in_another_column_are_no_sum() -> None:
    text = "Date,Description,Category,Amount\n2026-03-02,Rent,Office,-700.00\n2026-03-05,,Total Energies,-80.00\n2026-03-20,Stripe payout,Income,1500.00\n"
    assert amounts(text) == [-70000, -8000, 150000]


BOOK = """Fecha;Concepto;Ingreso;Gasto;Saldo
02/03/2026;Alquiler;;800,00;4.200,00
09/03/2026;Cobro factura 12;1.210,00;;5.410,00
27/03/2026;Nómina Ana;;1.900,00;3.510,00
{total}

{heading}
10/04/2026;Factura 15;605,00;;
15/04/2026;IVA 1T;;420,00;
"""


@pytest.mark.parametrize(
    "heading",
    ["PENDIENTE DE COBRO", "NOT YET IN BANK", "Noch nicht auf dem Konto", "Nog te betalen", "à encaisser"],
)
def test_movements_that_a_person_expects_are_left_out(heading: str) -> None:
    text = BOOK.format(heading=heading, total="")
    assert amounts(text) == [-80000, 121000, -190000]
    assert [reason for _, reason in left_out(text) if reason == "pending"] == ["pending", "pending"]
    assert balances(text) == [351000]


def test_a_word_between_two_movements_is_no_heading() -> None:
    text = BOOK.format(heading="", total="Previsto").replace("\n\n\n", "\n")
    assert amounts(text) == [-80000, 121000, -190000, 60500, -42000]


def test_movements_below_the_sum_without_a_balance_are_asked_about() -> None:
    text = BOOK.format(heading="Wir warten", total="TOTAL;;1.210,00;2.700,00;3.510,00")
    with pytest.raises(DoubtError, match="movements stand below the sum") as raised:
        read(text.encode())
    assert raised.value.option == "balance_is_checked"
    rows = read(text.encode(), balance_is_checked=False).rows
    assert [row.amount.minor for row in rows] == [-80000, 121000, -190000, 60500, -42000]


SPLIT = """Split;Date;Payee;In;Out;Category
;09.03.2026;Stripe;900,00;0;Income
{whole};10.03.2026;Metro;0;30,00;
-;10.03.2026;Metro;0;10,00;Office
-;10.03.2026;Metro;0;{rest};Food
;12.03.2026;Telekom;0;20,00;Phone
"""


@pytest.mark.parametrize("whole", ["*", "--Split--", "Splittbuchung", "split into 2"])
def test_the_parts_of_a_split_movement_are_left_out(whole: str) -> None:
    text = SPLIT.format(whole=whole, rest="20,00")
    assert amounts(text) == [90000, -3000, -2000]
    assert left_out(text) == [(4, "part of a split"), (5, "part of a split")]


def test_lines_that_do_not_come_to_the_one_above_are_no_parts() -> None:
    assert amounts(SPLIT.format(whole="*", rest="21,00")) == [90000, -3000, -1000, -2100, -2000]


def test_two_tables_beside_each_other_are_refused() -> None:
    text = "Date,Text,Amount,,Date,Text,Amount\n05/01/2026,Rent,-500.00,,05/02/2026,Rent,-500.00\n20/01/2026,Stripe,900.00,,19/02/2026,Stripe,950.00\n"
    with pytest.raises(InvalidInputError, match="Two tables stand beside each other"):
        read(text.encode())


PRINTED = """Account summary
Beginning balance on February 1, 2026              $11,000.00
Ending balance on February 28, 2026                $12,250.00

Deposits and other credits
Date      Description                                                 Amount
02/03/26  STRIPE           DES:TRANSFER   INDN:KESTREL APPS         2,840.50
          CO ID:1800948598 CCD
02/24/26  OFFICE DEPOT #224 MERCHANDISE RETURN TAMPA FL                54.12
Total deposits and other credits                                   $2,894.62

Withdrawals and other debits
Date      Description                                                 Amount
02/02/26  BAYSHORE PROPERTIES DES:RENT  ID:0417                    -1,644.62
Total withdrawals and other debits                                -$1,644.62

Daily ledger balances
Date        Balance($)      Date        Balance($)
02/02         9,355.38      02/03        12,195.88
02/24        12,250.00
"""


def test_totals_and_balances_of_days_of_a_printed_statement_are_no_movements() -> None:
    assert amounts(PRINTED) == [284050, 5412, -164462]
    assert balances(PRINTED) == [1225000]


def test_balances_beside_the_account_and_the_period_are_taken_where_the_movements_prove_them() -> None:
    preamble = "000000004471820933,2026/03/01,2026/03/31,{opening},{closing}\n"
    table = '2026/03/31,12.00,"SERVICE CHARGE","","1","DEBIT"\n2026/03/03,412.37,"STRIPE","","2","CREDIT"\n'
    for opening, closing in (("1000.00", "1400.37"), ("1400.37", "1000.00")):
        text = preamble.format(opening=opening, closing=closing) + table
        assert amounts(text) == [-1200, 41237]
        assert balances(text) == [140037]
    assert balances(preamble.format(opening="1000.00", closing="1400.38") + table) == []


HEADER = ["Date", "Description", "Amount"]
JANUARY = [["Kestrel"], HEADER, ["2026-01-05", "Rent", "-500.0000"]]
FEBRUARY = [[*HEADER, ""], ["2026-02-05", "Rent", "-501.0000"]]


@pytest.mark.parametrize(
    ("first", "second"), [("Jan", "Feb"), ("Tabelle1", "Tabelle2"), ("2026-01", "2026-02")]
)
def test_the_sheets_of_months_are_one_table(first: str, second: str) -> None:
    rows = one_table([(first, JANUARY), ("Invoices", [["Invoice", "Due", "Total"]]), (second, FEBRUARY)])
    assert rows == [*JANUARY, FEBRUARY[1]]


def test_a_cover_is_no_table() -> None:
    assert one_table([("Info", [["Account", "123"]]), ("Movements", JANUARY)]) == JANUARY
    assert one_table([("Info", [["Account", "123"]])]) == [["Account", "123"]]


def test_sheets_of_accounts_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="Several sheets have movements: Current, Savings"):
        one_table([("Current", JANUARY), ("Savings", FEBRUARY)])


def test_sums_with_a_day_and_words_of_their_own_are_left_out_where_their_amounts_prove_them() -> None:
    text = """Date,Description,Debit,Credit
02/03/2026,Rent,500.00,
16/03/2026,Stripe,,900.00
20/03/2026,Fee,3.50,
31/03/2026,Month total,{outs},
31/03/2026,Month total in,,900.00
"""
    assert amounts(text.format(outs="503.50")) == [-50000, 90000, -350]
    assert amounts(text.format(outs="503.51")) == [-50000, 90000, -350, -50351]


@pytest.mark.parametrize("turned", [False, True])
def test_balances_of_days_among_the_amounts_are_left_out_where_they_follow_from_each_other(
    turned: bool,
) -> None:
    days = [
        ("-500.00", "1500.00"),
        ("900.00", "2400.00"),
        ("-3.50", "{last}"),
    ]
    lines = [
        f"{day:02}/03/2026,{words},{amount}"
        for day, (moved, balance) in zip((2, 16, 20), days, strict=True)
        for words, amount in (("Rent", moved), ("End of day balance", balance))
    ]
    text = "\n".join(["Date,Description,Amount", *(lines[::-1] if turned else lines)])
    right = [-50000, 90000, -350]
    assert amounts(text.format(last="2396.50")) == (right[::-1] if turned else right)
    with pytest.raises(DoubtError, match="Some party has amounts with a minus and without"):
        read(text.format(last="2396.51").encode())


@pytest.mark.parametrize("words", ["Verfügbarer Betrag", "Credit limit", "Découvert autorisé"])
def test_what_may_be_borrowed_is_no_movement(words: str) -> None:
    text = f"Datum;Text;Betrag\n02.03.2026;Miete;-500,00\n16.03.2026;Stripe;900,00\n31.03.2026;{words};12.000,00\n"
    assert amounts(text) == [-50000, 90000]
