"""Statements that people's programs changed: days swapped, quotation marks lost, letters mistaken, pages copied, sums added."""

from __future__ import annotations

import quopri

import pytest

from execops.errors import InvalidInputError
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.files.mailed import unquoted
from execops.sources.bank.statement import Problem
from tests.unit.test_bank_books import amounts, left_out
from tests.unit.test_bank_copied_tables import balances
from tests.unit.test_bank_files import read


def days(text: str) -> list[str]:
    return [row.day.isoformat() for row in read(text.encode()).rows]


def swapped(*dates: str, above: str = "") -> str:
    """A statement with these days, from the top to the bottom."""
    lines = [f"{day},Text {at},-{at + 1}0.00" for at, day in enumerate(dates)]
    return "\n".join([*([above] if above else []), "Date,Description,Amount", *lines])


@pytest.mark.parametrize(
    ("dates", "right"),
    [
        # the others stayed text, and the order proves it
        (
            ("2026-05-02", "2026-09-02", "16/02/2026", "18/02/26"),
            ["2026-02-05", "2026-02-09", "2026-02-16", "2026-02-18"],
        ),
        # the month first in text, and days with dots
        (("02.05.2026", "07.05.2026", "05/13/2026"), None),
        (
            ("2-Feb-26", "2-May-26", "16/02/2026", "19/02/2026"),
            ["2026-02-02", "2026-02-05", "2026-02-16", "2026-02-19"],
        ),
        # all of one form: out of order as they stand
        (
            ("2026-02-03", "2026-05-03", "2026-11-03", "2026-03-16"),
            ["2026-03-02", "2026-03-05", "2026-03-11", "2026-03-16"],
        ),
    ],
)
def test_days_that_a_spreadsheet_swapped_are_swapped_back(
    dates: tuple[str, ...], right: list[str] | None
) -> None:
    assert days(swapped(*dates)) == (right or ["2026-05-02", "2026-05-07", "2026-05-13"])


def test_the_period_above_proves_that_days_were_swapped() -> None:
    text = swapped("2026-02-03", "2026-05-03", "2026-11-03", above="Period 01/03/2026 - 31/03/2026")
    assert days(text) == ["2026-03-02", "2026-03-05", "2026-03-11"]
    layout = read(text.encode()).layout
    assert layout is not None
    assert layout.swapped_days == 3


@pytest.mark.parametrize(
    "dates",
    [
        ("2026-03-19", "2026-03-16", "2026-02-23", "2026-02-03", "2026-02-04"),  # a day out of order
        ("2026-01-02", "2026-02-02", "2026-03-02", "2026-04-02"),  # once a month
        ("2026-12-02", "2026-12-05", "2026-12-09"),  # booked for a day to come
        (
            "01-06-2026",
            "2026-06-04",
            "08-06-2026",
            "2026-06-11",
            "15-06-2026",
        ),  # two forms, and both have small days
    ],
)
def test_days_of_usual_statements_stay(dates: tuple[str, ...]) -> None:
    straight = [day if day[:4] == "2026" else "-".join(reversed(day.split("-"))) for day in dates]
    assert days(swapped(*dates)) == straight


def test_a_few_days_in_two_forms_that_nothing_proves_are_asked_about() -> None:
    with pytest.raises(InvalidInputError, match="swapped day and month"):
        read(swapped("13/03/2026", "2026-02-03", "2026-04-01", "16/02/2026").encode())


def test_amounts_that_commas_part_are_joined_where_quotation_marks_were_lost() -> None:
    spanish = """Fecha,Fecha valor,Movimiento,Importe,Saldo
31/03/2026,31/03/2026,COMISION,-18,00EUR,+7.975,19EUR
27/03/2026,27/03/2026,LUCIA MORENO,-2.140,50EUR,+7.993,19EUR
25/03/2026,25/03/2026,BODEGAS RUIZ SL,1.815,00EUR,+10.133,69EUR
"""
    assert amounts(spanish) == [-1800, -214050, 181500]
    american = """Date,Description,Amount,Balance
03/02/2026,RENT, SUITE 4,-1,875.00,8,125.00
03/20/2026,STRIPE,3,000.00,11,125.00
03/25/2026,GITHUB,-64.12,11,060.88
"""
    assert amounts(american) == [-187500, 300000, -6412]
    french = """Date,Libellé,Débit,Crédit
13/03/2026,LOYER SCI,900,00,
14/03/2026,VIR STRIPE,,1 877,23
16/03/2026,FNAC,88,40,
"""
    assert amounts(french) == [-90000, 187723, -8840]


