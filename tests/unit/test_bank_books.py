"""The bank's account in a company's own books: journals of double entry, ledgers of several accounts, opening entries."""

from __future__ import annotations

import pytest

from execops.errors import InvalidInputError
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.statement import LeftOut, Problem
from tests.unit.test_bank_copied_tables import balances
from tests.unit.test_bank_files import read


def amounts(text: str) -> list[int]:
    """The amount of each movement of a file whose lines can all be read."""
    statement = read(text.encode())
    assert [line for line in statement.lines if isinstance(line, Problem)] == []
    return [row.amount.minor for row in statement.rows]


def left_out(text: str) -> list[tuple[int, str]]:
    return [(line.line, line.reason) for line in read(text.encode()).lines if isinstance(line, LeftOut)]


GNUCASH = """Date,Transaction ID,Description,Commodity/Currency,Memo,Full Account Name,Account Name,Amount With Sym,Amount Num.
02.03.2026,a1,Grundwert,CURRENCY::EUR,Miete,Aktiva:Girokonto,Girokonto,"-500,00 €","-500,00"
,,,,,Aufwendungen:Miete,Miete,"500,00 €","500,00"
05.03.2026,a2,Meier GmbH,CURRENCY::EUR,RE 1,Aktiva:Girokonto,Girokonto,"1.200,00 €","1.200,00"
,,,,,Erträge:Umsatz,Umsatz,"-1.200,00 €","-1.200,00"
09.03.2026,a3,Rücklage,CURRENCY::EUR,,Aktiva:Girokonto,Girokonto,"-300,00 €","-300,00"
,,,,,Aktiva:Sparkonto,Sparkonto,"300,00 €","300,00"
"""
HLEDGER = """"txnidx","date","description","account","amount","commodity"
"1","2026-03-02","Office Rent Ltd","expenses:rent","500.00","GBP"
"1","2026-03-02","Office Rent Ltd","assets:bank:current account","-500.00","GBP"
"2","2026-03-05","Acme plc","assets:bank:current account","1200.00","GBP"
"2","2026-03-05","Acme plc","income:sales","-1200.00","GBP"
"3","2026-03-09","to the other one","assets:bank:savings","300.00","GBP"
"3","2026-03-09","to the other one","assets:bank:current account","-300.00","GBP"
"""
FEC = """JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|EcritureLib|Debit|Credit
AN|A nouveaux|1|20260101|512000|Banque CIC|A nouveau|5000,00|0,00
AN|A nouveaux|1|20260101|110000|Report a nouveau|A nouveau|0,00|5000,00
VE|Ventes|2|20260105|411000|Clients|F26-001|1200,00|0,00
VE|Ventes|2|20260105|706000|Prestations|F26-001|0,00|1200,00
BQ|Banque|3|20260112|512000|Banque CIC|VIR LEFEVRE|1200,00|0,00
BQ|Banque|3|20260112|411000|Clients|VIR LEFEVRE|0,00|1200,00
BQ|Banque|4|20260131|627000|Services bancaires|FRAIS|12,00|0,00
BQ|Banque|4|20260131|512000|Banque CIC|FRAIS|0,00|12,00
"""
QUICKBOOKS = """Journal
March 2026

Date,Transaction Type,Num,Name,Memo/Description,Account,Debit,Credit
03/02/2026,Expense,,Cascade Realty,March rent,Business Checking,,"1,875.00"
,,,Cascade Realty,March rent,Rent Expense,"1,875.00",
,,,,,,"$1,875.00","$1,875.00"
03/20/2026,Deposit,,Stripe,payout,Business Checking,"3,000.00",
,,,,payout,Stripe Clearing,,"3,000.00"
,,,,,,"$3,000.00","$3,000.00"
"""


