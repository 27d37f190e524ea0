"""Tables that were copied, printed or saved again on their way from the bank, and the account of a bank in a company's books."""

from __future__ import annotations

import pytest

from execops.errors import InvalidInputError
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.statement import LeftOut, Problem
from tests.unit.test_bank_files import read


def rows(text: str) -> list[tuple[str, int, str]]:
    """The day, the amount and the text of each movement of a file whose lines can all be read."""
    lines = read(text.encode()).lines
    assert [line for line in lines if isinstance(line, Problem)] == []
    return [(f"{row.day:%d.%m.}", row.amount.minor, row.description) for row in read(text.encode()).rows]


def balances(text: str) -> list[int]:
    return [balance.amount.minor for balance in read(text.encode()).closing]


GERMAN_COPY = """Kontostand\t7.981,75 €
Vorgemerkte Umsätze
Heute\tKartenzahlung\tREWE MARKT\t-46,20 €

Umsätze
Buchungstag\tVerwendungszweck\tUmsatzart\tBetrag\tSaldo
16.03.2026\tKontoführung\tEntgelt\t-11,35 €\t7.981,75 €
13.03.2026\tDB Vertrieb GmbH\tGutschrift\t23,60 €\t7.993,10 €
\tHetzner Online GmbH\tLastschrift\t-1.000,00 €\t7.969,50 €
09.03.2026\tTelekom Deutschland GmbH\tLastschrift\t-42,00 €\t8.969,50 €
"""
FRENCH_PRINT = """Date;Libellé;Débit;Crédit;Solde
27/02/2026;SOLDE PRECEDENT;;;12480,36
02/03/2026;VIR SEPA RECU;;;
;STRIPE PAYMENTS EUROPE;;2766,19;
;PRLV SEPA;;;
;OVH SAS;17,28;;15229,27
06/03/2026;VIR SEPA EMIS;;;
;DGFIP TVA;1833,20;;13396,07
09/03/2026;CARTE SNCF;66,00;;13330,07
"""
IRISH_PRINT = """Date,Details,Withdrawals,Deposits,Balance
02/03/2026,OPENING BALANCE,,,1000.00
02/03/2026,SKY MOBILE,20.00,,
,STRIPE PAYMENTS,,120.00,1100.00
13/03/2026,BORD GAIS ENERGY,100.00,,1000.00
"""


def test_a_day_that_is_told_once_is_that_of_the_lines_below() -> None:
    assert rows(GERMAN_COPY) == [
        ("16.03.", -1135, "Kontoführung"),
        ("13.03.", 2360, "DB Vertrieb GmbH"),
        ("13.03.", -100000, "Hetzner Online GmbH"),
        ("09.03.", -4200, "Telekom Deutschland GmbH"),
    ]
    assert balances(GERMAN_COPY) == [798175]
    assert rows(IRISH_PRINT) == [
        ("02.03.", -2000, "SKY MOBILE"),
        ("02.03.", 12000, "STRIPE PAYMENTS"),
        ("13.03.", -10000, "BORD GAIS ENERGY"),
    ]


def test_a_movement_in_several_lines_has_its_amount_beside_the_last() -> None:
    assert rows(FRENCH_PRINT) == [
        ("02.03.", 276619, "VIR SEPA RECU STRIPE PAYMENTS EUROPE"),
        ("02.03.", -1728, "PRLV SEPA OVH SAS"),
        ("06.03.", -183320, "VIR SEPA EMIS DGFIP TVA"),
        ("09.03.", -6600, "CARTE SNCF"),
    ]


def test_a_line_without_a_day_that_no_balance_proves_cannot_be_read() -> None:
    """It may be a part of the amount above it."""
    lines = read(
        b"Date,Details,Amount\n02/03/2026,Payroll,-300.00\n,Ann,-100.00\n,Bob,-200.00\n13/03/2026,Gas,-1.00\n"
    ).lines
    assert [line.reason for line in lines if isinstance(line, Problem)] == ["there is no date"] * 2


def test_lines_without_a_day_whose_balances_contradict_them_are_no_movements() -> None:
    text = "Date,Details,Amount,Balance\n02/03/2026,Gas,-10.00,90.00\n,of this VAT,-1.60,90.00\n13/03/2026,Oil,-20.00,70.00\n14/03/2026,Rent,-5.00,65.00\n"
    lines = read(text.encode()).lines
    assert [line.reason for line in lines if isinstance(line, (LeftOut, Problem))] == ["there is no date"]


