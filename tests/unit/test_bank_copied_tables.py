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


HEADER, *LINES = [
    "Date;Libellé;Débit;Crédit;Solde",
    "02/03/2026;VIR CÉRAMIQUE DU MIDI;;4 823,00;5 823,00",
    "04/03/2026;PRLV ORANGE ÉTÉ;412,50;;5 410,50",
    "06/03/2026;LOYER GAMBETTA;1 450,00;;3 960,50",
    "10/03/2026;SALAIRE ÉLODIE NÉRAC;2 918,17;;1 042,33",
    "13/03/2026;VIR HÔTEL DÉPÔT;;264,00;1 306,33",
]
MINOR = [482300, -41250, -145000, -291817, 26400]


def page(*, cell: str = "td", before: str = "", behind: str = "</body></html>", wide: str = "") -> str:
    rows_of_page = [
        f"<{cell}>{f'</{cell}><{cell}>'.join(line.split(';'))}</{cell}>" for line in (HEADER, *LINES)
    ]
    body = "\r\n".join(f"<tr>{row}</tr>" for row in rows_of_page)
    return f"<html><body>{before}<table>{wide}{body}</table>{behind}"


@pytest.mark.parametrize(
    "data",
    [
        page().encode("utf-8"),
        page(cell="th").replace("<html>", '<html><meta charset="iso-8859-1">').encode("cp1252"),
        page().encode("utf-16"),
        page(before="<table><tr><td>", behind="</td></tr></table></body></html>").encode(),
        page(
            before="<script>var a='<table>'</script>", wide="<tr><td colspan=5>Devise : MAD</td></tr>"
        ).encode(),
        page().replace("</td>", "").replace("</tr>", "").encode(),
    ],
)
def test_a_table_of_a_page_is_read_as_a_sheet(data: bytes) -> None:
    statement = read(data)
    assert statement.kind == "web_table"
    assert [row.amount.minor for row in statement.rows] == MINOR
    assert statement.rows[1].description == "PRLV ORANGE ÉTÉ"
    assert [balance.amount.minor for balance in statement.closing] == [130633]


def test_a_day_that_spans_rows_stands_in_all_of_them() -> None:
    text = page().replace("<td>04/03/2026", '<td rowspan="2">04/03/2026').replace("<td>06/03/2026</td>", "")
    assert [row.day.day for row in read(text.encode()).rows] == [2, 4, 4, 10, 13]


def test_a_workbook_in_xml_and_a_page_in_a_mail_are_read() -> None:
    lines = [
        [f'<Data ss:Type="String">{cell}</Data>' if cell else "" for cell in line.split(";")]
        for line in (HEADER, *LINES)
    ]
    cells = [
        "".join(f'<Cell ss:Index="{at}">{cell}</Cell>' for at, cell in enumerate(line, start=1) if cell)
        for line in lines
    ]
    book = f'<?xml version="1.0"?><Workbook xmlns="urn:x"><Table>{"".join(f"<Row>{row}</Row>" for row in cells)}</Table></Workbook>'
    mail = f"MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{page()}"
    for text in (book, mail):
        assert [row.amount.minor for row in read(text.encode()).rows] == MINOR


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "<html><form><table><tr><td>Password</td></tr></table></form></html>",
            "without a table of movements",
        ),
        (page()[:-200], "no end"),
        ("<html>" + "<table><tr><td>" * 100, "deeper"),
        (f"<html><table><tr>{'<td>' * 1000}</table>", "larger"),
    ],
)
def test_a_page_that_is_no_whole_statement_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        read(text.encode())


@pytest.mark.parametrize(
    ("encodings", "mark"),
    [(("utf-8", "cp1252"), b""), (("cp1252", "utf-8"), b"\xef\xbb\xbf"), (("utf-8-sig", "latin-1"), b"")],
)
def test_two_encodings_in_one_file_are_read_line_by_line(encodings: tuple[str, str], mark: bytes) -> None:
    first, second = ("\n".join(lines) + "\n" for lines in ((HEADER, *LINES[:2]), LINES[2:]))
    statement = read(first.encode(encodings[0]) + mark + second.encode(encodings[1]))
    assert [row.amount.minor for row in statement.rows] == MINOR
    assert [row.description for row in statement.rows][1::2] == ["PRLV ORANGE ÉTÉ", "SALAIRE ÉLODIE NÉRAC"]


