"""The party of a movement by the columns and the fields in which a file tells it, before any word of a text is weighed."""

from __future__ import annotations

import pytest

from execops.sources.bank.parties.labelled_parties import party_alone
from tests.unit.test_bank_files import read


def vendors(text: str) -> list[str | None]:
    return [row.vendor for row in read(text.encode()).rows]


DKB = """Buchungsdatum;Zahlungspflichtige*r;Zahlungsempfänger*in;Verwendungszweck;Betrag (€)
31.03.26;DKB AG;Kestrel Apps GmbH;Abrechnung 31.03.2026 siehe Anlage;-4,5
27.03.26;Kestrel Apps GmbH;Globex GmbH;Gehalt 03/2026;-2.388,15
18.03.26;Kestrel Apps GmbH;Initech AG;RG 77120998/03;-119
09.03.26;Hooli Ltd;Kestrel Apps GmbH;RE 2026-014;2.719,64
05.03.26;Initech AG;Kestrel Apps GmbH;Rueckzahlung;-20
"""


def test_the_holder_on_both_sides_of_most_movements_is_nobodys_vendor() -> None:
    """A bank that charges its customer is the payer, and the customer the payee."""
    assert vendors(DKB) == [None, "Globex GmbH", "Initech AG", "Hooli Ltd", "Initech AG"]


def test_the_holder_among_the_parts_of_a_text_is_left_out() -> None:
    text = """M/S. KESTREL APPS PRIVATE LIMITED,,,
Date,Narration,Withdrawal Amt.,Deposit Amt.
03/03/26,NEFT CR-CITI0000004-GLOBEX INDIA PRIVATE LIMITED-KESTREL APPS PRIVATE LIMITED-CITIN26441827,,184220.50
13/03/26,NEFT DR-ICIC0000104-INITECH ESTATES LIMITED-NETBANK-RENT,45000.00,
"""
    assert vendors(text)[0] == "GLOBEX INDIA PRIVATE LIMITED"


def test_names_of_firms_in_a_table_without_a_header_are_the_payees() -> None:
    text = """DE80200505501104418820;02.03.26;-952,00;Miete Maerz Hafenstrasse 4;Globex GmbH;EUR
DE80200505501104418820;17.03.26;-23,79;Festnetz Vertragskonto 4418 Rechnung;Initech AG;EUR
DE80200505501104418820;27.03.26;-2908,33;Gehalt 03/26 Abrechnung;Mareike Thomsen;EUR
DE80200505501104418820;28.03.26;1428,00;RE 26-0118 Support und Wartung;Hooli Ltd;EUR
"""
    assert vendors(text) == ["Globex GmbH", "Initech AG", "Mareike Thomsen", "Hooli Ltd"]


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("DES: RAFAELA NOGUEIRA 30/03", "RAFAELA NOGUEIRA"),
        ("REMET.GLOBEX BRASIL SOLUCOES", "GLOBEX BRASIL SOLUCOES"),
        ("Lokalizacja: Kraj: CZECHY Miasto: PRAGUE Adres: GLOBEX", "GLOBEX"),
        ("DESIGN STUDIO GLOBEX", ""),
        ("REMITLY INC", ""),
    ],
)
def test_a_label_alone_tells_the_party(text: str, party: str) -> None:
    assert party_alone(text) == party


def test_a_customer_has_a_column_in_the_list_of_a_payment_service() -> None:
    text = """id,Type,Net,Currency,Created (UTC),Description,customer_name (metadata)
txn_1,stripe_fee,-3.20,usd,2026-03-30 21:59:12,Radar for Fraud Teams (2026-03-29),
txn_2,charge,621.14,usd,2026-03-16 13:05:58,Payment for Invoice,Globex LLC
txn_3,refund,-120.00,usd,2026-03-09 15:22:36,REFUND FOR CHARGE,Initech Group
txn_4,payout,-450.00,usd,2026-03-06 00:10:05,STRIPE PAYOUT,
"""
    assert vendors(text)[:3] == ["Stripe", "Globex LLC", "Initech Group"]


def test_a_town_that_is_glued_to_a_name_of_full_length_is_no_part_of_it() -> None:
    text = """Date,Description,Card Member,Amount,City/State
03/14/2026,DELL SALES & SERVICEROUND ROCK          TX,INES OKAFOR,1312.77,"ROUND ROCK
TX"
03/15/2026,AUTOPAY PAYMENT - THANK YOU,INES OKAFOR,-2210.45,
"""
    assert vendors(text)[0] == "DELL SALES & SERVICE"


def _ofx(name: str, memo: str) -> str:
    head = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
    movement = (
        f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260302<TRNAMT>-54.00<FITID>1<NAME>{name}<MEMO>{memo}</STMTTRN>"
    )
    return (
        f"{head}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>2<ACCTTYPE>CHECKING</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260301<DTEND>20260331>{movement}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).replace("20260331>", "20260331")


def test_a_name_of_32_letters_goes_on_in_the_memo() -> None:
    assert vendors(
        _ofx("PURCHASE AUTHORIZED ON 02/27 TWI", "LIO INC SAN FRANCISCO CA S466058441827711 CARD 4471")
    ) == ["Twilio"]


def test_a_cheque_that_names_a_firm_has_a_party() -> None:
    text = """:20:A
:25:1
:28C:1
:60F:C260228HKD1000,00
:61:2603050305D500,00NCHK441827//1
:86:CHEQUE 441827
GLOBEX PROPERTIES LTD RENT MAR
:61:2603060306D100,00NCHK441828//2
:86:CHEQUE 441828
:62F:C260306HKD400,00
"""
    assert vendors(text) == ["GLOBEX PROPERTIES LTD", None]
