"""Files of published standards: CODA of Belgium, CFONB 120 of France, BAI2 of America, and SWIFT's report within the day."""

from __future__ import annotations

import pytest

from execops.errors import InvalidInputError
from execops.sources.bank.cells import currencies
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.reading import Statement
from execops.sources.bank.statement import LeftOut, Problem
from tests.unit.test_bank_files import read

IBAN = f"{'BE68539007547034':<34}EUR"


def coda(*movements: str, new_balance: int) -> bytes:
    """A file of an old balance of 1000.00, some movements and a new balance in thousandths."""
    head = "0000031102672505        0000000001KESTREL APPS BV           KREDBEBB   00477472701 00000".ljust(
        127
    )
    lines = [
        f"{head}2",
        f"12001{IBAN}0{1_000_000:015}300926{'KESTREL APPS BV':<26}{'Zichtrekening':<35}001",
        *movements,
        f"8001{IBAN}0{new_balance:015}311026{'0':>65}",
        f"9{'2':>127}",
    ]
    assert {len(line) for line in lines} == {128}
    return "\n".join(lines).encode("latin-1")


def moved(
    number: int, side: int, thousandths: int, words: str, *, detail: int = 0, code: str = "00150000"
) -> str:
    return f"21{number:04}{detail:04}{'REFERENCE':<21}{side}{thousandths:015}011026{code}0{words:<53}02102600101 0"


def paid_by(number: int, name: str) -> str:
    return f"23{number:04}0000{'BE55173363943144':<37}{name:<35}{' ':<43}0 0"


def rows(statement: Statement) -> list[tuple[str, str, str | None]]:
    return [(f"{row.day:%d%m%y}", str(row.amount), row.vendor) for row in statement.rows]


def test_coda_is_read_with_parties_and_both_balances() -> None:
    statement = read(
        coda(
            moved(1, 0, 250_500, "Factuur 77"),
            paid_by(1, "ODOO SA"),
            moved(2, 1, 40_000, "Huur oktober"),
            paid_by(2, "IMMO NOORD NV"),
            new_balance=1_210_500,
        )
    )
    assert (statement.kind, statement.number) == ("coda", "BE68539007547034")
    assert rows(statement) == [("021026", "€250.50", "ODOO SA"), ("021026", "-€40.00", "IMMO NOORD NV")]
    assert [str(balance.amount) for balance in statement.closing] == ["€1,210.50"]


def test_the_parts_of_a_sum_in_coda_move_nothing_besides() -> None:
    statement = read(
        coda(
            moved(1, 1, 300_000, "Lonen", code="10105000"),
            moved(1, 1, 100_000, "An", detail=1, code="50105000"),
            moved(1, 1, 200_000, "Jan", detail=2, code="50105000"),
            new_balance=700_000,
        )
    )
    assert [row.amount.minor for row in statement.rows] == [-30000]
    assert [line.reason for line in statement.lines if isinstance(line, LeftOut)] == ["part of a sum"] * 2


def test_coda_whose_balances_miss_a_movement_is_asked_about() -> None:
    with pytest.raises(DoubtError, match="is missing"):
        read(coda(moved(1, 0, 250_500, "Factuur"), new_balance=1_000_000))


def test_a_damaged_movement_of_coda_is_reported() -> None:
    statement = read(coda(moved(1, 7, 250_500, "Factuur"), new_balance=1_000_000))
    assert [line.line for line in statement.lines if isinstance(line, Problem)] == [3]


def french(kind: str, day: str, amount: str, words: str = "", operation: str = "  ") -> str:
    begin = f"{kind}30004    00828EUR2 00010339612{operation}{day}"
    middle = f"  {day}{words:<31}  0000000  " if kind == "04" else ""
    line = f"{(begin + middle):<90}{amount:0>14}".ljust(120)
    assert len(line) == 120
    return line


def more(day: str, kind: str, words: str) -> str:
    return f"0530004    00828EUR2 00010339612  {day}     {kind}{words:<70}  "


def test_cfonb_120_is_read_with_its_signs_in_the_last_letter() -> None:
    text = "\r\n".join(
        [
            french("01", "300926", "1904}"),
            french("04", "011026", "322J", "PRLV SEPA", "B1"),
            more("011026", "NPY", "INTERNET SFR"),
            french("04", "021026", "25000{", "VIR RECU", "18"),
            more("021026", "LCC", "FACTURE 77"),
            french("04", "031026", "79}", "COMMISSION D INTERVENTION", "62"),
            french("07", "311026", "22694I"),
        ]
    )
    statement = read(text.encode("latin-1"))
    assert (statement.kind, statement.number) == ("cfonb120", "30004 00828 00010339612")
    assert rows(statement) == [
        ("011026", "-€32.21", "INTERNET SFR"),
        ("021026", "€2,500.00", None),
        ("031026", "-€7.90", None),
    ]
    assert [str(balance.amount) for balance in statement.closing] == ["€2,269.49"]