def test_of_a_journal_with_a_line_for_each_account_the_bank_s_are_movements() -> None:
    assert amounts(GNUCASH) == [-50000, 120000, -30000]
    assert [row.transfer for row in read(GNUCASH.encode()).rows] == [False, False, True]
    assert left_out(GNUCASH) == [(3, "another account"), (5, "another account"), (7, "another account")]
    assert [(row.day.day, row.amount.minor, row.transfer) for row in read(HLEDGER.encode()).rows] == [
        (2, -50000, False),
        (5, 120000, False),
        (9, -30000, True),
    ]
    assert [(row.vendor, row.amount.minor) for row in read(QUICKBOOKS.encode()).rows] == [
        ("Cascade Realty", -187500),
        ("Stripe", 300000),
    ]


def test_the_opening_entry_of_a_journal_is_no_movement() -> None:
    assert amounts(FEC) == [120000, -1200]
    assert left_out(FEC)[0] == (2, "opening balance")


DATEV = """"EXTF";700;21;"Buchungsstapel";13;20260409101522000;;"RE";"";"";1234567;10022;20251001;4;20251201;20260131;"Bank";"";1;0;0;"EUR"
Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Konto;Gegenkonto (ohne BU-Schlüssel);Belegdatum;Belegfeld 1;Buchungstext
833,00;"H";"EUR";1200;4210;3112;"1";"Grundwert Miete"
2975,00;"S";"EUR";1200;10044;501;"2";"Autohaus Petersen"
4500,00;"S";"EUR";1360;1200;1101;"";"Umbuchung Tagesgeld"
1844,52;"S";"EUR";1200;10900;1301;"";"Stripe Auszahlung"
"""
BANANA = """Kestrel Apps GmbH\tBasiswährung CHF
1020 PostFinance Geschäftskonto / 1022 PostFinance Sparkonto

Date\tDescription\tAccountDebit\tAccountCredit\tAmount
03.03.2026\tSeefeld Immobilien AG\t6000\t1020\t1'350.00
05.03.2026\tKäserei Aebi\t1020\t1100\t3'243.00
06.03.2026\tRechnung Hotel Krone\t1100\t3400\t1'621.50
18.03.2026\tan die Reserve\t1022\t1020\t8'000.00
"""
SWEDISH = """Datum;Text;Debetkonto;Kreditkonto;Belopp
2026-03-02;Hyra Fastighets AB;5010;1930;8125,00
2026-03-05;Faktura 12 Café Norrsken;1930;1510;18750,00
2026-03-12;Skatteverket;2650;1930;21044,00
"""


def test_of_a_journal_with_two_accounts_in_a_line_those_with_the_bank_s_are_movements() -> None:
    assert [(str(row.day), row.amount.minor, row.transfer) for row in read(DATEV.encode()).rows] == [
        ("2025-12-31", -83300, False),
        ("2026-01-05", 297500, False),
        ("2026-01-11", -450000, True),
        ("2026-01-13", 184452, False),
    ]
    assert amounts(BANANA) == [-135000, 324300, -800000]
    assert [row.transfer for row in read(BANANA.encode()).rows] == [False, False, True]
    assert amounts(SWEDISH) == [-812500, 1875000, -2104400]


def test_a_journal_that_does_not_tell_the_bank_s_account_is_asked_about() -> None:
    text = """Date,Text,Debit account,Credit account,Amount
2026-03-02,Sale,1100,4000,100.00
2026-03-15,Paid,1200,1100,100.00
2026-03-20,Rent,7100,1200,50.00
2026-03-31,Sale,1100,4000,70.00
"""
    with pytest.raises(InvalidInputError, match="journal of several accounts"):
        read(text.encode())


def test_a_bank_with_columns_for_both_accounts_is_no_journal() -> None:
    text = """Konto;Buchungsdatum;Auftraggeber;Gegenkonto;Soll/Haben;Betrag;Verwendungszweck
0012345678;02.03.2026;Grundwert;0044332211;S;833,00;Miete
0012345678;04.03.2026;Petersen;0044332212;H;2975,00;RE 1
0012345678;06.03.2026;Hetzner;0044332213;S;178,50;RG
"""
    assert amounts(text) == [-83300, 297500, -17850]