def test_a_letter_that_a_program_cut_is_left_out() -> None:
    text = "\n".join((HEADER, *LINES)).encode()
    assert (
        read(text.replace("HÔTEL DÉPÔT".encode(), "HÔTEL DÉPÔ".encode()[:-1])).rows[-1].description
        == "VIR HÔTEL DÉP"
    )


def test_half_width_katakana_and_utf_16_without_a_mark_are_known() -> None:
    kana = "Date,Text,Amount\n2026/3/2,口座振替 ｻｸﾗｲﾝﾀｰ,-100\n2026/3/3,振込 ｽﾄﾗｲﾌﾟ,500\n2026/3/4,税金 ｹﾞﾝｾﾝｾﾞｲ,-40\n"
    assert read(kana.encode("cp932")).rows[1].description == "振込 ｽﾄﾗｲﾌﾟ"
    for encoding in ("utf-16-le", "utf-16-be"):
        assert [row.amount.minor for row in read("\n".join((HEADER, *LINES)).encode(encoding)).rows] == MINOR


def test_quotation_marks_within_quoted_cells_part_no_cell() -> None:
    lines = [line.split(";") for line in (HEADER, *LINES)]
    lines[2][1], lines[3][1] = 'HÔTEL "D\'ÉTÉ", NICE', '19" ÉCRAN'
    text = "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    statement = read(text.encode())
    assert [row.amount.minor for row in statement.rows] == MINOR
    assert [row.description for row in statement.rows][1:3] == ['HÔTEL "D\'ÉTÉ", NICE', '19" ÉCRAN']


def test_a_header_among_the_movements_is_moved_up_and_another_table_refused() -> None:
    assert rows("\n".join((*LINES[:3], HEADER, *LINES[3:]))) == rows("\n".join((HEADER, *LINES)))
    second_table = "Datum;Empfänger;Zweck;Betrag\n" + "\n".join(
        f"0{day}.04.2026;A;B;-1,00" for day in range(1, 5)
    )
    with pytest.raises(InvalidInputError, match="A table with other columns"):
        read("\n".join((HEADER, *LINES, second_table)).encode())


@pytest.mark.parametrize(
    ("table", "pasted", "footer"),
    [
        (
            """"Account","Code","Date","Amount","Balance","Name"
"NL44","EUR","2026-03-02","-28,75","+9021,45","Albert"
"NL44","EUR","2026-03-05","-302,50","+8718,95","Coolblue"
""",
            ["NL44;EUR;3/9/2026;-1450;7268.95;Vastgoed", "NL44;EUR;3/17/2026;-28.75;7240.20;Albert"],
            '"Made on 3/31/2026, for the account NL44"',
        ),
        (
            "Konto;Datum;Betrag;Saldo;Name\nDE1;02.03.2026;-28,75;971,25;Albert\nDE1;05.03.2026;-2,50;968,75;Coolblue\n",
            ["DE1\t09.03.2026\t-1.450,00\t-481,25\tVermieter", "DE1,10.03.2026,-3.00,-484.25,Netto"],
            "Stand 31.03.2026; alle Angaben ohne Gewähr",
        ),
    ],
)
def test_movements_between_other_delimiters_are_reported(table: str, pasted: list[str], footer: str) -> None:
    statement = read((table + footer + "\n").encode())
    assert (len(statement.rows), [line for line in statement.lines if isinstance(line, Problem)]) == (2, [])
    mixed = read((table + "".join(f"{line}\n" for line in pasted)).encode())
    reasons = [line.reason for line in mixed.lines if isinstance(line, Problem)]
    assert reasons == ["its day and its amount do not stand in their columns"] * 2
