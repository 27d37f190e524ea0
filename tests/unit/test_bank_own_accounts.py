"""Own accounts by the holder's name and by words of savings; texts cut at a width; shops, streets and refunds beside a name."""

from __future__ import annotations

import pytest

from execops.sources.bank.parties import cut_texts, vendors
from execops.sources.bank.parties.holder import is_other_side
from execops.sources.bank.parties.name_edges import without_movement
from execops.sources.bank.parties.nobody import is_fee
from execops.sources.bank.parties.offices import office
from execops.sources.bank.parties.own_words import pays_own_card
from execops.sources.bank.parties.transfers import is_own, says_own
from tests.unit.test_bank_files import read

HOLDER = frozenset({"fernhollow labs"})


@pytest.mark.parametrize(
    ("payee", "text", "is_holders"),
    [
        ("FERNHOLLOW LABS 77-19-22 44718860", "", True),
        ("Fernhollow Labs Ltd", "INV 12", True),
        ("FERNHOLLOW LABS DEPOSIT", "", True),
        ("FERNHOLLOW LABS CATERING", "", False),
        ("FERNHOLLOW DAIRY", "", False),
        ("", "*INET FERNHOLLOW RES", True),
        ("", "FERNHOLLOW TAX", True),
        ("", "FERNHOLLOW 44718860", False),  # a number alone may be a reference
        ("", "FERNHOLLOW DAIRY TAX", False),
        ("", "BONIFICO A FERNHOLLOW LABS SRL SU CONTO TITOLI", True),
        ("", "GLOBEX 77-19-22 44718860", False),
    ],
)
def test_the_holders_name_beside_an_account_is_the_holder(payee: str, text: str, is_holders: bool) -> None:
    assert is_other_side(HOLDER, payee, text) is is_holders


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KESTREL APPS LTD 30-94-12 11884420 TO DEPOSIT", True),
        ("KESTREL APPS LTD DEPOSIT 30-94-12", False),  # a deposit that a supplier asks for
        ("Transfer intern - canal electronic;transfer in depozit;KESTREL APPS SRL;RO12BTRL", True),
        ("APLIC CDB DI EMPRESA", True),
        ("Converted 1,000.00 EUR to 1,076.40 USD for USD balance", True),
        ("Overschrijving naar spaarrekening BE71 0961 2345 6769 Kestrel Apps BV", True),
        ("Kestrel Apps GmbH Uebertrag Steuerrücklage", True),
        ("*MOBI TO DEMAND DEP", True),
        ("TFR-TO 6284417", True),
        ("Transfer To S0001", True),
        ("Transfer To SV Dortmund", False),
        ("TRANSFER TO SVB MMA XXXXXX4410", True),
        ("To Bluevine sub-account Taxes", True),
        ("Von Hauptkonto zu Space Steuern", True),
        ("VADELI HESABA VIRMAN", True),
        ("ALIMENTATION LIVRET PRO 0044", True),
        ("Anlage Festgeld 90 Tage", True),
        ("Anlage Globex 90 Tage", False),
        ("CONSTITUICAO DEPOSITO A PRAZO", True),
        ("ZAŁOŻENIE LOKATY 3M", True),
        ("Naar Spaarpot BTW", True),
        ("Overschrijving naar termijnrekening BE12", True),
        ("Overførsel til momsopsparing", True),
        ("Převod na termínovaný vklad", True),
        ("Átvezetés saját lekötött betét számlára", True),
        ("Prijenos na štednju", True),
        ("Перевод на депозитный счет", True),
        ("IB TRANSFER TO 32 DAY NOTICE", True),
        ("TRANSFER TO eSAVER", True),
        ("Transfer to 37signals", False),
        ("Перевод Globex", False),
        ("ΜΕΤΑΦΟΡΑ ΣΕ ΙΔΙΟ ΛΟΓΑΡΙΑΣΜΟ ΤΑΜΙΕΥΤΗΡΙΟΥ", True),
        ("Перевод между собственными счетами", True),
        ("To Relay Kitchen Ltd", False),
        ("Transfer to Sales 2026", False),
        ("Plata OP intra;chirie;Depozit Central SRL", False),
    ],
)
def test_words_of_savings_tell_an_own_transfer(text: str, expected: bool) -> None:
    assert says_own(text) is expected


def test_a_polish_aim_of_savings_and_a_card_settled_for_a_month_are_own() -> None:
    assert is_own("PRZELEW NA TWOJE CELE")
    assert pays_own_card("KARTENABRECHNUNG VISA BUSINESS OKT")
    assert not pays_own_card("VISA GLOBEX OKT")


@pytest.mark.parametrize(
    ("text", "is_banks"),
    [
        ("FX FEE", True),
        ("OFFSHORE SERVICE MARGINS", True),
        ("Foreign transaction fee", True),
        ("CURRENCY CONVERSION FEE", True),
        ("RTGS/NEFT CHGS INC GST 011026-MIR", True),
        ("TAR PLANO ADAPT 10/26", True),
        ("ΕΞΟΔΑ ΕΙΣΕΡΧΟΜΕΝΟΥ ΕΜΒΑΣΜΑΤΟΣ", True),
        ("Barbezug Bancomat", False),  # cash, and no fee
        ("FOREX CONSULTING LTD", False),
        ("TARGET STORE", False),
        ("NEFT CR GLOBEX CHARGES", False),
        ("Currency Cloud charges", False),
    ],
)
def test_a_fee_for_foreign_money_is_the_banks(text: str, is_banks: bool) -> None:
    assert is_fee(text) is is_banks


