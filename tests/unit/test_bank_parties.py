"""The party of a movement, in the words of banks of many countries: the kind before it and behind it is no part of its name."""

from __future__ import annotations

from datetime import date

import pytest

from execops.money import Money
from execops.sources.bank.bank_entries import Entry
from execops.sources.bank.parties import vendors
from execops.sources.bank.parties.transfers import is_own, says_own
from execops.sources.bank.statement import Row, rows_of

KINDS = {
    "DEBIT PURCHASE -VISA GLOBEX": "GLOBEX",
    "ELECTRONIC WITHDRAWAL GLOBEX": "GLOBEX",
    "ZELLE INSTANT PMT FROM HALVORSEN DESIGN": "HALVORSEN DESIGN",
    "RETURN POS PURCHASE XXXXX2218 GLOBEX 00114821 PITTSBURGH PA": "GLOBEX",
    "CORPORATE ACH NET 884120 GLOBEX 6semk9d2q1": "GLOBEX",
    "Paid To - Globex Net 118821 Chk 14": "Globex",
    "Deposit Globex Vendor Pmt": "Globex",
    "WITHDRAWAL-DIRECT DEBIT GLOBEX PAYROLL 201126": "GLOBEX",
    "PAYMENT BY AUTHORITY TO GLOBEX PTY LTD NOV RENT": "GLOBEX PTY LTD",
    "[DN]GLOBEX  RLS/LOY": "GLOBEX",
    "GLOBEX SUPPLY 4421 CHARLOTTE NC, US ~ Tran: Return": "GLOBEX SUPPLY",
    "GLOBEX REALTY WEB PMTS 261102": "GLOBEX REALTY",
    "WIRE REF# 20261117-00004821 ORIG GLOBEX INC": "GLOBEX INC",
    "Refund from Globex": "Globex",
    "STANDING ORDER VIA FASTER PAYMENT TO KINGS ROAD PROPERTIES": "KINGS ROAD PROPERTIES",
    "NEFT-HDFCN52026110212345-GLOBEX PVT LTD-INV": "GLOBEX PVT LTD",
    "UPI/631245678901/Payment/ZOMATO/HDFC BANK": "Zomato",
    "CONTACTLESS INTERAC PURCHASE - 4410 INDIGO": "INDIGO",
    "SEPA-Überweisung Müller Immobilien GmbH Miete November": "Müller Immobilien GmbH",
    "Debitkartenumsatz REWE": "REWE",
    "Storno Lastschrift Vattenfall": "Vattenfall",
    "Retrait direct /IMMEUBLES RACHEL": "IMMEUBLES RACHEL",
    "VIREMENT RECU DE BOULANGERIE DUPONT": "BOULANGERIE DUPONT",
    "TRANSFERENCIA A FAVOR DE GESTORIA PEREZ SL": "GESTORIA PEREZ SL",
    "DISPOSIZIONE DI BONIFICO A FAVORE DI VERDI SRL": "VERDI SRL",
    "Betaling via iDEAL aan Coolblue": "Coolblue",
    "Bg-bet. 5555-1234 Fortnox AB": "Fortnox AB",
    "Overførsel fra Kunde ApS": "Kunde ApS",
    "ZAKUP PRZY UŻYCIU KARTY ORLEN": "ORLEN",
    "Korttiosto K-Market": "K-Market",
}
NOBODY = [
    "Outgoing Domestic Wire Fee", "Grow plan fee", "Dividend", "OFFSHORE SERVICE MARGINS", "Balance cashback",
    "INTNL TRAN FEE V2218 10/11", "CASH ADVANCE INTEREST", "ATM Fee Rebate", "Wise Charges for: TRANSFER-1820447195",
    "[SC]BUSINESS PLAN FEE", "[CK]NO.0000088", "INTEREST EARNED ;", "CHAPS FEE", "IMPS CHARGES INCL GST", "BULK PAYMENT-Wages 1311",
    "GEBÜHR AUSLANDSEINSATZ", "Zinsabschluss", "FRAIS SUR VIREMENT INTERNATIONAL", "COMISION POR TRANSFERENCIA", "SPESE TENUTA CONTO",
    "Kosten zakelijk betaalpakket", "Årsavgift bankkort", "Gebyr nettbank", "Opłata za prowadzenie rachunku", "Palvelumaksut",
]  # fmt: skip
# Names that have a bank's word in them, or begin as a well-known supplier does.
NAMES = [
    "Customer AG", "Northwind", "Bright Ideas", "Remote Control Ltd",
    "Card Kingdom", "Credit Suisse AG", "Visa Inc", "Return Path", "Electronic Arts", "Interest Media GmbH", "Dividend Finance LLC",
    "Wire & Cable Co", "Internet Archive", "Cash App", "Zip Business Payments", "Transfer Galaxy AB", "Rent The Runway", "Bill.com",
    "Zoom Car Rental", "Slack Farms", "Notion Capital", "United Utilities", "Delta Dental", "Uber Bau GmbH", "Amazon Watch",
    "Linear Motion Parts", "Gusto Pizza", "Canvas Ink", "Stripes Cafe", "Hotel New York", "Bank of New York", "Volvo AB", "LA Fitness",
]  # fmt: skip
BRANDS = {
    "AMAZON WEB SERVICAWS.AMAZON.COWA": "Amazon Web Services",
    "HETZNER ONLINE GMBH GUNZENHAUSEN DE 57.13 EUR": "Hetzner",
    "GOOGLE *ADS4417920358CC@GOOGLE.COM       CA": "Google Ads",
    "UBER *TRIP HELP.UBER.COM": "Uber",
    "LYFT *RIDE WED 5PM": "Lyft",
    "NAMECHEAP.COM* ZQ8K2P PHOENIX, AZ, US": "Namecheap",
    "ZAPIER.COM/CHARGE ZAPIER.COM, CA 19.49 USD @ 1.401231": "Zapier",
    "UNITED 0162398841207": "United Airlines",
    "STRIPE-8KD2P1": "Stripe",
}
OWN = [
    "INTERNET BANKING TRANSFER WITHDRAWAL TO ACCOUNT 1 583 ****4471", "ONLINE TRANSFER TO XXXXX7741", "TRANSFER TO SAVINGS",
    "Transfer To Shares", "Funds Transfer to Brokerage -7741", "Transfer to Brex Treasury", "Brex Card payment", "IO AUTOPAY",
    "payment from - *****04*8817", "Online Transfer to CHK ...4410 transaction#: 12345678901 11/12", "Mercury Checking xx2290",
    "TRF TO FD NO 4410", "Umbuchung auf Tagesgeldkonto", "Übertrag auf eigenes Konto", "VIR DE COMPTE A COMPTE",
    "TRASPASO ENTRE CUENTAS", "GIROCONTO", "Naar eigen rekening", "Överföring mellan egna konton", "Overføring mellom egne konti",
    "Przelew własny", "TRANSFER TO POT",
    "Online Banking payment to CRD 8813 Confirmation# 1982734410", "INTERNET TRF TO DDA 0000359681002218 9218",
    "TRUIST ONLINE TRANSFER TO ACCOUNT ENDING IN 8812", "402311 81773304 INTERNET TRANSFER", "HKD SAV TO HKD CUR N31288104",
    "'TO A/C 61220417 , TAX RESERVE , VIA MOBILE - XFER", "ANZ M-BANKING FUNDS TFER TRANSFER 771204  TO      014233441820917",
    "Round Up to Rainy Day", "Flyttet til Moms-pulje", "Kontoregulering  Fra 1503.44.11882 til 1503.44.22011",
    "Eigin reikningur 0513-26-004418", "VIR CPTE A CPTE EMIS /MOTIF TRESORERIE", "PAGO TARJETA DE CREDITO/ CUENTA: BMOV 4410882",
    "Schimb valutar intre conturile proprii", "převod na spořicí účet", "Main · EUR → Taxes · EUR", "INF/INFT/0341/Self sweep/NORTH",
    "Kreditkartenabrechnung Mastercard", "Aanzuivering kredietkaart VISA 4418", "Wallet top-up from Danske 4418",
]  # fmt: skip
OTHERS = [
    "TRANSFER TO GLOBEX LTD", "Transfer to US Treasury", "Transfer to Vault Storage Ltd", "Zelle payment to Jane Whitlock 4410",
    "Payment to Savings Partners", "SEPA-Überweisung Sparmarkt", "Virement Cabinet Leroy", "Wire transfer to Brokerage House LLC",
    "Online Transfer", "Reserve Bar Ltd", "Auto Sweep Car Wash", "Transfer to Federal Reserve", "PAGAMENTO DA FATURA 118 LUMEN LDA",
    "Kartenabrechnung Zettle November", "Payment to Credit Suisse", "INWARD REMITTANCE OLD MILL PAPERS INC", "FX", "Transfer to Own Brand Ltd",
    "Own Accounts Consulting GmbH", "PAYMENT TO CREDIT CARD PROCESSING INC", "GIROCONTO SRL FATTURA 3", "Card repayment Smith Ltd",
    "Umbuchung Miete an Meyer", "SALARY TRANSFER TO SAVINGS BANK EMPLOYEE",
    "Prelievo Risparmio Casa", "Transfer to 44120088 Jane Whitlock",
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), KINDS.items())
def test_the_kind_of_a_movement_is_no_part_of_a_name(text: str, name: str) -> None:
    assert vendors.of("", text) == name