def test_amounts_that_may_be_joined_in_two_ways_are_not() -> None:
    text = "Fecha,Concepto,Importe,Saldo\n13/03/2026,ALQUILER,-900,50,20\n14/03/2026,STRIPE,18,77,23\n"
    lines = read(text.encode()).lines
    assert [line.line for line in lines if isinstance(line, Problem)] == [2, 3]


GERMAN = "Buchungstag;Begünstigter;Verwendungszweck;Betrag;Währung\n13.03.2026;Müller & Söhne;Büromöbel;-12,00;EUR\n"
POLISH = "Data operacji;Tytuł;Nadawca/Odbiorca;Kwota;Saldo końcowe\n13.03.2026;składki;MICHAŁ DĄBROWSKI;-1,00;2,00\n"
RUSSIAN = "Дата;Описание;Сумма\n13.03.2026;Аренда офиса;-12,00\n"


@pytest.mark.parametrize(
    ("text", "written_as", "read_as", "word"),
    [
        (GERMAN, "mac_roman", "cp1252", "Müller"),
        (GERMAN, "cp850", "latin-1", "Müller"),
        (GERMAN, "utf-8", "mac_roman", "Müller"),
        (GERMAN, "utf-8", "cp1252", "Müller"),
        (POLISH, "cp1250", "cp1252", "DĄBROWSKI"),
        (POLISH, "cp852", "cp850", "DĄBROWSKI"),
        (RUSSIAN, "cp1251", "latin-1", "Аренда"),
    ],
)
def test_letters_of_any_pair_of_encodings_are_as_they_were(
    text: str, written_as: str, read_as: str, word: str
) -> None:
    mistaken = text.encode(written_as).decode(read_as)
    assert word not in mistaken
    assert word in read(mistaken.encode()).rows[0].description


@pytest.mark.parametrize(
    ("text", "description"),
    [(GERMAN, "Müller & Söhne Büromöbel"), (POLISH, "MICHAŁ DĄBROWSKI składki"), (RUSSIAN, "Аренда офиса")],
)
def test_right_letters_stay(text: str, description: str) -> None:
    assert read(text.encode()).rows[0].description == description


def test_a_statement_from_a_mail_is_read_as_it_was() -> None:
    swift = ":20:A\r\n:25:70070010/0123456700\r\n:28C:1\r\n:60F:C260302EUR100,00\r\n:61:2603020302D14,00NSTONONREF\r\n:86:008?00DAUERAUFTRAG?20MIETE BÜRO?32MÜLLER UND SÖHNE IMMOBI?33LIEN\r\n:62F:C260302EUR86,00\r\n"
    mailed = quopri.encodestring(swift.encode("cp1252"))
    assert b"=DC" in mailed
    assert [(row.vendor, row.amount.minor) for row in read(mailed).rows] == [
        ("MÜLLER UND SÖHNE IMMOBILIEN", -1400)
    ]


@pytest.mark.parametrize("data", [b'Date;Ref\n="0012";=A1\n', "a=DC;=C4\nü".encode(), b"a=b=\n"])
def test_other_files_are_no_mail(data: bytes) -> None:
    assert unquoted(data) == data


GERMAN_PAGE = """Business
Kestrel Apps GmbH
Kontostand\t13.907,16 EUR

Vorgemerkt
1. Apr.\tAMZN Mktp DE
\t-45,90 EUR

März 2026
31. März\tKontoführungsentgelt
Abschluss 1. Quartal
\t-28,45 EUR
25. März\tGasthof Zur Linde
Rechnung 2026/31
\t+1.440,00 EUR
4. März\tA1 Telekom Austria AG
\t-33,60 EUR

Mehr laden
"""
ENGLISH_PAGE = """Checking (...4417)
Pending
Mar 31, 2026
UBER *TRIP
-$12.00
Posted
Mar 30, 2026
SERVICE CHARGES
-$15.00
$16,375.44
Mar 27, 2026
GUSTO PAYROLL
-$6,840.22
$16,390.44
Mar 24, 2026
STRIPE TRANSFER
$4,812.37
$23,230.66
"""
DAYS_ABOVE = """Today, 28 November 2026
AMAZON
-€12.50
27 November 2026
Stripe
Incoming transfer
+€800.00
Hetzner Online GmbH
-€31.20
"""


def test_a_list_that_was_copied_from_a_page_is_read() -> None:
    assert days(GERMAN_PAGE) == ["2026-03-31", "2026-03-25", "2026-03-04"]
    assert amounts(GERMAN_PAGE) == [-2845, 144000, -3360]
    assert balances(GERMAN_PAGE) == [1390716]
    assert amounts(ENGLISH_PAGE) == [-1500, -684022, 481237]
    assert (5, "pending") in left_out(ENGLISH_PAGE)
    assert balances(ENGLISH_PAGE) == [1637544]
    assert [(row.vendor, row.day.day) for row in read(DAYS_ABOVE.encode()).rows] == [
        ("Amazon", 28),
        ("Stripe", 27),
        ("Hetzner", 27),
    ]


