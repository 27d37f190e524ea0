"""Own cards, accounts of one branch and the holder's name behind a text; parties behind a label, cash and fees at a text's end."""

from __future__ import annotations

import pytest

from execops.sources.bank.parties.nobody import is_cash
from execops.sources.bank.statement import Row
from tests.unit.test_bank_files import read


def rows(text: str) -> dict[str, Row]:
    """The rows by the first word of their description."""
    return {row.description.split()[0]: row for row in read(text.encode()).rows}


BARCLAYS = """Number,Date,Account,Amount,Subcategory,Memo
 ,20/03/2026,20-44-91 60418823,-5000.00,Funds Transfer,KESTREL APPS LTD       \t20-44-91 83320117 FT
 ,17/03/2026,20-44-91 60418823,-31.20,Funds Transfer,TOLMER YARD STUDIOS    \tINV 4471 FT
 ,16/03/2026,20-44-91 60418823,-93.11,Bill Payment,SMITH JOINERY    \t20-44-91 83320999 BBP
 ,15/03/2026,20-44-91 60418823,-93.11,Funds Transfer,HALL BAKERY    \t20-11-22 83320999 FT
 ,12/03/2026,20-44-91 60418823,4800.00,Counter Credit,WEXLEY HOUSING ASS     \tINV KA-0311 BGC
 ,06/03/2026,20-44-91 60418823,-150.00,Debit,LONDON WALL 06MAR      \tATM
"""


def test_a_transfer_of_funds_within_the_branch_is_own_and_no_supplier_is() -> None:
    read_rows = rows(BARCLAYS)
    assert [name for name, row in read_rows.items() if row.transfer] == ["KESTREL"]
    assert read_rows["LONDON"].vendor is None


def test_the_code_of_a_machine_is_cash_behind_a_day_alone() -> None:
    assert is_cash("LONDON WALL 06MAR ATM")
    assert not is_cash("DIEBOLD ATM")
    assert not is_cash("DIEBOLD ATM 06MAR DDR")


WELLS = """Date,Description,Amount
03/30/2026,AMERICAN EXPRESS ACH PMT 260310 M1234 KESTREL APPS LLC,-500.00
03/29/2026,GUSTO PAYROLL 260309 6semk KESTREL APPS LLC,-900.00
03/28/2026,STRIPE TRANSFER ST-X1 KESTREL APPS LLC,1900.00
03/27/2026,CHASE CREDIT CRD EPAY 260307 558812 KESTREL APPS LLC,-700.00
03/26/2026,CREDIT KARMA PAYMENT 260306 558812 KESTREL APPS LLC,-70.00
03/25/2026,CARD CONNECT PMT 260306 558812 KESTREL APPS LLC,-71.00
03/24/2026,BILL COM PAYMENT 260306 558812 KESTREL APPS LLC,-72.00
"""


def test_the_own_card_is_paid_where_the_holder_stands_behind_the_words() -> None:
    own = [row.amount.minor for row in read(WELLS.encode()).rows if row.transfer]
    assert own == [-50000, -70000]
    named = [row.vendor for row in read(WELLS.encode()).rows if not row.transfer]
    assert named == ["Gusto", "Stripe", "Credit Karma", "CardConnect", "Bill.com"]


def test_a_bank_that_parts_name_entry_and_holder_tells_the_own_card() -> None:
    text = """Date,Description,Amount,Bank Description,Category
03-30-2026,Stripe,8204.15,STRIPE; TRANSFER; KESTREL APPS INC,Revenue
03-27-2026,Rippling,-11250.00,RIPPLING; PAYROLL; KESTREL APPS INC,Payroll
03-17-2026,NORTHGATE BIOLOGICS,15600.00,NORTHGATE BIOLOGI; VENDOR PMT; KESTREL APPS INC,Revenue
03-10-2026,American Express,-2480.00,AMEX EPAYMENT; ACH PMT; KESTREL APPS INC,Credit Card
03-09-2026,Card Supply Co,-48.00,CARD SUPPLY; ACH PMT; KESTREL APPS INC,Credit Card
"""
    assert [name for name, row in rows(text).items() if row.transfer] == ["American"]


@pytest.mark.parametrize(
    ("payee", "purpose", "is_own"),
    [
        ("Kestrel Apps GmbH", "Eigenübertrag Sparkonto", True),
        ("KESTREL APPS GMBH", "UEBERTRAG RUECKLAGENKONTO", True),
        ("Hausverwaltung Brandt", "Ruecklage Maerz", False),
        ("Finanzamt Wien", "Steuerkonto 118", False),
    ],
)
def test_savings_in_the_bank_s_details_are_own(payee: str, purpose: str, is_own: bool) -> None:
    text = (
        "Buchungsdatum,Partnername,Betrag,Währung,Buchungs-Details,Zahlungsreferenz\n"
        f'11.03.2026,{payee},"-1.200,00",EUR,{purpose},\n'
        '13.03.2026,Weingut Prantl OG,"5.280,00",EUR,RNr 2026/044,RF 18\n'
    )
    assert [row.transfer for row in read(text.encode()).rows] == [is_own, False]


