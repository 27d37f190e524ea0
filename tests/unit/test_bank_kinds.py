"""Kinds of statements: a card whose balance is owed, a history of two sides, columns under blanks, the holder as a party."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from execops.errors import InvalidInputError
from execops.sources.bank.layouts.layout import Options
from execops.sources.bank.reading import Statement, read_file
from execops.sources.bank.statement import Problem


def read(*lines: str, **options: Any) -> Statement:
    return read_file(
        "\n".join([*lines, ""]).encode(),
        Options(**options),
        account="main",
        books="USD",
        zone=ZoneInfo("UTC"),
        today=date(2026, 11, 28),
    )


def amounts(statement: Statement) -> list[int]:
    return [row.amount.minor for row in statement.rows]


def closings(statement: Statement) -> list[int]:
    return [balance.amount.minor for balance in statement.closing]


CHARGES = [
    ("2026-03-02", "GLOBEX", "40.00", "140.00"),
    ("2026-03-03", "INITECH", "60.00", "200.00"),
    ("2026-03-05", "DIRECT DEBIT PAYMENT - THANK YOU", "-100.00", "100.00"),
    ("2026-03-09", "HOOLI", "25.00", "125.00"),
]


def test_a_card_whose_balance_is_owed_charges_money_that_leaves() -> None:
    statement = read("Date,Description,Amount,Balance", *map(",".join, CHARGES))
    assert amounts(statement) == [-4000, -6000, 10000, -2500]
    assert closings(statement) == [-12500]
    assert [row.transfer for row in statement.rows] == [False, False, True, False]


def test_a_card_with_columns_of_debit_and_credit_keeps_them() -> None:
    lines = [
        f"{day},{text},{'' if amount[0] == '-' else amount},{amount[1:] if amount[0] == '-' else ''},{balance}"
        for day, text, amount, balance in CHARGES
    ]
    statement = read("Date,Description,Debit,Credit,Balance", *lines)
    assert amounts(statement) == [-4000, -6000, 10000, -2500]
    assert closings(statement) == [-12500]


def test_balances_above_a_card_are_owed_too() -> None:
    lines = [f"{day},{text},{amount}" for day, text, amount, _ in CHARGES]
    statement = read(
        "Opening balance,100.00", "Closing balance,125.00", "", "Date,Description,Amount", *lines
    )
    assert amounts(statement) == [-4000, -6000, 10000, -2500]
    assert closings(statement) == [-12500]


@pytest.mark.parametrize(
    "thanks",
    [
        "PAYMENT THANK YOU",
        "PAIEMENT - MERCI",
        "PAGO - GRACIAS",
        "Zahlung - Vielen Dank",
        "PAGAMENTO - GRAZIE",
    ],
)
def test_a_card_thanks_in_many_languages(thanks: str) -> None:
    lines = ["2026-03-02,GLOBEX,40.00", f"2026-03-05,{thanks},-100.00", "2026-03-09,GLOBEX,-40.00"]
    assert amounts(read("Date,Description,Amount", *lines)) == [-4000, 10000, 4000]


def test_suppliers_alone_show_a_card() -> None:
    names = ["SLACK T02KES", "OPENAI *CHATGPT", "GITHUB INC", "BAKERY 12"]
    lines = [f"2026-03-0{day},{name},{day}0.00" for day, name in enumerate(names, 1)]
    statement = read("Date,Description,Amount", *lines, "2026-03-09,BANK 4410,-80.00")
    assert amounts(statement) == [-1000, -2000, -3000, -4000, 8000]


def test_an_account_that_is_paid_by_customers_is_no_card() -> None:
    lines = ["2026-03-02,GLOBEX,40.00", "2026-03-03,INITECH,60.00", "2026-03-05,SLACK T02KES,-10.00"]
    assert amounts(read("Date,Description,Amount", *lines)) == [4000, 6000, -1000]


WISE = (
    "ID,Status,Direction,Created on,Finished on,Source fee amount,Source fee currency,Source name,Source amount (after fees),"
    "Source currency,Target name,Target amount (after fees),Target currency,Reference"
)


def test_a_history_of_two_sides_tells_its_own_side() -> None:
    statement = read(
        WISE,
        "T1,COMPLETED,OUT,2026-03-01 08:00:00,2026-03-02 09:00:00,3.12,GBP,Kestrel,1046.88,GBP,Globex,1210.30,EUR,May",
        "B2,COMPLETED,NEUTRAL,2026-03-03 08:00:00,2026-03-03 09:00:00,4.35,EUR,Kestrel,1000.00,EUR,Kestrel,864.20,GBP,",
        "T3,COMPLETED,IN,2026-03-04 08:00:00,2026-03-04 09:00:00,,,Initech,50.00,USD,Kestrel,46.00,EUR,",
        "T4,REFUNDED,OUT,2026-03-05 08:00:00,2026-03-05 09:00:00,0,GBP,Kestrel,61.00,GBP,Hooli,61.00,GBP,",
        "T5,CANCELLED,OUT,2026-03-06 08:00:00,,0,GBP,Kestrel,61.00,GBP,Hooli,61.00,GBP,",
    )
    assert [(row.day.day, row.amount.exact, row.vendor, row.transfer) for row in statement.rows] == [
        (2, "-1050.00 GBP", "Globex", False),
        (3, "-1004.35 EUR", None, True),
        (3, "864.20 GBP", None, True),
        (4, "46.00 EUR", "Initech", False),
    ]
    assert len({row.external_id for row in statement.rows}) == 4


def test_a_history_of_two_sides_reports_what_it_cannot_read() -> None:
    statement = read(WISE, "T1,COMPLETED,UP,2026-03-01,2026-03-02,0,GBP,Kestrel,1,GBP,Globex,1,EUR,")
    short = read(WISE, "T1,COMPLETED,OUT,2026-03-01,2026-03-02,0,GBP,Kestrel,1")
    for lines in (statement.lines, short.lines):
        assert [type(line) for line in lines] == [Problem]


def test_columns_under_blanks_are_a_table() -> None:
    statement = read(
        "Description                      Summary Amt.",
        "Beginning balance as of 03/01/2026     1,000.00",
        "Ending balance as of 03/31/2026          880.01",
        "",
        "Date        Description                             Amount    Running Bal.",
        "03/01/2026  Beginning balance as of 03/01/2026                    1,000.00",
        "03/02/2026  GLOBEX, WITH  TWO BLANKS                -99.99          900.01",
        "03/15/2026  A very long text that leaves no room 1,100.00        2,000.01",
        "03/31/2026  HOOLI                                -1,120.00          880.01",
    )
    assert amounts(statement) == [-9999, 110000, -112000]
    assert closings(statement) == [88001]
    assert [row.line for row in statement.rows] == [7, 8, 9]


def test_lines_of_prose_are_no_table() -> None:
    with pytest.raises(InvalidInputError, match="No line names a column"):
        read("Dear customer,", "we thank you  for your trust.", "Yours,  the bank")


def test_the_holder_above_the_table_is_nobody_else() -> None:
    lines = [
        "2026-03-02;Kestrel Apps GmbH;Reserve;-500,00",
        "2026-03-03;Globex GmbH;Rechnung 12;-20,00",
        "2026-03-04;Kestrel Appsworth GmbH;Rechnung 13;-30,00",
        "2026-03-05;Erste Bank AG;Zinsen;-4,00",
    ]
    head = ["Erste Bank AG", "Kestrel Apps GmbH;DE02120300000000202051", ""]
    statement = read(*head, "Datum;Empfänger;Verwendungszweck;Betrag", *lines)
    assert [row.transfer for row in statement.rows] == [True, False, False, False]
    of_holder = [line.replace("Globex GmbH", "Kestrel Apps GmbH") for line in lines]
    of_holder = [line.replace("Kestrel Appsworth GmbH", "Kestrel Apps GmbH") for line in of_holder]
    named = read(*head, "Datum;Empfänger;Verwendungszweck;Betrag", *of_holder)
    assert not any(row.transfer for row in named.rows)  # the column names the holder in every line


def test_the_currency_beside_the_amount_is_that_of_the_amount() -> None:
    behind = read("Date,Text,Original,Currency,Amount,Currency", "2026-03-02,GLOBEX,-50.00,GBP,-58.00,EUR")
    before = read("Date,Text,Currency,Amount,Currency,Original", "2026-03-02,GLOBEX,EUR,-58.00,GBP,-50.00")
    assert [row.amount.exact for row in (*behind.rows, *before.rows)] == ["-58.00 EUR"] * 2


def test_hours_are_no_tags_and_keep_their_bank_s_day() -> None:
    lines = ["2026-03-02T08:20:33+1100,GLOBEX,-1.00", "2026-03-03T09:25:20+1100,HOOLI,-2.00"]
    statement = read("Time,Description,Amount", *lines)
    assert [row.day.isoformat() for row in statement.rows] == ["2026-03-02", "2026-03-03"]


def test_purchases_that_come_in_are_those_of_a_card() -> None:
    lines = ["2026-03-02,GLOBEX,Purchase,40.00", "2026-03-05,ACH FROM 4410,Payment,-100.00"]
    statement = read("Date,Description,Type,Amount", *lines)
    assert amounts(statement) == [-4000, 10000]
    assert [row.transfer for row in statement.rows] == [False, True]


def test_balances_against_the_columns_are_asked_about() -> None:
    lines = [
        "2026-03-02,RENT,450.00,,50.00",
        "2026-03-03,HOOLI,,30.00,20.00",
        "2026-03-04,GLOBEX,5.00,,25.00",
    ]
    with pytest.raises(InvalidInputError, match="contradict the columns"):
        read("Date,Description,Debit,Credit,Balance", *lines)


def test_fees_that_no_balance_proves_are_asked_about() -> None:
    lines = ["2026-03-02,GLOBEX,-100.00,2.00,900.00", "2026-03-03,HOOLI,-50.00,0.00,850.00"]
    with pytest.raises(InvalidInputError, match="fees"):
        read("Date,Description,Amount,Fee,Balance", *lines)
    assert amounts(read("Date,Description,Amount,Fee,Balance", *lines, fee="apart")) == [-10200, -5000]


def test_amounts_without_a_mark_leave_where_credits_alone_are_marked() -> None:
    lines = ["2026-03-02,GLOBEX,45.00", "2026-03-03,BANK 4410,500.00 CR", "2026-03-04,HOOLI,15.00"]
    assert amounts(read("Date,Description,Amount", *lines)) == [-4500, 50000, -1500]
    with_dots = ["2026-03-02,GLOBEX,45.00 Dr.", '2026-03-03,HOOLI,"1,500.00 Cr."']
    assert amounts(read("Date,Description,Amount", *with_dots)) == [-4500, 150000]


@pytest.mark.parametrize("title", ["Pending transactions", "Vorgemerkte Umsätze", "Opérations à venir"])
def test_a_part_that_is_pending_is_left_out(title: str) -> None:
    header = "Date,Description,Amount,Balance"
    booked = ["2026-03-03,HOOLI,1500.00,2455.00", "2026-03-02,GLOBEX,-45.00,955.00"]
    statement = read(title, header, "2026-03-04,UBER,-9.00,", "", header, *booked)
    assert amounts(statement) == [150000, -4500]
    below = read(header, *booked, title, "2026-03-04,UBER,-9.00,")
    assert amounts(below) == [150000, -4500]


def test_movements_in_lines_of_their_own_are_a_table() -> None:
    statement = read(
        "From: 01/03/2026 to 31/03/2026",
        "Date: 13/03/2026",
        "Description: GLOBEX, LTD",
        "Amount: -45.00",
        "",
        "Date: 14/03/2026",
        "Description: HOOLI",
        "Amount: 1500.00",
    )
    assert [(row.line, row.amount.minor) for row in statement.rows] == [(2, -4500), (6, 150000)]


def test_a_decimal_comma_puts_the_day_first() -> None:
    rows = ["02/03/2026;GLOBEX;-45,00", "05/03/2026;HOOLI;-15,00"]
    assert [row.day.isoformat() for row in read("Date;Text;Amount", *rows).rows] == [
        "2026-03-02",
        "2026-03-05",
    ]
    with pytest.raises(InvalidInputError, match="month"):
        read("Date;Text;Amount", *[row.replace(",", ".") for row in rows])


@pytest.mark.parametrize(
    ("encoding", "header"),
    [("cp1250", "Datum;Částka;Zůstatek;Poznámka"), ("cp1254", "Tarih;Tutar;Bakiye;Açıklama")],
)
def test_the_encoding_is_the_one_that_names_the_columns(encoding: str, header: str) -> None:
    text = f"{header}\n02.03.2026;-45,00;55,00;Žiž\n13.03.2026;10,00;65,00;B\n"
    data = text.replace("Žiž", "Ş" if encoding == "cp1254" else "Žiž").encode(encoding)
    statement = read_file(data, Options(), account="main", books="USD", zone=ZoneInfo("UTC"))
    assert statement.encoding == encoding
    assert amounts(statement) == [-4500, 1000]


def test_a_status_that_says_paid_is_no_sign() -> None:
    lines = ["2026-03-02,GLOBEX,paid,40.00", "2026-03-05,HOOLI,paid,60.00"]
    with pytest.raises(InvalidInputError, match="No amount has a minus"):
        read("Date,Name,State of payment,Amount", *lines)


def test_amounts_in_the_currency_of_the_account_come_first() -> None:
    header = "Date,Merchant,Amount,Currency,Billing amount,Billing currency"
    statement = read(header, "2026-03-02,GLOBEX,-15.00,USD,-13.80,EUR")
    assert [row.amount.exact for row in statement.rows] == ["-13.80 EUR"]


def test_one_who_pays_oneself_moves_money_between_own_accounts() -> None:
    header = "Datum;Zahlungspflichtige*r;Zahlungsempfänger*in;Verwendungszweck;Betrag"
    rows = ["02.03.2026;Kestrel;Kestrel;Reserve;-45,00", "03.03.2026;Kestrel;Globex;Rechnung;-5,00"]
    assert [row.transfer for row in read(header, *rows).rows] == [True, False]


def test_another_account_of_the_same_customer_is_own() -> None:
    head = ["Account number:;0230 00123456.60E;", ""]
    rows = [
        "2026-03-02;GLOBEX;Account no.: 0230 00999999.01A;-45.00",
        "2026-03-03;KESTREL;Account no.: 0230 00123456.01A;-5.00",
    ]
    assert [row.transfer for row in read(*head, "Date;Name;Text;Amount", *rows).rows] == [False, True]


def test_a_note_of_thanks_and_refunds_show_no_card() -> None:
    header = "Date,Description,Amount,Balance"
    thanks = ["2026-03-02,GLOBEX,50.00,150.00", "2026-03-03,ANN LEE payment thank you,-20.00,130.00"]
    assert amounts(read(header, *thanks, "2026-03-04,HOOLI,5.00,135.00")) == [5000, -2000, 500]
    refunds = [
        "2026-03-02,SLACK REFUND,5.00,105.00",
        "2026-03-03,GITHUB REFUND,5.00,110.00",
        "2026-03-04,ZOOM US REFUND,5.00,115.00",
    ]
    assert amounts(read(header, *refunds, "2026-03-05,RENT,-20.00,95.00")) == [500, 500, 500, -2000]