def test_a_text_without_movements_is_no_list() -> None:
    with pytest.raises(InvalidInputError, match="No line names a column"):
        read(b"Meeting of 27 November 2026\nBudget 800.00\nNext on 28 November 2026\nBudget 900.00\n")


def test_sums_below_the_movements_are_none_whatever_they_are_called() -> None:
    text = """Fecha;Concepto;Importe
02/02/2026;ALQUILER;-900,00
15/02/2026;STRIPE;1.200,00
20/02/2026;RENFE;-50,00
;Resumen de febrero;250,00
02/03/2026;ALQUILER;-900,00
17/03/2026;STRIPE;1.100,00
25/03/2026;COMISION;-9,00
;;191,00
;;441,00
"""
    assert amounts(text) == [-90000, 120000, -5000, -90000, 110000, -900]
    dated = """Date,Description,Amount,Balance
02/02/2026,RENT,-900.00,100.00
15/02/2026,STRIPE,1200.00,1300.00
28/02/2026,Subtotal February,300.00,
"""
    assert amounts(dated) == [-90000, 120000]


def test_a_movement_without_a_day_is_reported() -> None:
    text = "Date,Description,Amount\n13/02/2026,RENT,-900.00\n15/02/2026,STRIPE,1200.00\n,RENFE,-50.00\n"
    assert [line.line for line in read(text.encode()).lines if isinstance(line, Problem)] == [4]


def test_amounts_without_a_sign_have_that_of_their_balances() -> None:
    text = """Datum;Empfänger;Text;Betrag;Saldo
31.03.2026;;Kontoführung;12,00;4.388,00
20.03.2026;Stripe;Payout;800,00;4.400,00
15.03.2026;Hetzner;RG 1;100,00;3.600,00
10.03.2026;Kunde AG;RE 2;1.200,00;3.700,00
02.03.2026;Hetzner;RG 0;500,00;2.500,00
"""
    assert amounts(text) == [-1200, 80000, -10000, 120000, -50000]
    unknown = text.replace("02.03.2026;Hetzner", "02.03.2026;Vermieter")
    reported = [line.reason for line in read(unknown.encode()).lines if isinstance(line, Problem)]
    assert reported == ["nothing tells whether this money came in or went out"]


def test_the_kind_of_a_movement_tells_which_way_it_went() -> None:
    text = "Date,Type,Description,Amount\n2026-03-31,Fee,Monthly,12.00\n2026-03-20,Deposit,Stripe,800.00\n2026-03-15,Withdrawal,Hetzner,100.00\n"
    assert amounts(text) == [-1200, 80000, -10000]


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        ("$(15.00)", -1500),
        (" $ (1,015.00) ", -101500),
        ("(15.00 USD)", -1500),
        ("(15.00) $", -1500),
        (" $ 15.00 ", 1500),
    ],
)
def test_brackets_are_a_minus_beside_the_sign_of_a_currency(cell: str, minor: int) -> None:
    assert amounts(f'Date,Text,Amount\n2026-03-14,Fee,"{cell}"\n2026-03-15,Rent,"$(5.00)"\n')[0] == minor


def test_outflows_are_asked_about_where_their_days_may_be_months() -> None:
    with pytest.raises(DoubtError) as doubt:
        read(
            b"Account,Date,Payee,Outflow,Inflow\nMain,05/06/2026,Fee,$12.50,$0.00\nMain,04/05/2026,Stripe,$0.00,$8.00\n"
        )
    assert doubt.value.option == "date_format"


def test_days_without_a_year_stand_between_whole_ones() -> None:
    text = """Statement
Period Covered 01 JAN 2026 to 30 JAN 2026
Date\tDescription\tPaid In(£)\tWithdrawn(£)\tBalance(£)
01 JAN 2026\tBROUGHT FORWARD\t\t\t9,118.05
05 JAN\tCard Transaction
\tCOMPANIES HOUSE\t\t48.00\t9,070.05
30 JAN\tAutomated Credit
\tRACKSPACE LTD REFUND\t310.62\t\t
\tCharge
\tCHARGES TO 15JAN26\t\t6.75\t9,373.92
30 JAN 2026\tCARRIED FORWARD\t\t\t9,373.92
"""
    assert days(text) == ["2026-01-05", "2026-01-30", "2026-01-30"]
    assert amounts(text) == [-4800, 31062, -675]


