"""Cash and the bank's own fee and interest name nobody, in many languages; a name that begins alike is a party."""

from __future__ import annotations

import pytest

from execops.sources.bank.parties import vendors

NOBODY = """ATM WITHDRAWAL PNC 4410 FORBES AVE|CASH WITHDRAWAL AT BARCLAYS HIGH ST|LINK ATM WITHDRAWAL 12:03
NWD-416021XXXXXX7716-S1ANBG41-BENGALURU|ATW-416021-S1-MUMBAI|Bargeldauszahlung Sparkasse Köln
GA NR00012345 BLZ37050198|Auszahlung Geldautomat Berlin|RETRAIT DAB 12/03 PARIS 10|RETRAIT CARTE 12/03 BNP
GELDOPNEMING BELFIUS GENT|Geldopname ING Amsterdam|GEA NR:123 AMSTERDAM|REINTEGRO CAJERO 1234 MADRID
RETIRO CAJERO AUTOMATICO BBVA|DISP EFECTIVO CAJERO|PRELIEVO BANCOMAT MILANO|PRELEVAMENTO BANCOMAT 12/03
SAQUE BANCO24HORAS|LEV ATM LISBOA|Kontantuttag Stockholm|Bankomatuttag|MINIBANK OSLO|Hævet i automat
WYPŁATA Z BANKOMATU KRAKÓW|Výběr z bankomatu Praha|VÝBER HOTOVOSTI|KÉSZPÉNZFELVÉTEL ATM BUDAPEST
Retragere numerar ATM BRD|ATM PARA ÇEKME KADIKÖY|Nakit çekim|Otto. automaattinosto HELSINKI
COTISATION LCL ACCESS PRO|*COTISATION ESPRIT LIBRE PRO TVA 0,00 EUR|FRAIS REJET PRLV|COMMISSION D INTERVENTION
ARRETE DE COMPTE AU 31/03|INTERETS DEBITEURS|BIJDRAGE BUSINESS PACK PERIODE 01/03|Kosten betaalrekening
Vedení účtu|Kreditní úrok|Poplatek za vedení účtu|Opłata za prowadzenie rachunku|Opłata miesięczna za kartę
Odsetki|Kapitalizacja odsetek|COMISION MANTENIMIENTO CUENTA|COM SPEI ENVIADO/ SERVICIO
IVA COM SPEI ENVIADO/ 16%|CUOTA MANEJO TARJETA|GMF 4X1000|LIQ INTERESES|CANONE MENSILE CONTO|SPESE TENUTA CONTO
IMPOSTA DI BOLLO|COMPETENZE DI LIQUIDAZIONE|TARIFA PACOTE SERVICOS|Manutenção de conta|IMPOSTO SELO|IOF
Kontoavgift mars|Månadsavgift Swish|Årsavgift kort|Kortgebyr|Palvelumaksu|Számlavezetési díj
Tranzakciós illeték|Kamatjóváírás|Comision administrare cont|Dobânda creditoare|Hesap işletim ücreti|EFT ücreti
BSMV|Faiz tahakkuku|Kontoführungsentgelt 02/2026|Rechnungsabschluss|ABSCHLUSS HABENZINSEN
SERVICE CHARGE PERIOD ENDING|Monthly account fee|INTEREST PAID|Overdraft interest|Account maintenance charge
Transaction charges 15 @ 0.30|NON-STERLING TRANSACTION FEE|SMS AND DEBIT CARD FEE|CHEQUE 1043|REMISE CHEQUES 3
REMISE DE CHEQUES|CHECK DEPOSIT|MOBILE CHECK DEPOSIT|Bareinzahlung|VERSEMENT ESPECES|Wpłata gotówki
Ingreso en efectivo|Überziehungszinsen|Sollzinsen|Bankspesen|SALDO DER ABSCHLUSSPOSTEN|Monthly Service Fee
WIRE TRANSFER FEE|FX markup fee|Card issuance fee
Teenustasu välismakse|Kuutasu|Komisjonitasu|Intress|BIAYA ADM|BUNGA TABUNGAN|PAJAK BUNGA|JASA GIRO|TRA LAI TIEN GUI KHONG KY HAN
SMS AND SERVICE CHG INC GST Q4 FY26|GST @18% ON CHARGES|CHRGS CGST SGST 09MAR|MIN BAL CHGS INCL GST|رسوم حوالة|ضريبة القيمة المضافة على الرسوم
Vextir|Fjármagnstekjuskattur|Þóknun vegna erlendrar greiðslu|Pay merchant Charge
IMPUESTO ITF|Imp. Cre. Ley 25413|COMISION TRANSF EXTERIOR|Банкомат ПриватБанк|כספומט דיזנגוף|TARIK TUNAI ATM"""

PARTIES = """FRAIS KILOMETRIQUES JEAN DUPONT|COTISATION URSSAF|Commission Stripe|Nosto Solutions|SAQUE SUSHI|Cash Converters
ATM Group Ltd|Faizan Traders|Bollore Logistics|IOFFICE SOFTWARE|Frais Traiteur SARL|Minibank Software GmbH
Cash App*Jane|Rendimento Consulting Ltda
TEENUSTE MAJA OÜ|Bunga Florist|Vextir Consulting ehf.
BANKOMAT-KASSE LIBRO 0441 LINZ|Odsetkowski Marek|Agios Coffee Ltd"""


def texts(lines: str) -> list[str]:
    return [text for line in lines.split("\n") for text in line.split("|")]


def test_cash_and_the_bank_s_own_fee_name_nobody() -> None:
    assert [(text, name) for text in texts(NOBODY) if (name := vendors.of("", text))] == []


def test_a_name_that_begins_alike_is_a_party() -> None:
    assert [text for text in texts(PARTIES) if not vendors.of("", text)] == []


@pytest.mark.parametrize(
    ("payee", "label", "vendor"),
    [
        ("Postbank Filiale Berlin", "Auszahlung Geldautomat", None),
        ("NOTEMACHINE LTD", "ATM", None),
        ("Globex GmbH", "Frais bancaires", "Globex GmbH"),  # a fee that somebody else is paid
        ("", "Frais bancaires", None),
        ("", "Poplatek", None),
    ],
)
def test_the_kind_of_a_movement_says_that_nobody_is_paid(payee: str, label: str, vendor: str | None) -> None:
    assert vendors.of(payee, "ESPRIT LIBRE 447188", labels=(label,)) == vendor


@pytest.mark.parametrize(
    "name",
    [
        "Faiz Ahmed",
        "Kamat Associates",
        "Agios Pharmaceuticals",
        "Renter Insurance Co",
        "ATW Logistics",
        "Bollo Studio",
    ],
)
def test_a_name_that_begins_as_a_fee_or_as_cash_stays(name: str) -> None:
    assert vendors.of("", name) == vendors.of(name) == name


@pytest.mark.parametrize(
    "text", ["Faiz tahakkuku", "Agios du 3eme trimestre", "Kamatjovairas", "NWD 1234", "Bollo e/c"]
)
def test_a_fee_in_a_word_that_is_a_name_too_is_nobodys(text: str) -> None:
    assert vendors.of("", text) is None


@pytest.mark.parametrize("text", ["Invoice 12", "Rechnung-Nr. 2024-17", "FACTURA 0042", "Order #77-A"])
def test_a_paper_with_its_number_is_nobodys(text: str) -> None:
    assert vendors.of("", text) is None
