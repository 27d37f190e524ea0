"""Whole names, offices, merchants behind payment services, and parties of cheques: by words alone, whatever the weights say."""

from __future__ import annotations

import pytest

from execops.sources.bank.parties import party_tagger, vendors
from execops.sources.bank.parties.cheques import party
from execops.sources.bank.parties.merchants import merchant
from execops.sources.bank.parties.name_edges import mended, person, without_movement
from execops.sources.bank.parties.nobody import is_fee_of_column
from execops.sources.bank.parties.offices import is_party, office
from execops.sources.bank.parties.own_words import (
    is_own_card,
    is_savings_of_firm,
    names_only_own_accounts,
    pays_own_card,
)
from execops.sources.bank.parties.party_words import words_of
from execops.sources.bank.parties.transfers import says_own
from execops.sources.bank.statement import Row
from tests.unit.test_bank_files import read


@pytest.mark.parametrize(
    ("text", "name", "whole"),
    [
        ("JUDE ABIOLA-CROSS , INV 447", "JUDE ABIOLA", "JUDE ABIOLA-CROSS"),
        ("PAYROLL MARC-ANDRÉ LEFEBVRE", "ANDRÉ LEFEBVRE", "MARC-ANDRÉ LEFEBVRE"),
        ("NEFT-SBIN-BLUE DOOR-INV", "BLUE DOOR", "BLUE DOOR"),  # a bank that parts its fields
        ("AIRLINK LTD-AIRLINK", "AIRLINK LTD", "AIRLINK LTD"),
        ("BLUE DOOR-INVOICE 7", "BLUE DOOR", "BLUE DOOR"),
        ("Bg 5051-6905 Fastighets AB Kajen", "Fastighets AB", "Fastighets AB Kajen"),
        ("KORTTIOSTO KAHVILA PIHLAJA HELSINKI", "KAHVILA", "KAHVILA PIHLAJA"),
        ("CITY OF HARBORVIEW PAYROLL TAX", "CITY OF", "CITY OF HARBORVIEW"),
        ("GLOBEX TRADING OSLO", "GLOBEX", "GLOBEX"),
        ("ACH DEBIT GLOBEX TRADING 12", "ACH DEBIT GLOBEX TRADING", "GLOBEX TRADING"),
        ("Vester Ejendomme husleje marts", "Vester Ejendomme husleje marts", "Vester Ejendomme"),
        ("Globex Blue Rent GmbH", "Globex Blue Rent GmbH", "Globex Blue Rent GmbH"),
        ("no such name", "Globex", "Globex"),
        ("anything", "", ""),
    ],
)
def test_a_name_gets_its_whole_words(text: str, name: str, whole: str) -> None:
    assert mended(text, name) == whole


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("SALARY T NKOSI", "T NKOSI"),
        ("Net wages L Hughes", "L Hughes"),
        ("SO LIFFEY WORKSPACE", "LIFFEY WORKSPACE"),
        ("So Energy", "So Energy"),
        ("Salary Finance", "Salary Finance"),
        ("CREDIT SUISSE", "CREDIT SUISSE"),
    ],
)
def test_words_before_a_name_are_no_part_of_it(name: str, bare: str) -> None:
    assert without_movement(name) == bare


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Abono nomina LUCIA HERRERO", "LUCIA HERRERO"),
        ("/BEN MAELLE KERVADEC /REFDO 12", "MAELLE KERVADEC"),
        ("VIR SALAIRE JUIN OBRADOR-QUENNEL", None),  # one word is no person
        ("INTEREST MARCH", None),
        ("CARD FEE APRIL", None),
        ("Gehalt Vorschuss", None),
    ],
)
def test_a_person_is_known_by_a_first_name(text: str, name: str | None) -> None:
    assert person([text]) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("EMPTX 4401188 TXBAL", "Canada Revenue Agency"),
        ("FRANCHISE TAX BO PAYMENTS 260325", "Franchise Tax Board"),
        ("CORPORATE ACH PA TAXPAY PA DEPT OF REV XXXXX0092", "Pennsylvania Department of Revenue"),
        ("Withdrawal from VA DEPT TAXATION TAX PAYMEN", "Virginia Department of Taxation"),
        ("ペイジー\u3000国税庁\u3000源泉所得税", "国税庁"),
        ("PE ｺｸｾﾞｲ", "国税庁"),
        ("PAGO DE IMPUESTOS AEAT MOD 111", "Agencia Tributaria"),
        ("DELAWARE FRANCHISE TAX", None),
        ("AEATON SYSTEMS", None),
        ("UTAH DEPT STORE", None),
    ],
)
def test_an_office_has_one_name_for_all_its_spellings(text: str, name: str | None) -> None:
    assert office(text) == name
    if name is not None:
        assert vendors.of("", text) == name