NORMA43 = [
    f"{'112100041802004471822603012603312000000009204719783KESTREL APPS SL':80}",
    f"{'22    0418260302260302030011000000000968000000000001000044718200':80}",
    f"{'2301DOMICILIACION                         INMOBILIARIA PUIG SL ALQUILER MARZO':80}",
    f"{'22    0418260304260304020022000000003550260000000002000044718201':80}",
    f"{'2301TRANSF. A SU FAVOR                    STRIPE TECHNOLOGY EUROPE LTD':80}",
    f"{'22    0418260331260331170011000000000012100000000010000044718209':80}",
    f"{'2301COMISION MANTENIMIENTO                CUENTA NEGOCIOS MARZO':80}",
    f"{'3321000418020044718200002000000000980100000100000000355026200000001177487978':80}",
]


def test_norma_43_is_read() -> None:
    statement = read("\r\n".join(NORMA43).encode())
    assert statement.kind == "norma43"
    assert [(row.vendor, str(row.amount)) for row in statement.rows] == [
        ("INMOBILIARIA PUIG SL", "-€968.00"),
        ("Stripe", "€3,550.26"),
        (None, "-€12.10"),
    ]
    assert [str(balance.amount) for balance in statement.closing] == ["€11,774.87"]


def test_norma_43_with_a_line_that_is_cut_reports_it_or_asks() -> None:
    text = "\r\n".join([NORMA43[0], NORMA43[1][:30], *NORMA43[2:]])
    lines = read(text.encode(), balance_is_checked=False).lines
    assert [line.line for line in lines if isinstance(line, Problem)] == [2]
    with pytest.raises(InvalidInputError, match="has no end"):
        read("\r\n".join(NORMA43[:5]).encode())
    with pytest.raises(DoubtError, match="closing balance"):
        read("\r\n".join([*NORMA43[:3], *NORMA43[5:]]).encode())


def test_a_balance_with_another_decimal_mark_than_the_amounts_counts() -> None:
    text = "date;libellé;montant;accountbalance\n2026-03-31;FRAIS;-9,90;7716.42\n2026-03-30;SALAIRE;-2 210,40;7716.42\n"
    assert balances(text) == [771642]


def test_an_account_in_the_lines_above_tells_the_currency() -> None:
    text = "Konto;DE08 5509 0000 0442 2110 07\nBuchungstag;Text;Betrag\n13.03.2026;Miete;-12,00\n14.03.2026;Strom;-12,00\n"
    assert [row.amount.currency for row in read(text.encode()).rows] == ["EUR", "EUR"]


WHOLE = (
    "Date;Text;Out;In;Balance\n02/03/2026;A;5,00;;95,00\n04/03/2026;B;5,00;;90,00\n06/03/2026;C;5,00;;85,00\n"
)


@pytest.mark.parametrize(
    "part", ["09/03", "09/03/2026;RENT MAR", "09/03/2026;RENT;12,", "09/03/2026;RENT;12,50"]
)
def test_a_file_that_ends_within_a_movement_was_cut(part: str) -> None:
    with pytest.raises(InvalidInputError, match="the download was cut"):
        read((WHOLE + part).encode())
    assert len(read((WHOLE + "09/03/2026;RENT;12,50;;72,50").encode()).rows) == 4


def test_an_amount_at_the_end_with_fewer_decimals_was_cut() -> None:
    text = "Date;Text;Amount\n02/03/2026;A;-5,00\n04/03/2026;B;-5,10\n06/03/2026;C;-5,20\n09/03/2026;D;-{}"
    with pytest.raises(InvalidInputError, match="the download was cut"):
        read(text.format("5").encode())
    assert amounts(text.format("5\n")) == [-500, -510, -520, -500]


def test_a_movement_in_two_lines_is_one_and_others_are_reported() -> None:
    assert amounts("Date;Text;Amount\n02/03/2026;HOLLIS\nRENT;-5,00\n04/03/2026;B;-6,00\n") == [-500, -600]
    for line in (";04/03/2026;B;-6,00", "04/03/2026,B,-6,00,"):
        lines = read(f"Date;Text;Amount\n02/03/2026;A;-5,00\n{line}\n06/03/2026;C;-7,00\n".encode()).lines
        assert [problem.line for problem in lines if isinstance(problem, Problem)] == [3]


@pytest.mark.parametrize(
    "fault", ["ERROR: ORA-01555 snapshot too old", ";500 Internal Server Error;;;", "Session expired"]
)
def test_an_error_of_the_bank_below_the_movements_is_no_footer(fault: str) -> None:
    with pytest.raises(InvalidInputError, match="an error of the bank"):
        read(f"{WHOLE}{fault}\n".encode())
    assert len(read(f"{WHOLE}Terror Films Ltd, an exceptional statement\n".encode()).rows) == 3