DATEV = """Kontoblatt 1200 Bank
Datum;Buchungstext;Gegenkonto;Soll;Haben;Saldo
01.03.2026;EB-Wert;9000;10.000,00;;10.000,00 S
02.03.2026;Stripe Technology Europe;8400;1.000,00;;11.000,00 S
04.03.2026;Hetzner Online GmbH;4930;;47,88;10.952,12 S
"""
GRAND_LIVRE = """Grand livre
Compte 512000 Banque
Date;Journal;Libellé;Débit;Crédit
02/03/2026;BQ;STRIPE PAYMENTS EUROPE;1000,00;
04/03/2026;BQ;OVH SAS;;47,88
;;Total;1000,00;47,88
"""
LIBRO_MAYOR = """Libro mayor
572 Bancos
Fecha;Concepto;Debe;Haber;Saldo
02/03/2026;Cobro factura 12 Clinica Nogal;1.000,00;;6.000,00
14/03/2026;Dinahosting SL;;47,88;5.952,12
"""
TALLY = """Ledger Vouchers
Date,Particulars,Vch Type,Debit,Credit,Balance
02/03/2026,Stripe India Private Limited,Receipt,1000.00,,"6,000.00 Dr"
13/03/2026,Zoho Corporation,Payment,,47.88,"5,952.12 Dr"
"""
XERO = """Account Transactions
Kestrel Apps Ltd
Date,Source,Description,Reference,Debit,Credit,Gross
Opening Balance,,,,5000.00,0.00,0.00
2 Mar 2026,Receive Money,Stripe,,1000.00,0.00,1000.00
13 Mar 2026,Spend Money,Xero Ltd,,0.00,47.88,47.88
Closing Balance,,,,5952.12,0.00,0.00
"""
UNTITLED = """Date,Description,Debit,Credit,Balance
02/03/2026,STRIPE PAYOUT,1000.00,,6000.00
13/03/2026,GITHUB,,47.88,5952.12
19/03/2026,Office rent,,952.12,5000.00
"""


@pytest.mark.parametrize(
    ("text", "balance"),
    [
        (DATEV, [1095212]),
        (GRAND_LIVRE, []),
        (LIBRO_MAYOR, [595212]),
        (TALLY, [595212]),
        (XERO, [595212]),
        (UNTITLED, [500000]),
    ],
)
def test_a_debit_in_a_companys_books_is_money_that_comes_in(text: str, balance: list[int]) -> None:
    assert [amount for _, amount, _ in rows(text)][:2] == [100000, -4788]
    assert balances(text) == balance


def test_words_that_contradict_the_columns_of_debit_and_credit_are_asked_about() -> None:
    with pytest.raises(DoubtError, match="words contradict") as doubt:
        read(b"Date,Description,Debit,Credit\n02/03/2026,STRIPE PAYOUT,1000.00,\n13/03/2026,GITHUB,,47.88\n")
    assert doubt.value.option == "sign"


def test_a_bank_that_names_its_ledger_balance_is_no_ledger() -> None:
    text = "Ledger Balance:,900.00\n\nDate,Details,Debit Amount,Credit Amount\n02/03/2026,Rent,100.00,\n13/03/2026,GRAB,8.40,\n"
    assert [amount for _, amount, _ in rows(text)] == [-10000, -840]


CARD = """Buchungsdatum;Beschreibung;Betrag in EUR;
03.03.2026;Hetzner Online;47,88;
12.03.2026;Gutschrift Amazon;20,00;H
14.03.2026;Zahlung erhalten - vielen Dank;612,44;H
"""


def test_a_mark_beside_credits_alone_leaves_the_others_as_charges() -> None:
    assert [amount for _, amount, _ in rows(CARD)] == [-4788, 2000, 61244]


YEARLESS = """Kontoauszug 01.03.2026 bis 31.03.2026
Buchung;Valuta;Verwendungszweck;Betrag EUR;Saldo EUR
02.03.;02.03.;Hetzner Online GmbH;-47,88;1.952,12
16.03.;16.03.;Stripe Technology Europe;100,00;2.052,12
"""
OVER_NEW_YEAR = """Statement period 15 December 2025 to 14 January 2026
Date,Description,Paid out,Paid in,Balance
29 Dec,SKY MOBILE,20.00,,980.00
02 Jan,STRIPE,,100.00,1080.00
"""
QUOTED = '''"Buchungstag;""Verwendungszweck"";""Betrag"";""Saldo"""
"02.03.2026;""Hetzner ""Online"""";""-47,88"";""952,12"""
"16.03.2026;""Stripe"";""100,00"";""1.052,12"""
'''
SERIALS = "Date,Description,Amount,Balance\n46083,GITHUB,-20.00,980.00\n46097,STRIPE,100.00,1080.00\n"
TWICE = "Buchungstag;BegÃ¼nstigter;Verwendungszweck;WÃ¤hrung;Betrag\n02.03.2026;MÃ¼ller GmbH;Miete;EUR;-47,88\n16.03.2026;Stripe;PrÃ¤mie Ã\u00a0 point;EUR;100,00\n"


