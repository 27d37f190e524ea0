"""Transfers between own accounts, by texts that name nobody else; a supplier who is paid by a transfer stays a supplier."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from execops.sources.bank.layouts.layout import Options
from execops.sources.bank.parties import holder, transfers
from execops.sources.bank.reading import read_file

OWN = """INTERNET PMT - CITIZENS MASTERCARD 5512 ONLINE PAYMENT|ONLINE TO XXXXXXXXX7716 TRANSFER TRUIST ONLINE
RESERVE ACCOUNT , TO A/C 55119902 , VIA MOBILE XFER|*MOBI TFR GBP ACC|*INET TFR TAX A/C|*MOBI TO DEPOSIT-089
Transfer to 44718820 Business Instant Access|VIR CPTE A CPTE EMIS /MOTIF EPARGNE /BEN KESTREL APPS SARL COMPTE SUR LIVRET
OVERSCHRIJVING NAAR EIGEN SPAARREKENING|Převod na vlastní účet|spořicí účet|FATURA CARTAO INTER EMPRESAS
Aplicação CDB POS LIQUIDEZ DIARIA BANCO INTER|CHASE CREDIT CRD AUTOPAY|CAPITAL ONE CRCARDPMT|CITI CARD ONLINE PAYMENT
AMEX EPAYMENT ACH PMT|AMERICAN EXPRESS ACH PMT M1234|DISCOVER E-PAYMENT|BK OF AMER VISA ONLINE PMT|FUNDS TRANSFER TO DEP 4471
Überweisung auf eigenes Sparkonto|MASTERCARD ABRECHNUNG|PAGO TARJETA CREDITO|PAGO DE TDC|LIQUIDACION TARJETAS DE CREDITO
Bonifico su conto proprio|GIROCONTO A CONTO 1000/00098765 INTESTATO A OFFICINA LUNA SRL|ADDEBITO SALDO CARTA DI CREDITO NEXI
Flytt til sparekonto|Omasiirto säästötilille|PRZELEW NA WŁASNY RACHUNEK|Saját számlára átvezetés|Transfer cont economii
Hesaplar arası virman|Kendi hesabıma transfer|Kredi kartı ödemesi|Transferência para poupança|Own A/C transfer|SWEEP TO MMA
INTERNAL TFR|ACCT TO ACCT TRANSFER|Transfer from Current Account to Deposit Account|Virement entre comptes
Prélèvement carte à débit différé|Payment to Visa credit card 4477|Conversion EUR to USD|Opsparing|Livret A
TRANSFER TO KESTREL APPS LTD RESERVE A/C|TRANSFER TO MONEY MAXIMISER 62987654321|Splátka kreditní karty
Virement - AccèsD /au ES 1|Virement - AccèsD Affaires /de ET 2|Paiement Visa Desjardins - AccèsD|Transfer from another bank account
Von Hauptkonto nach Steuern|Von Urlaub nach Hauptkonto|From Main Account to Taxes|De Compte principal à Impôts|NAAR ONDERNEMERSDEPOSITO
Organization Withdrawal Of Funds to bank account KCB 1188220|Withdrawal to Kestrel Apps bank account ending 0921|TFR  404712 81239912 INTERNET TRANSFER
FX TRANSFER TO USD ACCT|FOREIGN EXCHANGE TRANSFER FROM EUR ACCT 8812 RATE 1.4700|CURRENCY TRANSFER TO US DOLLAR ACCOUNT
INTERNET BANKING FUNDS TFER TRANSFER 118204 TO KESTREL APPS TAX SAVER|WESTPAC ONLINE TFR TO KESTREL APPS BUSINESS SAVER|FNB APP TRANSFER TO KESTREL TAX POCKET
*INET TO KESTREL DEPOSIT A/C|TO A/C 12-3233-0123456-51 KESTREL APPS BUSINESS SAVER|Transfer to Reserve: Taxes|Withdrawal to nominated account ****4471
TRASLADO A INVERSION VIRTUAL PROPIA|GUI TIET KIEM CO KY HAN 03 THANG|20000000.00PINDAH TABUNGAN KESTREL APPS PT|Millifært á eigin reikning|На банку «Податки»
CHASE CREDIT CRD AUTOPAY KESTREL APPS INC|Перевод собственных средств на счет в другом банке|转至定期|חיוב כרטיס אשראי עסקי
TD VISA          BPY|RBC VISA BILLPAY|CIBC MASTERCARD BPY|FX FROM 808-441177-274 USD|FX TO 808441177001 HKD|口座間振替　つかいわけ口座（税金）
ONLINE W1188204417 to Business Cash Maximiser|FNB APP TRANSFER TO 32-DAY NOTICE ACCOUNT|ABSA TRANSFER TO NOTICE ACCOUNT|Hoiusele"""

NOT_OWN = """TRANSFER TO ACME LTD|ONLINE TRANSFER TO ACME SUPPLIES|Stripe transfer|VIREMENT SEPA ACME SARL|Reserve Studio Ltd
Pagamento de fatura Vivo Telefonica|Pago de factura 123 Telmex|Mastercard International Inc fee|Overboeking naar Jansen BV
Przelew zewnętrzny ORANGE|Transferência para João Silva|Traspaso a Juan Perez|American Express Global Business Travel
Card payment to GITHUB|CARD PAYMENT|VISA DEBIT PAYMENT|Payment to Visage Media|MOBILE TRANSFER TO MARY|GIRO - SALARY
TRANSFER TO 12345678|INSTANT TRANSFER TO ACCOUNT 12345678|TRANSFER TO LANDLORD LTD DEPOSIT A/C|CREDIT CARD PROCESSING FEE
INTEREST SAVINGS ACCOUNT|VISA PAYMENT GITHUB INC|Transfer|BANK TRANSFER|SALARY TRANSFER|Deposit|MOBILE DEPOSIT|TAX PAYMENT
Currency exchange fee EUR USD|CASH DEPOSIT|ONLINE CARD PAYMENT|CARD PAYMENT ONLINE|TRANSFER 500.00 EUR TO ACCOUNT 12345678|TRANSFER FROM CURRENT ACCOUNT|Umbuchung Rechnung 4471|Skattekonto|Tax
From Main Account Travel to Rome|Payment to Main Account Services Ltd|Transfer to external account 1234|Miete nach Hauptkonto Vermieter GmbH|Nach Hauptkontor GmbH|TFR TO LANDLORD LTD DEP A/C|Virement - AccèsD /au ES Conseil inc
普通預金利息|定期預金利息|TRANSFER TO SUPERSAVER SUPERMARKET PTY LTD INV 8|HALIFAX MARINE LTD FX INVOICE|Transfer to Federal Reserve
TFR 404712 81239912 ACME LTD|AUTOPAY ACME SUPPLIES INC|CHASE CREDIT CRD AUTOPAY OF THE LARGE ACME SUPPLIES AND SONS INC
VISA INC BPY|MASTERCARD BPY GLOBEX|HYDRO ONE BPY|FX TO GLOBEX LTD USD|口座振替 ﾄｳｷﾖｳｶﾞｽ|CASH MAXIMISER PTY LTD|FNB HOME LOAN 118"""


def says(text: str) -> bool:
    return transfers.says_own(text) or transfers.says_own_card(text)


def test_a_text_that_names_only_own_accounts_is_a_transfer() -> None:
    assert [text for line in OWN.split("\n") for text in line.split("|") if not says(text)] == []


def test_a_text_that_may_name_somebody_is_none() -> None:
    assert [text for line in NOT_OWN.split("\n") for text in line.split("|") if says(text)] == []


@pytest.mark.parametrize(
    "label",
    [
        "Account to Account Transfer",
        "Převod na vlastní účet",
        "TRANSFER TO SPACE",
        "Pot withdrawal",
        "Money moved to goal",
        "Reserve Transfer",
        "Organization Settlement to Bank",
    ],
)
def test_the_kind_of_a_movement_says_so_too(label: str) -> None:
    assert transfers.is_own(label)
    assert not transfers.is_own("Savings")
    assert not transfers.is_own("Bank transfer")


def own(text: str) -> list[bool]:
    statement = read_file(
        text.encode(), Options(), account="main", books="EUR", zone=ZoneInfo("UTC"), today=date(2026, 11, 28)
    )
    return [row.transfer for row in statement.rows]


TABLE = (
    "Date;Payee;Text;Amount\n02.03.2026;Kestrel Apps;Provision;-100,00\n05.03.2026;GitHub;KESTREL APPS;-20,00\n"
    "13.03.2026;;Transfer from Kestrel Apps Ltd;500,00\n16.03.2026;Stripe;Payout KESTREL APPS;7,00\n"
)


@pytest.mark.parametrize(
    "above",
    [
        "Account holder;Kestrel Apps Ltd\n",
        "Kontoinhaber: Kestrel Apps GmbH\n",
        "KESTREL APPS PVT LTD\n",
        "Titular;KESTREL APPS SL\n",
    ],
)
def test_a_movement_with_the_holder_is_a_transfer(above: str) -> None:
    assert own(above + TABLE) == [True, False, True, False]


def test_a_file_that_names_no_holder_says_nothing() -> None:
    assert own(TABLE) == [False] * 4
    assert own("HDFC BANK Ltd\n" + TABLE) == [False] * 4


def test_a_holder_in_most_lines_is_the_bank_s_habit() -> None:
    lines = "".join(f"0{day}.03.2026;Kestrel Apps;GITHUB;-{day},00\n" for day in range(1, 6))
    assert own(f"KESTREL APPS LTD\nDate;Payee;Text;Amount\n{lines}") == [False] * 5


def test_words_of_every_line_make_no_transfer() -> None:
    lines = "".join(f"0{day}.03.2026;Savings account;GITHUB;-{day},00\n" for day in range(1, 6))
    assert own(f"Date;Payee;Text;Amount\n{lines}") == [False] * 5


def test_the_holder_stands_behind_a_label_or_is_a_firm() -> None:
    above = [["Account name", "Kestrel Apps"], ["HDFC BANK Ltd."], ["Period 1 to 2"], ["Customer: Ann Li"]]
    assert holder.holders(above) == {"kestrel apps", "ann li"}


OWN_BESIDE_A_FIRM = """TRANSFER TO KESTREL APPS LTD BUSINESS RESERVE 09-01-29 77812044|KESTREL APPS LTD       TO RESERVE 73441882    FT
TFR 404418 77120441 KESTREL APPS LTD SAV|Überweisung an Kestrel Apps GmbH Tagesgeldkonto|VIR KESTREL APPS SARL LIVRET
AMERICAN EXPRESS DES:ACH PMT    ID:W4821 INDN:KESTREL APPS INC       CO ID:1133133497 CCD|CHASE CREDIT CRD DES:AUTOPAY ID:1 INDN:A B CO ID:2 PPD
ORIG CO NAME:AMERICAN EXPRESS ORIG ID:9493560001 DESC DATE:260304 CO ENTRY DESCR:ACH PMT SEC:CCD TRACE#:021000 EED:260304
1.080,00 EUR omgezet naar 1.252,80 USD|1.080,00 EUR in 1.252,80 USD umgetauscht|naar eigen Triodos|普通預金　ケストレル（カ　自己口座"""
PAID_TO_A_FIRM = """TRANSFER TO ACME LTD INVOICE 118|TRANSFER TO LANDLORD LTD DEPOSIT A/C|RESERVE STUDIO LTD|STRIPE DES:TRANSFER ID:ST-N4 INDN:KESTREL CO ID:18 CCD
GUSTO DES:NET 882140 ID:6SEMK0Q INDN:KESTREL APPS INC CO ID:9138864007 CCD|RENDIMENTO INVEST FACIL|BT SAVINGS LTD"""


def test_savings_behind_a_firm_and_the_fields_of_a_debit_say_whose_account_it_is() -> None:
    assert [
        text for line in OWN_BESIDE_A_FIRM.split("\n") for text in line.split("|") if not says(text)
    ] == []
    assert [text for line in PAID_TO_A_FIRM.split("\n") for text in line.split("|") if says(text)] == []


def test_a_transfer_to_an_own_account_in_the_place_of_a_category() -> None:
    text = """Date,Type,Payee,Account,Memo,Payment,Deposit