def test_cfonb_120_of_two_accounts_is_refused() -> None:
    first = french("01", "300926", "1904}")
    with pytest.raises(InvalidInputError, match="2 accounts"):
        read("\n".join([first, first.replace("00010339612", "00010339613")]).encode())


BAI2 = """01,121000248,KESTREL,261102,0600,1,,,2/
02,KESTREL,121000248,1,261001,2359,USD,2/
03,0975312468,,010,100000,,,040,100000,,S,100000,0,0/
88,015,+145000,,,100,50000,1,V,261001,,400,5000,1,0/
16,142,50000,V,261001,,BREF,CREF,STRIPE TRANSFER, PAYOUT 12
16,698,5000,0,,,WIRE FEE/
49,0,5/
98,0,1,7/
02,KESTREL,121000248,1,261002,2359,USD,2/
03,0975312468,USD,010,145000,,,015,120000,,/
16,495,25000,D,2,0,20000,1,5000/
88,B1,C1,BNF: FENWICK LLP
88,INVOICE 814220
16,890,,,,,detail reports will be late/
49,0,5/
98,0,1,7/
99,0,2,16/
"""


def test_bai2_is_read_over_its_days_and_continued_records() -> None:
    statement = read(BAI2.encode())
    assert (statement.kind, statement.number) == ("bai2", "0975312468")
    assert [(f"{row.day:%d}", row.amount.minor) for row in statement.rows] == [
        ("01", 50000),
        ("01", -5000),
        ("02", -25000),
    ]
    assert statement.rows[0].description == "STRIPE TRANSFER, PAYOUT 12"
    assert statement.rows[2].description == "BNF: FENWICK LLP INVOICE 814220"
    assert [(balance.amount.minor, f"{balance.day:%d}") for balance in statement.closing if balance.day] == [
        (120000, "02")
    ]


def test_bai2_reports_a_code_that_tells_no_way() -> None:
    statement = read(BAI2.replace("16,698,5000", "16,721,5000").encode(), balance_is_checked=False)
    assert [line.reason for line in statement.lines if isinstance(line, Problem)] == [
        "the code 721 says neither that money came in nor that it left"
    ]


def test_bai2_that_corrects_an_earlier_report_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="corrects or deletes"):
        read(BAI2.replace("121000248,1,261002", "121000248,3,261002").encode())


MT942 = """:20:1
:25:30040000/1234567
:28C:1/1
:34F:EUR0,
:13D:2610301200+0100
:61:2610301030D40,00NTRFNONREF
:86:020?00LASTSCHRIFT?20Strom?32STADTWERKE
:61:2610301030C25,50NTRFNONREF
:86:020?00GUTSCHRIFT?20RE 1?32MEIER GMBH
:90D:1EUR40,00
:90C:1EUR{credits}
-
"""


def test_mt942_is_read_as_mt940_is() -> None:
    statement = read(MT942.format(credits="25,50").encode())
    assert rows(statement) == [("301026", "-€40.00", "STADTWERKE"), ("301026", "€25.50", "MEIER GMBH")]
    assert not statement.closing
    assert not any(isinstance(line, Problem) for line in statement.lines)


def test_mt942_whose_sums_miss_a_movement_says_so() -> None:
    statement = read(MT942.format(credits="99,50").encode())
    assert [line.reason for line in statement.lines if isinstance(line, Problem)] == [
        "the file tells 1 credits of €99.50, and holds 1 of €25.50"
    ]


def test_a_pdf_says_which_download_to_choose() -> None:
    with pytest.raises(InvalidInputError) as raised:
        read(b"%PDF-1.7")
    assert raised.value.hint is not None
    assert all(word in raised.value.hint for word in ("export", "CSV", "MT940", "CAMT.053"))


OWN, OTHER = "40702810302120004321", "40702810900000000001"


def client_bank(*documents: str, end: str = "КонецФайла") -> bytes:
    account = f"СекцияРасчСчет\nДатаНачала=01.03.2026\nДатаКонца=31.03.2026\nРасчСчет={OWN}\nНачальныйОстаток=100.00\nКонечныйОстаток=165.00\nКонецРасчСчет"
    return "\n".join(("1CClientBankExchange\nКодировка=Windows", account, *documents, end)).encode("cp1251")


def order(payer: str, payee: str, amount: str, *, day: str = "02.03.2026", inn: str = "7701") -> str:
    side = "ДатаСписано" if payer == OWN else "ДатаПоступило"
    return (
        f"СекцияДокумент=Платежное поручение\nСумма={amount}\nПлательщикСчет={payer}\nПолучательСчет={payee}\n{side}={day}\n"
        f'ПлательщикИНН=7701\nПолучательИНН={inn}\nПлательщик=ИНН 7701234567 ООО "Маяк"\nПолучатель1=ИП Гусева\nНазначениеПлатежа=Аренда\n'
        "КонецДокумента"
    )