def test_a_firm_before_the_name_of_an_office_is_the_party() -> None:
    assert not is_party("KESTREL TAX LTD HMRC ADVICE", "KESTREL TAX LTD")
    assert is_party("GEORGIA ITS TAX GA TX PYMT KESTREL APPS LLC", "KESTREL APPS LLC")
    assert not is_party("KESTREL APPS LLC", "KESTREL APPS LLC")


PAYPAL = "PayPal Europe S.a.r.l. et Cie S.C.A"


@pytest.mark.parametrize(
    ("payee", "text", "name"),
    [
        (
            PAYPAL,
            "103988/PP.8812.PP/. Thonwerk Keramik, Ihr Einkauf bei Thonwerk Keramik",
            "Thonwerk Keramik",
        ),
        (PAYPAL, "Ihr Einkauf bei Blattgold EREF+1033288", "Blattgold"),
        ("", "GOCARDLESS LTD Zahlung X2 im Auftrag von Lindwurm UG, CID DE94", "Lindwurm UG"),
        ("Globex B.V. via Mollie", "order 12", "Globex B.V."),
        (PAYPAL, "Ihr Einkauf bei ", ""),
        (PAYPAL, "Abbuchung", ""),
        ("Globex GmbH", "Ihr Einkauf bei Thonwerk", ""),  # no payment service
    ],
)
def test_the_merchant_behind_a_payment_service_is_the_vendor(payee: str, text: str, name: str) -> None:
    assert merchant(payee, [text]) == name
    if name:
        assert vendors.of(payee, text) == vendors.named(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CHECK 1187 LONE STAR PROPERTY MGMT", "LONE STAR PROPERTY MGMT"),
        ('Check #1009 mailed to Old Foundry Lofts LLC, memo "June rent"', "Old Foundry Lofts LLC"),
        ("REMISE DE CHEQUE 0884712 BOULANGERIE KERVADEC FACT 77", "BOULANGERIE KERVADEC"),
        ("Scheckeinreichung Nr. 0500830618 E.v. Kirchenkreis Altmark", "Kirchenkreis Altmark"),
        ("CHECK 2041", None),
        ("CHEQUE ISSUANCE FEE", None),
        ("CHECK DEPOSIT BRANCH 12", None),
        ("CHECKERS SANDTON CITY", None),
    ],
)
def test_a_cheque_may_name_its_party(text: str, name: str | None) -> None:
    assert party([text]) == name
    if name is not None or not text.startswith("CHECKERS"):
        assert vendors.of("", text, labels=("check",)) == name


@pytest.mark.parametrize(
    "text",
    [
        "INTEREST PAID THIS PERIOD",
        "Interest Income",
        "RESIDENT WITHHOLDING TAX",
        "GOVT STAMP DUTY EMV",
        "RETAIL INTEREST",
        "COMMISSION DE MOUVEMENT",
        "payout",
    ],
)
def test_these_texts_name_nobody(text: str) -> None:
    assert vendors.of("", text) is None


def test_a_fee_in_the_column_of_payees_names_nobody_and_a_caterer_does() -> None:
    assert vendors.of("Kosten Zakelijk Betalen", "Factuurnr. 0331128844") is None
    assert vendors.of("Frais Traiteur GmbH") == "Frais Traiteur GmbH"
    assert not is_fee_of_column("Frais Traiteur")


def test_a_cell_for_cash_names_nobody_whatever_stands_as_the_payee() -> None:
    assert vendors.of("SK KOELNBONN//KOELN/DE", "2026-03-04T09:12 Debitk.1", "BARGELDAUSZAHLUNG") is None
    assert vendors.of("SK KOELNBONN//KOELN/DE", "2026-03-04T09:12 Debitk.1", "KARTENZAHLUNG") is not None


def found_as(answers: dict[str, tuple[str, float]]) -> vendors.Find:
    """A reader of names that gives these answers."""

    def find(text: str, column: str, labels: tuple[str, ...]) -> party_tagger.Guess:
        return party_tagger.Guess(*answers.get(text, ("", 0.0)))

    return find


def test_a_further_text_that_is_twice_as_sure_names_the_party() -> None:
    doubtful, sure = "EMITIDA GLIM", "NURIA GLOBEX"
    for odds, name in ((5.0, "GLOBEX"), (1.5, "GLIM")):
        find = found_as({doubtful: ("GLIM", 1.0), sure: ("GLOBEX", odds)})
        assert vendors.of("", doubtful, sure, find=find) == name
    find = found_as({doubtful: ("GLIM", 3.0), sure: ("GLOBEX", 9.0)})
    assert vendors.of("", doubtful, sure, find=find) == "GLIM"  # the first is sure enough


def test_a_category_gives_way_to_a_further_text() -> None:
    find = found_as({"Supermercados": ("Supermercados", 2.0), "globex gran via": ("globex", 0.1)})
    assert vendors.of("", "Supermercados", "globex gran via", find=find) == "globex"