def test_the_supplier_whose_payment_abroad_costs_a_fee_is_not_the_fees_party() -> None:
    assert vendors.of("", "FX FEE", "VDP-DATADOG") is None
    assert vendors.of("OFFSHORE SERVICE MARGINS", "CARD 4471 RENDER.COM") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Globex House 214 Umeå", "Globex House"),
        ("Office 365 Dublin", "Office 365 Dublin"),
        ("REMA 1000 STAVANGER", "REMA 1000 STAVANGER"),  # `named` says Rema 1000
        ("Studio 54 Globex", "Studio 54 Globex"),
        ("E.S. GLOBEX GANDIA", "GLOBEX GANDIA"),
        ("E.S.", "E.S."),
        ("Młyn Globex Sp. j. ul. Solna 4 32-020 Wieliczka", "Młyn Globex Sp. j."),
        ("PY *HIGH GLOBEX ROASTERS", "HIGH GLOBEX ROASTERS"),
    ],
)
def test_a_shops_number_a_street_and_a_station_are_no_part_of_a_name(text: str, name: str) -> None:
    assert vendors.vendor(text) == name


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Retur Globex House", "Globex House"),
        ("Returköp Kjell & Co", "Kjell & Co"),
        ("Retur Logistik AB", "Retur Logistik AB"),
        ("Retur", "Retur"),
        ("Storno Lastschrift", "Storno Lastschrift"),
        ("Leverandørservice Globex Net", "Globex Net"),
    ],
)
def test_a_refund_and_a_debit_service_before_a_name_are_no_part_of_it(name: str, bare: str) -> None:
    assert without_movement(name) == bare


def test_a_supplier_before_a_star_is_named_and_a_service_is_not() -> None:
    assert vendors.of("", "ULINE *SHIP SUPPLIES 800-295-5510 WI") == "Uline"
    assert vendors.of("", "PAYPAL *GLOBEX 402-935-7733") != "PayPal"
    assert vendors.of("", "BETALING OM 17.32 UUR Q8 001204 MECHELEN 2800 MECHELEN MET KBC-DEBETKAART") == "Q8"


def test_tax_offices_by_the_codes_of_their_states() -> None:
    assert office("NJ WEB PMT 01120 DES:NJWEB01120 ID:0910") == "New Jersey Division of Taxation"
    assert office("GOVT TAX-CRA TXD") == "Canada Revenue Agency"
    assert office("EMPLOYMENT DEVEL EDD EFTPMT") == "Employment Development Department"
    assert office("NJ PIZZA WEB") is None


CUT = [
    ("NEFT DR-KKBK0000431-GLOBEX BUSINESS CE", ["NTRE-NETBANK, MUM-N2742633"]),
    ("NEFT CR-CITI0000004-STRIPE IND PRIVATE", ["LIMITED-KESTREL APPS PVT LT", "D-CITIN2"]),
    ("ME DC SI 416021XXXXXX9021 AMAZON WEB SE", ["RVICES"]),
    ("CBIC GST", []),
]


def test_texts_that_are_cut_at_one_width_are_whole_again() -> None:
    width = cut_texts.width(CUT)
    assert width == len(CUT[0][0])
    whole = [cut_texts.joined(text, below, width) for text, below in CUT]
    assert whole[0].startswith("NEFT DR-KKBK0000431-GLOBEX BUSINESS CENTRE-NETBANK")
    assert whole[1] == "NEFT CR-CITI0000004-STRIPE IND PRIVATE LIMITED-KESTREL APPS PVT LTD-CITIN2"
    assert whole[2].endswith("AMAZON WEB SERVICES")
    assert whole[3] == "CBIC GST"


def test_texts_of_several_lengths_are_not_cut() -> None:
    assert cut_texts.width([(f"CARD PAYMENT {'X' * size}", ["REF"]) for size in range(10, 20)]) == 0
    assert cut_texts.width(CUT[:2]) == 0  # too few to tell


def test_details_of_mt940_that_are_cut_at_65_signs_name_the_party() -> None:
    details = (
        ":86:ZWROT PRZELEWU - RACHUNEK ZAMKNIETY; Nazwa: KOWALCZYK TLUMACZ\nENIA; Tytul: FV 18/2026 ZWROT"
    )
    assert len(details.split("\n")[0]) == 65
    text = f":20:X\n:25:PL61\n:28C:1\n:60F:C261001PLN100,00\n:61:2610121012RD45,00NTRFNONREF\n{details}\n:62F:C261012PLN145,00\n-\n"
    assert [row.vendor for row in read(text.encode()).rows] == ["KOWALCZYK TLUMACZENIA"]


@pytest.mark.parametrize(
    ("header", "party"),
    [
        ("Datum;Empfaenger 1;Verwendungszweck;Betrag", "Globex GmbH"),
        ("Datum;Tegenrekeninghouder;Omschrijving;Bedrag", "Globex GmbH"),
        ("Date;Name / Description;Notifications;Amount", "Globex GmbH"),
    ],
)
def test_a_banks_own_word_for_the_party_names_it(header: str, party: str) -> None:
    lines = [f"{day}.10.2026;Globex GmbH;RG 10014882{day};-{day},28" for day in (13, 14, 15)]
    assert {row.vendor for row in read("\n".join([header, *lines]).encode()).rows} == {party}


def test_a_further_narrative_names_the_party_of_a_card() -> None:
    text = """Date,Narrative #1,Narrative #2,Narrative #3,Type,Debit,Credit
13/10/2026,4417 01OCT26,ZOOM.US 888-799-96,SAN JOSE US,POS,36.00,
14/10/2026,HOOLI LTD,7018842231-1001,,D/D,288.44,
15/10/2026,GLOBEX HOUSING,INV 3307,,BAC,,12600.00
"""
    assert [row.vendor for row in read(text.encode()).rows] == ["Zoom", "HOOLI LTD", "GLOBEX HOUSING"]