def test_of_a_ledger_of_all_accounts_the_bank_s_are_movements() -> None:
    by_totals = """General Ledger
Date,Transaction Type,Name,Split,Amount,Balance
Business Checking,,,,,
Beginning Balance,,,,,"10,000.00"
03/02/2026,Check,Cascade Realty,Rent Expense,"-1,875.00","8,125.00"
03/20/2026,Deposit,Stripe,Sales,"3,000.00","11,125.00"
Total for Business Checking,,,,"1,125.00",
Rent Expense,,,,,
03/02/2026,Check,Cascade Realty,Business Checking,"1,875.00","1,875.00"
Total for Rent Expense,,,,"1,875.00",
"""
    assert amounts(by_totals) == [-187500, 300000]
    by_openings = """Account Transactions
ACCOUNT NUMBER,DATE,DESCRIPTION,DEBIT,CREDIT,BALANCE
Cash on Hand,,,,,
,Starting Balance,,,,$0.00
Chequing Account,,,,,
,Starting Balance,,,,"$5,000.00"
,2026-03-02,Rent Queen West,,$650.00,"$4,350.00"
,2026-03-06,Stripe payout,"$1,208.66",,"$5,558.66"
,Totals and Ending Balance,,"$1,208.66",$650.00,"$5,558.66"
Rent Expense,,,,,
,Starting Balance,,,,$0.00
,2026-03-02,Rent Queen West,$650.00,,$650.00
"""
    assert amounts(by_openings) == [-65000, 120866]
    assert balances(by_openings) == [555866]


def test_two_accounts_below_each_other_have_their_own_balances() -> None:
    text = """Account: Business Current 20-45-45 43849100
Date,Description,Amount,Balance
02/03/2026,RENT,-100.00,900.00
15/03/2026,TRANSFER TO SAVER,-300.00,600.00
31/03/2026,FEE,-6.00,594.00

Account: Business Saver 20-45-45 60611200
Date,Description,Amount,Balance
15/03/2026,TRANSFER FROM CURRENT,300.00,5300.00
30/03/2026,GROSS,2.00,5302.00
31/03/2026,INTEREST,4.00,5306.00
"""
    assert amounts(text) == [-10000, -30000, -600, 30000, 200, 400]
    assert [row.transfer for row in read(text.encode()).rows] == [False, True, False, True, False, False]
    assert balances(text) == [590000]


@pytest.mark.parametrize(
    "words",
    [
        "Eröffnungsbuchung / Saldovortrag",
        "EB-Wert",
        "Saldovortrag Bank",
        "A nouveau 2026",
        "Asiento de apertura",
        "Opening entry",
        "Balance b/f",
        "Beginsaldo",
        "Ingående balans",
        "Primo",
    ],
)
def test_an_opening_entry_with_a_day_and_an_amount_is_no_movement(words: str) -> None:
    text = f"""Kontoblatt 1800
Datum;Text;Soll;Haben;Saldo
01.01.2026;{words};5000,00;;5000,00
15.01.2026;Miete;;640,00;4360,00
18.01.2026;Stripe;1428,00;;5788,00
"""
    assert amounts(text) == [-64000, 142800]
    assert left_out(text) == [(3, "opening balance")]


def test_a_first_deposit_is_a_movement() -> None:
    text = """Date,Description,Amount,Balance
2026-01-02,Opening deposit,5000.00,5000.00
2026-01-15,RENT,-640.00,4360.00
2026-01-18,STRIPE,1428.00,5788.00
"""
    assert amounts(text) == [500000, -64000, 142800]


def test_books_are_known_by_the_short_numbers_of_the_other_accounts() -> None:
    text = """Datum;Text;Gegenkonto;Soll;Haben;Saldo
13.01.2026;Miete;6310;;640,00;6662,11
18.01.2026;Tischlerei Brehm;1200;1428,00;;8090,11
19.01.2026;IONOS;6810;;26,18;8063,93
"""
    assert amounts(text) == [-64000, 142800, -2618]