@pytest.mark.parametrize("text", NOBODY)
def test_what_the_bank_charges_or_pays_itself_has_no_vendor(text: str) -> None:
    assert vendors.of(text) is vendors.of("", text) is None
    assert (
        vendors.of(text, "Globex GmbH") is None or "Globex" not in text
    )  # a note beside it names nobody either


@pytest.mark.parametrize("name", NAMES)
def test_a_firm_keeps_its_name(name: str) -> None:
    assert vendors.of(name, "Invoice 12") == vendors.of("", name) == name


@pytest.mark.parametrize(("text", "name"), BRANDS.items())
def test_a_well_known_supplier_has_one_name(text: str, name: str) -> None:
    assert vendors.of("", text) == name


@pytest.mark.parametrize("text", OWN)
def test_a_text_tells_that_both_accounts_are_the_companys(text: str) -> None:
    assert says_own(text)


@pytest.mark.parametrize("text", OTHERS)
def test_the_word_transfer_proves_nothing(text: str) -> None:
    assert not says_own(text)
    assert not is_own(text)


def _rows(*lines: tuple[str, str, int], label: str = "") -> list[Row]:
    entries = [
        Entry(
            line=number,
            day=date(2026, 11, number),
            amount=Money(minor, "USD"),
            payee=payee,
            text=text,
            labels=(label,) if label else (),
        )
        for number, (payee, text, minor) in enumerate(lines, 1)
    ]
    return [row for row in rows_of(entries, account="main") if isinstance(row, Row)]