03/16/2026,Tax Payment,IRS,Payroll Liabilities,,1022.36,
03/18/2026,Transfer,,Savings 7719,,4000.00,
03/24/2026,Deposit,Best Buy,Office Equipment,,,212.15
"""
    assert own(text) == [False, True, False]


def test_a_transfer_within_the_bank_to_somebody_else_is_none() -> None:
    text = """Data;Opis operacji;Odbiorca;Kwota
2026-03-16;PRZELEW WEWNĘTRZNY WYCHODZĄCY;PAWEŁ JĘDRZEJCZAK;-6240,18
2026-03-18;PRZELEW WŁASNY;;-3000,00
"""
    assert own(text) == [False, True]


@pytest.mark.parametrize(
    "label",
    [
        "Allgemeine Abbuchung – Bankkonto",
        "Algemene opname - bankrekening",
        "Retrait général - Compte bancaire",
    ],
)
def test_what_paypal_pays_out_to_the_bank_stays_with_the_holder(label: str) -> None:
    assert transfers.is_own(label)


CARD = """Date,Payee,Text,Amount
2026-03-02,{issuer},,-612.30
2026-03-05,{issuer},,80.00
2026-03-09,Globex,,-20.00
"""


@pytest.mark.parametrize(
    "issuer", ["ישראכרט", "כרטיסי אשראי לישראל", "חיוב כרטיס ויזה כאל", "三井住友カード", "ﾗｸﾃﾝｶ-ﾄﾞ"]
)
def test_what_an_issuer_takes_for_a_month_pays_the_own_card_and_what_it_pays_out_is_income(
    issuer: str,
) -> None:
    assert own(CARD.format(issuer=issuer)) == [True, False, False]


@pytest.mark.parametrize(
    ("payee", "text", "is_own"),
    [
        ("Kestrel Apps B.V.", "BTW potje", True),
        ("Kestrel Apps GmbH", "Rücklage Steuern", True),
        ("Steuerkanzlei Blum GmbH", "Steuern", False),
        ("Kestrel Apps GmbH", "Reserve", False),
        ("Maria Blum", "Tax pot", False),
    ],
)
def test_nobody_pays_into_the_pot_of_another_firm(payee: str, text: str, is_own: bool) -> None:
    others = "2026-03-02,Globex Ltd,Invoice 4,-9.00\n2026-03-03,Initech Ltd,Invoice 5,-8.00\n"
    assert own(f"Date,Payee,Text,Amount\n2026-03-01,{payee},{text},-5.00\n{others}") == [is_own, False, False]


SAVINGS = """Account name:,Kestrel Apps Ltd
Date,Transaction,Amount (GBP),Balance (GBP)
03/10/2025,Faster Payment In - KESTREL APPS LTD,40000.00,40000.00
31/10/2025,Gross interest,118.36,40118.36
17/11/2025,Payment to Kestrel Apps Furniture Ltd,-5000.00,35118.36
"""


def test_a_payment_from_the_holder_into_its_savings_is_a_transfer() -> None:
    assert own(SAVINGS) == [True, False, False]