def test_days_without_a_year_lie_in_the_period_above_the_table() -> None:
    assert [row.day.isoformat() for row in read(YEARLESS.encode()).rows] == ["2026-03-02", "2026-03-16"]
    assert [row.day.isoformat() for row in read(OVER_NEW_YEAR.encode()).rows] == ["2025-12-29", "2026-01-02"]
    with pytest.raises(InvalidInputError):
        read(YEARLESS.partition("\n")[2].encode())  # nothing tells the year


def test_what_a_spreadsheet_damaged_is_read_as_it_was() -> None:
    assert [amount for _, amount, _ in rows(QUOTED)] == [-4788, 10000]
    assert [(day, amount) for day, amount, _ in rows(SERIALS)] == [("02.03.", -2000), ("16.03.", 10000)]
    twice = read(TWICE.encode())
    assert [(row.amount.currency, row.vendor) for row in twice.rows] == [
        ("EUR", "Müller GmbH"),
        ("EUR", "Stripe"),
    ]


def test_lines_of_two_exports_that_overlap_count_once_if_the_balances_say_so() -> None:
    first = "Date,Description,Amount,Balance\n2026-03-16,STRIPE,100.00,1080.00\n2026-03-20,GITHUB,-20.00,1060.00\n"
    second = (
        "Date,Description,Amount,Balance\n2026-03-20,GITHUB,-20.00,1060.00\n2026-04-02,ZOOM,-40.00,1020.00\n"
    )
    assert [amount for _, amount, _ in rows(first + second)] == [10000, -2000, -4000]


def test_a_balance_above_numbers_may_have_another_decimal_mark() -> None:
    text = '"Saldo finale: 1.052,12 €"\nData,Descrizione,Importo\n2026-03-02,Hetzner,-47.88\n2026-03-16,Stripe,100.00\n'
    assert balances(text) == [105212]


def test_a_section_of_pending_rows_ends_with_the_header_of_the_table() -> None:
    text = "Pending transactions\nToday,Card,SHOP,-4.00\n\nDate,Type,Description,Amount,Balance\n16/03/2026,DD,VODAFONE,-42.00,100.00\n"
    assert [amount for _, amount, _ in rows(text)] == [-4200]


def test_a_column_of_days_as_numbers_is_mended_beside_names_that_a_movement_has_too() -> None:
    """`Debit` in a movement is no name of a column, and neither is a header with a digit a movement."""
    bank = "Date,Description,Status,Type of Transaction,Amount\n46352,adobe,posted,Debit,-29.88\n46351,bell canada,posted,Credit,79.10\n"
    assert [(day, amount) for day, amount, _ in rows(bank)] == [("26.11.", -2988), ("25.11.", 7910)]
    ramp = (
        "Transaction Date,Clearing Date,Amount,Merchant Name,Merchant Description,User,Card Last 4,Ramp Category,Memo,Transaction Time,External ID\n"
        "46339,46340,6.50,Blue Bottle,BLUE BOTTLE OAKLAND,Ada Nkem,4034,Restaurants,,2026-11-13 08:18:02,RAMP.1\n"
        "46336,46337,29.00,Superhuman,SUPERHUMAN,Ada Nkem,4034,SaaS / Software,,2026-11-10 22:18:02,RAMP.3\n"
        "46335,46336,-15.00,Superhuman,SUPERHUMAN REFUND,Ada Nkem,4034,SaaS / Software,,2026-11-09 22:18:02,RAMP.4\n"
    )
    assert [(day, amount) for day, amount, _ in rows(ramp)] == [
        ("14.11.", -650),
        ("11.11.", -2900),
        ("10.11.", 1500),
    ]


def test_a_day_with_blanks_that_do_not_break_is_a_day() -> None:
    text = "Date,Details,Amount\n02\u00a0Mar\u00a02026,SKY\u00a0MOBILE,-20.00\n16\u202fMar\u202f2026,STRIPE,100.00\n"
    assert rows(text) == [("02.03.", -2000, "SKY MOBILE"), ("16.03.", 10000, "STRIPE")]


def test_a_charge_and_its_refund_that_two_exports_share_count_once() -> None:
    """Their balances hold twice as well, but the header stands between the exports."""
    header = "Date,Description,Amount,Balance\n"
    both = "2026-03-16,TELIA,-34.00,966.00\n2026-03-18,TELIA REFUND,34.00,1000.00\n"
    text = f"{header}2026-03-02,STRIPE,100.00,1000.00\n{both}{header}{both}2026-04-02,ZOOM,-40.00,960.00\n"
    assert [amount for _, amount, _ in rows(text)] == [10000, -3400, 3400, -4000]