def test_what_every_line_says_is_nobodys_name() -> None:
    site = "Download from bank.example."
    rows = _rows(
        ("GLOBEX", site, -1),
        ("CHECK 1042", site, -2),
        ("DEPOSIT", f"{site} INITECH", 3),
        ("DEPOSIT", site, 4),
    )
    assert [row.vendor for row in rows] == ["GLOBEX", None, "INITECH", None]
    branch = [
        ("North Branch", f"PURCHASE {name}", minor)
        for name, minor in zip(["GLOBEX", "INITECH", "HOOLI"] * 2, (-1, -2, -3, 4, 5, 6), strict=True)
    ]
    assert [row.vendor for row in _rows(*branch)] == ["GLOBEX", "INITECH", "HOOLI"] * 2
    one_customer = [("Globex", f"Invoice {number}", number) for number in range(1, 8)]
    assert {row.vendor for row in _rows(*one_customer)} == {"Globex"}


def test_a_transfer_is_own_where_the_bank_calls_payments_otherwise() -> None:
    def entry(number: int, label: str) -> Entry:
        return Entry(
            line=number, day=date(2026, 11, 1), amount=Money(-number, "USD"), payee="Tax", labels=(label,)
        )

    def owns(*labels: str) -> list[bool]:
        entries = [entry(number, label) for number, label in enumerate(labels, 1)]
        return [row.transfer for row in rows_of(entries, account="main") if isinstance(row, Row)]

    assert owns("Spend", "Receive", "Transfer") == [False, False, True]
    assert owns("Card", "Transfer") == [False, False]


def test_a_fee_label_names_nobody_where_no_payee_stands() -> None:
    assert vendors.of("", "Fennel charges 2026", labels=("FEES",)) is None
    assert vendors.of("Globex", "Fennel", labels=("FEES",)) == "Globex"