def test_a_text_in_small_letters_is_read_in_capitals_where_that_is_sure() -> None:
    text = "Transferencia recibida de globex ibáñez"
    for odds, name in ((6.0, "globex ibáñez"), (3.0, None)):
        find = found_as({text.upper(): ("GLOBEX IBÁÑEZ", odds)})
        assert vendors.of("", text, find=find) == name


def test_one_hyphen_within_a_word_is_told_from_those_that_part_fields() -> None:
    def keys(text: str) -> list[str]:
        return [word.key for word in words_of(text, {})]

    assert keys("JUDE ABIOLA-CROSS")[2] == "‐"
    assert "‐" not in keys("NEFT-GLOBEX-INV")
    assert "‐" not in keys("INV-44 GLOBEX")


@pytest.mark.parametrize(
    ("text", "is_own"),
    [
        ("Transfer from Business Current Account", True),
        ("To Barclays reserve", True),
        ("Sparen reserve btw", True),
        ("ONLINE TRANSFER TO BUSINESS CARD XXXXXXXXXXXX7733 REF #IB0KS9L2FT ON 03/24/26 PAYMENT", True),
        ("ＳＢＩハイブリッド預金へ振替", True),
        ("365 ONLINE TFR TO KESTREL APPS DEP A/C", True),
        ("KESTREL APPS SAVER 20-12-34 40877121 FT", True),
        ("Transfer to account 12345678", False),
        ("Transfer to J Smith current account", False),
        ("ONLINE TRANSFER TO CARDWELL J REF #IB0KS9L2FT", False),
    ],
)
def test_a_text_tells_a_transfer_between_own_accounts(text: str, is_own: bool) -> None:
    assert says_own(text) is is_own


def test_cards_and_savings_of_the_holder() -> None:
    assert pays_own_card("Transfer to RBC Visa Business")
    assert pays_own_card("ONLINE BANKING PAYMENT - 8812 RBC VISA ROYAL BANK")
    assert not pays_own_card("Transfer to Visa")
    assert is_own_card("Chase Ink Visa")
    assert not is_own_card("Visa")
    assert not is_own_card("Chase Plumbing Visa")
    assert is_savings_of_firm("POLDERWIND STUDIO B.V. SPAREN")
    assert not is_savings_of_firm("POLDERWIND STUDIO B.V.")
    assert not names_only_own_accounts("To Globex")


RELAY = """Date,Payee,Transaction Type,Description,Amount,Currency
2026-03-30,Kestrel Apps Inc,ACH Credit,KESTREL APPS INC CHASE 4821,5000.00,USD
2026-03-27,Cobalt Peak Hosting LLC,Wire Debit,Dedicated servers Q2,-2750.00,USD
2026-03-05,Kestrel Apps Inc - Taxes,Internal Transfer,Auto-transfer rule,-961.47,USD
2026-03-04,Quill & Anchor Studio,Check Deposit,Check deposit 20418,1850.00,USD
2026-03-03,FIGMA,Spend,FIGMA MONTHLY RENEWAL,-29.00,USD
"""


def test_the_firm_of_an_own_transfer_is_the_holder_in_all_rows() -> None:
    def own(text: str) -> list[int]:
        return [row.amount.minor for row in read(text.encode()).rows if isinstance(row, Row) and row.transfer]

    assert sorted(own(RELAY)) == [-96147, 500000]
    assert own(RELAY.replace("Internal Transfer", "ACH Debit").replace(" - Taxes", "")) == []


def test_a_well_known_supplier_anywhere_is_named_but_not_beside_a_fee() -> None:
    find = found_as({})
    assert vendors.of("", "Betalingsservice YouSee", find=find) == "YouSee"
    assert vendors.of("", "FX FEE YOUSEE", find=find) is None


def test_the_unknown_words_of_a_purchase_are_its_merchant() -> None:
    find = found_as({})
    assert vendors.of("", "COMPRA TARJ. 4410 Quorvex 12.03.2026 12.34 EUR", find=find) == "Quorvex"
    assert vendors.of("", "DEPOSIT - THANK YOU 12", find=find) is None


@pytest.mark.parametrize(
    ("text", "beginning", "name"),
    [
        ("Payment to 774410 - KILIMANI WORKSPACE", "KILIMANI", "KILIMANI WORKSPACE"),
        ("PMT TO WOODSTOCK EXCHANGE OFFICES MARCH", "WOODSTOCK", "WOODSTOCK EXCHANGE OFFICES"),
        ("PMT TO WOODSTOCK MARCH OFFICES", "WOODSTOCK", "WOODSTOCK"),
        ("GITHUB WORKSPACE", "GITHUB", "GITHUB"),  # a brand is whole
    ],
)
def test_a_name_of_one_word_goes_on_to_the_word_that_ends_a_firms(
    text: str, beginning: str, name: str
) -> None:
    assert mended(text, beginning) == name


def test_a_month_of_another_language_is_no_vendor() -> None:
    assert vendors.of("", "SEWA MARET", find=lambda *_: party_tagger.Guess("MARET", 9.0)) != "MARET"