def test_both_sides_of_an_account_that_is_closed_come_to_the_same() -> None:
    text = """Ledger Account: Bank Current Account
Date,Ref,Narrative,Debit,Credit
01/01/2026,,Balance b/f,6610.80,
13/01/2026,DD,Castle Quay rent,,720.00
14/01/2026,BACS,Bramble Nurseries,1560.00,
15/01/2026,DD,Stripe,1333.08,
31/01/2026,,Balance c/f,,8783.88
,,,9503.88,9503.88
"""
    assert amounts(text) == [-72000, 156000, 133308]
    assert balances(text) == [878388]


def test_books_are_known_by_the_number_of_a_chart_and_by_an_opening_on_the_debit_side() -> None:
    movements = "13.01.2026;Miete;;640,00\n18.01.2026;Kunde Meier;1.428,00;\n"
    by_title = f"1800 Bank;;;\nDatum;Text;Soll;Haben\n{movements}"
    by_opening = f"Datum;Text;Soll;Haben\n01.01.2026;Eröffnungsbilanz;5.000,00;\n{movements}"
    of_bank = f"Girokonto 4711001234;;;\nDatum;Text;Soll;Haben\n{movements}"
    assert amounts(by_title) == amounts(by_opening) == [-64000, 142800]
    assert amounts(of_bank) == [64000, -142800]


def test_wages_that_come_in_and_payouts_that_leave_are_asked_about() -> None:
    text = "Datum;Text;Soll;Haben\n13.01.2026;Gehalt Januar;;640,00\n18.01.2026;Stripe;1.428,00;\n"
    with pytest.raises(DoubtError) as doubt:
        read(text.encode())
    assert doubt.value.option == "sign"


def test_numbers_of_accounts_stand_below_names_of_debits_and_credits() -> None:
    text = """Datum;Beleg;Soll;Haben;Betrag;Text
02.03.2026;1;4210;1200;833,00;Miete
14.03.2026;2;1200;8400;2.975,00;Petersen
31.03.2026;3;4970;1200;9,80;Kontoführung
"""
    assert amounts(text) == [-83300, 297500, -980]


def test_of_a_list_of_bookings_those_of_other_accounts_are_left_out() -> None:
    text = """Date,Transaction Type,Name,Account,Split,Amount
03/02/2026,Check,Cascade Realty,Business Checking,Rent Expense,"-1,875.00"
03/10/2026,Invoice,Rainier Coffee,Accounts Receivable,Sales,"900.00"
03/20/2026,Deposit,Stripe,Business Checking,Sales,"3,000.00"
"""
    assert amounts(text) == [-187500, 300000]
    assert left_out(text) == [(3, "another account")]


def test_accounts_of_a_budget_move_money_between_them() -> None:
    text = """Account,Date,Payee,Category,Outflow,Inflow
Business Current,31/05/2026,Bank fee,Bank charges,£12.50,£0.00
Business Saver,20/05/2026,Transfer : Business Current,,£0.00,£1000.00
Business Current,20/05/2026,Transfer : Business Saver,,£1000.00,£0.00
Business Current,15/05/2026,Stripe,Income,£0.00,£1208.66
"""
    assert [(row.amount.minor, row.transfer) for row in read(text.encode()).rows] == [
        (-1250, False),
        (100000, True),
        (-100000, True),
        (120866, False),
    ]


def test_words_for_spending_and_income_tell_the_sign() -> None:
    text = "Datum;Empfänger;Art;Betrag\n31.05.2026;Finn;Ausgabe;2.499,20\n27.05.2026;Yoga;Einnahme;595,00\n"
    assert amounts(text) == [-249920, 59500]


def test_accounts_that_a_customer_of_a_bank_calls_income_and_expenses_are_its_own() -> None:
    text = """Date,Account,Description,Amount
03/13/2026,Business Checking,Landlord,-500.00
03/14/2026,Income,Stripe,800.00
03/15/2026,Operating Expenses,GitHub,-8.00
"""
    assert amounts(text) == [-50000, 80000, -800]