MT940 = """:20:STARTUMS
:25:37160087/1188442001
:28C:00010/001
:60F:C260302EUR13158,90
:61:2603120312DR3000,00NTRFNONREF
:86:116?00UEBERWEISUNG SEPA?109300?20SVWZ+{first}?21{second}?32KESTREL APPS GMBH
:62F:C260312EUR10158,90
-
"""


@pytest.mark.parametrize(
    ("first", "second"),
    [("UEBERTRAG RUECKLAGENKO", "NTO"), ("UEBERTRAG", "RUECKLAGENKONTO"), ("UMBUCHUNG", "AUF TAGESGELD")],
)
def test_words_that_mt940_wraps_are_whole_again(first: str, second: str) -> None:
    assert [row.transfer for row in read(MT940.format(first=first, second=second).encode()).rows] == [True]


@pytest.mark.parametrize(
    ("text", "vendor"),
    [
        ("SEPA Periodieke overb.      IBAN: NL44RABO0118844220     BIC: RABONL2U    Naam: De Vries Vastgoed BV       Omschrijving: huur maart", "De Vries Vastgoed BV"),
        ("Naam: Bakkerij Jansen Omschrijving: factuur 118 IBAN: NL44RABO0118844220 Valutadatum: 03-03-2026", "Bakkerij Jansen"),
        ("COM MANUT CONTA NEGOC", None),
        ("COMISSAO GESTAO CONTA", None),
        ("BIJDRAGE KBC-BEDRIJFSREKENING 01-03-2026 TOT 31-03-2026", None),
    ],
)  # fmt: skip
def test_a_text_that_labels_its_parts_names_the_party(text: str, vendor: str | None) -> None:
    table = f"Datum;Bedrag;Omschrijving\n13-03-2026;-1149,50;{text}\n14-03-2026;10,00;HETZNER\n"
    assert [row.vendor for row in read(table.encode()).rows] == [vendor, "Hetzner"]


def test_suppliers_whose_names_end_alike_keep_them() -> None:
    text = """Date,Description,Amount
2026-03-30,BRIGHTON CLEANING SERVICES LTD,-5.00
2026-03-29,HARBOUR SECURITY SERVICES LTD,-9.00
2026-03-28,MILLER SERVICES LTD,-19.00
"""
    assert [row.vendor for row in read(text.encode()).rows] == [
        "BRIGHTON CLEANING SERVICES LTD", "HARBOUR SECURITY SERVICES LTD", "MILLER SERVICES LTD"
    ]  # fmt: skip


MPESA = """Account Holder:,DUKA APPS LTD
Currency:,KES

Receipt No.,Completion Time,Details,Paid In,Withdrawn,Balance,Reason Type,Other Party Info
A1,2026-03-30 19:55:07,Transfer to 4410220 EQUITY BANK,,-45000.00,19692.00,Organization Settlement to Bank,DUKA APPS LTD
A2,2026-03-28 12:11:00,Pay merchant Charge,,-27.00,64692.00,Pay Bill Charge,4110022 - DUKA APPS LTD
A3,2026-03-20 09:11:00,Pay Bill from MERCY ACHIENG,4500.00,,64719.00,Pay Utility,254722***310 - MERCY ACHIENG
A4,2026-03-19 09:11:00,Buy goods from WESTLANDS SPACES,,-500.00,60219.00,Buy Goods,774410 - WESTLANDS SPACES
A5,2026-03-18 09:11:00,Buy goods from WESTLANDS SPACES,,-600.00,60719.00,Buy Goods,774410 - WESTLANDS SPACES
"""


def test_a_fee_beside_the_holders_name_is_the_banks_and_no_transfer() -> None:
    read_rows = rows(MPESA.replace("Pay Bill from", "From"))
    assert [(row.transfer, row.vendor) for row in read(MPESA.encode()).rows[:2]] == [
        (True, "DUKA APPS LTD"),
        (False, None),
    ]
    assert not read_rows["774410"].transfer


def test_a_service_that_names_customers_sells_goods_to_nobody_where_it_names_none() -> None:
    text = """Date,Net Total,Fees,Description,Event Type,Customer Name
02/26/2026,$300.71,-$9.29,Custom lamp,Payment,Delgado LLC
02/20/2026,$47.28,-$1.72,Candle,Payment,
02/13/2026,-$120.00,$0.00,Support,Refund,Wren Cafe
02/03/2026,$116.22,-$3.78,Support,Payment,Wren Cafe
"""
    read_rows = read(text.encode()).rows
    assert [row.vendor for row in read_rows] == ["Delgado LLC", None, "Wren Cafe", "Wren Cafe"]
    assert [row.amount.minor for row in read_rows] == [30071, 4728, -12000, 11622]