def test_an_exchange_of_1c_is_read_by_its_accounts() -> None:
    statement = read(
        client_bank(
            order(OTHER, OWN, "105.00", inn="9"),
            order(OWN, OTHER, "40.00"),
            order(OWN, OTHER, "7.00", day=""),
        )
    )
    assert [
        (str(row.day), row.amount.minor, row.amount.currency, row.transfer) for row in statement.rows
    ] == [
        ("2026-03-02", 10500, "RUB", False),
        ("2026-03-02", -4000, "RUB", True),
    ]
    assert [line.reason for line in statement.lines if isinstance(line, LeftOut)] == ["not carried out"]
    assert (statement.kind, statement.number, [balance.amount.minor for balance in statement.closing]) == (
        "client_bank",
        OWN,
        [16500],
    )
    assert statement.rows[0].description.startswith('ООО "Маяк"')


def test_an_exchange_of_1c_reports_and_refuses_what_is_damaged() -> None:
    whole = (order(OTHER, OWN, "65.00", inn="9"), order(OTHER, OTHER, "1.00"), order(OWN, OTHER, "1,0,0"))
    lines = read(client_bank(*whole)).lines
    assert len([line for line in lines if isinstance(line, Problem)]) == 2
    with pytest.raises(DoubtError, match="is missing"):
        read(client_bank(order(OTHER, OWN, "64.00")))
    with pytest.raises(InvalidInputError, match="has no end"):
        read(client_bank(*whole, end=""))


def gpc(*movements: str, closing: int, sign: str = "+") -> bytes:
    head = f"074{257:016}{'KESTREL APPS S.R.O.':<20}280226{100_00:014}+{closing:014}{sign}{0:014}0{0:014}0003310326"
    return "\r\n".join((head.ljust(128), *movements)).encode("cp1250")


def posting(side: int, minor: int, party: str, day: str = "020326") -> str:
    return (
        f"075{257:016}{44:016}{1:013}{minor:012}{side}{0:010}{0:010}{0:010}{day}{party:<20}00203{day}".ljust(
            128
        )
    )


def test_gpc_is_read_with_corrections_of_both_sides() -> None:
    data = gpc(
        posting(1, 40_00, "Pronájem Žižkov"),
        "078NÁJEM 03/2026",
        posting(2, 70_00, "Obec Říčky"),
        posting(4, 40_00, "Alza"),
        posting(5, 30_00, "Obec Říčky", "310326"),
        closing=140_00,
    )
    statement = read(data)
    assert [row.amount.minor for row in statement.rows] == [-4000, 7000, 4000, -3000]
    assert {row.amount.currency for row in statement.rows} == {"CZK"}
    assert statement.rows[0].description == "Pronájem Žižkov NÁJEM 03/2026"
    assert [(balance.amount.minor, str(balance.day)) for balance in statement.closing] == [
        (14000, "2026-03-31")
    ]


def test_gpc_whose_balances_miss_a_movement_or_have_a_broken_line_is_asked_about_or_reported() -> None:
    with pytest.raises(DoubtError, match="is missing"):
        read(gpc(posting(1, 40_00, "Alza"), closing=61_00))
    lines = read(gpc(posting(1, 40_00, "Alza"), posting(9, 1, "Alza"), closing=60_00)).lines
    assert [line.line for line in lines if isinstance(line, Problem)] == [3]


@pytest.mark.parametrize(
    "text",
    [
        "OFXHEADER:100\n\n<OFX><STMTTRN><DTPOSTED>20260302<TRNAMT>-5.00</STMTTRN>",
        ":20:S\n:25:1/2\n:28C:1/1\n:60F:C260301EUR10,00\n:61:2603020302D5,00NMSC\n:86:A\n",
        "!Type:Bank\nD03/13/2026\nT-5.00\nPA\n^\nD03/14/2026\nT-5",
    ],
)
def test_a_file_of_a_standard_that_was_cut_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"no end|damaged"):
        read(text.encode())


def test_net_columns_of_a_payment_service_move_its_balance() -> None:
    text = (
        "Creation Date,Type,Gross Currency,Gross Debit (GC),Gross Credit (GC),Net Currency,Net Debit (NC),Net Credit (NC),Commission (NC)\n"
        "2026-03-02 10:20:11,Settled,USD,,300.00,EUR,,272.18,2.35\n2026-03-03 10:20:11,Refunded,EUR,60.00,,EUR,60.00,,\n"
    )
    assert [(row.amount.minor, row.amount.currency) for row in read(text.encode()).rows] == [
        (27218, "EUR"),
        (-6000, "EUR"),
    ]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("978", "EUR"),
        ("0978", "EUR"),
        ("036", "AUD"),
        ("0203", "CZK"),
        ("348", "HUF"),
        ("392", "JPY"),
        ("203", "CZK"),
    ]
    + [(number, None) for number in ("", "0000", "1978", "000978", "97", "EUR", "999")],
)
def test_the_numbers_of_iso_4217_are_codes(number: str, code: str | None) -> None:
    assert currencies.of_number(number) == code
    assert code is None or code in currencies.CODES
